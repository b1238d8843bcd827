"""The pulse: publishes at once what happens after a quiet while, and no more than so often while much happens.

The clock is passed in and counts seconds from anywhere, never backwards (an event loop's own ``time``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

EVERY: Final = 0.05
"""Seconds between two frames of a conflated channel: at most 20 a second."""


class Pulse:
    """Calls ``flush`` after :meth:`beat`, at most once in ``every`` seconds."""

    def __init__(self, flush: Callable[[], None], clock: Callable[[], float], every: float = EVERY) -> None:
        """Nothing has happened yet, so the first beat flushes at once."""
        self._flush = flush
        self._clock = clock
        self._every = every
        self._not_before = clock()
        self._timer: asyncio.TimerHandle | None = None

    def beat(self) -> None:
        """Something happened: flush now, or as soon as the last flush is long enough ago."""
        if self._timer is not None:
            return
        wait = self._not_before - self._clock()
        if wait <= 0:
            self._fire()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._not_before = self._clock() + self._every
        self._flush()

    def stop(self) -> None:
        """Flush no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
