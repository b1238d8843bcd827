"""A plant that is found to be inside the national market, in the database alone: events made by hand.

Quota of Plant 1 was issued for 2023 (issuance and project 2), and Anna's lot 70 is a part of it.
"""

from __future__ import annotations

import pytest

from exchange.core.events import Event
from exchange.core.events.encumbrances import EncumbranceLifted, UnitsEncumbered, UnitsFreed
from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId, LotId
from tests.store.bypass import ANNA, Bypass
from tests.store.test_double_counting_guards import PLANT, facility, of
from tests.store.test_held_units import agreed
from tests.store.unit_events import suspended_source
from tests.support.entries import admission, project

SERIALS = (20_000, 20_010)


def held(number: int) -> UnitsEncumbered:
    """A suspension holds the lot."""
    return UnitsEncumbered(EncumbranceId(number), LotId(70), (SerialRange(*SERIALS),))


def let_go(number: int) -> tuple[Event, ...]:
    """It lets the lot go and is over, as two persons have agreed."""
    freed = UnitsFreed(EncumbranceId(number), LotId(70), (SerialRange(*SERIALS),))
    return (*agreed(number), freed, EncumbranceLifted(EncumbranceId(number)))


def rest(seq: int) -> tuple[Event, ...]:
    """Some more of what was issued comes in."""
    return admission(seq, 71, 2, ANNA, 20_010, 20_020)


@pytest.fixture
async def market(bypass: Bypass) -> Bypass:
    """Quota was issued of a plant that nobody had entered, and some of it came in."""
    await bypass.send((project(2, **PLANT), of(2)))
    await bypass.send(admission(bypass.seq, 70, 2, ANNA, *SERIALS))
    return bypass


async def test_nothing_comes_in_of_a_plant_that_is_covered_since(market: Bypass) -> None:
    await market.send((facility(), suspended_source(90), held(90)))
    await market.refuse("lots_source_not_covered", rest(market.seq))
    await market.send((facility(2024),))
    await market.send(rest(market.seq))


async def test_a_lot_and_the_plant_may_come_in_one_batch(market: Bypass) -> None:
    """What was entered before counts, whatever is written first; and what is entered after does not."""
    covered = (facility(), suspended_source(90), held(90))
    await market.refuse("lots_source_not_covered", covered, rest(market.seq + 1))
    await market.send(rest(market.seq), covered)


@pytest.mark.parametrize(
    "suspension",
    [
        (),
        (suspended_source(90, of_project=1),),
        (suspended_source(90, vintage=2022),),
        (suspended_source(90, by=1),),
    ],
)
async def test_a_plant_is_covered_together_with_what_holds_its_units(
    market: Bypass, suspension: tuple[Event, ...]
) -> None:
    await market.refuse("facilities_hold_what_was_issued", (facility(), *suspension))
    await market.send((facility(), suspended_source(90), held(90)))


@pytest.mark.parametrize(("first", "last"), [(0, 0), (2024, 0), (2021, 2022)])
async def test_a_plant_that_is_covered_in_other_years_holds_nothing(market: Bypass, first: int, last: int) -> None:
    await market.send((facility(first, last),))


async def test_a_suspension_that_was_lifted_holds_nothing(market: Bypass) -> None:
    await market.send((facility(), suspended_source(90), held(90)))
    await market.send((facility(2024),), let_go(90))
    await market.refuse("facilities_hold_what_was_issued", (facility(),))
    await market.send((facility(), suspended_source(91), held(91)))


async def test_units_of_a_covered_plant_are_not_let_go(market: Bypass) -> None:
    await market.send((facility(), suspended_source(90), held(90)))
    await market.refuse("freed_ranges_of_uncovered_sources", let_go(90))
    await market.send((facility(2024),))
    await market.send(let_go(90))


async def test_what_another_suspension_holds_by_now_may_be_let_go(market: Bypass) -> None:
    """The plant is found to be covered again while the first suspension is still being lifted."""
    await market.send((facility(), suspended_source(90), held(90)))
    await market.send((facility(2024),), (facility(), suspended_source(91), held(91)))
    await market.send(let_go(90))
    await market.refuse("freed_ranges_of_uncovered_sources", let_go(91))
