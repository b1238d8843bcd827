"""Which entries concern which participants: every participant that an event of the entry names.

Some events name their parties only through a thing (an agreement, a proposal, a key); those are told by the thing's id
and the database finds the participants in its row. The command is not looked at: who names another in a command that is
refused must not show up in the other's feed. A refusal concerns the one who was refused and nobody else: the
participant, or the person when it was one of the staff.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.events.credits import LotAdmitted, ParcelsMoved
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    PersonRegistered,
    ProposalRejected,
)
from exchange.core.events.markets import JobStarted
from exchange.core.events.orders import (
    CancelAfterSet,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    Traded,
)
from exchange.core.events.participants import Booked, CashDeposited, CashWithdrawn, ParticipantAdmitted
from exchange.sequencer.journal import Entry
from exchange.store.projections.happened import Rows
from exchange.store.projections.refusals import refusal_of


def _owners(event: Booked) -> Iterable[int]:
    owners: list[int] = []
    for posting in event.postings:
        owners += posting.debit, posting.credit
    return owners


def _one(attribute: str) -> Callable[[Any], Iterable[int]]:
    getter = attrgetter(attribute)
    return lambda event: (getter(event),)


_participant: Final = _one("participant")

NAMED: Final[dict[type, Callable[[Any], Iterable[int]]]] = {
    PersonRegistered: _participant,
    ActionProposed: _participant,
    ParticipantAdmitted: _participant,
    CashDeposited: _participant,
    CashWithdrawn: _participant,
    Booked: _owners,
    JobStarted: _participant,
    LotAdmitted: _one("owner"),
    ParcelsMoved: attrgetter("source", "target"),
    OrderAccepted: _participant,
    OrderRested: _participant,
    OrderReduced: _participant,
    OrderReplaced: _participant,
    OrderCancelled: _participant,
    CancelAfterSet: _participant,
    Traded: attrgetter("buyer", "seller"),
    AgreementProposed: attrgetter("proposer", "counterparty"),
    AgreementSettled: attrgetter("buyer", "seller"),
}
"""The owners that an event names; the venue's own (negative) and nobody (0) have no feed."""

THROUGH: Final[dict[type, tuple[str, str]]] = {
    AgreementAffirmed: ("feed_of_agreements", "agreement"),
    AgreementEnded: ("feed_of_agreements", "agreement"),
    ActionApproved: ("feed_of_proposals", "proposal"),
    ProposalRejected: ("feed_of_proposals", "proposal"),
    KeyRegistered: ("feed_of_keys", "key"),
    KeyRevoked: ("feed_of_keys", "key"),
    KeyRotated: ("feed_of_keys", "key"),
}
"""The write that finds the participants of a thing, and the event's field with the thing's id."""


def project(entries: Sequence[Entry]) -> Rows:
    """One row for each participant of each entry."""
    rows: Rows = {"feed": []}
    for entry in entries:
        seq = entry.leaf.seq
        named: dict[int, None] = {}
        if refusal_of(entry) is not None:
            named[entry.leaf.scope] = None
        for event in entry.events:
            kind = type(event)
            if kind in NAMED:
                for owner in NAMED[kind](event):
                    named[owner] = None
            elif kind in THROUGH:
                write, field = THROUGH[kind]
                rows.setdefault(write, []).append((getattr(event, field), seq))
        rows["feed"] += [(participant, seq) for participant in named if participant > 0]
    return rows
