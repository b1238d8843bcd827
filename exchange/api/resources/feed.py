"""One's own event feed: everything that concerns a participant, in journal order and without gaps.

Events are shown as far as they are the participant's: of a trade the own side and fee, of a ledger transaction the own
postings, of a movement of units the own part in it. ``n`` counts the shown events of an entry from 0.

A refusal is shown to the one who was refused and to nobody whom the command named. Of staff the feed has their own
refusals and nothing else, since everything else is open to them elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from exchange.access.authority import Audience
from exchange.access.ids import NEVER, Kind, id_text, id_text_or_none
from exchange.access.principal import scope_names
from exchange.api.fields import FeedLimit, Model, ReadQuery, SeqNumber
from exchange.api.ledger_documents import asset_text, owner_text
from exchange.api.operations import FROM_THE_DATABASE, Call, Document, Read
from exchange.api.order_documents import is_about, order_terms_document, trade_document
from exchange.api.outputs import Dated, TimeOut
from exchange.api.resources.actions import action_document, without_evidence
from exchange.api.resources.agreements import terms_document
from exchange.api.resources.feed_units import UnitReader
from exchange.api.resources.participants import participant_document
from exchange.api.wire import money_text, time_text
from exchange.core import codec
from exchange.core.events import Event
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
    Rejected,
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
from exchange.core.rejections import RejectReason
from exchange.core.values import Micros, OrderId, ParticipantId, PersonId, ProposalId, Seq, Sides
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import decode_leaf
from exchange.store.projections.refusals import command_name
from exchange.store.queries import FeedEntry

MOST_ITEMS: Final = 2_000
"""After so many items a page is closed at the end of the entry that it is in."""


MOST_BYTES: Final = 512 * 1024
"""The same after so many bytes of events, which may be those of others in the same entries (the end of a day)."""


class FeedItem(Model):
    """One event: where it stands in the journal, its type, and what it says (fields depend on the type).

    ``Rejected`` is a command that was refused: its ``code``, the type of the command, who gave it, the idempotency key
    under which the whole answer can be had again, and the ids of what the command was about.
    """

    model_config = ConfigDict(extra="allow")

    seq: int
    at: TimeOut
    n: int
    type: Annotated[str, Field(examples=["Traded"])]


class Feed(Dated):
    """Own events. Ask again with ``after_seq=next_after_seq``; an entry is never cut in two."""

    items: list[FeedItem]
    next_after_seq: int


class FeedQuery(ReadQuery):
    """Events of entries after ``after_seq``; ``limit`` counts entries."""

    after_seq: SeqNumber = 0
    limit: FeedLimit = 100


_ABOUT: Final = {
    "instrument": Kind.INSTRUMENT,
    "order": Kind.ORDER,
    "agreement": Kind.AGREEMENT,
    "proposal": Kind.PROPOSAL,
}
"""Fields of commands that name something, by which one finds out which command was refused."""


def refusal_document(rejected: Rejected, leaf_bytes: bytes) -> Document:
    """A refused command to the one who gave it. The rest of it is in the answer, under the idempotency key; of the
    commands of a batch the last one alone has it, and the answer finds the others by their seq.
    """
    leaf = decode_leaf(leaf_bytes)
    command = codec.decode_command(leaf.command)
    about: Document = {
        name: _id_or_none(kind, getattr(command, name)) for name, kind in _ABOUT.items() if hasattr(command, name)
    }
    if hasattr(command, "client_order_id"):
        about["client_order_id"] = command.client_order_id or None
    return {
        "code": RejectReason(rejected.reason).name,
        "command": command_name(command),
        "person": id_text(Kind.PERSON, command.actor),
        "idempotency_key": leaf.idempotency_key or None,
        **about,
    }


def _id_or_none(kind: Kind, number: int) -> str | None:
    """An id; None for nothing, and for a text that was no id of its kind."""
    return None if number == NEVER else id_text_or_none(kind, number)


class Reader:
    """What one participant may see of events."""

    def __init__(self, view: CommittedView, participant: ParticipantId) -> None:
        """``view`` tells whose things are that an event names by id only."""
        self._view = view
        self._participant = participant
        self._me = id_text(Kind.PARTICIPANT, participant)
        self._units = UnitReader(view, participant)
        self._show: dict[type, Callable[[Any, Micros], Document | None]] = {
            ParticipantAdmitted: self._admitted,
            PersonRegistered: self._person,
            KeyRegistered: self._key,
            KeyRevoked: self._key_revoked,
            KeyRotated: self._key_rotated,
            CashDeposited: self._deposited,
            CashWithdrawn: self._withdrawn,
            Booked: self._booked,
            LotAdmitted: self._lot,
            ParcelsMoved: self._moved,
            ActionProposed: self._proposed,
            ActionApproved: self._approved,
            ProposalRejected: self._rejected,
            JobStarted: self._job,
            OrderAccepted: self._accepted,
            OrderRested: self._rested,
            OrderReduced: self._reduced,
            OrderReplaced: self._replaced,
            OrderCancelled: self._cancelled,
            CancelAfterSet: self._cancel_after,
            Traded: self._traded,
            AgreementProposed: self._agreement_proposed,
            AgreementAffirmed: self._agreement_moved,
            AgreementEnded: self._agreement_moved,
            AgreementSettled: self._agreement_settled,
            **self._units.shows,
        }

    def begin(self, events: Sequence[Event]) -> None:
        """Look at an entry as a whole, before its events are shown one by one."""
        self._units.begin(events)

    def shown(self, event: Event, at: Micros) -> Document | None:
        """What of an event is the participant's to see; None when nothing is."""
        show = self._show.get(type(event))
        return None if show is None else show(event, at)

    def _own(self, participant: int) -> bool:
        return participant == self._participant

    def _admitted(self, event: ParticipantAdmitted, _at: Micros) -> Document | None:
        return participant_document(event) if self._own(event.participant) else None

    def _person(self, event: PersonRegistered, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        return {"person": id_text(Kind.PERSON, event.person), "name": event.name, "role": event.role.name}

    def _is_own_person(self, person: PersonId) -> bool:
        found = self._view.people.persons.get(person)
        return found is not None and self._own(found.participant)

    def _key(self, event: KeyRegistered, _at: Micros) -> Document | None:
        if not self._is_own_person(event.person):
            return None
        return {
            "key": id_text(Kind.KEY, event.key),
            "person": id_text(Kind.PERSON, event.person),
            "label": event.label,
            "scopes": scope_names(event.scopes),
        }

    def _key_revoked(self, event: KeyRevoked, _at: Micros) -> Document | None:
        row = self._view.people.keys.get(event.key)
        if row is None or not self._is_own_person(row.terms.person):
            return None
        return {"key": id_text(Kind.KEY, event.key)}

    def _key_rotated(self, event: KeyRotated, _at: Micros) -> Document | None:
        row = self._view.people.keys.get(event.key)
        if row is None or not self._is_own_person(row.terms.person):
            return None
        return {
            "key": id_text(Kind.KEY, event.key),
            "successor": id_text(Kind.KEY, event.successor),
            "expires_at": time_text(event.expires_at),
        }

    def _deposited(self, event: CashDeposited, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        return {"amount": money_text(event.amount), "bank_reference": event.bank_reference}

    def _withdrawn(self, event: CashWithdrawn, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        return {"amount": money_text(event.amount), "bank_account": event.bank_account}

    def _booked(self, event: Booked, _at: Micros) -> Document | None:
        """The own postings; the other side is named only where it is an account of the venue."""
        own = [posting for posting in event.postings if self._own(posting.debit) or self._own(posting.credit)]
        if not own:
            return None
        postings = [
            {
                "layer": posting.layer.name,
                "direction": "DEBIT" if self._own(posting.debit) else "CREDIT",
                "against": self._against(posting.credit if self._own(posting.debit) else posting.debit),
                "asset": asset_text(posting.asset),
                "amount": money_text(posting.amount) if posting.asset == 0 else posting.amount,
            }
            for posting in own
        ]
        return {"transaction": id_text(Kind.TRANSACTION, event.transaction), "postings": postings}

    def _against(self, owner: int) -> str | None:
        return owner_text(owner) if owner < 0 else None

    def _lot(self, event: LotAdmitted, _at: Micros) -> Document | None:
        if not self._own(event.owner):
            return None
        return {
            "lot": id_text(Kind.LOT, event.lot),
            "issuance": id_text(Kind.ISSUANCE, event.issuance),
            "serial_lo": event.serials.lo,
            "serial_hi": event.serials.hi,
        }

    def _moved(self, event: ParcelsMoved, _at: Micros) -> Document | None:
        if not (self._own(event.source) or self._own(event.target)):
            return None
        return {
            "transaction": id_text(Kind.TRANSACTION, event.transaction),
            "lot": id_text(Kind.LOT, event.lot),
            "direction": "IN" if self._own(event.target) else "OUT",
            "ranges": [{"serial_lo": serials.lo, "serial_hi": serials.hi} for serials in event.ranges],
        }

    def _proposed(self, event: ActionProposed, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        return {
            "proposal": id_text(Kind.PROPOSAL, event.proposal),
            "proposer": id_text(Kind.PERSON, event.proposer),
            "action": {**action_document(event.action), **self._evidence(event)},
            "action_hash": event.action_hash.hex(),
        }

    def _evidence(self, event: ActionProposed) -> Document:
        """Evidence is the proposer's until a second person has entered it; a feed has no such moment."""
        return without_evidence(event.action)

    def _is_own_proposal(self, proposal: ProposalId) -> bool:
        row = self._view.governance.proposals.get(proposal)
        return row is not None and self._own(row.terms.participant)

    def _approved(self, event: ActionApproved, _at: Micros) -> Document | None:
        if not self._is_own_proposal(event.proposal):
            return None
        return {
            "proposal": id_text(Kind.PROPOSAL, event.proposal),
            "approver": id_text(Kind.PERSON, event.approver),
        }

    def _rejected(self, event: ProposalRejected, _at: Micros) -> Document | None:
        if not self._is_own_proposal(event.proposal):
            return None
        return {
            "proposal": id_text(Kind.PROPOSAL, event.proposal),
            "by": id_text_or_none(Kind.PERSON, event.by),
            "reason": event.reason,
        }

    def _job(self, event: JobStarted, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        instrument = id_text_or_none(Kind.INSTRUMENT, event.instrument)
        side = None if event.sides is Sides.BOTH else event.sides.name
        return {"job": id_text(Kind.JOB, event.job), "kind": event.kind.name, "instrument": instrument, "side": side}

    def _accepted(self, event: OrderAccepted, _at: Micros) -> Document | None:
        return order_terms_document(event) if self._own(event.participant) else None

    def _cancel_after(self, event: CancelAfterSet, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        deadline = time_text(event.deadline) if event.deadline else None
        return {"key": id_text(Kind.KEY, event.key), "deadline": deadline}

    def _order(self, event: OrderRested | OrderReduced | OrderReplaced | OrderCancelled) -> Document:
        return {
            "order": id_text(Kind.ORDER, event.order),
            "instrument": id_text(Kind.INSTRUMENT, event.instrument),
            "side": event.side.name,
            "price": money_text(event.price),
            "leaves": event.leaves,
        }

    def _rested(self, event: OrderRested, _at: Micros) -> Document | None:
        return self._order(event) if self._own(event.participant) else None

    def _reduced(self, event: OrderReduced, _at: Micros) -> Document | None:
        return {**self._order(event), "quantity": event.quantity} if self._own(event.participant) else None

    def _replaced(self, event: OrderReplaced, _at: Micros) -> Document | None:
        return {**self._order(event), "quantity": event.quantity} if self._own(event.participant) else None

    def _cancelled(self, event: OrderCancelled, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        cancelled = {"quantity": event.quantity, "cancelled": event.leaves, "reason": event.reason.name}
        return {**self._order(event), "leaves": 0, **cancelled}

    def _traded(self, event: Traded, at: Micros) -> Document | None:
        if not (self._own(event.buyer) or self._own(event.seller)):
            return None
        document = trade_document(event, self._participant, at, self._view.people.code)
        document["trade"] = document.pop("id")
        document["leaves"] = event.buy_leaves if self._own(event.buyer) else event.sell_leaves
        return document

    def _agreement_proposed(self, event: AgreementProposed, _at: Micros) -> Document | None:
        if not (self._own(event.proposer) or self._own(event.counterparty)):
            return None
        return {"agreement": id_text(Kind.AGREEMENT, event.agreement), **terms_document(event)}

    def _agreement_moved(self, event: AgreementAffirmed | AgreementEnded, _at: Micros) -> Document | None:
        row = self._view.agreements.by_id.get(event.agreement)
        if row is None or not (self._own(row.terms.proposer) or self._own(row.terms.counterparty)):
            return None
        return {"agreement": id_text(Kind.AGREEMENT, event.agreement)}

    def _agreement_settled(self, event: AgreementSettled, _at: Micros) -> Document | None:
        if not (self._own(event.buyer) or self._own(event.seller)):
            return None
        return {
            "agreement": id_text(Kind.AGREEMENT, event.agreement),
            "transaction": id_text(Kind.TRANSACTION, event.transaction),
            "quantity": event.quantity,
            "total": money_text(event.total),
            "fee": money_text(event.buy_fee if self._own(event.buyer) else event.sell_fee),
        }


def _items(reader: Reader, entry: FeedEntry) -> list[Document]:
    events = list(codec.decode_events(entry.events))
    reader.begin(events)
    shown = [(type(event).__name__, _shown(reader, entry, event)) for event in events]
    mine = [(kind, fields) for kind, fields in shown if fields is not None]
    place = {"seq": entry.seq, "at": time_text(entry.at)}
    return [{**place, "n": n, "type": kind, **fields} for n, (kind, fields) in enumerate(mine)]


def order_items(reader: Reader, entry: FeedEntry, order: OrderId) -> list[Document]:
    """What an entry says of one order of the reader's participant. A refusal is about the order for which the entry was
    found.
    """
    events = [event for event in codec.decode_events(entry.events) if _is_about(event, order)]
    shown = [(type(event).__name__, _shown(reader, entry, event) or {}) for event in events]
    place = {"seq": entry.seq, "at": time_text(entry.at)}
    return [{**place, "n": n, "type": kind, **fields} for n, (kind, fields) in enumerate(shown)]


def _is_about(event: Event, order: OrderId) -> bool:
    if isinstance(event, OrderAccepted):
        return event.order == order
    return isinstance(event, Rejected) or is_about(event, order)


def _shown(reader: Reader, entry: FeedEntry, event: Event) -> Document | None:
    """A refusal is in no feed but that of the one who was refused, so it may always be shown."""
    return refusal_document(event, entry.leaf) if isinstance(event, Rejected) else reader.shown(event, entry.at)


async def own_events(call: Call) -> Document:
    """The own events after an entry, in journal order and without gaps; for staff their own refused commands."""
    query: FeedQuery = call.query
    view, who = call.services.view, call.who
    as_of = view.seq
    entries = await call.services.history.feed(who.idempotency_scope, Seq(query.after_seq), query.limit)
    # The database may be ahead of the view by what is just being published; those entries come with the next page.
    entries = [entry for entry in entries if entry.seq <= as_of]
    reader, items, reached = Reader(view, who.participant), list[Document](), Seq(query.after_seq)
    complete, decoded = len(entries) < query.limit, 0
    for entry in entries:
        if len(items) >= MOST_ITEMS or decoded >= MOST_BYTES:
            complete = False
            break
        items += _items(reader, entry)
        reached, decoded = entry.seq, decoded + len(entry.events)
    return {"items": items, "next_after_seq": max(reached, as_of) if complete else reached}


OPERATIONS = (
    Read(
        path="/v1/events",
        audience=Audience.ANYBODY,
        query=FeedQuery,
        handle=own_events,
        answer=Feed,
        own=True,
        weight=FROM_THE_DATABASE,
    ),
)
