"""What a batch costs in PostgreSQL: real entries of the core through the real writer, by batch size and way of writing.

    python -m loadtests.store_batches

It starts a private PostgreSQL. Two streams: orders that rest, and orders of which every other one trades. For each the
time of a batch and Python's own share of it, both in one statement and step by step, turn by turn; beside them a
single-row commit on the same server, because only ratios survive a shared machine.
"""

from __future__ import annotations

import asyncio
import statistics
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
from exchange.store.writer import NO_CRASH, BatchWriter, rows_of
from tests.store.streams import Trading, log_of, open_trading
from tests.support.database import fresh_database, running_server

SIZES = ((1, 200), (5, 60), (20, 40), (50, 30), (100, 20), (200, 12), (1_000, 5))
FIRMS = 50
STEPWISE = CrashPoints("store_begun", 10**9).hit


@dataclass
class Cost:
    """What one batch cost: seconds, and seconds of Python's own processor time."""

    elapsed: float
    python: float


def quartile(values: list[float]) -> float:
    """What the quicker quarter stays below: close to the true cost where other work disturbs."""
    return statistics.quantiles(values, n=4)[0] if len(values) > 1 else values[0]


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
        batch = Batch(1, head, [entry])
        await written.write(batch, rows_of(batch))
        head = entry.head
    owner = await asyncpg.connect(urls[0])
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    yield written
    await connection.close()


async def timed(written: BatchWriter, batch: Batch) -> Cost:
    """Write one batch."""
    started, cpu = time.perf_counter(), time.process_time()
    await written.write(batch, rows_of(batch))
    return Cost(time.perf_counter() - started, time.process_time() - cpu)


async def measure(urls: list[tuple[str, str]], stage: list[Entry], entries: list[Entry]) -> None:
    """The same batches in both ways, turn by turn, so that what disturbs one disturbs the other."""
    async with prepared(urls[0], stage, NO_CRASH) as at_once, prepared(urls[1], stage, STEPWISE) as in_steps:
        head = stage[-1].head
        for size, repeats in SIZES:
            once, steps = [], []
            for _ in range(repeats):
                part, entries = entries[:size], entries[size:]
                once.append(await timed(at_once, Batch(1, head, part)))
                steps.append(await timed(in_steps, Batch(1, head, part)))
                head = part[-1].head
            show(size, "one statement", once)
            show(size, "step by step", steps)


def show(size: int, way: str, costs: list[Cost]) -> None:
    """One line."""
    elapsed, python = quartile([c.elapsed for c in costs]), quartile([c.python for c in costs])
    each = f"{elapsed / size * 1e6:7.0f} us an order, of which Python {python / size * 1e6:5.0f}"
    print(f"  {size:5d} orders, {way}: {elapsed * 1e3:8.2f} ms, {each}", flush=True)


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
    return quartile(elapsed)


def main() -> None:
    """Measure both streams on a private server."""
    writer.ONE_STATEMENT_ROWS = 10**9  # type: ignore[misc]
    with running_server() as server:
        for name, share in (("resting orders", 0.0), ("every other order trades", 0.5)):
            stage, entries = stream(share)
            with fresh_database(server) as first, fresh_database(server) as second:
                print(f"{name}; a single-row commit: {asyncio.run(single_row(first.owner)) * 1e3:.2f} ms")
                asyncio.run(measure([first, second], stage, entries))


if __name__ == "__main__":
    main()
