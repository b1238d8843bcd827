"""Somebody who sees nothing but the events, and must know the same as the exchange itself.

The public view, the database and the participants' feeds are made of events alone. So whatever the state says of
money, tonnes, orders, days, people and papers must follow from them, after every command. What the follower knows of a
thing is a dictionary with the field names of the event that made it, which are those of the state's own record.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from exchange.core import events as e
from exchange.core.approvals import ProposalStatus
from exchange.core.events import Event
from exchange.core.events.participants import Layer
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import Side
from tests.oracle import origins, unit_notes
from tests.oracle.unit_notes import UnitNotes

Thing = dict[str, Any]


def told(event: Event, *left_out: str) -> Thing:
    """The fields of an event."""
    return {field.name: getattr(event, field.name) for field in fields(event) if field.name not in left_out}


class Follower:
    """What can be known from events; :meth:`compare` holds it to a state."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.things: dict[str, dict[int, Thing]] = defaultdict(dict)
        self.posted: Counter[tuple[int, int]] = Counter()
        self.held: Counter[tuple[int, int]] = Counter()
        self.units: UnitNotes = UnitNotes()
        self.session: Thing = {"halted": False}
        self.deadlines: dict[int, int] = {}
        self.rulebook: Thing = {}
        self.references: list[str] = []

    def follow(self, events: Iterable[Event]) -> None:
        """Take note of what happened."""
        for event in events:
            _NOTES[type(event)](self, event)

    def add(self, kind: str, number: int, event: Event, *left_out: str, **more: Any) -> None:
        """Something new, with what the event says of it and what is known anyway."""
        assert number not in self.things[kind]
        self.things[kind][number] = told(event, *left_out) | more

    # -- the ledger and the tonnes --

    def booked(self, event: e.Booked) -> None:
        """Postings move amounts and reserve them."""
        for posting in event.postings:
            debit, credit = (posting.debit, posting.asset), (posting.credit, posting.asset)
            if posting.layer is Layer.POST:
                self.posted[debit] -= posting.amount
                self.posted[credit] += posting.amount
            else:
                self.held[debit] += posting.amount if posting.layer is Layer.HOLD else -posting.amount

    # -- orders --

    def accepted(self, event: e.OrderAccepted) -> None:
        """A new order, of which nothing has traded."""
        self.add("orders", event.order, event, leaves=event.quantity, cumulative=0, value=0, fee=0)

    def order_of(self, event: Any) -> Thing:
        """The order that an event is about; what the event repeats of it must agree."""
        order = self.things["orders"][event.order]
        for name in ("participant", "instrument", "side", "price", "quantity", "leaves"):
            assert getattr(event, name, order[name]) == order[name], (name, event)
        return order

    def rested(self, event: e.OrderRested) -> None:
        """The order stands in the book."""
        self.order_of(event)["priority"] = event.priority

    def reduced(self, event: e.OrderReduced) -> None:
        """Less, in its place."""
        self._amend(event, event.quantity, event.price)

    def replaced(self, event: e.OrderReplaced) -> None:
        """Out of the book with new terms; it comes in again."""
        order = self.things["orders"][event.order]
        assert (event.old_price, event.old_leaves) == (order["price"], order["leaves"])
        self._amend(event, event.quantity, event.price)
        del order["priority"]

    def _amend(self, event: Any, quantity: int, price: int) -> None:
        order = self.things["orders"][event.order]
        order["leaves"] += quantity - order["quantity"]
        order["quantity"], order["price"] = quantity, price
        self.order_of(event)

    def traded(self, event: e.Traded) -> None:
        """Both orders have traded; one that has nothing left is closed."""
        assert event.day == self.session["day"]
        incoming = event.buy_order if event.aggressor is Side.BUY else event.sell_order
        for number in (event.buy_order, event.sell_order):
            assert ("priority" in self.things["orders"][number]) == (number != incoming)
        buy = (event.buy_order, event.buyer, event.buy_fee, event.buy_leaves)
        sell = (event.sell_order, event.seller, event.sell_fee, event.sell_leaves)
        for number, firm, fee, leaves in (buy, sell):
            order = self.things["orders"][number]
            order["leaves"] -= event.quantity
            order["cumulative"] += event.quantity
            order["value"] += event.price * event.quantity
            order["fee"] += fee
            assert (order["participant"], order["instrument"], order["leaves"]) == (firm, event.instrument, leaves)
            if not leaves:
                del self.things["orders"][number]

    def cancelled(self, event: e.OrderCancelled) -> None:
        """The order is closed with something left."""
        order = self.order_of(event)
        assert event.was_resting == ("priority" in order)
        del self.things["orders"][event.order]

    # -- the venue --

    def opened(self, event: e.VenueOpened) -> None:
        """The first day."""
        self.session |= told(event, "trading_day") | {"day": event.trading_day, "phase": Phase.OPEN}

    def key(self, event: e.KeyRegistered) -> None:
        """A key that nothing has happened to."""
        self.add("keys", event.key, event, line=event.key, replaced_by=0, revoked=False)

    def rotated(self, event: e.KeyRotated) -> None:
        """A key stands in the place of another, which ends no later than it would have."""
        old, new = self.things["keys"][event.key], self.things["keys"][event.successor]
        for name in ("person", "label", "scopes", "expires_at", "networks", "made_with"):
            assert new[name] == old[name], name
        assert not old["expires_at"] or event.expires_at <= old["expires_at"]
        old |= {"replaced_by": event.successor, "expires_at": event.expires_at}
        new["line"] = old["line"]

    def cancel_after(self, event: e.CancelAfterSet) -> None:
        """A switch is armed or disarmed."""
        assert self.things["persons"][self.things["keys"][event.key]["person"]]["participant"] == event.participant
        self.deadlines.pop(event.key, None)
        if event.deadline:
            self.deadlines[event.key] = event.deadline

    def reference(self, event: e.ReferencePriceSet) -> None:
        """A new reference and band, perhaps those of the day that opens next."""
        self.things["instruments"][event.instrument] |= told(event, "instrument", "day", "basis")

    def halt(self, instrument: int, *, halted: bool) -> None:
        """0 is the market."""
        (self.things["instruments"][instrument] if instrument else self.session)["halted"] = halted

    def job_finished(self, event: e.JobFinished) -> None:
        """The job is over."""
        del self.things["jobs"][event.job]

    def decide(self, number: int, status: ProposalStatus) -> None:
        """A proposal is no longer open."""
        assert self.things["proposals"][number]["status"] is ProposalStatus.OPEN
        self.things["proposals"][number]["status"] = status

    def agreement(self, number: int, status: AgreementStatus) -> None:
        """An agreement goes on."""
        self.things["agreements"][number]["status"] = status

    def settled(self, event: e.AgreementSettled) -> None:
        """An agreement is paid and delivered, on its own terms."""
        agreement = self.things["agreements"][event.agreement]
        parties = {agreement["proposer"], agreement["counterparty"]}
        buyer = agreement["proposer"] if agreement["side"] is Side.BUY else agreement["counterparty"]
        assert (event.buyer, {event.buyer, event.seller}) == (buyer, parties)
        assert (event.quantity, event.total) == (agreement["quantity"], agreement["total"])
        self.agreement(event.agreement, AgreementStatus.SETTLED)

    # -- comparing --

    def compare(self, state: ExchangeState) -> None:
        """Everything that events tell is what the state says, and nothing is missing."""
        register, credit = state.register, state.credits
        tables: dict[str, Mapping[Any, Any]] = {
            "persons": register.persons,
            "participants": register.participants,
            "keys": register.keys,
            "instruments": state.listing.instruments,
            "issuances": credit.issuances,
            "lots": credit.lots,
            "orders": state.orders.by_id,
            "proposals": state.proposals,
            "agreements": state.agreements,
            "jobs": state.session.jobs,
            **unit_notes.tables_of(state),
        }
        for kind, table in tables.items():
            assert list(self.things[kind]) == list(table), kind
            for number, known in self.things[kind].items():
                assert known == {name: getattr(table[number], name) for name in known}, kind
        self._compare_ledger(state)
        self.units.compare(state)
        assert self.references == list(state.bank_references)
        assert self.rulebook == {name: getattr(state.rulebook, name) for name in ("version", "profile", "rules")}
        assert self.session == {name: getattr(state.session, name) for name in self.session}
        assert self.deadlines == state.deadlines.of

    def _compare_ledger(self, state: ExchangeState) -> None:
        for account, balance in state.balances.rows():
            assert self.posted[account] == balance.posted, account
            assert self.held[account] == balance.debits_pending, account


def _nothing(follower: Follower, event: Any) -> None:
    """For what is told once and changes nothing that could be compared."""


_NOTES: dict[type, Callable[[Follower, Any], Any]] = {
    e.Rejected: _nothing,
    e.VenueOpened: Follower.opened,
    e.RulebookAdopted: lambda f, x: f.rulebook.update(told(x)),
    e.PersonRegistered: lambda f, x: f.add("persons", x.person, x),
    e.KeyRegistered: Follower.key,
    e.KeyRotated: Follower.rotated,
    e.KeyRevoked: lambda f, x: f.things["keys"][x.key].update(revoked=True),
    e.ActionProposed: lambda f, x: f.add("proposals", x.proposal, x, status=ProposalStatus.OPEN),
    e.ActionApproved: lambda f, x: f.decide(x.proposal, ProposalStatus.APPROVED),
    e.ProposalRejected: lambda f, x: f.decide(x.proposal, ProposalStatus.REJECTED),
    e.SnapshotAttested: _nothing,
    e.ParticipantAdmitted: lambda f, x: f.add("participants", x.participant, x),
    e.CashDeposited: lambda f, x: f.references.append(origins.known_as(x.bank_reference)),
    e.CashWithdrawn: _nothing,
    e.Booked: Follower.booked,
    e.InstrumentListed: lambda f, x: f.add("instruments", x.instrument, x, halted=False),
    e.ReferencePriceSet: Follower.reference,
    e.TradingHalted: lambda f, x: f.halt(x.instrument, halted=True),
    e.TradingResumed: lambda f, x: f.halt(x.instrument, halted=False),
    e.JobStarted: lambda f, x: f.add("jobs", x.job, x),
    e.JobFinished: Follower.job_finished,
    e.DayClosing: lambda f, x: f.session.update(phase=Phase.CLOSING),
    e.DayOpened: lambda f, x: f.session.update(phase=Phase.OPEN, day=x.day),
    e.IssuanceRecorded: lambda f, x: f.add("issuances", x.issuance, x, "space_name"),
    e.LotAdmitted: lambda f, x: f.add("lots", x.lot, x, "owner"),
    e.OrderAccepted: Follower.accepted,
    e.OrderRested: Follower.rested,
    e.OrderReduced: Follower.reduced,
    e.OrderReplaced: Follower.replaced,
    e.OrderCancelled: Follower.cancelled,
    e.CancelAfterSet: Follower.cancel_after,
    e.Traded: Follower.traded,
    e.AgreementProposed: lambda f, x: f.add("agreements", x.agreement, x, status=AgreementStatus.PROPOSED),
    e.AgreementAffirmed: lambda f, x: f.agreement(x.agreement, AgreementStatus.AGREED),
    e.AgreementEnded: lambda f, x: f.agreement(x.agreement, AgreementStatus.ENDED),
    e.AgreementSettled: Follower.settled,
    **unit_notes.NOTES,
}
