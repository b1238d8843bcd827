"""Bands, reference prices and baskets of instruments."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.canonical import Wide
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.events.markets import ReferenceBasis
from exchange.core.instruments import Instrument, band, basket_of, next_reference
from exchange.core.values import MAX_PRICE, Price, Tonnes
from tests.support.market import Market

MARKET = Market()
INSTRUMENT = MARKET.state.listing.instruments[MARKET.instrument()]
CCER, QUOTA = Family.FORESTRY_CCER, Family.REDUCTION_QUOTA
NO_CATEGORY, NO_LEAGUE = SourceCategory.NONE, League.NONE


@pytest.mark.parametrize(
    ("reference", "width", "tick", "expected"),
    [
        (3_000, 1_000, 1, (2_700, 3_300)),
        (3_005, 1_000, 1, (2_705, 3_306)),
        (3_004, 1_000, 1, (2_704, 3_304)),
        (6_255, 1_000, 1, (5_630, 6_881)),
        (3_005, 1_000, 5, (2_705, 3_305)),
        (3_025, 1_000, 5, (2_725, 3_330)),
        (5, 1_000, 1, (5, 6)),
        (4, 1_000, 1, (4, 4)),
        (1, 10_000, 1, (1, 2)),
        (3_000, 0, 1, (3_000, 3_000)),
        (MAX_PRICE, 1_000, 1, (90_000_000, MAX_PRICE)),
        (99_999_999, 1_000, 3, (90_000_000, 99_999_999)),
    ],
)
def test_bands(reference: int, width: int, tick: int, expected: tuple[int, int]) -> None:
    assert band(Price(reference), width, Price(tick)) == expected


@given(st.integers(1, 100_000), st.integers(0, 10_000), st.integers(1, 50))
def test_an_end_of_a_band_is_the_nearest_tick_and_the_upper_one_at_a_half(ticks: int, width: int, tick: int) -> None:
    reference = ticks * tick
    lowest, highest = band(Price(reference), width, Price(tick))
    for end, factor in ((lowest, 10_000 - width), (highest, 10_000 + width)):
        exact = Fraction(reference * factor, 10_000)
        assert end % tick == 0
        assert end == tick or -Fraction(tick, 2) <= exact - end < Fraction(tick, 2)
    assert tick <= lowest <= reference <= highest


def traded(*trades: tuple[int, int], tick: int = 1) -> Instrument:
    """The instrument after these (price, quantity) trades of the day."""
    volume, value = sum(q for _, q in trades), sum(p * q for p, q in trades)
    return replace(INSTRUMENT, tick=Price(tick), day_volume=Tonnes(volume), day_value=Wide(value))


@pytest.mark.parametrize(
    ("trades", "tick", "expected"),
    [
        ([(3_000, 10), (3_101, 10)], 1, 3_051),
        ([(3_000, 10), (3_100, 10)], 1, 3_050),
        ([(3_000, 3), (3_001, 1)], 1, 3_000),
        ([(3_000, 1), (3_001, 3)], 1, 3_001),
        ([(3_000, 1), (3_005, 1)], 5, 3_005),
        ([(3_000, 3), (3_005, 2)], 5, 3_000),
        ([(5, 1), (5, 1)], 5, 5),
        ([(1, 1)], 1, 1),
    ],
)
def test_the_next_reference_is_the_average_by_volume(trades: list[tuple[int, int]], tick: int, expected: int) -> None:
    assert next_reference(traded(*trades, tick=tick)) == (expected, ReferenceBasis.VWAP)


def test_without_trades_the_reference_is_carried() -> None:
    assert next_reference(traded()) == (INSTRUMENT.reference, ReferenceBasis.CARRIED)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 50)), min_size=1, max_size=5), st.integers(1, 9))
def test_the_next_reference_lies_between_the_days_prices(trades: list[tuple[int, int]], tick: int) -> None:
    on_tick = [(price * tick, quantity) for price, quantity in trades]
    reference, _ = next_reference(traded(*on_tick, tick=tick))
    assert min(p for p, _ in on_tick) <= reference <= max(p for p, _ in on_tick)
    assert reference % tick == 0


def test_a_basket_holds_what_makes_two_tonnes_the_same_good() -> None:
    forest = basket_of(CCER, "P1", 2023, NO_CATEGORY, NO_LEAGUE)
    assert forest != basket_of(CCER, "P2", 2023, NO_CATEGORY, NO_LEAGUE)
    assert forest != basket_of(CCER, "P1", 2024, NO_CATEGORY, NO_LEAGUE)
    assert forest != basket_of(Family.OTHER_SINK, "P1", 2023, NO_CATEGORY, NO_LEAGUE)
    saving = basket_of(QUOTA, "P1", 2023, SourceCategory.ENERGY_SAVING, League.BAOTOU)
    assert saving == basket_of(QUOTA, "P2", 2023, SourceCategory.ENERGY_SAVING, League.BAOTOU)
    assert saving != basket_of(QUOTA, "P1", 2023, SourceCategory.CCUS, League.BAOTOU)
    assert saving != basket_of(QUOTA, "P1", 2023, SourceCategory.ENERGY_SAVING, League.WUHAI)
    assert saving != basket_of(QUOTA, "P1", 2024, SourceCategory.ENERGY_SAVING, League.BAOTOU)
