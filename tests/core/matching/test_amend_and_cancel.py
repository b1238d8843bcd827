"""Taking quantity off keeps an order's place; everything else is a cancel, and a new order at the end."""

from __future__ import annotations

import pytest

from exchange.core.values import OrderId, Side, Tonnes
from tests.core.matching.floor import Floor


@pytest.fixture
def three_sellers() -> Floor:
    floor = Floor()
    for name in ("first", "second", "third"):
        floor.sell(name, 100, 3000)
    return floor


def test_a_smaller_order_keeps_its_place(three_sellers: Floor) -> None:
    three_sellers.reduce("first", 40)
    assert three_sellers.matching.depth(Side.SELL, 1) == [(3000, 240, 3)]
    assert three_sellers.buy("Bob", 50, 3000) == ["40 at 3000 with first", "10 at 3000 with second"]


def test_an_order_that_comes_back_is_the_last(three_sellers: Floor) -> None:
    three_sellers.cancel("first")
    three_sellers.sell("first", 100, 3000)
    assert three_sellers.buy("Bob", 250, 3000) == [
        "100 at 3000 with second",
        "100 at 3000 with third",
        "50 at 3000 with first",
    ]


@pytest.mark.parametrize("new_leaves", [100, 101, 0, -1])
def test_a_reduction_that_is_none_is_a_bug_of_the_caller(three_sellers: Floor, new_leaves: int) -> None:
    with pytest.raises(AssertionError, match="a reduction must leave less than before, and something"):
        three_sellers.reduce("first", new_leaves)


@pytest.mark.parametrize("gone", ["first", "second", "third"])
def test_an_order_leaves_from_anywhere_in_the_queue(three_sellers: Floor, gone: str) -> None:
    assert three_sellers.cancel(gone) == 100
    three_sellers.matching.validate()
    others = [name for name in ("first", "second", "third") if name != gone]
    assert three_sellers.book() == [f"sell 100 at 3000 {name}" for name in others]
    assert three_sellers.matching.depth(Side.SELL, 1) == [(3000, 200, 2)]
    assert three_sellers.buy("Bob", 200, 3000) == [f"100 at 3000 with {name}" for name in others]


def test_a_cancel_gives_back_what_had_not_traded(three_sellers: Floor) -> None:
    three_sellers.buy("Bob", 30, 3000)
    assert three_sellers.cancel("first") == 70


def test_the_last_order_takes_its_price_with_it() -> None:
    floor = Floor()
    floor.buy("best", 10, 3000)
    floor.buy("next", 10, 2990)
    floor.buy("last", 10, 2980)
    floor.cancel("best")
    assert floor.matching.best(Side.BUY) == 2990
    floor.cancel("last")
    assert floor.matching.depth(Side.BUY, 9) == [(2990, 10, 1)]
    floor.cancel("next")
    assert floor.matching.best(Side.BUY) is None
    assert floor.matching.depth(Side.BUY, 9) == []
    floor.buy("again", 5, 2990)
    assert floor.matching.best(Side.BUY) == 2990


def test_an_order_that_is_not_there_cannot_be_cancelled_or_reduced(three_sellers: Floor) -> None:
    three_sellers.cancel("second")
    with pytest.raises(KeyError):
        three_sellers.cancel("second")
    with pytest.raises(KeyError):
        three_sellers.reduce("second", 1)
    three_sellers.buy("Bob", 100, 3000)
    with pytest.raises(KeyError):
        three_sellers.cancel("first")
    with pytest.raises(KeyError):
        three_sellers.matching.get(OrderId(99))
    assert len(three_sellers.matching) == 1


def test_a_book_built_again_from_its_orders_behaves_alike(three_sellers: Floor) -> None:
    three_sellers.reduce("second", 30)
    three_sellers.buy("Bob", 20, 3000)
    three_sellers.buy("Cid", 20, 2990)
    copy = Floor()
    copy.ids, copy.groups, copy.seq = three_sellers.ids, three_sellers.groups, three_sellers.seq
    for side in Side:
        for order in three_sellers.matching.orders(side):
            leaves = Tonnes(order.leaves)
            copy.matching.rest(order.order_id, order.side, order.price, leaves, order.group, order.priority)
    assert copy.book() == three_sellers.book()
    for floor in (copy, three_sellers):
        assert floor.buy("Dan", 120, 3000) == [
            "80 at 3000 with first",
            "30 at 3000 with second",
            "10 at 3000 with third",
        ]
