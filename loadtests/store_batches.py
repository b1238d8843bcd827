"""What a batch costs in PostgreSQL: real entries of the core through the real writer, by batch size and way of writing.

    python -m loadtests.store_batches [owner url, service url]

Without URLs it starts a private PostgreSQL. Two streams: orders that rest, and orders of which every other one trades. For
each the median time of a batch, the time and Python's own share of it per order, and the bytes of WAL per order; beside them
a single-row commit on the same server, because only ratios survive a shared machine.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

import asyncpg

from exchange.core.values import Side
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.journal import Batch, Entry
from exchange.store import writer
from exchange.store.connecting import WRITER
from exchange.store.writer import NO_CRASH, BatchWriter
from tests.store.streams import Trading, log_of, open_trading
from tests.support.database import fresh_database, running_server

SIZES = ((1, 200), (5, 80), (20, 50), (50, 30), (100, 20), (200, 12), (1_000, 4))
FIRMS = 50
STEPWISE = CrashPoints("store_begun", 10**9).hit


@dataclass
class Cost:
    """Medians of one batch size: seconds a batch, seconds of Python's processor time, bytes of WAL."""

    size: int
    elapsed: float
    python: float
    wal: float

    def __str__(self) -> str:
        each = f"{self.elapsed / self.size * 1e6:7.0f} us/order, python {self.python / self.size * 1e6:5.0f}"
        return f"{self.size:5d} orders: {self.elapsed * 1e3:8.2f} ms  {each} us, WAL {self.wal / self.size:6.0f} B"


def orders(trading: Trading, count: int, trading_share: float) -> None:
    """Orders around a price; those that are to trade take the best price of the other side."""
    random, market = Random(5), trading.market
    for n in range(count):
        firm = trading.firms[n % FIRMS]
        side = Side.BUY if n % 2 else Side.SELL
        crossing = random.random() < trading_share
        price = 3_000 + (random.randint(1, 50) if (side is Side.SELL) is not crossing else -random.randint(1, 50))
        market.give(market.order(firm, trading.instrument, side, random.randint(1, 20), price))


def stream(trading_share: float) -> tuple[list[Entry], list[Entry]]:
    """The entries that set the stage, and those to be measured."""
    trading = open_trading(FIRMS)
    start = len(trading.market.log)
    orders(trading, 500 + sum(size * repeats for size, repeats in SIZES), trading_share)
    entries = log_of(trading.market).entries
    return entries[: start + 500], entries[start + 500 :]


@asynccontextmanager
async def prepared(urls: tuple[str, str], stage: list[Entry], hit: Callable[[str], None]) -> AsyncIterator[BatchWriter]:
    """A writer on a database with the stage in it, its statements warm and its statistics fresh."""
    connection = await asyncpg.connect(urls[1], server_settings=WRITER)
    await connection.execute("UPDATE leader SET epoch = 1")
    written = BatchWriter(connection, hit)
    head = await connection.fetchval("SELECT head FROM leader")
    for entry in stage:
        await written.write(Batch(1, head, [entry]))
        head = entry.head
    owner = await asyncpg.connect(urls[0])
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    yield written
    await connection.close()


async def measure(urls: tuple[str, str], stage: list[Entry], entries: list[Entry], way: str) -> list[Cost]:
    """The costs of each batch size in one way of writing."""
    writer.ONE_STATEMENT_ROWS = 10**9 if way == "one statement" else writer.ONE_STATEMENT_ROWS  # type: ignore[misc]
    async with prepared(urls, stage, STEPWISE if way == "steps" else NO_CRASH) as written:
        probe = await asyncpg.connect(urls[1])
        head, costs = stage[-1].head, []
        for size, repeats in SIZES:
            elapsed, python = [], []
            before = await probe.fetchval("SELECT pg_current_wal_lsn()")
            for _ in range(repeats):
                part, entries = entries[:size], entries[size:]
                started, cpu = time.perf_counter(), time.process_time()
                await written.write(Batch(1, head, part))
                elapsed.append(time.perf_counter() - started)
                python.append(time.process_time() - cpu)
                head = part[-1].head
            wal = await probe.fetchval("SELECT pg_current_wal_lsn() - $1::pg_lsn", before)
            costs.append(Cost(size, statistics.median(elapsed), statistics.median(python), float(wal) / repeats))
        await probe.close()
    return costs


async def single_row(url: str) -> float:
    """Seconds of a commit of one small row."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS one_row (x int)")
    insert = await connection.prepare("INSERT INTO one_row VALUES (1)")
    elapsed = []
    for _ in range(300):
        started = time.perf_counter()
        await insert.fetch()
        elapsed.append(time.perf_counter() - started)
    await connection.close()
    return statistics.median(elapsed)


def main() -> None:
    """Measure everything on a private server."""
    with running_server() as server:
        for name, share in (("resting orders", 0.0), ("every other order trades", 0.5)):
            stage, entries = stream(share)
            for way in ("one statement", "steps"):
                with fresh_database(server) as urls:
                    print(f"{name}, {way}; a single-row commit: {asyncio.run(single_row(urls.owner)) * 1e3:.2f} ms")
                    for cost in asyncio.run(measure(urls, stage, entries, way)):
                        print(" ", cost)
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
