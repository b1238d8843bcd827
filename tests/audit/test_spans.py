"""The map of serials and the comparison of parcels, against sets of single serials."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.audit.double_count.places import Change, Standing, differences
from exchange.audit.double_count.spans import SpanMap, joined, overlaps

LAST = 40
SPAN = st.tuples(st.integers(1, LAST), st.integers(1, LAST)).filter(lambda span: span[0] < span[1])
STEPS = st.lists(st.tuples(st.booleans(), SPAN, st.integers(1, 3)), max_size=30)


@given(STEPS)
def test_a_map_of_spans_is_a_mark_for_each_serial(steps: list[tuple[bool, tuple[int, int], int]]) -> None:
    spans: SpanMap[int] = SpanMap()
    naive: dict[int, int] = {}
    for is_marked, (lo, hi), mark in steps:
        assert {serial: m for a, b, m in spans.within(lo, hi) for serial in range(a, b)} == {
            serial: naive[serial] for serial in range(lo, hi) if serial in naive
        }
        assert {serial for a, b in spans.free(lo, hi) for serial in range(a, b)} == set(range(lo, hi)) - naive.keys()
        spans.clear(lo, hi)
        for serial in range(lo, hi):
            naive.pop(serial, None)
        if is_marked:
            spans.add(lo, hi, mark)
            naive.update(dict.fromkeys(range(lo, hi), mark))
    assert {serial: mark for lo, hi, mark in spans for serial in range(lo, hi)} == naive


@given(st.lists(SPAN, max_size=12))
def test_serials_that_overlap_are_found(spans: list[tuple[int, int]]) -> None:
    every = [serial for lo, hi in spans for serial in range(lo, hi)]
    twice = {serial for serial in every if every.count(serial) > 1}
    assert {serial for lo, hi in overlaps(sorted(spans)) for serial in range(lo, hi)} == twice
    assert {serial for lo, hi in joined(spans) for serial in range(lo, hi)} == set(every)


CUTS = st.lists(st.integers(2, LAST - 1), unique=True, max_size=6)
STANDINGS = st.lists(st.sampled_from([Standing(1, 1, 1, 0), Standing(2, 1, 1, 0), Standing(1, 1, 8, 0)]), min_size=7)


def stretches(cuts: list[int], standings: list[Standing]) -> list[tuple[int, int, Standing]]:
    """Serials 1 to LAST cut at some places, each stretch standing in some way."""
    edges = [1, *sorted(cuts), LAST]
    return [(lo, hi, standing) for lo, hi, standing in zip(edges, edges[1:], standings, strict=False)]


@given(CUTS, STANDINGS, CUTS, STANDINGS)
def test_every_serial_that_stands_otherwise_is_a_change(
    before: list[int], old: list[Standing], after: list[int], new: list[Standing]
) -> None:
    olds, news = stretches(before, old), stretches(after, new)
    was = {serial: standing for lo, hi, standing in olds for serial in range(lo, hi)}
    is_now = {serial: standing for lo, hi, standing in news for serial in range(lo, hi)}
    changes = differences(1, olds, news)
    assert changes is not None
    told = {serial: change for change in changes for serial in range(change.lo, change.hi)}
    assert told.keys() == {serial for serial in was if was[serial] != is_now[serial]}
    assert all((change.before, change.after) == (was[serial], is_now[serial]) for serial, change in told.items())
    assert all(isinstance(change, Change) for change in changes)


def test_other_serials_than_were_closed_are_no_change_but_a_mistake() -> None:
    standing = Standing(1, 1, 1, 0)
    for after in ([(1, 5, standing)], [(1, 11, standing)], [(2, 10, standing)], [(1, 4, standing), (6, 10, standing)]):
        assert differences(1, [(1, 10, standing)], after) is None
