"""``bench soak``: half load for a long time, with clients as they are: some hang up in the middle, some do not read.

Orders come in as an open loop at half of what a short closed loop got through. Every while an order connection is
broken off and opened again (a request that was under way has no answer then, and may be in the journal or not),
listeners of the book leave and come back to where they were, and slow ones stop reading until they are closed. Each
part of the time has a row: latencies, memory of the service, gaps that any listener saw.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from exchange.cli.bench.accounts import last_seq, settle
from exchange.cli.bench.floors import durable_floor
from exchange.cli.bench.orders import HOST, Bench
from exchange.cli.bench.orders import Options as OrderOptions
from exchange.cli.bench.processes import resident_bytes
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import Stage, set_stage
from exchange.cli.bench.stream import Delays
from exchange.cli.bench.venue import Service, open_venue
from exchange.core.values import Price
from loadtests.http_client import HttpConnection
from loadtests.loops import ClosedLoop, Connection, OpenLoop, Trader
from loadtests.mix import START_PRICE
from loadtests.ws_client import Subscriber

SLOW_SECONDS: Final = 120.0
"""How long a slow reader does not read before it looks again whether it is still wanted: a book's frames are small, and
it takes a minute of them to fill what the service and the system keep for one connection.
"""

_MB: Final = 1e6


@dataclass(frozen=True, slots=True)
class Options:
    """How long and with whom; the time is cut into ``parts``."""

    seconds: float = 1_800.0
    parts: int = 10
    warm_up: float = 5.0
    firms: int = 100
    clients: int = 64
    subscribers: int = 50
    slow: int = 5


class Restless:
    """An order connection that can be broken off at any moment and comes back by itself."""

    def __init__(self, port: int, connection: Connection) -> None:
        """``connection`` is the first one."""
        self._port = port
        self._connection: Connection | None = connection
        self._held: tuple[bytes, Callable[[int, bytes], None]] | None = None

    def send(self, request: bytes, done: Callable[[int, bytes], None]) -> None:
        """Send, or hold it until the connection is back."""
        if self._connection is None:
            self._held = request, done
        else:
            self._connection.send(request, done)

    async def break_off(self) -> None:
        """Hang up, with or without a request under way, and connect again."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.close()
        self._connection = await HttpConnection.open(HOST, self._port)
        if self._held is not None:
            held, self._held = self._held, None
            self._connection.send(*held)

    def close(self) -> None:
        """Hang up for good."""
        if self._connection is not None:
            self._connection.close()


RestlessPairs = list[tuple[Restless, Trader]]


class Crowd:
    """The listeners: what they saw, in all the connections that they had one after the other."""

    def __init__(self, port: int, channel: str, seed: int) -> None:
        self._port = port
        self._channel = channel
        self._random = Random(seed)
        self._gone_frames = self._gone_gaps = 0
        self.listeners: list[Subscriber] = []
        self.delays = Delays()
        self.closed_slow = 0

    @property
    def gaps(self) -> int:
        """Gaps that anybody saw so far."""
        return self._gone_gaps + sum(listener.gaps for listener in self.listeners)

    @property
    def frames(self) -> int:
        """Frames that came so far."""
        return self._gone_frames + sum(listener.frames for listener in self.listeners)

    async def join(self, seq: bytes | None = None) -> Subscriber:
        """One more listener, from an entry on."""
        listener = await Subscriber.open(HOST, self._port, self._channel, self.delays.came, seq)
        self.listeners.append(listener)
        return listener

    async def one_leaves_and_comes_back(self) -> None:
        """Somebody's connection breaks; they go on where they were."""
        listener = self._random.choice(self.listeners)
        self._forget(listener)
        await self.join(listener.seq)

    async def be_slow(self) -> None:
        """Stop reading for a while, again and again; a slow reader that was closed comes back with a new snapshot."""
        while True:
            listener = await Subscriber.open(HOST, self._port, self._channel, lambda *_: None)
            while listener.is_open:
                listener.read(wanted=False)
                await asyncio.sleep(SLOW_SECONDS)
                listener.read(wanted=True)
                await asyncio.sleep(1.0)
            self.closed_slow += 1

    def _forget(self, listener: Subscriber) -> None:
        self.listeners.remove(listener)
        self._gone_frames += listener.frames
        self._gone_gaps += listener.gaps
        listener.close()

    def close(self) -> None:
        """Everybody goes home."""
        for listener in self.listeners:
            listener.close()


async def run(options: Options) -> Report:
    """Find half of the capacity, keep it up, compare."""
    asked = OrderOptions(seconds=options.warm_up, warm_up=1.0, firms=options.firms, clients=options.clients)
    bench = Bench(asked)
    report = bench.report = Report("soak", {name: getattr(options, name) for name in Options.__slots__})
    with open_venue() as venue:
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, options.firms, Price(START_PRICE)))
        bench.durable = await durable_floor(venue, min(options.warm_up, 5.0))
        first = await last_seq(venue)
        async with venue.service() as service:
            pairs = await bench.single(service, stage, options.clients)
            closed, _ = await bench.measure("capacity", service, ClosedLoop(pairs))
            restless = [(Restless(service.port, connection), trader) for connection, trader in pairs]
            await _keep_up(bench, service, stage, options, restless, closed.rate / 2)
        await settle(report, venue, first, bench.told)
    return report


async def _keep_up(
    bench: Bench, service: Service, stage: Stage, options: Options, pairs: RestlessPairs, rate: float
) -> None:
    crowd = Crowd(service.port, f"book:{stage.instrument_text}", seed=1)
    for _ in range(options.subscribers):
        await crowd.join()
    crowd.delays.counts = True
    async with _disturbed(crowd, [connection for connection, _ in pairs], options):
        for part in range(1, options.parts + 1):
            await _one_part(bench, service, pairs, crowd, options, rate, part)
    _hold(bench.report, options)
    crowd.close()
    for connection, _ in pairs:
        connection.close()


async def _one_part(
    bench: Bench,
    service: Service,
    pairs: RestlessPairs,
    crowd: Crowd,
    options: Options,
    rate: float,
    part: int,
) -> None:
    """A part of the time, as a row."""
    frames = crowd.frames
    loop = OpenLoop(pairs, rate)
    tally = await loop.run(0.0, options.seconds / options.parts)
    await loop.finish()
    for heard in (tally, loop.before):
        bench.told.commands += heard.commands
        bench.told.unanswered += heard.statuses.get(0, 0)
    figures = tally.latencies.figures()
    bench.report.add(
        f"part {part}",
        per_second=round(tally.rate),
        p50_ms=round(figures["p50_ms"], 2),
        p99_ms=round(figures["p99_ms"], 2),
        service_MB=round(resident_bytes(service.pid) / _MB, 1),
        frames=crowd.frames - frames,
        gaps=crowd.gaps,
        closed_slow=crowd.closed_slow,
        unanswered=tally.statuses.get(0, 0),
    )


@contextlib.asynccontextmanager
async def _disturbed(crowd: Crowd, connections: list[Restless], options: Options) -> AsyncIterator[None]:
    """While this lasts, connections break and slow readers come and go. What goes wrong in it ends the bench."""
    random = Random(2)

    async def disturb() -> None:
        while True:
            await asyncio.sleep(random.uniform(0.2, 0.8))
            await random.choice(connections).break_off()
            await crowd.one_leaves_and_comes_back()

    tasks = [asyncio.ensure_future(crowd.be_slow()) for _ in range(options.slow)]
    tasks.append(asyncio.ensure_future(disturb()))
    yield
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _hold(report: Report, options: Options) -> None:
    """Gaps, memory and the drift of the latency, over the parts."""
    parts = [row for row in report.rows if str(row["what"]).startswith("part ")]
    report.hold("gaps in any stream", 0, float(parts[-1]["gaps"]), at_least=False)
    if options.parts > 1:
        first, last = parts[0], parts[-1]
        grown = float(last["service_MB"]) / max(float(first["service_MB"]), 1.0)
        report.hold("memory at the end over memory after the first part", 1.25, grown, at_least=False)
        drift = float(last["p99_ms"]) / max(float(first["p99_ms"]), 1e-3)
        report.hold("p99 of the last part over that of the first", 2, drift, at_least=False)
