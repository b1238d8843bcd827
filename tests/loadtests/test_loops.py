"""The loops count what is answered, no more and no less, and an open loop sees what a standstill costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from loadtests.loops import ClosedLoop, OpenLoop

STANDSTILL: Final = 0.3


class Line:
    """A connection to a server that answers after a moment, and not at all before an instant."""

    def __init__(self, opens_at: float = 0.0, seconds: float = 0.002) -> None:
        self.sent = 0
        self._opens_at = opens_at
        self._seconds = seconds

    def send(self, request: bytes, done: Callable[[int, bytes], None]) -> None:
        """Answer later."""
        self.sent += 1
        wait = max(self._seconds, self._opens_at - time.perf_counter())
        asyncio.get_running_loop().call_later(wait, done, 201, request)

    def close(self) -> None:
        """Nothing to do."""


class Wisher:
    """Wants the same again and again, three commands in one."""

    heard_of = 0

    def next(self) -> bytes:
        """A request."""
        return b"x"

    def heard(self, status: int, body: bytes) -> int:
        """Three commands an answer."""
        self.heard_of += 1
        return 3


async def test_a_closed_loop_counts_every_answer_once() -> None:
    lines, wisher = [Line(), Line()], Wisher()
    loop = ClosedLoop([(line, wisher) for line in lines])
    tally = await loop.run(0.05, 0.1)
    await loop.finish()
    assert tally.commands + loop.before.commands == 3 * wisher.heard_of == 3 * sum(line.sent for line in lines)
    assert tally.commands == 3 * tally.latencies.count == 3 * tally.statuses[201] > 0
    assert tally.rate == tally.commands / tally.seconds


async def test_what_comes_after_the_measured_time_is_not_measured() -> None:
    """The answer that is still under way at the end is counted beside."""
    loop = ClosedLoop([(Line(seconds=0.2), Wisher())])
    tally = await loop.run(0.0, 0.1)
    await loop.finish()
    assert (tally.commands, loop.before.commands) == (0, 3)


async def test_an_open_loop_sends_at_its_rate_and_counts_from_the_intended_time() -> None:
    """Nothing is answered for a while: all that was to be sent then waited, and is counted with its wait."""
    line, wisher = Line(opens_at=time.perf_counter() + STANDSTILL), Wisher()
    loop = OpenLoop([(line, wisher)], 200)
    tally = await loop.run(0.0, 0.5)
    await loop.finish()
    assert 95 <= line.sent <= 101
    assert tally.latencies.count == line.sent
    late = tally.latencies.count * STANDSTILL / 0.5 / 2
    assert tally.latencies.at(100 - 100 * late / tally.latencies.count) > 1_000 * STANDSTILL / 4


async def test_a_closed_loop_does_not_see_it() -> None:
    """What is missing in a closed loop's latencies is the reason for the open one."""
    line = Line(opens_at=time.perf_counter() + STANDSTILL)
    loop = ClosedLoop([(line, Wisher())])
    tally = await loop.run(0.0, 0.5)
    await loop.finish()
    assert tally.latencies.at(90) < 1_000_000 * STANDSTILL / 2


async def test_a_lost_connection_ends_its_worker() -> None:
    class Lost(Line):
        def send(self, request: bytes, done: Callable[[int, bytes], None]) -> None:
            self.sent += 1
            done(0, b"")

    lost = Lost()
    loop = ClosedLoop([(lost, Wisher()), (Line(), Wisher())])
    tally = await loop.run(0.0, 0.05)
    await loop.finish()
    assert lost.sent == 1 and tally.statuses[201] > 1
