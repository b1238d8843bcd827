"""How much a chunk of a mass command looks at, by counting, and how far a day may lie ahead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.core.commands.instruments import EndOfDay
from exchange.core.commands.orders import CancelOrder, TimeInForce
from exchange.core.handlers import jobs
from exchange.core.machine import due
from exchange.core.matching import RestingOrder
from exchange.core.matching.book_side import BookSide
from exchange.core.matching.order import PriceLevel
from exchange.core.rejections import RejectReason
from exchange.core.values import Day, InstrumentId, ParticipantId, PersonId, Side
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
