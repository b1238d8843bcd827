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
from exchange.core.events.credits import LotAdmitted, ParcelsMoved, ParcelsReshaped, UnitsChanged
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
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
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)
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
    UnitsChanged: _one("owner"),
    RegistryAsked: _one("owner"),
    ClaimMade: _participant,
    ReleaseMade: _participant,
    ReversalReported: _one("responsible"),
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
    RegistryAnswered: ("feed_of_requests", "request"),
    RegistrySilent: ("feed_of_requests", "request"),
    RegistryContradicted: ("feed_of_requests", "request"),
    ClaimApproved: ("feed_of_claims", "claim"),
    ClaimEnded: ("feed_of_claims", "claim"),
    ClaimFulfilled: ("feed_of_claims", "claim"),
    ClaimRevoked: ("feed_of_claims", "claim"),
    ReleaseApproved: ("feed_of_releases", "release"),
    ReleaseEnded: ("feed_of_releases", "release"),
    ReleaseSent: ("feed_of_releases", "release"),
    ReleaseDone: ("feed_of_releases", "release"),
    ReversalReplaced: ("feed_of_reversals", "reversal"),
    ReversalOwedAgain: ("feed_of_reversals", "reversal"),
    ReversalWithdrawn: ("feed_of_reversals", "reversal"),
}
"""The write that finds the participants of a thing, and the event's field with the thing's id."""

HOLDING: Final = (UnitsEncumbered, UnitsFreed, EncumbranceLifted)
"""Events that name nobody, and concern everybody whose parcels changed in the same entry."""


def project(entries: Sequence[Entry]) -> Rows:
    """One row for each participant of each entry."""
    rows: Rows = {"feed": []}
    for entry in entries:
        seq = entry.leaf.seq
        named: dict[int, None] = {}
        holding = False
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
            elif kind in HOLDING:
                holding = True
        if holding:
            named.update(dict.fromkeys(_reshaped(entry)))
        rows["feed"] += [(participant, seq) for participant in named if participant > 0]
    return rows


def _reshaped(entry: Entry) -> Iterable[int]:
    """Whose parcels changed in an entry."""
    return (parcel.owner for event in entry.events if type(event) is ParcelsReshaped for parcel in event.opened)
