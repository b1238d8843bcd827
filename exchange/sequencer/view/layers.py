"""Serials of a lot over which several encumbrances can lie at once: which of them lie where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId

Numbers = frozenset[EncumbranceId]

_NOBODY: Final[Numbers] = frozenset()


@dataclass(slots=True)
class Layers:
    """Over the serials from ``edges[n]`` to before ``edges[n + 1]`` lies what ``numbers[n]`` names; neighbours differ.

    To ask what lies over a range costs as much as there is to tell: a page of parcels is shown to any member, and a lot
    can be held fast in thousands of places.
    """

    edges: list[int] = field(default_factory=lambda: [0])
    numbers: list[Numbers] = field(default_factory=lambda: [_NOBODY])

    def over(self, serials: SerialRange) -> Numbers:
        """What lies over any of these serials."""
        start, end = bisect_right(self.edges, serials.lo) - 1, bisect_left(self.edges, serials.hi)
        return _NOBODY.union(*self.numbers[start:end])

    def lay(self, number: EncumbranceId, serials: SerialRange) -> None:
        """It lies over these serials from now on."""
        self._change(serials, lambda numbers: numbers | {number})

    def take(self, number: EncumbranceId, serials: SerialRange) -> None:
        """It lies over these serials no longer."""
        self._change(serials, lambda numbers: numbers - {number})

    def _change(self, serials: SerialRange, made_of: Callable[[Numbers], Numbers]) -> None:
        start, end = self._cut(serials.lo), self._cut(serials.hi)
        before = self.numbers[start - 1] if start else None
        edges, changed = list[int](), list[Numbers]()
        for at in range(start, end + 1):
            numbers = made_of(self.numbers[at]) if at < end else self.numbers[at]
            if numbers != before:
                edges.append(self.edges[at])
                changed.append(numbers)
            before = numbers
        self.edges[start : end + 1], self.numbers[start : end + 1] = edges, changed

    def _cut(self, at: int) -> int:
        """Make an edge there, and say which it is."""
        place = bisect_left(self.edges, at)
        if place == len(self.edges) or self.edges[place] != at:
            self.edges.insert(place, at)
            self.numbers.insert(place, self.numbers[place - 1])
        return place
