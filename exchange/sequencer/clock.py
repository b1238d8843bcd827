"""The only clock in the program: wall time in microseconds, read here and nowhere else.

The core never reads a clock; the sequencer stamps each entry (:class:`Stamps`), and time in the journal never goes back
and never stands still, whatever is done to the machine's clock. Waiting is measured on the event loop's monotonic
clock, never on this one.
"""

from __future__ import annotations

import time
from typing import Protocol

from exchange.core.values import Micros


class Clock(Protocol):
    """Something that tells the time; this module itself is one, and tests bring their own."""

    def now(self) -> Micros:
        """The instant, in microseconds since 1970-01-01T00:00:00Z."""
        ...

    def steady(self) -> Micros:
        """Microseconds since some moment, on a clock that nobody sets: it never goes back."""
        ...


def now() -> Micros:
    """The machine's wall clock, in microseconds since 1970-01-01T00:00:00Z."""
    return Micros(time.time_ns() // 1_000)


def steady() -> Micros:
    """The machine's monotonic clock, in microseconds since some moment."""
    return Micros(time.monotonic_ns() // 1_000)


class Stamps:
    """The time of the journal: the wall clock's, as long as that one is not set back.

    When it is, or when the journal was written by a machine whose clock was ahead, the journal's time goes on at half
    the pace of the steady clock until the wall clock has caught up. Deadlines are measured in the journal's time: were
    it to stand still, a dead-man's switch of five seconds would not go off for an hour after a clock was set back by an
    hour; now it takes ten seconds. (NTP daemons slew a clock for the same reason, RFC 5905 section 11.)
    """

    __slots__ = ("_clock", "_since", "_steady_since")

    def __init__(self, clock: Clock, at: Micros) -> None:
        """``at`` is the newest stamp that there is; no later one is before it."""
        self._clock = clock
        self._since = at
        self._steady_since = clock.steady()

    def now(self) -> Micros:
        """The stamp of whatever is done at this moment, in microseconds since 1970-01-01T00:00:00Z."""
        wall, steady = self._clock.now(), self._clock.steady()
        slewed = Micros(self._since + (steady - self._steady_since) // 2)
        if wall < slewed:
            return slewed
        self._since, self._steady_since = wall, steady
        return wall
