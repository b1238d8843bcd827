"""What a fill-or-kill and a post-only order ask beforehand, and what the book tells of itself."""

from __future__ import annotations

import pytest

from exchange.core.matching import TOO_MANY
from exchange.core.matching.order import PriceLevel
from exchange.core.values import OrderId, Price, SelfTradePrevention, Side
from tests.core.matching.floor import BOTH, NEWEST, OLDEST, Floor


@pytest.fixture
def floor() -> Floor:
    floor = Floor()
    floor.sell("Ann", 10, 3000)
    floor.sell("own", 10, 3000, group="forest")
    floor.sell("Eve", 10, 3010)
    floor.buy("Bob", 10, 2990)
    return floor


# --- fill or kill ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tonnes", "price", "possible"), [(30, 3010, True), (31, 3010, False), (21, 3000, False)])
def test_all_of_it_within_the_limit_or_nothing(floor: Floor, tonnes: int, price: int, possible: bool) -> None:
    assert floor.fillable(Side.BUY, tonnes, price) is possible


def test_a_sell_asks_the_buys(floor: Floor) -> None:
    assert floor.fillable(Side.SELL, 10, 2990)
    assert not floor.fillable(Side.SELL, 10, 2991)
    assert not floor.fillable(Side.SELL, 11, 2990)


@pytest.mark.parametrize(("stp", "most"), [(NEWEST, 10), (BOTH, 10), (OLDEST, 20)])
def test_own_orders_fill_nothing(floor: Floor, stp: SelfTradePrevention, most: int) -> None:
    """Under CANCEL_OLDEST the order would go past its own; otherwise its own would end it."""
    assert floor.fillable(Side.BUY, most, 3010, group="forest", stp=stp)
    assert not floor.fillable(Side.BUY, most + 1, 3010, group="forest", stp=stp)


@pytest.mark.parametrize("stp", SelfTradePrevention)
def test_asking_changes_nothing(floor: Floor, stp: SelfTradePrevention) -> None:
    before = floor.book()
    for tonnes in (1, 10, 20, 30, 40):
        floor.fillable(Side.BUY, tonnes, 3010, group="forest", stp=stp)
        floor.would_take(Side.BUY, 3000)
    assert floor.book() == before
    floor.matching.validate()


# --- taking too much -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tonnes", "most", "left"), [(30, 3, 0), (40, 3, 10), (21, 3, 0), (21, 2, TOO_MANY), (20, 2, 0), (1, 0, TOO_MANY)]
)
def test_no_more_orders_are_taken_than_allowed(floor: Floor, tonnes: int, most: int, left: int) -> None:
    assert floor.left_over(Side.BUY, tonnes, 3010, most=most) == left


@pytest.mark.parametrize(
    ("stp", "most", "left"),
    [(OLDEST, 3, 0), (OLDEST, 2, TOO_MANY), (BOTH, 2, 10), (BOTH, 1, TOO_MANY), (NEWEST, 1, 10)],
)
def test_own_orders_that_are_cancelled_count_too(floor: Floor, stp: SelfTradePrevention, most: int, left: int) -> None:
    assert floor.left_over(Side.BUY, 20, 3010, group="forest", stp=stp, most=most) == left


def test_only_orders_within_the_limit_are_met(floor: Floor) -> None:
    assert floor.left_over(Side.BUY, 50, 3000, most=2) == 30
    assert floor.left_over(Side.BUY, 50, 2999, most=0) == 50
    assert floor.left_over(Side.SELL, 50, 2990, most=0) == TOO_MANY


def test_no_more_orders_are_looked_at_than_needed() -> None:
    """Ten thousand levels stand behind the three orders at which it is clear that there are too many."""
    floor = Floor()
    for n in range(10_000):
        floor.sell(f"n{n}", 1, 3000 + n)
    seen = 0

    class Counting(dict[int, PriceLevel]):
        def __getitem__(self, key: int) -> PriceLevel:
            nonlocal seen
            seen += 1
            return super().__getitem__(key)

    floor.matching.asks.levels = Counting(floor.matching.asks.levels)
    assert floor.left_over(Side.BUY, 10**9, 20_000, most=2) == TOO_MANY
    assert 1 <= seen <= 3


# --- post-only -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "takes"), [(2999, False), (3000, True), (3001, True)])
def test_a_post_only_buy_must_stay_below_the_best_sell(floor: Floor, price: int, takes: bool) -> None:
    assert floor.would_take(Side.BUY, price) is takes


@pytest.mark.parametrize(("price", "takes"), [(2991, False), (2990, True), (2989, True)])
def test_a_post_only_sell_must_stay_above_the_best_buy(floor: Floor, price: int, takes: bool) -> None:
    assert floor.would_take(Side.SELL, price) is takes


def test_own_orders_count_for_post_only() -> None:
    floor = Floor()
    floor.sell("own", 10, 3000, group="forest")
    assert floor.would_take(Side.BUY, 3000)


def test_an_empty_side_is_met_by_nobody() -> None:
    assert not Floor().would_take(Side.BUY, 100_000_000)
    assert not Floor().fillable(Side.SELL, 1, 1)


# --- what the book tells ---------------------------------------------------------------------------------------------


def test_depth_adds_up_each_price_and_stops_where_it_is_told(floor: Floor) -> None:
    assert floor.matching.depth(Side.SELL, 9) == [(3000, 20, 2), (3010, 10, 1)]
    assert floor.matching.depth(Side.SELL, 1) == [(3000, 20, 2)]
    assert floor.matching.depth(Side.SELL, 0) == []
    floor.buy("Cid", 15, 3000)
    assert floor.matching.depth(Side.SELL, 9) == [(3000, 5, 1), (3010, 10, 1)]


def test_orders_outside_two_prices_are_at_the_ends_of_a_side() -> None:
    floor = Floor()
    for price in (2970, 2980, 2990, 3000, 3000):
        floor.buy(f"b{price}-{floor.seq}", 10, price)
    for price in (3010, 3020, 3030):
        floor.sell(f"s{price}", 10, price)

    def outside(side: Side, lowest: int, highest: int) -> list[int]:
        return [int(order.order_id) for order in floor.matching.orders_outside(side, Price(lowest), Price(highest))]

    assert outside(Side.BUY, 2970, 3000) == []
    assert outside(Side.BUY, 2980, 2990) == [4, 5, 1]
    assert outside(Side.BUY, 2981, 2989) == [4, 5, 3, 1, 2]
    assert outside(Side.BUY, 3001, 3005) == [1, 2, 3, 4, 5]
    assert outside(Side.BUY, 2960, 2965) == [4, 5, 3, 2, 1]
    assert outside(Side.SELL, 3011, 3025) == [6, 8]
    assert outside(Side.SELL, 3010, 3030) == []
    assert outside(Side.SELL, 3031, 3040) == [6, 7, 8]
    assert outside(Side.SELL, 3000, 3009) == [8, 7, 6]


def test_best_is_the_highest_buy_and_the_lowest_sell(floor: Floor) -> None:
    assert (floor.matching.best(Side.BUY), floor.matching.best(Side.SELL)) == (2990, 3000)


def test_an_order_is_found_by_its_id(floor: Floor) -> None:
    order = floor.matching.get(floor.ids["own"])
    assert (order.side, order.price, order.leaves, order.group) == (Side.SELL, 3000, 10, floor.groups["forest"])
    assert order.priority == 2
    assert repr(order) == "<SELL 10 t at 3000, order 2>"
    assert floor.ids["own"] in floor.matching
    assert OrderId(99) not in floor.matching
    assert len(floor.matching) == 4
