"""Serial ranges: half-open intervals ``[lo, hi)`` of the serial numbers that a registry gives to single tonnes.

One serial is one tonne, so the length of a range is its quantity. Ranges of one serial space never overlap (INV-02);
this module holds the arithmetic, the lots and issuances hold the rule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from exchange.core.values import Tonnes


@dataclass(slots=True)
class SerialRange:
    """Serials ``lo`` to ``hi - 1`` of some space; ``1 <= lo < hi`` (INV-01)."""

    lo: int
    hi: int

    @property
    def tonnes(self) -> Tonnes:
        """The quantity of the range: one tonne a serial."""
        return Tonnes(self.hi - self.lo)

    def overlaps(self, other: SerialRange) -> bool:
        """Whether a serial lies in both; ranges that only touch do not overlap."""
        return self.lo < other.hi and other.lo < self.hi

    def contains(self, other: SerialRange) -> bool:
        """Whether every serial of ``other`` lies in this range."""
        return self.lo <= other.lo and other.hi <= self.hi


def first_overlap(ranges: Iterable[SerialRange]) -> tuple[SerialRange, SerialRange] | None:
    """Two ranges of one space that share a serial, or None: the whole-ledger form of the rule."""
    ordered = sorted(ranges, key=lambda r: (r.lo, r.hi))
    for left, right in pairwise(ordered):
        if left.overlaps(right):
            return left, right
    return None


@dataclass(slots=True)
class RangeSet:
    """Serials of one space, kept as disjoint ranges in order that do not even touch: equal sets are written equally."""

    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, ranges: Iterable[SerialRange]) -> RangeSet:
        """The serials of some ranges."""
        made = cls()
        for serials in ranges:
            made.add(serials)
        return made

    def __iter__(self) -> Iterator[SerialRange]:
        return (SerialRange(lo, hi) for lo, hi in zip(self.lows, self.highs, strict=True))

    def __bool__(self) -> bool:
        return bool(self.lows)

    def add(self, serials: SerialRange) -> None:
        """Put serials in; those that are in already stay."""
        start, end = bisect_left(self.highs, serials.lo), bisect_right(self.lows, serials.hi)
        lo, hi = serials.lo, serials.hi
        if start < end:
            lo, hi = min(lo, self.lows[start]), max(hi, self.highs[end - 1])
        self.lows[start:end], self.highs[start:end] = [lo], [hi]

    def remove(self, serials: SerialRange) -> None:
        """Take serials out; those that are not in are no matter."""
        start, end = bisect_right(self.highs, serials.lo), bisect_left(self.lows, serials.hi)
        if start >= end:
            return
        first, last = self.lows[start], self.highs[end - 1]
        rest = [(lo, hi) for lo, hi in ((first, serials.lo), (serials.hi, last)) if lo < hi]
        self.lows[start:end], self.highs[start:end] = [lo for lo, _ in rest], [hi for _, hi in rest]

    def within(self, serials: SerialRange) -> Iterator[SerialRange]:
        """The parts of a range that are in the set, in order."""
        start, end = bisect_right(self.highs, serials.lo), bisect_left(self.lows, serials.hi)
        for at in range(start, end):
            yield SerialRange(max(self.lows[at], serials.lo), min(self.highs[at], serials.hi))

    def missing_of(self, serials: SerialRange) -> Iterator[SerialRange]:
        """The parts of a range that are not in the set, in order."""
        reached = serials.lo
        for part in self.within(serials):
            if reached < part.lo:
                yield SerialRange(reached, part.lo)
            reached = part.hi
        if reached < serials.hi:
            yield SerialRange(reached, serials.hi)
