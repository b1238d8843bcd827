"""How much a chunk of a mass command looks at, by counting, and how far a day may lie ahead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.core.commands import Command
from exchange.core.commands.governance import RegisterKey, RotateKey, Scope
from exchange.core.commands.instruments import EndOfDay
from exchange.core.commands.orders import (
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    TimeInForce,
    UnattendedCause,
)
from exchange.core.commands.participants import ParticipantRole
from exchange.core.events.orders import OrderCancelled
from exchange.core.handlers import jobs
from exchange.core.machine import due
from exchange.core.matching import RestingOrder
from exchange.core.matching.book_side import BookSide
from exchange.core.matching.order import PriceLevel
from exchange.core.orders import Order
from exchange.core.rejections import RejectReason
from exchange.core.values import (
    Day,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    ParticipantId,
    PersonId,
    Side,
    Sides,
)
from tests.support import market as support
from tests.support.market import Market

CHUNK = 10
OUTSIDE, INSIDE = 40, 300


def crowded() -> tuple[Market, ParticipantId, InstrumentId]:
    """A book with offers at many prices, of which the dearest will be outside tomorrow's band."""
    market = Market(band=5_000, sweep=False)
    seller, buyer = market.firm("seller"), market.firm("buyer", cash=10_000_000)
    instrument = market.instrument(3_000)
    market.lot(seller, 10_000)
    for n in range(INSIDE):
        market.done(market.order(seller, instrument, Side.SELL, 1, 2_500 + n))
    for n in range(OUTSIDE):
        market.done(market.order(seller, instrument, Side.SELL, 1, 4_400 + n))
    market.done(market.order(buyer, instrument, Side.BUY, 1, 2_500))
    return market, seller, instrument


def test_a_chunk_looks_only_at_the_orders_that_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", CHUNK)
    market, seller, _ = crowded()
    market.done(EndOfDay(market.operator, Day(20260922)))
    looked: list[int] = []
    walk = BookSide.__iter__
    walk_back = BookSide.__reversed__

    def counted(side: BookSide) -> Iterator[PriceLevel]:
        for level in walk(side):
            looked.append(level.price)
            yield level

    def counted_back(side: BookSide) -> Iterator[PriceLevel]:
        for level in walk_back(side):
            looked.append(level.price)
            yield level

    monkeypatch.setattr(BookSide, "__iter__", counted)
    monkeypatch.setattr(BookSide, "__reversed__", counted_back)
    chunks = 0
    while (command := due(market.state, market.now())) is not None:
        looked.clear()
        market.done(command)
        assert len(looked) <= CHUNK + 2
        chunks += 1
    assert chunks == OUTSIDE // CHUNK + 2
    assert market.state.orders.count(seller) == INSIDE - 1


class Counted(dict[OrderId, Order]):
    """Open orders by id; what is asked for is written down."""

    def __init__(self, orders: dict[OrderId, Order]) -> None:
        super().__init__(orders)
        self.asked: list[OrderId] = []

    def __getitem__(self, number: OrderId) -> Order:
        self.asked.append(number)
        return super().__getitem__(number)


def busy() -> tuple[Market, ParticipantId, tuple[InstrumentId, InstrumentId], KeyId]:
    """A firm with many orders on both sides of two books, of which one in ten was entered with a key of its own."""
    market = Market(sweep=False)
    firm = market.firm("both", ParticipantRole.BOTH, cash=1_000_000_000)
    books = market.instrument(3_000), market.instrument(3_000, vintage=2024)
    market.lot(firm, 10_000)
    person = market.traders[firm]
    made = market.done(RegisterKey(person, "desk", market.new_secret_hash(), b"", int(sum(Scope)), Micros(0), ()))
    key = KeyId(made.created)
    for n in range(400):
        side = Side.SELL if n % 4 == 0 else Side.BUY
        price = 3_100 if side is Side.SELL else 2_900
        book = books[0] if side is Side.SELL or n % 3 else books[1]
        market.done(market.order(firm, book, side, 1, price), key if n % 10 == 0 else None)
    return market, firm, books, key


def cancelled(market: Market, command: Command) -> list[OrderId]:
    """What a mass command ends in all its chunks; each looks at no more than it ends."""
    orders = market.state.orders
    orders.by_id = counted = Counted(orders.by_id)
    ended: list[OrderId] = []
    next_command: Command | None = command
    while next_command is not None:
        counted.asked.clear()
        outcome = market.done(next_command)
        chunk = [event.order for event in outcome.events if isinstance(event, OrderCancelled)]
        assert len(chunk) <= CHUNK
        assert sorted(set(counted.asked)) == sorted(chunk)
        ended += chunk
        next_command = due(market.state, market.now())
    return ended


@pytest.mark.parametrize("sides", Sides)
@pytest.mark.parametrize("book", [None, 0, 1])
def test_a_chunk_of_a_cancel_all_looks_at_no_other_orders(
    monkeypatch: pytest.MonkeyPatch, book: int | None, sides: Sides
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", CHUNK)
    market, firm, books, _ = busy()
    instrument = InstrumentId(0) if book is None else books[book]
    own = sorted(market.state.orders.by_id.values(), key=lambda order: (order.key, order.order))
    wanted = [order.order for order in own if instrument in (0, order.instrument) and sides in (Sides.BOTH, order.side)]
    assert cancelled(market, CancelAllOrders(market.traders[firm], firm, instrument, sides)) == wanted
    assert market.state.orders.count(firm) == len(own) - len(wanted)


def test_a_chunk_of_a_switch_looks_at_no_other_keys_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", CHUNK)
    market, firm, _, key = busy()
    wanted = sorted(order.order for order in market.state.orders.by_id.values() if order.key == key)
    gone = CancelUnattended(PersonId(0), firm, key, UnattendedCause.DISCONNECTED)
    assert cancelled(market, gone) == wanted
    assert len(wanted) == 40


def test_a_switch_of_a_successor_looks_at_its_own_lines_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", CHUNK)
    market, firm, books, key = busy()
    person = market.traders[firm]
    new = KeyId(market.done(RotateKey(person, market.new_secret_hash(), b"", 600), key).created)
    for _ in range(15):
        market.done(market.order(firm, books[0], Side.BUY, 1, 2_900), new)
    old = [order.order for order in market.state.orders.by_id.values() if order.key == key]
    later = [order.order for order in market.state.orders.by_id.values() if order.key == new]
    assert cancelled(market, CancelUnattended(PersonId(0), firm, key, UnattendedCause.DISCONNECTED)) == old
    assert cancelled(market, CancelUnattended(PersonId(0), firm, new, UnattendedCause.DISCONNECTED)) == later


def test_nothing_is_left_of_a_firm_that_has_no_orders_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", CHUNK)
    market, firm, _, _ = busy()
    assert list(market.state.orders.own) == [firm]
    cancelled(market, CancelAllOrders(market.traders[firm], firm, InstrumentId(0)))
    assert market.state.orders.own == {}
    assert market.state.orders.count(firm) == 0


def test_the_orders_outside_end_from_the_far_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", CHUNK)
    market, _, instrument = crowded()
    market.done(EndOfDay(market.operator, Day(20260922)))
    dearest = []
    while (command := due(market.state, market.now())) is not None:
        market.done(command)
        offers: list[RestingOrder] = list(market.state.books[instrument].orders(Side.SELL))
        dearest.append(offers[-1].price)
    assert dearest == [4_439, 4_429, 4_419, 4_409, 2_799, 2_799]


def test_days_with_orders_are_forgotten_with_the_last_order() -> None:
    market = Market()
    buyer, instrument = market.firm("buyer", cash=1_000_000), market.instrument()
    placed = []
    for day in (20260930, 20260925, 20260925):
        placed.append(market.next_order_id())
        market.done(market.order(buyer, instrument, Side.BUY, 1, 3_000, TimeInForce.GTD, good_til=day))
    assert market.state.orders.last_days == [20260925, 20260930]
    for order in placed[:2]:
        market.done(CancelOrder(market.traders[buyer], buyer, order, ""))
    assert market.state.orders.last_days == [20260925]


@pytest.mark.parametrize(
    ("days_on", "next_day", "accepted"),
    [
        (0, 20261022, True),
        (0, 20261023, False),
        (40, 20261022, True),
        (40, 20261023, False),
        (-1, 20261021, True),
        (-1, 20261022, False),
    ],
)
def test_neither_the_last_day_nor_the_clock_is_far_behind_the_next_day(
    monkeypatch: pytest.MonkeyPatch, days_on: int, next_day: int, accepted: bool
) -> None:
    """The market's first day is 2026-09-21; its clock shows the same day, or one before, or one forty days later."""
    monkeypatch.setattr(support, "OPENING", support.OPENING + days_on * 86_400_000_000)
    market = Market()
    outcome = market.give(EndOfDay(PersonId(market.operator), Day(next_day)))
    assert outcome.reason is (None if accepted else RejectReason.NEXT_DAY_TOO_FAR)


def test_a_saturday_is_a_trading_day_if_the_operator_names_it() -> None:
    """The venue has no calendar. Named by mistake, it is ended as any other day, with the Monday after it."""
    market = Market()
    for day in (20260926, 20260928):
        assert market.give(EndOfDay(PersonId(market.operator), Day(day))).reason is None
        market.finish_jobs()
        assert market.state.session.day == day
