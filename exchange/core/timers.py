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
    """Set timers; each thing has one at the most. Those of a kind are in the order of (time, id), since some kinds must
    wait for more than the clock, and must not keep others back.
    """

    queues: dict[TimerKind, list[tuple[Micros, int]]] = field(default_factory=lambda: {kind: [] for kind in TimerKind})
    of: dict[tuple[TimerKind, int], Micros] = field(default_factory=dict)

    def set(self, kind: TimerKind, number: int, at: Micros) -> None:
        """Have something go off at a time, in place of another time that it may have had."""
        self.clear(kind, number)
        self.of[kind, number] = at
        insort(self.queues[kind], (at, number))

    def clear(self, kind: TimerKind, number: int) -> None:
        """Have it go off no more, if it would have."""
        at = self.of.pop((kind, number), None)
        if at is not None:
            del self.queues[kind][bisect_left(self.queues[kind], (at, number))]

    @property
    def order(self) -> list[tuple[Micros, TimerKind, int]]:
        """All of them in the order of (time, kind, id)."""
        return sorted((at, kind, number) for kind, queue in self.queues.items() for at, number in queue)

    def next(self, kind: TimerKind) -> Micros | None:
        """When the next one of a kind goes off; None while none is set."""
        queue = self.queues[kind]
        return queue[0][0] if queue else None

    def passed(self, kind: TimerKind, at: Micros) -> int | None:
        """What of a kind should have gone off first, if anything should have by now."""
        queue = self.queues[kind]
        return queue[0][1] if queue and queue[0][0] <= at else None
