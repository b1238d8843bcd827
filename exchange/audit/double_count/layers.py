"""Serials over which several things can lie at once, such as encumbrances: which of them lie where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from exchange.audit.double_count.spans import Span, SpanMap

_NOTHING: Final[frozenset[int]] = frozenset()


class Layers:
    """Numbers of what lies over which serials of a lot. Asking costs as much as there is to tell, however much there is
    elsewhere.
    """

    __slots__ = ("_spans",)

    def __init__(self) -> None:
        """Nothing lies anywhere."""
        self._spans: SpanMap[frozenset[int]] = SpanMap()

    def over(self, lo: int, hi: int) -> Iterator[tuple[int, int, frozenset[int]]]:
        """Stretch by stretch what lies over these serials, those over which nothing lies among them."""
        for a, b, numbers in self._spans.within(lo, hi):
            if lo < a:
                yield lo, a, _NOTHING
            yield a, b, numbers
            lo = b
        if lo < hi:
            yield lo, hi, _NOTHING

    def lay(self, number: int, lo: int, hi: int) -> list[Span]:
        """It lies over these serials; those over which it did not lie before."""
        return self._change(lo, hi, lambda numbers: numbers | {number})

    def take(self, number: int, lo: int, hi: int) -> list[Span]:
        """It does not lie over these serials; those over which it did before."""
        return self._change(lo, hi, lambda numbers: numbers - {number})

    def _change(self, lo: int, hi: int, made_of: Callable[[frozenset[int]], frozenset[int]]) -> list[Span]:
        before = list(self.over(lo, hi))
        after = [(a, b, made_of(numbers)) for a, b, numbers in before]
        self._spans.put(lo, hi, [stretch for stretch in after if stretch[2]])
        return [(a, b) for (a, b, old), (_, _, new) in zip(before, after, strict=True) if old != new]

    def clear(self, lo: int, hi: int) -> list[tuple[int, int, frozenset[int]]]:
        """Nothing lies over these serials; what did before."""
        before = self._spans.within(lo, hi)
        if before:
            self._spans.clear(lo, hi)
        return before

    def where(self, number: int) -> list[Span]:
        """Every serial over which it lies."""
        return [(lo, hi) for lo, hi, numbers in self._spans if number in numbers]
