"""The pulse publishes at once after a quiet while and then no more than once in its time."""

from __future__ import annotations

import asyncio

from exchange.marketdata.pulse import Pulse


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_what_comes_quickly_is_published_once_more_and_later() -> None:
    flushed, clock = [], Clock()
    pulse = Pulse(lambda: flushed.append(clock.now), clock, every=0.01)
    pulse.beat()
    assert flushed == [100.0], "the first one does not wait"
    for _ in range(5):
        pulse.beat()
    assert len(flushed) == 1
    await asyncio.sleep(0.1)
    assert len(flushed) == 2
    clock.now += 0.01
    pulse.beat()
    assert len(flushed) == 3, "after a quiet while nobody waits again"


async def test_a_stopped_pulse_publishes_no_more() -> None:
    flushed: list[int] = []
    pulse = Pulse(lambda: flushed.append(1), Clock(), every=0.001)
    pulse.beat()
    pulse.beat()
    pulse.stop()
    await asyncio.sleep(0.01)
    assert len(flushed) == 1
