"""The only clock in the program: wall time in microseconds, read here and nowhere else.

The core never reads a clock; the sequencer stamps each entry with the later of this clock and the entry before, so time
in the journal never goes back, whatever the machine's clock does. Waiting is measured on the event loop's monotonic
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


def now() -> Micros:
    """The machine's wall clock, in microseconds since 1970-01-01T00:00:00Z."""
    return Micros(time.time_ns() // 1_000)
