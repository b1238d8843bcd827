"""What lies over a serial, asked about one serial after another, each no smaller than the one before.

A walk over two lists of a million lines may cost no more than sorting them, however the lines lie over each other: so
what has begun is kept in a heap, and what has ended is thrown away when it comes up.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final

from exchange.registry.books import Sent
from exchange.registry.messages import Held

MOST_TOLD: Final = 3
"""Statements of the registry that are told of one discrepancy; of further ones just that there are some."""


class Lines:
    """The registry's lines, in order of their first serials.

    However many lines lie over each other, no more than one beyond :data:`MOST_TOLD` is looked at for a serial: else a
    list whose lines are nested would take the square of its length.
    """

    def __init__(self, lines: list[Held]) -> None:
        self._lines = lines
        self._begun = 0
        self._open: list[int] = []

    def over(self, serial: int) -> list[Held]:
        """The first lines over a serial."""
        while self._begun < len(self._lines) and self._lines[self._begun].serial_lo <= serial:
            heappush(self._open, self._begun)
            self._begun += 1
        found: list[int] = []
        while self._open and len(found) <= MOST_TOLD:
            line = heappop(self._open)
            if self._lines[line].serial_hi > serial:
                found.append(line)
        for line in found:
            heappush(self._open, line)
        return [self._lines[line] for line in found]


class Newest:
    """Some of our requests; of those about a serial it knows the newest."""

    def __init__(self, requests: Iterable[tuple[int, Sent]]) -> None:
        """Each request with its number; newer ones have greater numbers."""
        self._waiting = sorted(((request.lo, -number, request) for number, request in requests), reverse=True)
        self._begun: list[tuple[int, Sent]] = []

    def over(self, serial: int) -> Sent | None:
        """The newest one about a serial, None where there is none."""
        while self._waiting and self._waiting[-1][0] <= serial:
            _, age, request = self._waiting.pop()
            heappush(self._begun, (age, request))
        while self._begun and self._begun[0][1].hi <= serial:
            heappop(self._begun)
        return self._begun[0][1] if self._begun else None
