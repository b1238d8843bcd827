"""Serial ranges: half-open intervals ``[lo, hi)`` of the serial numbers that a registry gives to single tonnes.

One serial is one tonne, so the length of a range is its quantity. Ranges of one serial space never overlap (INV-02);
this module holds the arithmetic, the lots and issuances hold the rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
