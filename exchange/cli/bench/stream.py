"""``bench stream``: a market that changes a thousand times a second, told to five hundred listeners.

Orders come in by REST as an open loop; every listener follows the book over a WebSocket of its own. A frame's delay is
the time from the instant at which its entry was made (before it was durable) until the listener has it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from exchange.cli.bench.accounts import last_seq, settle
from exchange.cli.bench.floors import durable_floor
from exchange.cli.bench.orders import HOST, Bench
from exchange.cli.bench.orders import Options as OrderOptions
from exchange.cli.bench.processes import resident_bytes
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import Stage, set_stage
from exchange.cli.bench.venue import Service, open_venue
from exchange.cli.problem import CommandError
from exchange.core.values import Price
from loadtests.loops import OpenLoop
from loadtests.mix import START_PRICE
from loadtests.percentiles import Percentiles
from loadtests.ws_client import Subscriber

_HOUR: Final = 3_600
_MB: Final = 1e6


@dataclass(frozen=True, slots=True)
class Options:
    """How much is told to how many."""

    subscribers: int = 500
    changes: int = 1_000
    seconds: float = 20.0
    warm_up: float = 3.0
    firms: int = 100


class Delays:
    """What all listeners saw."""

    def __init__(self) -> None:
        self.latencies = Percentiles()
        self.counts = False

    def came(self, at: bytes, _: float) -> None:
        """Count a frame whose entry was made ``at`` (RFC 3339). Only the place in the hour is looked at."""
        if self.counts:
            made = int(at[14:16]) * 60 + int(at[17:19]) + int(at[20:26]) / 1e6
            self.latencies.add(int((time.time() % _HOUR - made) % _HOUR * 1e6))


async def run(options: Options) -> Report:
    """Listen, trade, compare."""
    bench = Bench(OrderOptions(seconds=options.seconds, warm_up=options.warm_up, firms=options.firms))
    report = bench.report = Report("stream", {name: getattr(options, name) for name in Options.__slots__})
    with open_venue() as venue:
        tell(f"stream: letting in {2 * options.firms:,} firms")
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, options.firms, Price(START_PRICE)))
        bench.durable = await durable_floor(venue, min(options.seconds, 5.0))
        first = await last_seq(venue)
        async with venue.service() as service:
            await _listen(bench, service, stage, options)
        tell("comparing the journal with what clients were told")
        await settle(report, venue, first, bench.told)
    return report


async def _listen(bench: Bench, service: Service, stage: Stage, options: Options) -> None:
    delays = Delays()
    channel = f"book:{stage.instrument_text}"
    listeners = [await Subscriber.open(HOST, service.port, channel, delays.came) for _ in range(options.subscribers)]
    await asyncio.sleep(min(options.warm_up, 1.0))
    before = resident_bytes(service.pid)
    delays.counts = True
    frames = sum(listener.frames for listener in listeners)
    pairs = await bench.single(service, stage, bench.options.clients)
    started = time.perf_counter()
    await bench.measure(f"{options.changes:,} orders a second", service, OpenLoop(pairs, options.changes))
    grown = resident_bytes(service.pid) - before
    told = sum(listener.frames for listener in listeners) - frames
    seconds = time.perf_counter() - started
    each = told / max(options.subscribers, 1) / seconds
    bench.report.add(
        f"frames to {options.subscribers:,} listeners",
        per_second=round(told / seconds),
        frames_each_a_second=round(each, 2),
        **{name: round(delays.latencies.figures()[name], 2) for name in ("p50_ms", "p99_ms", "max_ms")},
        gaps=sum(listener.gaps for listener in listeners),
        lost=sum(listener.closed_with is not None for listener in listeners),
        service_grew_MB=round(grown / _MB, 1),
    )
    _hold(bench.report, delays, each)
    for listener in listeners:
        listener.close()
    for connection, _ in pairs:
        connection.close()
    if not told:
        raise CommandError("no listener was told anything. 没有订阅者收到行情", "read the service's log 请查看服务日志")


def _hold(report: Report, delays: Delays, each: float) -> None:
    row = report.rows[-1]
    report.hold("delay of frames, p99 in ms", 100, delays.latencies.at(99) / 1000, at_least=False)
    report.hold("gaps and lost listeners", 0, float(row["gaps"]) + float(row["lost"]), at_least=False)
    report.hold("frames a second for one listener", 20.5, each, at_least=False)
