"""Serial ranges and the index of taken ones, against plain sets of serials."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.credits.issuance import RangeIndex
from exchange.core.serials import RangeSet, SerialRange, first_overlap

RANGES = st.builds(lambda lo, size: SerialRange(lo, lo + size), st.integers(1, 30), st.integers(1, 6))


def serials(part: SerialRange) -> set[int]:
    """Every serial of a range by itself."""
    return set(range(part.lo, part.hi))


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [((1, 5), (5, 9), False), ((1, 5), (4, 9), True), ((1, 9), (3, 4), True), ((3, 4), (1, 9), True),
     ((5, 9), (1, 5), False), ((1, 2), (1, 2), True)],
)  # fmt: skip
def test_ranges_that_only_touch_do_not_overlap(one: tuple[int, int], other: tuple[int, int], overlap: bool) -> None:
    assert SerialRange(*one).overlaps(SerialRange(*other)) is overlap


@given(RANGES, RANGES)
def test_ranges_are_sets_of_serials(one: SerialRange, other: SerialRange) -> None:
    assert one.tonnes == len(serials(one))
    assert one.overlaps(other) == bool(serials(one) & serials(other))
    assert one.contains(other) == (serials(one) >= serials(other))


@given(st.lists(RANGES, max_size=6))
def test_the_first_overlap_is_one_if_there_is_any(ranges: list[SerialRange]) -> None:
    found = first_overlap(ranges)
    assert (found is not None) == (len(set().union(*map(serials, ranges))) < sum(part.tonnes for part in ranges))
    if found is not None:
        assert found[0].overlaps(found[1])


@given(st.lists(RANGES, max_size=12))
def test_the_index_knows_which_serials_are_taken(ranges: list[SerialRange]) -> None:
    index, taken = RangeIndex(), set[int]()
    for part in ranges:
        both, first = sorted(taken & serials(part)), index.first_taken(part)
        assert index.overlaps(part) == bool(both) == (first is not None)
        # It begins with the lowest serial that is taken, and names none that is free or was not asked for.
        assert first is None or (first.lo == both[0] and serials(first) <= set(both))
        if not index.overlaps(part):
            index.add(part)
            taken |= serials(part)
        else:
            with pytest.raises(AssertionError):
                index.add(part)
    assert index.lows == sorted(index.lows)


@given(st.lists(st.tuples(st.booleans(), RANGES), max_size=20), RANGES)
def test_a_set_of_ranges_is_a_set_of_serials(steps: list[tuple[bool, SerialRange]], asked: SerialRange) -> None:
    ranges, plain = RangeSet(), set[int]()
    for is_added, part in steps:
        if is_added:
            ranges.add(part)
            plain |= serials(part)
        else:
            ranges.remove(part)
            plain -= serials(part)
    listed = list(ranges)
    assert bool(ranges) == bool(plain)
    assert [serial for part in listed for serial in range(part.lo, part.hi)] == sorted(plain)
    assert all(left.hi < right.lo for left, right in pairwise(listed))
    assert RangeSet.of(reversed(listed)) == ranges
    inside = [serial for part in ranges.within(asked) for serial in range(part.lo, part.hi)]
    outside = [serial for part in ranges.missing_of(asked) for serial in range(part.lo, part.hi)]
    assert (inside, outside) == (sorted(plain & serials(asked)), sorted(serials(asked) - plain))
