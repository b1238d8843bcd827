"""The committed view: a fold of events alone that says what the core's state says, however it was built."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.canonical import CanonicalError
from exchange.core.commands import Command
from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.governance import RegisterKey, RevokeKey, RotateKey
from exchange.core.commands.instruments import EndOfDay, Family, HaltTrading, ResumeTrading
from exchange.core.commands.orders import CancelAllOrders, SetCancelAfter, TimeInForce
from exchange.core.events import DayOpened, Event, Traded
from exchange.core.machine import Outcome, apply
from exchange.core.orders import Order
from exchange.core.state import ExchangeState
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    ParticipantId,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
    derived_id,
)
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.view.image import IMAGE_VERSION, decode_image
from exchange.sequencer.view.order_rows import OrdersReader, ViewsDifferError
from tests.support.market import Market


@dataclass(slots=True)
class Committed:
    """An entry as the view is fed with it."""

    seq: Seq
    at: Micros
    head: bytes
    events: list[Event]


@dataclass
class Recording:
    """A market whose entries are kept."""

    market: Market = field(init=False)
    entries: list[Committed] = field(default_factory=list)

    def __post_init__(self) -> None:
        recording = self

        class Recorded(Market):
            def give(self, command: Command, key: KeyId | None = None) -> Outcome:
                outcome = super().give(command, key)
                seq, at = self.state.seq, self.state.at
                recording.entries.append(Committed(seq, at, seq.to_bytes(32, "big"), outcome.events))
                return outcome

        self.market = Recorded(fee=2_500, sweep=False)


def view_of(entries: list[Committed], view: CommittedView | None = None) -> CommittedView:
    """A view, new or given, after these entries."""
    view = view or CommittedView()
    for entry in entries:
        view.apply(entry.seq, entry.at, entry.head, entry.events)
    return view


def orders_after(market: Market, count: int) -> dict[OrderId, Order]:
    """The open orders of the state after the first entries."""
    state = ExchangeState()
    for seq, done in enumerate(market.log[:count], 1):
        apply(state, done.command, done.key, Seq(seq), done.at)
    return state.orders.by_id


def restored(view: CommittedView, orders: dict[OrderId, Order]) -> CommittedView:
    """The view that a start makes of this one's image."""
    return read(view.to_image(orders), orders)


def read(data: bytes, orders: dict[OrderId, Order]) -> CommittedView:
    """The view that these bytes are an image of."""
    image = decode_image(data)
    reader = OrdersReader(image.orders)
    for number in sorted(orders):
        reader.take(orders[number])
    return CommittedView.from_image(image, reader.finish())


ORDERS_OWN = {"cumulative", "fee_rate", "cash_held", "lots_held", "lots_named", "key"}
"""What the state alone knows of an order, or, of the cumulative quantity, what follows from the rest."""


class Trading:
    """A market in which three firms of two groups trade one CCER, with the actions that a test picks by number."""

    def __init__(self) -> None:
        self.recording = Recording()
        market = self.market = self.recording.market
        self.firms = [
            market.firm("A", group="g", cash=10**9),
            market.firm("B", cash=10**9),
            market.firm("C", group="g"),
        ]
        self.lots = [market.lot(firm, 500) for firm in self.firms]
        self.sink = market.lot(self.firms[0], 1_000, Family.OTHER_SINK, project="SINK")
        self.book = market.instrument(3_000)
        self.placed: list[tuple[ParticipantId, OrderId]] = []
        self.days = 0

    def act(self, random: Random) -> None:
        """One thing that somebody does; refusals are part of life."""
        markets = (self._cancel_all, self._end_day, self._halt, self._switch)
        rare = (*markets, self._agree, self._decline, self._withdraw, self._keys)
        often = (self._order, self._order, self._order, self._cancel, self._amend, self._amend)
        deed = random.choice(often if random.random() < 0.85 else rare)
        deed(random.choice(self.firms), random.randrange(1_000), random.randrange(1_000))
        self.market.finish_jobs()

    def _order(self, firm: ParticipantId, one: int, other: int) -> None:
        side = Side.BUY if one % 2 else Side.SELL
        tif = (TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GFD, TimeInForce.IOC)[other % 4]
        stp = list(SelfTradePrevention)[one % 3]
        number = self.market.next_order_id()
        own_id = f"c{one % 50}" if one % 5 == 0 else ""
        command = self.market.order(
            firm, self.book, side, 1 + one % 40, 2_995 + other % 11, tif, client_order_id=own_id, stp=stp
        )
        if self.market.give(command).reason is None:
            self.placed.append((firm, number))

    def _cancel(self, _firm: ParticipantId, one: int, _other: int) -> None:
        if self.placed:
            self.market.cancel(*self.placed[one % len(self.placed)])

    def _amend(self, _firm: ParticipantId, one: int, other: int) -> None:
        if self.placed:
            owner, order = self.placed[one % len(self.placed)]
            self.market.amend(owner, order, (0, 2_998, 3_002)[other % 3], one % 40)

    def _cancel_all(self, firm: ParticipantId, one: int, _other: int) -> None:
        self.market.give(CancelAllOrders(self.market.traders[firm], firm, InstrumentId(self.book if one % 2 else 0)))

    def _agree(self, _firm: ParticipantId, one: int, other: int) -> None:
        trader, buyer = self.market.traders, self.firms[1]
        seller = self.firms[0]
        proposed = self.market.give(
            ProposeAgreement(
                trader[seller], seller, buyer, Side.SELL, AgreementKind.SPOT, Family.OTHER_SINK, "SINK",
                Tonnes(1 + one % 9), Fen(10_000 + other), (),
            )
        )  # fmt: skip
        if proposed.reason is None and one % 3:
            agreement = AgreementId(proposed.created)
            self.market.give(
                AffirmAgreement(trader[buyer], buyer, agreement, Tonnes(1 + one % 9), Fen(10_000 + other), ())
            )
            if one % 3 == 1:
                self.market.give(ConfirmAgreement(self.market.operator, agreement, bool(other % 2)))

    def _decline(self, _firm: ParticipantId, _one: int, _other: int) -> None:
        for agreement in list(self.market.state.agreements):
            seller = self.firms[0]
            self.market.give(DeclineAgreement(self.market.traders[seller], seller, agreement))

    def _withdraw(self, firm: ParticipantId, one: int, other: int) -> None:
        trader = self.market.traders[firm]
        action = WithdrawCash(trader, firm, Fen(1 + one), "account")
        if self.market.cash(firm)[1] <= one:
            return
        if other % 3:
            self.market.agree(action, self.market.operator)
        else:
            proposal, _ = self.market.propose(action)
            if other % 2:
                self.market.done(RejectProposal(trader, proposal, "changed my mind"))

    def _end_day(self, _firm: ParticipantId, _one: int, _other: int) -> None:
        self.days += 1
        self.market.give(EndOfDay(self.market.operator, Day(20260921 + self.days)))

    def _halt(self, _firm: ParticipantId, one: int, _other: int) -> None:
        target = InstrumentId(self.book if one % 2 else 0)
        self.market.done(HaltTrading(self.market.operator, target, "a reason"))
        self.market.agree(ResumeTrading(self.market.operator, target), self.market.second)

    def _keys(self, firm: ParticipantId, one: int, other: int) -> None:
        trader, secret = self.market.traders[firm], self.market.new_secret_hash()
        made = self.market.give(RegisterKey(trader, "k", secret, b"", 1 + other % 15, Micros(0), ("10.1.0.0/16",)))
        if made.reason is None and one % 2:
            self.market.done(RevokeKey(trader, KeyId(made.created)))
        elif made.reason is None and one % 3:
            grace = other % 86_400
            self.market.give(RotateKey(trader, self.market.new_secret_hash(), b"", grace), KeyId(made.created))

    def _switch(self, firm: ParticipantId, one: int, other: int) -> None:
        seconds = 0 if one % 5 == 0 else 5 + other % 30
        self.market.done(SetCancelAfter(self.market.traders[firm], firm, seconds))


SEEDS = st.integers(min_value=0, max_value=10**9)


@settings(max_examples=40)
@given(seed=SEEDS, deeds=st.integers(min_value=0, max_value=150), cut=SEEDS)
def test_it_says_what_the_state_says_and_an_image_loses_nothing(seed: int, deeds: int, cut: int) -> None:
    trading, random = Trading(), Random(seed)
    for _ in range(deeds):
        trading.act(random)
    entries = trading.recording.entries
    whole = view_of(entries)
    assert differences(whole, trading.market) == []
    at = cut % (len(entries) + 1)
    rebuilt = view_of(entries[at:], restored(view_of(entries[:at]), orders_after(trading.market, at)))
    orders = trading.market.state.orders.by_id
    assert rebuilt.to_image(orders) == whole.to_image(orders)
    assert differences(rebuilt, trading.market) == []
    assert books_of(rebuilt) == books_of(whole)


def books_of(view: CommittedView) -> object:
    """Both sides of every book that is not empty."""
    found = {}
    for instrument, book in view.orders.books.items():
        sides = [
            [(p, level.quantity, level.orders) for p, level in half.best_first(10**6)]
            for half in (book.bids, book.asks)
        ]
        if any(sides):
            found[instrument] = sides
    return found


def differences(view: CommittedView, market: Market) -> list[str]:
    """Where view and state differ, in words."""
    return [*order_differences(view, market), *holding_differences(view, market), *venue_differences(view, market)]


def order_differences(view: CommittedView, market: Market) -> Iterator[str]:
    state = market.state
    if set(view.orders.by_id) != set(state.orders.by_id):
        yield "open orders"
    for number, order in state.orders.by_id.items():
        row = view.orders.by_id[number]
        shown = (row.price, row.quantity, row.leaves, row.cumulative, row.value, row.fee, row.priority, row.resting)
        if shown != (
            order.price, order.quantity, order.leaves, order.cumulative, order.value, order.fee, order.priority, True
        ):  # fmt: skip
            yield f"order {number}: {shown} is not {order}"
    if view.orders.client_ids != state.orders.client_ids:
        yield "client order ids"
    for instrument, book in state.books.items():
        for side in Side:
            half = view.orders.book(instrument).half(side)
            shown_levels = [(price, level.quantity, level.orders) for price, level in half.best_first(10**6)]
            if shown_levels != [tuple(level) for level in book.depth(side, 10**6)]:
                yield f"depth of {side.name}"


def holding_differences(view: CommittedView, market: Market) -> Iterator[str]:
    state = market.state
    for account, balance in state.balances.rows():
        shown = view.money.balance(*account)
        if (shown.posted, shown.debits_pending) != (balance.posted, balance.debits_pending):
            yield f"balance of {account}"
    for lot in state.credits.lots:
        shown_parcels = [(p.owner, p.lo, p.hi) for _, p in sorted(view.units.parcels[lot].items())]
        held = [(p.owner, p.lo, p.hi) for owner in view.units.held for p in view.units.parcels_of(lot, owner)]
        if sorted(held) != sorted(shown_parcels):
            yield f"owners' parcels of lot {lot}"
        for owner in {owner for owner, _, _ in shown_parcels}:
            tonnes = sum(hi - lo for whose, lo, hi in shown_parcels if whose == owner)
            if tonnes != state.balances.posted(owner, lot):
                yield f"parcels of {owner} in lot {lot}"


def venue_differences(view: CommittedView, market: Market) -> Iterator[str]:
    state = market.state
    if (view.markets.day, view.markets.phase, view.markets.halted) != (
        state.session.day, state.session.phase, state.session.halted
    ):  # fmt: skip
        yield "day, phase or halt"
    if set(view.markets.jobs) != set(state.session.jobs):
        yield "jobs"
    for number, instrument in state.listing.instruments.items():
        row = view.markets.instruments[number]
        shown = (row.reference.reference, row.reference.lowest, row.reference.highest, row.halted, row.day.volume)
        if (*shown, row.day.value) != (
            instrument.reference, instrument.lowest, instrument.highest, instrument.halted,
            instrument.day_volume, instrument.day_value,
        ):  # fmt: skip
            yield f"instrument {number}: {shown}"
    statuses = {number: row.status for number, row in view.governance.proposals.items()}
    if statuses != {number: proposal.status for number, proposal in state.proposals.items()}:
        yield "proposals"
    agreements = {number: row.status for number, row in view.agreements.by_id.items()}
    if agreements != {number: agreement.status for number, agreement in state.agreements.items()}:
        yield "agreements"
    keys = {number: (row.terms.person, row.expires_at, row.revoked) for number, row in view.people.keys.items()}
    if keys != {number: (key.person, key.expires_at, key.revoked) for number, key in state.register.keys.items()}:
        yield "keys"
    for person in {key.person for key in state.register.keys.values()}:
        own = [number for number, key in sorted(state.register.keys.items()) if key.person == person]
        if [row.terms.key for row in view.people.keys_of(person)] != own:
            yield f"keys of {person}"
    armed = {number: row.deadline for number, row in view.people.keys.items() if row.deadline}
    if armed != state.deadlines.of:
        yield "dead-man's switches"


def test_every_event_has_its_row_in_the_dispatch_table() -> None:
    assert set(CommittedView()._handlers) == set(get_args(Event))


def test_an_entry_out_of_order_is_a_bug() -> None:
    entries = Trading().recording.entries
    with pytest.raises(AssertionError, match="entry 3 after 1"):
        view_of([entries[0], entries[2]])


def test_fees_are_what_the_venue_earned() -> None:
    trading = Trading()
    market, (_, buyer, _) = trading.market, trading.firms
    market.done(market.order(trading.firms[0], trading.book, Side.SELL, 100, 3_000))
    market.done(market.order(buyer, trading.book, Side.BUY, 100, 3_000))
    view = view_of(trading.recording.entries)
    assert restored(view, market.state.orders.by_id).money.fees == view.money.fees
    assert view.money.fees == {trading.firms[0]: 750, buyer: 750}
    assert view.money.balance(-4, 0).posted == 1_500


def test_the_day_knows_its_prices_and_the_next_day_begins_without() -> None:
    trading = Trading()
    market, (seller, buyer, _) = trading.market, trading.firms
    for price in (3_000, 2_990, 3_010, 3_005):
        market.done(market.order(seller, trading.book, Side.SELL, 10, price))
        market.done(market.order(buyer, trading.book, Side.BUY, 10, price))
    row = view_of(trading.recording.entries).markets.instruments[trading.book]
    assert (row.day.opening, row.day.highest, row.day.lowest, row.last_price) == (3_000, 3_010, 2_990, 3_005)
    assert (row.day.volume, row.day.trades, row.day.value, row.trades) == (40, 4, 120_050, 4)
    market.done(EndOfDay(market.operator, Day(20260922)))
    market.finish_jobs()
    row = view_of(trading.recording.entries).markets.instruments[trading.book]
    assert (row.day.volume, row.day.trades, row.last_price, row.reference.reference) == (0, 0, 3_005, 3_001)
    assert row.trades == 4, "the count of all trades goes on over the days"


def test_every_entry_is_of_the_day_on_which_it_was_made() -> None:
    """An agreed trade says no day of its own, so its entry must tell; trades of the book say theirs to compare with."""
    trading = Trading()
    market, (seller, buyer, _) = trading.market, trading.firms
    for day in (20260922, 20260923, 20260924):
        market.done(market.order(seller, trading.book, Side.SELL, 10, 3_000))
        market.done(market.order(buyer, trading.book, Side.BUY, 10, 3_000))
        market.done(EndOfDay(market.operator, Day(day)))
        market.finish_jobs()
    entries = trading.recording.entries
    said = [(entry.seq, event.day) for entry in entries for event in entry.events if isinstance(event, Traded)]
    assert len({day for _, day in said}) == 3
    for view in (view_of(entries), restored(view_of(entries), market.state.orders.by_id)):
        assert [(seq, view.markets.day_of(seq)) for seq, _ in said] == said
        assert view.markets.day_of(Seq(1)) == said[0][1]
        opened = [entry.seq for entry in entries if any(isinstance(event, DayOpened) for event in entry.events)]
        assert view.markets.day_of(opened[-1]) == Day(20260924) == view.markets.day_of(entries[-1].seq)
        assert view.markets.day_of(Seq(opened[-1] - 1)) == Day(20260923)


def test_depth_begins_at_the_best_price() -> None:
    trading = Trading()
    market, (seller, buyer, _) = trading.market, trading.firms
    for price in (2_990, 2_995, 2_980, 2_995):
        market.done(market.order(buyer, trading.book, Side.BUY, 5, price))
    for price in (3_020, 3_010, 3_015):
        market.done(market.order(seller, trading.book, Side.SELL, 5, price))
    book = view_of(trading.recording.entries).orders.book(trading.book)
    assert [(p, level.quantity, level.orders) for p, level in book.bids.best_first(2)] == [
        (2_995, 10, 2),
        (2_990, 5, 1),
    ]
    assert [p for p, _ in book.asks.best_first(2)] == [3_010, 3_015]


def test_an_image_of_another_version_is_refused_and_so_is_a_damaged_one() -> None:
    image = view_of(Trading().recording.entries).to_image({})
    with pytest.raises(CanonicalError, match="another version"):
        read((IMAGE_VERSION + 1).to_bytes(8, "big") + image[8:], {})
    with pytest.raises(CanonicalError):
        read(image[:-1], {})


def one_open_order() -> tuple[CommittedView, dict[OrderId, Order]]:
    """A view and the state's orders."""
    trading = Trading()
    trading.market.done(trading.market.order(trading.firms[1], trading.book, Side.BUY, 5, 2_990, client_order_id="x"))
    return view_of(trading.recording.entries), trading.market.state.orders.by_id


@pytest.mark.parametrize("wrong", ["none", "another", "one too many"])
def test_an_image_is_of_the_orders_that_the_state_has(wrong: str) -> None:
    view, orders = one_open_order()
    ((number, order),) = orders.items()
    image, other = view.to_image(orders), OrderId(number + 1)
    another = replace(order, order=other)
    found = {"none": {}, "another": {other: another}, "one too many": {number: order, other: another}}[wrong]
    with pytest.raises(CanonicalError, match="the state"):
        read(image, found)


SHARED = [field.name for field in fields(Order) if field.name not in ORDERS_OWN]


@pytest.mark.parametrize("name", SHARED)
def test_there_is_no_image_of_a_view_that_contradicts_the_state(name: str) -> None:
    view, orders = one_open_order()
    ((number, order),) = orders.items()
    value = getattr(order, name)
    changed: dict[str, Any] = {name: "y" if isinstance(value, str) else True if value is False else 99}
    other = replace(order, **changed)
    with pytest.raises(ViewsDifferError, match=f"order {number}"):
        view.to_image({number: other})


def test_there_is_no_image_of_a_view_that_has_other_orders_than_the_state() -> None:
    view, _ = one_open_order()
    with pytest.raises(ViewsDifferError, match="different orders"):
        view.to_image({})


def test_every_rulebook_stays() -> None:
    trading = Trading()
    view = view_of(trading.recording.entries)
    assert list(view.governance.rulebooks) == [1]
    assert view.governance.rulebook is view.governance.rulebooks[1]


async def test_a_reader_waits_for_the_entry_that_it_wants() -> None:
    entries = Trading().recording.entries
    view = view_of(entries[:2])
    assert await view.wait_for(Seq(2), 0)
    waiting = asyncio.ensure_future(view.wait_for(Seq(4), 10))
    late = asyncio.ensure_future(view.wait_for(Seq(10**9), 10))
    await asyncio.sleep(0)
    view_of(entries[2:3], view)
    await asyncio.sleep(0)
    assert not waiting.done()
    view_of(entries[3:4], view)
    assert await waiting
    assert not late.done()
    late.cancel()


async def test_readers_who_give_up_leave_nothing_behind() -> None:
    view = CommittedView()
    assert not any(await asyncio.gather(*(view.wait_for(Seq(10**9), 0.001) for _ in range(100))))
    assert len(view._waiting) <= 1
    far = asyncio.ensure_future(view.wait_for(Seq(1), 10))
    await asyncio.sleep(0)
    view_of(Recording().entries, view)
    assert await far


def test_ids_in_the_market_are_those_of_the_view() -> None:
    trading = Trading()
    market = trading.market
    market.done(market.order(trading.firms[0], trading.book, Side.SELL, 7, 3_000, client_order_id="mine"))
    view = view_of(trading.recording.entries)
    number = OrderId(derived_id(market.state.seq))
    assert view.orders.client_ids == {trading.firms[0]: {"mine": number}}
    assert [row.terms.order for row in view.orders.of(trading.firms[0])] == [number]
