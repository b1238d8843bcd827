"""How load is given: in a closed loop (each connection sends when it was answered), or open (at a rate, come what may).

A closed loop finds out how much goes through. Its latencies say little: while the server stands still nobody asks, so
what they would have waited is missing (coordinated omission). The open loop sends at times that are fixed beforehand
and counts from them, also where a request has to wait in here for a free connection.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from loadtests.percentiles import Percentiles

TICK: Final = 0.001
"""Seconds between two looks of the open loop at the clock."""

ANSWER_SECONDS: Final = 30.0
"""How long the end of a run waits for answers that are still to come."""


class Connection(Protocol):
    """Something that sends a request and calls back with the answer."""

    def send(self, request: bytes, done: Callable[[int, bytes], None]) -> None:
        """Send; ``done`` gets a status (0: the connection was lost) and a body."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Trader(Protocol):
    """Somebody who always wants something."""

    def next(self) -> bytes:
        """The next request."""
        ...

    def heard(self, status: int, body: bytes) -> int:
        """Take notice of an answer; how many commands it acknowledges."""
        ...


@dataclass(slots=True)
class Tally:
    """What a run heard: commands that were acknowledged, requests by status, and latencies of requests."""

    commands: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: Percentiles = field(default_factory=Percentiles)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Acknowledged commands a second."""
        return self.commands / self.seconds if self.seconds else 0.0

    def hear(self, status: int, commands: int, microseconds: int) -> None:
        """Count an answer."""
        self.commands += commands
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.latencies.add(microseconds)


class _Worker:
    """One connection and the trader who uses it, going round and round."""

    __slots__ = ("_connection", "_is_over", "_left", "_sent", "_tally", "_trader", "is_idle")

    def __init__(self, connection: Connection, trader: Trader, is_over: Callable[[], bool]) -> None:
        self._connection = connection
        self._trader = trader
        self._is_over = is_over
        self._tally: Tally | None = None
        self._sent = 0.0
        self._left: Callable[[], None] = _nothing
        self.is_idle = True

    def start(self, tally: Tally, left: Callable[[], None]) -> None:
        """Send until the run is over; ``left`` is called then."""
        self._tally, self._left, self.is_idle = tally, left, False
        self._send()

    def count_into(self, tally: Tally) -> None:
        """Count from now on somewhere else."""
        self._tally = tally

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._connection.send(self._trader.next(), self._answered)

    def _answered(self, status: int, body: bytes) -> None:
        assert self._tally is not None
        elapsed = int((time.perf_counter() - self._sent) * 1e6)
        self._tally.hear(status, self._trader.heard(status, body), elapsed)
        if status == 0 or self._is_over():
            self.is_idle = True
            self._left()
        else:
            self._send()


class ClosedLoop:
    """As many requests under way as there are connections."""

    def __init__(self, pairs: Sequence[tuple[Connection, Trader]]) -> None:
        self._over = False
        self._workers = [_Worker(connection, trader, lambda: self._over) for connection, trader in pairs]
        self._left = asyncio.Event()
        self.before: Final = Tally()
        """What was heard outside of the measured time: it is durable as well."""

    async def run(self, warm_up: float, seconds: float, at_start: Callable[[], object] | None = None) -> Tally:
        """Warm up, then measure for so many seconds, then wait for the last answers.

        ``at_start`` is called when the measured time begins. What is answered after its end counts as warm-up does.

        Raises:
            TimeoutError: when answers do not come.
        """
        for worker in self._workers:
            worker.start(self.before, self._one_left)
        await asyncio.sleep(warm_up)
        measured = Tally()
        self._count_into(measured)
        if at_start is not None:
            at_start()
        started = time.perf_counter()
        await asyncio.sleep(seconds)
        measured.seconds = time.perf_counter() - started
        self._count_into(self.before)
        return measured

    async def finish(self) -> None:
        """Send nothing new and wait for what is under way."""
        self._over = True
        self._one_left()
        await asyncio.wait_for(self._left.wait(), ANSWER_SECONDS)

    def _count_into(self, tally: Tally) -> None:
        for worker in self._workers:
            worker.count_into(tally)

    def _one_left(self) -> None:
        if self._over and all(worker.is_idle for worker in self._workers):
            self._left.set()


class OpenLoop:
    """Requests at a rate; latencies from the moment at which each was to be sent."""

    def __init__(self, pairs: Sequence[tuple[Connection, Trader]], requests_per_second: float) -> None:
        self._idle: deque[tuple[Connection, Trader]] = deque(pairs)
        self._all = len(self._idle)
        self._pause = 1.0 / requests_per_second
        self._due: deque[float] = deque()
        self._tally = Tally()
        self._measured_from = 0.0
        self._drained = asyncio.Event()
        self._over = False
        self.before: Final = Tally()

    async def run(self, warm_up: float, seconds: float, at_start: Callable[[], object] | None = None) -> Tally:
        """Warm up, then measure, then wait for the last answers. What was to be sent in the measured time counts,
        whenever it was answered.
        """
        began = time.perf_counter()
        intended, self._measured_from = began, began + warm_up
        while intended < self._measured_from + seconds:
            now = time.perf_counter()
            while intended <= now:
                self._due.append(intended)
                intended += self._pause
            if at_start is not None and now >= self._measured_from:
                at_start()
                at_start = None
            self._send_due()
            await asyncio.sleep(TICK)
        self._tally.seconds = seconds
        return self._tally

    async def finish(self) -> None:
        """Wait for what is under way and what still waits in here."""
        self._over = True
        self._send_due()
        self._look()
        await asyncio.wait_for(self._drained.wait(), ANSWER_SECONDS)

    def _send_due(self) -> None:
        while self._due and self._idle:
            connection, trader = self._idle.popleft()
            self._send(connection, trader, self._due.popleft())

    def _send(self, connection: Connection, trader: Trader, intended: float) -> None:
        def answered(status: int, body: bytes) -> None:
            elapsed = int((time.perf_counter() - intended) * 1e6)
            tally = self._tally if intended >= self._measured_from else self.before
            tally.hear(status, trader.heard(status, body), elapsed)
            self._idle.append((connection, trader))
            self._send_due()
            self._look()

        connection.send(trader.next(), answered)

    def _look(self) -> None:
        if self._over and not self._due and len(self._idle) == self._all:
            self._drained.set()


def _nothing() -> None:
    """Before a worker started nobody waits for its end."""
