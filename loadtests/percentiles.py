"""Latencies in bounded memory: a histogram whose buckets are 0.1 % wide or a microsecond, as HdrHistogram has them.

>>> latencies = Percentiles()
>>> for microseconds in range(1, 1001):
...     latencies.add(microseconds)
>>> latencies.at(50), latencies.at(99), latencies.at(100), latencies.count
(500, 990, 1000, 1000)
"""

from __future__ import annotations

from typing import Final

_BITS: Final = 11
_EXACT: Final = 1 << _BITS
_HALF: Final = _EXACT >> 1
_SHIFTS: Final = 30


class Percentiles:
    """Counts of latencies in whole microseconds, exact below 2,048 and to 0.1 % above, up to twelve days."""

    __slots__ = ("_counts", "count", "largest", "total")

    def __init__(self) -> None:
        self._counts = [0] * (_EXACT + _SHIFTS * _HALF)
        self.count = 0
        self.total = 0
        self.largest = 0

    def add(self, microseconds: int) -> None:
        """Count one; a negative one (a clock that was read in two places) counts as 0."""
        if microseconds < _EXACT:
            microseconds = max(microseconds, 0)
            self._counts[microseconds] += 1
        else:
            shift = microseconds.bit_length() - _BITS
            self._counts[min(_HALF * shift + (microseconds >> shift), len(self._counts) - 1)] += 1
        self.count += 1
        self.total += microseconds
        self.largest = max(self.largest, microseconds)

    def merge(self, other: Percentiles) -> None:
        """Count what another one has counted as well."""
        self._counts = [mine + theirs for mine, theirs in zip(self._counts, other._counts, strict=True)]
        self.count += other.count
        self.total += other.total
        self.largest = max(self.largest, other.largest)

    def at(self, percent: float) -> int:
        """The latency in microseconds that so many percent do not exceed; 0 when nothing was counted."""
        wanted, seen = self.count * percent / 100, 0
        for index, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return min(_highest(index), self.largest)
        return 0

    def figures(self) -> dict[str, float]:
        """The usual percentiles in milliseconds, for a table and for JSON."""
        figures: dict[str, float] = {f"p{percent:g}_ms": self.at(percent) / 1000 for percent in (50, 90, 99, 99.9)}
        return figures | {"max_ms": self.largest / 1000, "count": self.count}


def _highest(index: int) -> int:
    """The highest value that falls into a bucket."""
    if index < _EXACT:
        return index
    shift = (index - _HALF) // _HALF
    return ((index - _HALF * shift + 1) << shift) - 1
