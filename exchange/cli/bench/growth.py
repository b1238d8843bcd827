"""``bench growth``: what an order costs with a larger book, more firms, and a longer past.

For each size a venue is made by the real write path (:mod:`exchange.cli.bench.filling`), then the service is started on
it and asked from one closed loop for a while. Cost is what counts here: processor time of service and PostgreSQL an
order, memory, time of the start. The past lives in a folder that can stay (``--folder``): a run goes on where the last
one was stopped, because ten million rows take hours.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from exchange.cli.bench import core
from exchange.cli.bench.accounts import commands_after, compare, last_seq
from exchange.cli.bench.filling import Filler
from exchange.cli.bench.floors import durable_floor
from exchange.cli.bench.orders import Bench
from exchange.cli.bench.orders import Options as OrderOptions
from exchange.cli.bench.processes import resident_bytes
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report, Row
from exchange.cli.bench.stage import Stage, Trader, set_stage
from exchange.cli.bench.venue import Venue, open_venue
from exchange.core.values import InstrumentId, KeyId, ParticipantId, PersonId, Price
from exchange.sequencer.sequencer import Sequencer
from loadtests.loops import ClosedLoop
from loadtests.stream import START_PRICE, MixedStream

BOOKS: Final = (1_000, 10_000, 100_000, 1_000_000)
FIRMS: Final = (10, 100, 1_000, 10_000)
PASTS: Final = (0, 1_000_000, 3_000_000, 10_000_000)
MODES: Final = ("book", "firms", "history")
STAGE_FILE: Final = "stage.json"
PORTION: Final = 100_000
"""Commands of the past that are made between two looks at how many rows there are."""

_MB: Final = 1e6


@dataclass(frozen=True, slots=True)
class Options:
    """How far it goes. ``resting`` and ``firms`` hold where something else grows."""

    commands: int = 50_000
    resting: int = 10_000
    firms: int = 100
    seconds: float = 5.0
    warm_up: float = 1.0
    clients: int = 64
    largest_book: int = 1_000_000
    largest_firms: int = 10_000
    largest_history: int = 1_000_000
    modes: tuple[str, ...] = MODES
    folder: Path | None = None


Make = Callable[[Sequencer], Awaitable[Stage]]


async def run(options: Options) -> Report:
    """Everything that the options ask for."""
    shown = {name: getattr(options, name) for name in Options.__slots__ if name != "folder"}
    report = Report("growth", shown)
    if "book" in options.modes:
        for resting in (size for size in BOOKS if size <= options.largest_book):
            await _point(report, options, f"{resting:,} resting", resting, options.firms)
    if "firms" in options.modes:
        for firms in (size for size in FIRMS if size <= options.largest_firms):
            await _point(report, options, f"{firms:,} firms", options.resting, firms // 2)
    if "history" in options.modes:
        await _history(report, options)
    return report


async def _point(report: Report, options: Options, what: str, resting: int, firms: int) -> None:
    """One venue of a size: the core alone, then the service."""
    tell(f"growth: {what}")
    alone = core.measure(options.commands, resting, firms, seed=1)
    row = report.add(what, core_us=round(1e6 / alone.rate, 1), slowest_core_ms=round(alone.slowest_ms, 2))
    with open_venue() as venue:
        stage = await venue.inside(lambda sequencer: _filled(sequencer, resting, firms, what))
        await _ask(row, options, venue, stage)


async def _filled(sequencer: Sequencer, resting: int, firms: int, what: str) -> Stage:
    stage = await set_stage(sequencer, firms, Price(START_PRICE))
    await Filler(sequencer, stage).feed(MixedStream(1, 0, resting), what)
    return stage


async def _ask(row: Row, options: Options, venue: Venue, stage: Stage) -> None:
    """Start the service on a venue, ask it for a while, and put down what an order cost."""
    asked = OrderOptions(seconds=options.seconds, warm_up=options.warm_up, clients=options.clients)
    first = await last_seq(venue)
    bench = Bench(asked, name=f"g{first}-")
    bench.durable = await durable_floor(venue, min(options.seconds, 3.0))
    async with venue.service() as service:
        pairs = await bench.single(service, stage, options.clients)
        _, cost = await bench.measure("closed loop", service, ClosedLoop(pairs))
        for connection, _ in pairs:
            connection.close()
        row.update({name: figure for name, figure in cost.items() if name not in ("what", "x_echo", "max_ms")})
        row["resident_MB"] = round(resident_bytes(service.pid) / _MB)
        row["start_seconds"] = round(service.start_seconds, 2)
    compare(bench.told, await commands_after(venue, first))


# --- the past --------------------------------------------------------------------------------------------------------


async def _history(report: Report, options: Options) -> None:
    """One venue that grows older; what it has already is not made again."""
    with open_venue(home=options.folder) as venue:
        stage = await _stage_of(venue, options)
        for rows in (size for size in PASTS if size <= options.largest_history):
            tell(f"growth: {rows:,} rows")
            await _grow_old(venue, stage, rows)
            row = report.add(f"{rows:,} rows in the largest table", **await _ages(venue))
            await _ask(row, options, venue, stage)


async def _stage_of(venue: Venue, options: Options) -> Stage:
    """The stage of the folder, or a new one."""
    file = venue.home / STAGE_FILE
    if file.exists():
        return _read_stage(json.loads(file.read_text(encoding="utf-8")))
    stage = await venue.inside(lambda sequencer: _filled(sequencer, options.resting, options.firms, "the book"))
    file.touch(0o600)
    file.write_text(json.dumps(asdict(stage)), encoding="utf-8")
    return stage


def _read_stage(document: dict[str, Any]) -> Stage:
    def traders(rows: list[dict[str, Any]]) -> list[Trader]:
        return [
            Trader(ParticipantId(row["participant"]), PersonId(row["person"]), KeyId(row["key"]), row["token"])
            for row in rows
        ]

    return Stage(InstrumentId(document["instrument"]), traders(document["buyers"]), traders(document["sellers"]))


async def _ages(venue: Venue) -> dict[str, float | int | str]:
    """How many rows there are, and how large the database is."""
    async with venue.connected() as connection:
        size = await connection.fetchval("SELECT pg_database_size(current_database())")
        rows = await connection.fetchval("SELECT count(*) FROM postings")
    return {"entries": int(await last_seq(venue)), "rows": int(rows), "database_MB": round(size / _MB)}


async def _grow_old(venue: Venue, stage: Stage, rows: int) -> None:
    """Trade until the largest table, that of the postings, has so many rows."""
    while (have := int((await _ages(venue))["rows"])) < rows:
        seed = int(await last_seq(venue))
        await venue.inside(lambda sequencer, seed=seed: _live(sequencer, stage, seed, f"{have:,} of {rows:,} rows"))  # type: ignore[misc]


async def _live(sequencer: Sequencer, stage: Stage, seed: int, what: str) -> None:
    await Filler(sequencer, stage).feed(MixedStream(seed, PORTION), what)
