"""Orders of one owner group never trade with each other; the incoming order's instruction says which one gives way."""

from __future__ import annotations

import pytest

from exchange.core.values import SelfTradePrevention
from tests.core.matching.floor import BOTH, NEWEST, OLDEST, Floor


@pytest.fixture
def floor() -> Floor:
    """A stranger, then the group itself, then a stranger again: all sell at one price."""
    floor = Floor()
    floor.sell("before", 10, 3000)
    floor.sell("own", 10, 3000, group="forest")
    floor.sell("after", 10, 3000)
    return floor


def test_cancel_newest_ends_the_incoming_order_and_leaves_the_resting_one(floor: Floor) -> None:
    assert floor.buy("mill", 30, 3000, group="forest", stp=NEWEST) == ["10 at 3000 with before", "stopped with 20"]
    assert floor.book() == ["sell 10 at 3000 own", "sell 10 at 3000 after"]


def test_cancel_oldest_removes_the_resting_order_and_goes_on(floor: Floor) -> None:
    assert floor.buy("mill", 30, 3000, group="forest", stp=OLDEST) == [
        "10 at 3000 with before",
        "10 at 3000 with after",
        "own cancelled",
    ]
    assert floor.book() == ["buy 10 at 3000 mill"]


def test_cancel_both_removes_the_resting_order_and_ends_the_incoming_one(floor: Floor) -> None:
    assert floor.buy("mill", 30, 3000, group="forest", stp=BOTH) == [
        "10 at 3000 with before",
        "own cancelled",
        "stopped with 20",
    ]
    assert floor.book() == ["sell 10 at 3000 after"]


@pytest.mark.parametrize("stp", SelfTradePrevention)
def test_they_do_not_meet_when_nothing_is_left(floor: Floor, stp: SelfTradePrevention) -> None:
    assert floor.buy("mill", 10, 3000, group="forest", stp=stp) == ["10 at 3000 with before"]
    assert floor.book() == ["sell 10 at 3000 own", "sell 10 at 3000 after"]


@pytest.mark.parametrize("stp", SelfTradePrevention)
def test_they_do_not_meet_beyond_the_limit(floor: Floor, stp: SelfTradePrevention) -> None:
    assert floor.buy("mill", 10, 2999, group="forest", stp=stp) == []
    assert floor.book()[0] == "buy 10 at 2999 mill"


def test_the_instruction_of_the_resting_order_does_not_matter() -> None:
    floor = Floor()
    floor.sell("own", 10, 3000, group="forest", stp=OLDEST)
    assert floor.buy("mill", 10, 3000, group="forest", stp=NEWEST) == ["stopped with 10"]
    assert floor.book() == ["sell 10 at 3000 own"]


def test_several_own_orders_are_cancelled_in_the_order_in_which_they_are_met() -> None:
    floor = Floor()
    floor.buy("low", 10, 2990, group="forest")
    floor.buy("first", 10, 3000, group="forest")
    floor.buy("second", 10, 3000, group="forest")
    floor.buy("stranger", 5, 2990)
    assert floor.sell("mill", 50, 2990, group="forest", stp=OLDEST) == [
        "5 at 2990 with stranger",
        "first cancelled",
        "second cancelled",
        "low cancelled",
    ]
    assert floor.book() == ["sell 45 at 2990 mill"]


def test_own_orders_behind_the_last_trade_stay() -> None:
    floor = Floor()
    floor.sell("stranger", 10, 3000)
    floor.sell("own", 10, 3001, group="forest")
    assert floor.buy("mill", 10, 3001, group="forest", stp=OLDEST) == ["10 at 3000 with stranger"]
    assert floor.book() == ["sell 10 at 3001 own"]


def test_cancel_both_takes_only_the_first_own_order() -> None:
    floor = Floor()
    floor.sell("own", 10, 3000, group="forest")
    floor.sell("too", 10, 3000, group="forest")
    assert floor.buy("mill", 10, 3000, group="forest", stp=BOTH) == ["own cancelled", "stopped with 10"]
    assert floor.book() == ["sell 10 at 3000 too"]
