"""What must happen at a time: requests that wait for an answer, releases that wait for their cool-down.

A timer is set by a command and goes off once, as a command of the program itself, by the sequencer's clock. All of this
is in the state, so a replay has the same timers go off at the same places in the log.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import IntEnum

from exchange.core.values import Micros


class TimerKind(IntEnum):
    """What goes off."""

    REGISTRY_ANSWER = 1
    RELEASE = 2


@dataclass(slots=True)
class Timers:
    """Set timers in the order of (time, kind, id); each thing has one at the most."""

    order: list[tuple[Micros, TimerKind, int]] = field(default_factory=list)
    of: dict[tuple[TimerKind, int], Micros] = field(default_factory=dict)

    def set(self, kind: TimerKind, number: int, at: Micros) -> None:
        """Have something go off at a time, in place of another time that it may have had."""
        self.clear(kind, number)
        self.of[kind, number] = at
        insort(self.order, (at, kind, number))

    def clear(self, kind: TimerKind, number: int) -> None:
        """Have it go off no more, if it would have."""
        at = self.of.pop((kind, number), None)
        if at is not None:
            del self.order[bisect_left(self.order, (at, kind, number))]

    def next(self) -> Micros | None:
        """When the next one goes off; None while none is set."""
        return self.order[0][0] if self.order else None

    def passed(self, at: Micros) -> tuple[TimerKind, int] | None:
        """What should have gone off first, if anything should have by now."""
        if not self.order or self.order[0][0] > at:
            return None
        _, kind, number = self.order[0]
        return kind, number
