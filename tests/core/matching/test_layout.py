"""The book's own order: prices far apart, checks that find a broken book, no garbage, and work that does not grow."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest

from exchange.core.matching import OrderBook, RestingOrder, match
from exchange.core.matching.book_side import BLOCK_BITS, BookSide
from exchange.core.matching.order import PriceLevel
from exchange.core.values import MAX_PRICE, OrderId, OwnerGroupId, Price, Seq, Side, Tonnes
from tests.core.matching.floor import NEWEST, OLDEST, Floor

BLOCK = 1 << BLOCK_BITS
FAR_APART = [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3_000, 50_000_000, MAX_PRICE - 1, MAX_PRICE]


def rest(book: OrderBook, n: int, side: Side, price: int, leaves: int = 10) -> None:
    book.rest(OrderId(n), side, Price(price), Tonnes(leaves), OwnerGroupId(n), Seq(n))


# --- prices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", Side)
def test_prices_far_apart_are_in_order(side: Side) -> None:
    book = OrderBook()
    for n, price in enumerate(FAR_APART[::2] + FAR_APART[1::2], start=1):
        rest(book, n, side, price)
        book.validate()
    best_first = sorted(FAR_APART, reverse=side is Side.BUY)
    assert [price for price, _, _ in book.depth(side, 99)] == best_first
    assert [price for price, _, _ in book.depth(side, 3)] == best_first[:3]


@pytest.mark.parametrize("side", Side)
def test_the_next_best_is_found_across_blocks(side: Side) -> None:
    book = OrderBook()
    for n, price in enumerate(FAR_APART, start=1):
        rest(book, n, side, price)
    for price in sorted(FAR_APART, reverse=side is Side.BUY):
        assert book.best(side) == price
        book.cancel(OrderId(FAR_APART.index(price) + 1))
        book.validate()
    assert book.best(side) is None
    rest(book, 99, side, 3_000)
    assert book.best(side) == 3_000


@pytest.mark.parametrize("side", Side)
def test_prices_leave_from_the_worst_and_from_the_middle(side: Side) -> None:
    book = OrderBook()
    for n, price in enumerate(FAR_APART, start=1):
        rest(book, n, side, price)
    best_first = sorted(FAR_APART, reverse=side is Side.BUY)
    while len(best_first) > 1:
        gone = best_first.pop(len(best_first) // 2)
        book.cancel(OrderId(FAR_APART.index(gone) + 1))
        book.validate()
        assert [price for price, _, _ in book.depth(side, 99)] == best_first


# --- checks ----------------------------------------------------------------------------------------------------------


def test_an_order_that_should_have_traded_may_not_rest() -> None:
    book = OrderBook()
    rest(book, 1, Side.SELL, 3000)
    with pytest.raises(AssertionError, match="should have traded"):
        rest(book, 2, Side.BUY, 3000)


def test_an_id_may_not_rest_twice() -> None:
    book = OrderBook()
    rest(book, 1, Side.SELL, 3000)
    with pytest.raises(AssertionError, match="rests twice"):
        rest(book, 1, Side.SELL, 3000)


def level_of(book: OrderBook, side: Side = Side.SELL) -> PriceLevel:
    level = (book.asks if side is Side.SELL else book.bids).best
    assert level is not None
    return level


def swap_links(book: OrderBook) -> None:
    level = level_of(book)
    level.oldest, level.newest = level.newest, level.oldest


def turn_priorities_round(book: OrderBook) -> None:
    first, second = book.get(OrderId(1)), book.get(OrderId(2))
    first.priority, second.priority = second.priority, first.priority


def forget_backward_link(book: OrderBook) -> None:
    book.get(OrderId(2)).older = None


def set_leaves_to_nothing(book: OrderBook) -> None:
    book.get(OrderId(1)).leaves = Tonnes(0)


def point_to_another_level(book: OrderBook) -> None:
    book.get(OrderId(1)).level = level_of(book, Side.BUY)


def forget_an_order(book: OrderBook) -> None:
    del book.by_id[OrderId(2)]


def file_under_another_id(book: OrderBook) -> None:
    book.by_id[OrderId(9)] = book.by_id.pop(OrderId(2))


def forget_the_best(book: OrderBook) -> None:
    book.asks.best = book.asks.levels[3001]


def keep_an_empty_level(book: OrderBook) -> None:
    book.asks.add_level(Price(3005))


def forget_a_level(book: OrderBook) -> None:
    del book.asks.levels[3001]


def file_a_level_under_another_price(book: OrderBook) -> None:
    level_of(book).price = Price(2999)


def forget_a_block(book: OrderBook) -> None:
    book.asks._block_numbers.append(0)
    book.asks._blocks[0] = []


def cross(book: OrderBook) -> None:
    moved = BookSide(Side.BUY)
    level = moved.add_level(Price(3000))
    order = book.get(OrderId(4))
    level.oldest = level.newest = order
    order.level = level
    book.bids = moved


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (swap_links, "does not end with its newest"),
        (turn_priorities_round, "not in time order"),
        (forget_backward_link, "differently backwards"),
        (set_leaves_to_nothing, "does not belong here"),
        (point_to_another_level, "does not belong here"),
        (forget_an_order, "different numbers of orders"),
        (file_under_another_id, "filed under another id"),
        (forget_the_best, "another level than the first"),
        (keep_an_empty_level, "does not end with its newest"),
        (forget_a_level, "levels and ranks differ"),
        (file_a_level_under_another_price, "a level is misfiled"),
        (forget_a_block, "foreign block"),
        (cross, "crossed"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_damaged_book_is_found(damage: Callable[[OrderBook], None], message: str) -> None:
    book = OrderBook()
    for n, (side, price) in enumerate(
        [(Side.SELL, 3000), (Side.SELL, 3000), (Side.SELL, 3001), (Side.BUY, 2990)], start=1
    ):
        rest(book, n, side, price)
    book.validate()
    damage(book)
    with pytest.raises(AssertionError, match=message):
        book.validate()


# --- no garbage ------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def records_alive() -> int:
    return sum(isinstance(thing, RestingOrder | PriceLevel) for thing in gc.get_objects())


@pytest.mark.usefixtures("no_collector")
def test_orders_that_go_are_freed_without_the_garbage_collector() -> None:
    before = records_alive()
    floor = Floor()
    for n in range(12):
        floor.sell(f"s{n}", 10, 3000 + n // 4)
    floor.sell("own", 10, 3001, group="forest")
    assert records_alive() - before == 13 + 3
    for name in ("s5", "s4", "s7"):  # from the middle, the oldest and the newest of a queue
        floor.cancel(name)
    floor.buy("sweep", 55, 3002, group="forest", stp=OLDEST, rest=False)
    floor.cancel("s10")
    floor.buy("rest of it", 25, 3002, rest=False)
    assert floor.book() == []
    assert records_alive() == before


# --- work that does not grow -----------------------------------------------------------------------------------------


def lines_run(action: Callable[[], object]) -> int:
    """How many lines of Python an action runs: a measure that does not depend on the machine."""
    count = 0

    def tracer(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return tracer

    previous = sys.gettrace()
    sys.settrace(tracer)
    try:
        action()
    finally:
        sys.settrace(previous)
    return count


def queue_of_sells(size: int) -> OrderBook:
    book = OrderBook()
    for n in range(1, size + 1):
        rest(book, n, Side.SELL, 3000)
    return book


@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_cancel_is_the_same_work_in_a_short_and_in_a_long_queue(place: float) -> None:
    work = []
    for size in (10, 10_000):
        book = queue_of_sells(size)
        order_id = OrderId(max(1, int(size * place)))
        work.append(lines_run(lambda book=book, order_id=order_id: book.cancel(order_id)))  # type: ignore[misc]
    assert work[0] == work[1]


@pytest.mark.parametrize("others", [10, 10_000])
def test_resting_and_trading_look_at_nothing_else(others: int) -> None:
    book = queue_of_sells(others)
    for n in range(others):
        rest(book, others + 1 + n, Side.SELL, 4000 + n)
    taker = OwnerGroupId(0)
    assert lines_run(lambda: rest(book, 1_000_000, Side.SELL, 3000)) < 30
    assert lines_run(lambda: rest(book, 1_000_001, Side.SELL, 3500)) < 60
    assert lines_run(lambda: match(book, Side.BUY, Price(3000), Tonnes(10), taker, NEWEST)) < 60


def test_blocks_keep_every_list_of_prices_short() -> None:
    """A level at every 2,000th price: a list of them all would have 50,000 places, no list here a quarter of that."""
    side = BookSide(Side.SELL)
    for price in range(1, MAX_PRICE, 2_000):
        side.add_level(Price(price))
    side.validate()
    assert max(len(block) for block in side._blocks.values()) <= 5
    assert len(side._block_numbers) <= (MAX_PRICE >> BLOCK_BITS) + 1
    assert all(first.price < second.price for first, second in pairwise(side))
