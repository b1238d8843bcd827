"""Spans of serials and what is written on them: the map on which two of the same tonne would meet."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Mark = TypeVar("Mark")
Span = tuple[int, int]
"""Serials from the first to the one behind the last."""


class SpanMap(Generic[Mark]):
    """Disjoint spans in order, each with a mark."""

    __slots__ = ("highs", "lows", "marks")

    def __init__(self) -> None:
        """Nothing is marked yet."""
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.marks: list[Mark] = []

    def __iter__(self) -> Iterator[tuple[int, int, Mark]]:
        """Every span with its mark, upwards."""
        return zip(self.lows, self.highs, self.marks, strict=True)

    def within(self, lo: int, hi: int) -> list[tuple[int, int, Mark]]:
        """What is marked of these serials, cut to them."""
        at = bisect_left(self.lows, lo)
        if at and self.highs[at - 1] > lo:
            at -= 1
        found = []
        while at < len(self.lows) and self.lows[at] < hi:
            found.append((max(lo, self.lows[at]), min(hi, self.highs[at]), self.marks[at]))
            at += 1
        return found

    def free(self, lo: int, hi: int) -> Iterator[Span]:
        """What is not marked of these serials."""
        for a, b, _ in self.within(lo, hi):
            if lo < a:
                yield lo, a
            lo = b
        if lo < hi:
            yield lo, hi

    def add(self, lo: int, hi: int, mark: Mark) -> None:
        """Mark serials that are free."""
        at = len(self.lows) if not self.lows or self.lows[-1] < lo else bisect_left(self.lows, lo)
        self.lows.insert(at, lo)
        self.highs.insert(at, hi)
        self.marks.insert(at, mark)

    def clear(self, lo: int, hi: int) -> None:
        """Take the marks off these serials; what reaches beyond them keeps the rest of its mark."""
        self.put(lo, hi, ())

    def put(self, lo: int, hi: int, spans: Sequence[tuple[int, int, Mark]]) -> None:
        """Let just these spans, upwards and inside, be marked of these serials; what reaches beyond keeps the rest."""
        at = bisect_left(self.lows, lo)
        if at and self.highs[at - 1] > lo:
            at -= 1
        end = bisect_left(self.lows, hi)
        old = [*zip(self.lows[at:end], self.highs[at:end], self.marks[at:end], strict=True)]
        below = [(low, lo, mark) for low, _, mark in old[:1] if low < lo]
        above = [(hi, high, mark) for _, high, mark in old[-1:] if hi < high]
        kept = [*below, *spans, *above]
        self.lows[at:end] = [a for a, _, _ in kept]
        self.highs[at:end] = [b for _, b, _ in kept]
        self.marks[at:end] = [mark for _, _, mark in kept]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same serials in as few spans as can be, upwards; spans that overlap stay apart, so that they are seen."""
    made: list[Span] = []
    for lo, hi in sorted(spans):
        if made and made[-1][1] == lo:
            made[-1] = (made[-1][0], hi)
        else:
            made.append((lo, hi))
    return made


def overlaps(spans: Sequence[Span]) -> Iterator[Span]:
    """The serials at which spans that are sorted reach into those before them."""
    reached = 0
    for lo, hi in spans:
        if lo < reached:
            yield lo, min(hi, reached)
        reached = max(reached, hi)
