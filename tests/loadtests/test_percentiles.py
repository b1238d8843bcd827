"""The histogram says what sorting all latencies would say, to 0.1 %."""

from __future__ import annotations

import doctest
import math

from hypothesis import given
from hypothesis import strategies as st

from loadtests import percentiles
from loadtests.percentiles import Percentiles

LATENCIES = st.lists(st.integers(0, 10**10), min_size=1, max_size=200)


def counted(latencies: list[int]) -> Percentiles:
    """A histogram of latencies."""
    histogram = Percentiles()
    for latency in latencies:
        histogram.add(latency)
    return histogram


def test_the_example() -> None:
    assert doctest.testmod(percentiles).failed == 0


@given(LATENCIES, st.sampled_from((1, 50, 90, 99, 99.9, 100)))
def test_like_sorting(latencies: list[int], percent: float) -> None:
    exact = sorted(latencies)[max(math.ceil(len(latencies) * percent / 100), 1) - 1]
    assert exact <= counted(latencies).at(percent) <= exact * 1.001 + 1


@given(LATENCIES, LATENCIES)
def test_merging_is_counting_both(left: list[int], right: list[int]) -> None:
    merged = counted(left)
    merged.merge(counted(right))
    assert merged.figures() == counted(left + right).figures()


def test_nothing_and_clocks_that_disagree() -> None:
    assert Percentiles().figures() == {"p50_ms": 0, "p90_ms": 0, "p99_ms": 0, "p99.9_ms": 0, "max_ms": 0, "count": 0}
    assert counted([-3]).at(50) == 0


def test_a_bucket_is_a_thousandth_wide_at_most() -> None:
    """Every size of value, with a far larger one beside it."""
    for exact in (int(1.37**power) for power in range(1, 70)):
        assert exact <= counted([exact, 10**13]).at(50) <= exact * 1.001 + 1
