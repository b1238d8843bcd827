"""Every invariant notices what it is there for: a state or an event is spoiled on purpose, and the check must break.

The sweep (:func:`check_all`) looks at everything, the step (:func:`check_step`) at what one command touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from exchange.core.commands.agreements import AffirmAgreement, AgreementKind, ConfirmAgreement, ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind
from exchange.core.commands.instruments import Family, HaltTrading, League
from exchange.core.commands.uses import Intensity, Neutrality, Pick, Purpose, UseDetails, UseUnits
from exchange.core.events import AgreementSettled, Booked, Event, LotAdmitted, ParcelsMoved, ParcelsReshaped, Traded
from exchange.core.events.credits import Cause, MarketTag, ParcelState, UnitsChanged
from exchange.core.events.orders import OrderRested
from exchange.core.events.participants import Layer, Posting
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import INVARIANTS, InvariantBrokenError, check_all, check_step
from exchange.core.ledger.chart import BANK, CLEARING, CNY
from exchange.core.ledger.posting import hold, move
from exchange.core.machine import Outcome, apply
from exchange.core.orders import Order
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    KeyId,
    Micros,
    OwnerGroupId,
    Price,
    ProjectId,
    Seq,
    Side,
    Tonnes,
)
from tests.core.test_unit_invariants import UNIT_SWEEPS
from tests.support.keys import key_of
from tests.support.market import Market

Spoil = Callable[[ExchangeState], None]


def prepared() -> Market:
    """A market in which both sides rest, and an agreement and a withdrawal hold something too."""
    market = Market(fee=1_000)
    seller, buyer = market.firm("seller"), market.firm("buyer", cash=1_000_000)
    instrument = market.instrument()
    for _ in range(2):
        market.lot(seller, 100)
    market.lot(seller, 80, Family.OTHER_SINK)
    market.done(market.order(seller, instrument, Side.SELL, 50, 3_000))
    market.done(market.order(buyer, instrument, Side.BUY, 20, 3_000))
    market.done(market.order(buyer, instrument, Side.BUY, 10, 2_900))
    market.propose(WithdrawCash(market.traders[buyer], buyer, Fen(100), "6222"))
    terms = (AgreementKind.SPOT, Family.OTHER_SINK, "", Tonnes(5), Fen(500), ())
    market.done(ProposeAgreement(market.traders[seller], seller, buyer, Side.SELL, *terms))
    return market


MARKET = prepared()
IMAGE = encode_state(MARKET.state)


def an_order(state: ExchangeState, side: Side) -> Order:
    """The first open order of a side."""
    return next(order for order in state.orders.by_id.values() if order.side is side)


def parcels(state: ExchangeState) -> Any:
    """The parcels of the first lot's first owner."""
    return state.parcels.held[min(state.parcels.held)]


def shorten(state: ExchangeState) -> None:
    parcels(state)[0].hi = parcels(state)[0].lo


def shift(state: ExchangeState) -> None:
    held = parcels(state)[0]
    held.lo, held.hi = held.lo + 10_000, held.hi + 10_000


def overlap(state: ExchangeState) -> None:
    (seller_has,), (buyer_has,) = list(state.parcels.held.values())[:2]
    buyer_has.lo, buyer_has.hi = seller_has.lo, seller_has.lo + 20


def issue_twice(state: ExchangeState) -> None:
    first, second, *_ = state.credits.issuances.values()
    first.space, first.serials = second.space, second.serials


def admit_outside(state: ExchangeState) -> None:
    lot = next(iter(state.credits.lots.values()))
    lot.serials = SerialRange(lot.serials.lo + 100_000, lot.serials.hi + 100_000)


def admit_twice(state: ExchangeState) -> None:
    first, second, *_ = (lot for lot in state.credits.lots.values())
    second.issuance, second.serials = first.issuance, SerialRange(first.serials.lo, first.serials.hi)


def admit_less(state: ExchangeState) -> None:
    lot = next(iter(state.credits.lots.values()))
    lot.serials = SerialRange(lot.serials.lo, lot.serials.hi - 1)


def take_tonne(state: ExchangeState) -> None:
    (lot, owner), held = min(state.parcels.held.items())
    held[0].hi -= 1
    assert state.balances.posted(owner, lot)


def make_money(state: ExchangeState) -> None:
    state.balances.of(next(iter(state.register.participants)), CNY).credits_posted += 1


def make_hold(state: ExchangeState) -> None:
    state.balances.of(CLEARING, CNY).credits_pending += 1


def overdraw(state: ExchangeState) -> None:
    postings: list[Posting] = []
    firm = min(firm for firm in state.register.participants if state.balances.of(firm, CNY).debits_pending)
    move(firm, BANK, CNY, state.balances.available(firm, CNY) + 1, postings)
    state.balances.apply(postings)


def hold_for_nothing(state: ExchangeState) -> None:
    postings: list[Posting] = []
    hold(min(state.register.participants), CNY, 1, postings)
    state.balances.apply(postings)


def hold_too_little(state: ExchangeState) -> None:
    an_order(state, Side.BUY).cash_held -= 1  # type: ignore[assignment]


def hold_too_few(state: ExchangeState) -> None:
    an_order(state, Side.SELL).lots_held[0].quantity -= 1  # type: ignore[assignment]


def forget_agreement(state: ExchangeState) -> None:
    agreement = next(a for a in state.agreements.values() if a.lots_held)
    agreement.lots_held = []


def forget_withdrawal(state: ExchangeState) -> None:
    del state.proposals[next(n for n, p in state.proposals.items() if p.participant and p.status == 1)]


def lose_tonnes(state: ExchangeState) -> None:
    an_order(state, Side.BUY).cumulative += 1  # type: ignore[assignment]


def leave_band(state: ExchangeState) -> None:
    state.session.jobs.clear()
    instrument = state.listing.instruments[an_order(state, Side.SELL).instrument]
    instrument.highest = instrument.lowest


def forget_in_book(state: ExchangeState) -> None:
    order = an_order(state, Side.SELL)
    state.books[order.instrument].cancel(order.order)


def change_in_book(state: ExchangeState) -> None:
    order = an_order(state, Side.SELL)
    state.books[order.instrument].reduce(order.order, order.leaves - 1)  # type: ignore[arg-type]


def lose_key(state: ExchangeState) -> None:
    an_order(state, Side.SELL).key = KeyId(0)


def swap_key(state: ExchangeState) -> None:
    an_order(state, Side.SELL).key = an_order(state, Side.BUY).key


def arm_nothing(state: ExchangeState) -> None:
    state.deadlines.arm(KeyId(1), Micros(5))


def arm_staff(state: ExchangeState) -> None:
    state.deadlines.arm(min(state.register.keys), Micros(5))


def forget_when(state: ExchangeState) -> None:
    state.deadlines.arm(an_order(state, Side.SELL).key, Micros(5))
    state.deadlines.order.clear()


def disorder(state: ExchangeState) -> None:
    for side, at in ((Side.SELL, 5), (Side.BUY, 6)):
        state.deadlines.arm(an_order(state, side).key, Micros(at))
    state.deadlines.order.reverse()


def cross(state: ExchangeState) -> None:
    buy = an_order(state, Side.BUY)
    state.books[buy.instrument].get(buy.order).level.price = an_order(state, Side.SELL).price


SWEEPS: list[tuple[str, Spoil]] = [
    ("INV-01", shorten),
    ("INV-02", issue_twice),
    ("INV-02", admit_outside),
    ("INV-02", admit_twice),
    ("INV-03", shift),
    ("INV-03", overlap),
    ("INV-04", admit_less),
    ("INV-10", take_tonne),
    ("INV-12", make_money),
    ("INV-12", make_hold),
    ("INV-14", overdraw),
    ("INV-15", hold_for_nothing),
    ("INV-15", hold_too_little),
    ("INV-15", hold_too_few),
    ("INV-15", forget_agreement),
    ("INV-15", forget_withdrawal),
    ("INV-43", lose_tonnes),
    ("INV-45", leave_band),
    ("INV-51", lose_key),
    ("INV-51", swap_key),
    ("INV-51", arm_nothing),
    ("INV-51", arm_staff),
    ("INV-51", forget_when),
    ("INV-51", disorder),
    ("INV-52", forget_in_book),
    ("INV-52", change_in_book),
]


@pytest.mark.parametrize(("invariant", "spoil"), SWEEPS, ids=[f"{name} {f.__name__}" for name, f in SWEEPS])
def test_the_sweep_finds(invariant: str, spoil: Spoil) -> None:
    state = decode_state(IMAGE)
    check_all(state)
    spoil(state)
    with pytest.raises(InvariantBrokenError, match=f"^{invariant} "):
        check_all(state)


def test_a_crossed_book_is_found() -> None:
    state = decode_state(IMAGE)
    cross(state)
    with pytest.raises(AssertionError):
        check_all(state)


# -- the step: what one command touched --


def step(give: Callable[[Market], Any]) -> tuple[ExchangeState, list[Event]]:
    """The state after one more command, and its events."""
    market = prepared()
    return market.state, give(market).events


def traded(market: Market) -> Outcome:
    """A sale of 4 tonnes to the resting bid at 29.00."""
    firms = list(market.state.register.participants)
    instrument = next(iter(market.state.listing.instruments))
    return market.done(market.order(firms[0], instrument, Side.SELL, 4, 2_900))


def bought(market: Market) -> Outcome:
    """A purchase of 4 tonnes from the resting offer at 30.00."""
    firms = list(market.state.register.participants)
    instrument = next(iter(market.state.listing.instruments))
    return market.done(market.order(firms[1], instrument, Side.BUY, 4, 3_000))


def settled(market: Market) -> Outcome:
    """The agreement of 5 tonnes, affirmed and confirmed."""
    number, agreement = next(iter(market.state.agreements.items()))
    buyer = agreement.counterparty
    market.done(AffirmAgreement(market.traders[buyer], buyer, number, agreement.quantity, agreement.total, ()))
    return market.done(ConfirmAgreement(market.operator, number, accept=True))


def rested(market: Market) -> Outcome:
    """Another offer of 7 tonnes."""
    firms = list(market.state.register.participants)
    instrument = next(iter(market.state.listing.instruments))
    return market.done(market.order(firms[0], instrument, Side.SELL, 7, 3_100))


def reduced(market: Market) -> Outcome:
    """The resting offer becomes smaller."""
    order = an_order(market.state, Side.SELL)
    return market.amend(order.participant, order.order, quantity=40)


def replaced(market: Market) -> Outcome:
    """The resting offer gets another price, and rests anew."""
    order = an_order(market.state, Side.SELL)
    return market.amend(order.participant, order.order, price=3_100)


def admitted(market: Market) -> Outcome:
    """A new lot."""
    owner = min(market.state.register.participants)
    issuance = market.issue(5_001, 5_011)
    action = AdmitLot(market.operator, issuance, owner, 5_001, 5_011, "R-1")
    proposal, action_hash = market.propose(action)
    return market.done(Approve(market.second, proposal, action_hash, "R-1"))


def used(market: Market) -> Outcome:
    """Ten tonnes are proposed to be used."""
    owner = min(market.state.register.participants)
    lot = min(market.state.credits.lots)
    end = market.state.credits.lots[lot].serials.hi
    details = UseDetails("A", "甲", "", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.WUHAI)
    picks = (Pick(lot, end - 10, end),)
    use = UseUnits(market.traders[owner], owner, InstrumentId(0), picks, Tonnes(10), Purpose.VOLUNTARY, details)
    return market.done(Propose(use.actor, use))


def frozen(market: Market) -> Outcome:
    """A whole lot is frozen."""
    scope = (ProjectId(0), 0, min(market.state.credits.lots), 0, 0)
    return market.done(Encumber(market.regulator, EncumbranceKind.FREEZE, *scope, "order"))


def thaw(state: ExchangeState, events: list[Event]) -> None:
    """What was held fast just now is held no more."""
    for own in state.parcels.aside.values():
        own[0].encumbered = 0


def change(events: list[Event], kind: type, **changes: Any) -> None:
    """Replace fields of the first event of a kind."""
    at = next(i for i, event in enumerate(events) if type(event) is kind)
    events[at] = replace(events[at], **changes)


def without_posting(events: list[Event], number: int) -> None:
    """Take a posting out of the trade's transaction."""
    kind = Traded if any(isinstance(event, Traded) for event in events) else AgreementSettled
    trade = next(i for i, event in enumerate(events) if type(event) is kind)
    at = max(i for i, event in enumerate(events[:trade]) if isinstance(event, Booked))
    booked = events[at]
    assert isinstance(booked, Booked)
    posts = [posting for posting in booked.postings if posting.layer is Layer.POST]
    events[at] = Booked(booked.transaction, tuple(p for p in booked.postings if p is not posts[number]))


def move_band(state: ExchangeState, events: list[Event]) -> None:
    instrument = next(iter(state.listing.instruments.values()))
    instrument.highest = Price(2_000)


def join_groups(state: ExchangeState, events: list[Event]) -> None:
    for participant in state.register.participants.values():
        participant.group = OwnerGroupId(1)


def take(events: list[Event], kind: type) -> None:
    """Say nothing of one kind, as if it had been forgotten."""
    events[:] = [event for event in events if type(event) is not kind]


def twice(events: list[Event], kind: type) -> None:
    """Say the first event of a kind a second time, at once."""
    at = next(i for i, event in enumerate(events) if type(event) is kind)
    events.insert(at, events[at])


def leave_one_out(state: ExchangeState, events: list[Event]) -> None:
    """The first parcel of the new lot has all serials but the last."""
    first = next(event for event in events if isinstance(event, ParcelsReshaped))
    change(events, ParcelsReshaped, opened=(replace(first.opened[0], hi=first.opened[0].hi - 1),))


def set_field(kind: str, value: int, side: Side) -> Callable[[ExchangeState, list[Event]], None]:
    """Add a number to a field of the first open order of a side."""

    def spoil(state: ExchangeState, events: list[Event]) -> None:
        order = an_order(state, side)
        setattr(order, kind, getattr(order, kind) + value)

    return spoil


Wrong = Callable[[ExchangeState, list[Event]], None]

STEPS: list[tuple[str, Callable[[Market], Any], Wrong]] = [
    *(("INV-16", traded, lambda s, e, n=n: without_posting(e, n)) for n in range(4)),
    *(("INV-16", settled, lambda s, e, n=n: without_posting(e, n)) for n in range(3)),
    ("INV-16", traded, lambda s, e: change(e, Traded, quantity=5)),
    ("INV-16", traded, lambda s, e: change(e, Traded, sell_fee=0)),
    ("INV-16", settled, lambda s, e: change(e, AgreementSettled, total=501)),
    ("INV-14", traded, lambda s, e: overdraw(s)),
    ("INV-12", traded, lambda s, e: change(e, Booked, postings=(Posting(Layer.POST, 1, 1, CNY, 5),))),
    ("INV-12", traded, lambda s, e: change(e, Booked, postings=(Posting(Layer.POST, 1, 2, CNY, 0),))),
    ("INV-12", traded, lambda s, e: change(e, Booked, postings=(Posting(Layer.POST, BANK, 2, CNY, 5),))),
    ("INV-12", traded, lambda s, e: change(e, Booked, postings=(Posting(Layer.HOLD, 2, CLEARING, CNY, 5),))),
    ("INV-45", traded, move_band),
    ("INV-46", traded, join_groups),
    ("INV-43", traded, set_field("cumulative", 1, Side.BUY)),
    ("INV-15", traded, set_field("cash_held", 1, Side.BUY)),
    ("INV-42", bought, set_field("price", -1, Side.SELL)),
    ("INV-40", rested, lambda s, e: cross(s)),
    ("INV-45", rested, move_band),
    ("INV-52", rested, lambda s, e: take(e, OrderRested)),
    ("INV-52", replaced, lambda s, e: take(e, OrderRested)),
    ("INV-43", reduced, set_field("quantity", 1, Side.SELL)),
    ("INV-15", reduced, set_field("cash_held", 1, Side.SELL)),
    ("INV-01", traded, lambda s, e: change(e, ParcelsMoved, ranges=(SerialRange(5, 5),))),
    ("INV-01", admitted, lambda s, e: change(e, LotAdmitted, serials=SerialRange(5, 5))),
    ("INV-02", admitted, lambda s, e: change(e, LotAdmitted, serials=SerialRange(5_001, 5_012))),
    ("INV-03", traded, lambda s, e: change(e, ParcelsReshaped, opened=())),
    ("INV-03", traded, lambda s, e: change(e, ParcelsReshaped, closed=())),
    ("INV-03", admitted, lambda s, e: take(e, LotAdmitted)),
    ("INV-03", admitted, lambda s, e: take(e, ParcelsReshaped)),
    ("INV-03", admitted, lambda s, e: twice(e, LotAdmitted)),
    ("INV-03", admitted, lambda s, e: twice(e, ParcelsReshaped)),
    ("INV-03", admitted, lambda s, e: change(e, ParcelsReshaped, lot=min(s.credits.lots))),
    ("INV-03", admitted, leave_one_out),
    ("INV-03", admitted, lambda s, e: change(e, ParcelsReshaped, closed=(SerialRange(5_001, 5_005),))),
    ("INV-06", used, lambda s, e: change(e, UnitsChanged, cause=Cause.RELEASE_PROPOSED)),
    ("INV-06", used, lambda s, e: change(e, UnitsChanged, state=ParcelState.RETIRED)),
    ("INV-06", used, lambda s, e: change(e, UnitsChanged, state_before=ParcelState.CANCELLED)),
    ("INV-06", used, lambda s, e: change(e, UnitsChanged, tag=MarketTag.NATIONAL)),
    ("INV-11", frozen, thaw),
]


@pytest.mark.parametrize(("invariant", "give", "spoil"), STEPS, ids=[f"{n}-{row[0]}" for n, row in enumerate(STEPS)])
def test_the_step_finds(invariant: str, give: Callable[[Market], Any], spoil: Wrong) -> None:
    state, events = step(give)
    check_step(state, events)
    spoil(state, events)
    with pytest.raises(InvariantBrokenError, match=f"^{invariant} "):
        check_step(state, events)


def test_every_invariant_is_spoiled_here() -> None:
    assert {name for name, _ in SWEEPS + UNIT_SWEEPS} | {name for name, _, _ in STEPS} == set(INVARIANTS)


def test_the_log_goes_on_without_gaps_and_never_back_in_time() -> None:
    market = prepared()
    command = HaltTrading(market.operator, InstrumentId(0), "rumours")
    state = market.state
    key = key_of(state, market.operator, state.at)
    for seq, at in ((state.seq, state.at), (state.seq + 2, state.at), (state.seq + 1, state.at - 1)):
        with pytest.raises(AssertionError, match="out of order"):
            apply(state, command, key, Seq(seq), Micros(at))
    assert apply(state, command, key, Seq(state.seq + 1), state.at).reason is None
