"""``bench recovery``: how long a start takes with a large book and a long tail, and how fast a whole journal replays.

The book and the tail go through the sequencer into PostgreSQL. The snapshot that is taken at the end of the book is
kept, the one after the tail is not, so the service has the whole tail to do again, as after a crash.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.audit.replay import replay
from exchange.bootstrap.service import SNAPSHOTS
from exchange.cli.bench import core
from exchange.cli.bench.accounts import last_seq
from exchange.cli.bench.filling import Filler
from exchange.cli.bench.processes import resident_bytes
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import Stage, set_stage
from exchange.cli.bench.venue import Venue, open_venue
from exchange.cli.problem import CommandError
from exchange.core.values import Price, Seq
from exchange.sequencer.sequencer import Sequencer
from exchange.store.reading import open_reader
from loadtests.stream import START_PRICE, MixedStream
from loadtests.stream import Command as Step

NO_SNAPSHOT: Final = {"EXCHANGE_SNAPSHOT_EVERY": str(10**9)}
"""Only the end of a run takes one."""

_MB: Final = 1e6


@dataclass(frozen=True, slots=True)
class Options:
    """How much there is to recover."""

    resting: int = 1_000_000
    tail: int = 100_000
    firms: int = 100


async def run(options: Options) -> Report:
    """Make the past, then start on it, with the tail and without; then replay everything."""
    report = Report("recovery", {name: getattr(options, name) for name in Options.__slots__})
    steps = list(MixedStream(0, options.tail, options.resting))
    tell(f"recovery: making {options.resting:,} orders that rest and {options.tail:,} entries after them")
    with open_venue(NO_SNAPSHOT) as venue:
        stage = await venue.inside(lambda sequencer: _book(sequencer, options, steps))
        snapshots, kept = venue.home / SNAPSHOTS, venue.home / "kept"
        shutil.copytree(snapshots, kept)
        await venue.inside(lambda sequencer: _tail(sequencer, stage, options, steps))
        await _start(report, venue, "start from the newest snapshot")
        _put_back(kept, snapshots)
        with_tail = await _start(report, venue, f"start with a tail of {options.tail:,} entries")
        report.hold("seconds until ready, with the tail", 10, with_tail, at_least=False)
        await _replay(report, venue, options)
    return report


async def _book(sequencer: Sequencer, options: Options, steps: Sequence[Step]) -> Stage:
    """The stage, and all orders that rest."""
    stage = await set_stage(sequencer, options.firms, Price(START_PRICE))
    await Filler(sequencer, stage).feed(steps[: options.resting], "orders that rest")
    return stage


async def _tail(sequencer: Sequencer, stage: Stage, options: Options, steps: Sequence[Step]) -> None:
    """Mixed commands on top. Those that cancel an order of the book are left out: it is another run that placed it."""
    of_the_book = options.resting
    await Filler(sequencer, stage).feed((step for step in steps[of_the_book:] if step[1] > of_the_book), "the tail")


def _put_back(kept: Path, snapshots: Path) -> None:
    """Let the service find the older snapshot only."""
    shutil.rmtree(snapshots)
    shutil.copytree(kept, snapshots)


async def _start(report: Report, venue: Venue, what: str) -> float:
    """Seconds from the start of the process until it takes commands."""
    tell(f"recovery: {what}")
    async with venue.service() as service:
        megabytes = round(resident_bytes(service.pid) / _MB)
        report.add(what, seconds=round(service.start_seconds, 2), resident_MB=megabytes)
        return service.start_seconds


async def _replay(report: Report, venue: Venue, options: Options) -> None:
    """Everything from the first entry, against the core alone on the same machine."""
    last = await last_seq(venue)
    tell(f"recovery: replay of {last:,} entries")
    reader = await open_reader(venue.server.service_dsn)
    try:
        started = time.perf_counter()
        replayed = await replay(lambda: reader.entries(Seq(0)))
        seconds = time.perf_counter() - started
    finally:
        await reader.close()
    if replayed.entries != last:
        raise CommandError(f"{replayed.entries:,} of {last:,} entries were replayed. 重放条目数不符")
    usual = core.measure(min(options.tail, 100_000), min(options.resting, 10_000), options.firms, seed=1)
    rate = last / seconds
    report.add(f"replay of {last:,} entries", seconds=round(seconds, 2), per_second=round(rate))
    report.add("bench core, in the same run", per_second=round(usual.rate))
    report.hold("full replay over bench core", 0.6, rate / usual.rate)
