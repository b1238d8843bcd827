"""Price first, then time; every trade at the resting order's price."""

from __future__ import annotations

from exchange.core.matching import match
from exchange.core.values import OwnerGroupId, Price, Side, Tonnes
from tests.core.matching.floor import NEWEST, Floor


def test_an_order_that_meets_nobody_rests() -> None:
    floor = Floor()
    assert floor.buy("Ann", 100, 3000) == []
    assert floor.sell("Bob", 70, 3001) == []
    assert floor.book() == ["buy 100 at 3000 Ann", "sell 70 at 3001 Bob"]


def test_the_lowest_sell_trades_first_although_it_came_last() -> None:
    floor = Floor()
    floor.sell("dear", 100, 3020)
    floor.sell("dearer", 100, 3030)
    floor.sell("cheap", 100, 3010)
    assert floor.buy("Bob", 250, 3030) == ["100 at 3010 with cheap", "100 at 3020 with dear", "50 at 3030 with dearer"]
    assert floor.book() == ["sell 50 at 3030 dearer"]


def test_the_highest_buy_trades_first_although_it_came_last() -> None:
    floor = Floor()
    floor.buy("low", 100, 2980)
    floor.buy("lower", 100, 2970)
    floor.buy("high", 100, 2990)
    assert floor.sell("Bob", 250, 2970) == ["100 at 2990 with high", "100 at 2980 with low", "50 at 2970 with lower"]
    assert floor.book() == ["buy 50 at 2970 lower"]


def test_at_one_price_the_oldest_trades_first_whatever_its_size() -> None:
    floor = Floor()
    floor.sell("first", 1, 3000)
    floor.sell("second", 1_000, 3000)
    floor.sell("third", 50, 3000)
    assert floor.buy("Bob", 1_020, 3000) == [
        "1 at 3000 with first",
        "1000 at 3000 with second",
        "19 at 3000 with third",
    ]


def test_the_incoming_order_gets_the_resting_price_and_never_one_beyond_its_limit() -> None:
    floor = Floor()
    floor.sell("Ann", 10, 2950)
    floor.sell("Eve", 10, 3001)
    assert floor.buy("Bob", 20, 3000) == ["10 at 2950 with Ann"]
    assert floor.book() == ["buy 10 at 3000 Bob", "sell 10 at 3001 Eve"]


def test_the_limit_price_itself_trades() -> None:
    floor = Floor()
    floor.sell("Ann", 10, 3000)
    assert floor.buy("Bob", 10, 3000) == ["10 at 3000 with Ann"]
    floor.buy("Cid", 10, 2900)
    assert floor.sell("Dan", 10, 2900) == ["10 at 2900 with Cid"]
    assert floor.book() == []


def test_an_order_that_traded_in_part_keeps_its_place() -> None:
    floor = Floor()
    floor.sell("first", 100, 3000)
    floor.sell("second", 100, 3000)
    assert floor.buy("Bob", 30, 3000) == ["30 at 3000 with first"]
    assert floor.book() == ["sell 70 at 3000 first", "sell 100 at 3000 second"]
    assert floor.buy("Cid", 100, 3000) == ["70 at 3000 with first", "30 at 3000 with second"]


def test_what_is_left_rests_at_its_own_limit_behind_those_who_wait_there() -> None:
    floor = Floor()
    floor.buy("Ann", 10, 3000)
    floor.sell("Eve", 10, 3005)
    assert floor.buy("Bob", 25, 3005) == ["10 at 3005 with Eve"]
    floor.buy("Cid", 5, 3005)
    assert floor.book() == ["buy 15 at 3005 Bob", "buy 5 at 3005 Cid", "buy 10 at 3000 Ann"]


def test_a_match_alone_puts_nothing_into_the_book() -> None:
    floor = Floor()
    floor.sell("Ann", 10, 3000)
    assert floor.buy("Bob", 25, 3000, rest=False) == ["10 at 3000 with Ann"]
    assert floor.book() == []


def test_a_fill_tells_what_is_left_of_the_resting_order() -> None:
    floor = Floor()
    floor.sell("Ann", 10, 3000)
    floor.sell("Eve", 10, 3001)
    outcome = match(floor.matching, Side.BUY, Price(3001), Tonnes(14), OwnerGroupId(99), NEWEST)
    fills = [(floor.ids["Ann"], 3000, 10, 0), (floor.ids["Eve"], 3001, 4, 6)]
    assert outcome == (fills, [], 0, False)


def test_an_order_larger_than_the_whole_side_empties_it() -> None:
    floor = Floor()
    for n in range(50):
        floor.buy(f"b{n}", 10, 2900 + n % 7)
    assert sum(int(line.split()[0]) for line in floor.sell("Bob", 10_000, 1)) == 500
    assert floor.book() == ["sell 9500 at 1 Bob"]
    floor.matching.validate()
