"""What nothing on this machine can be quicker than, measured in the same run as everything else.

* A bare FastAPI+pydantic echo of the same order, driven by the same client (:mod:`exchange.cli.bench.echo`).
* **P**: pgbench's "simple update" with 32 clients on the very same PostgreSQL, the unit for anything durable; where
  there is no pgbench, **P′**: 32 connections that each commit one row at a time, which is another and higher figure.
* A commit of a single row on one connection.

pgbench has a database of its own on the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.cli.bench.processes import cpu_seconds
from exchange.cli.bench.venue import READY, Venue, child, until_ready
from exchange.cli.demo.service import free_port
from exchange.cli.problem import CommandError
from exchange.store.connecting import WRITER, connect
from exchange.store.embedded import EmbeddedServerError, find_binaries
from exchange.store.embedded.binaries import program_environment
from loadtests.http_client import HttpConnection
from loadtests.loops import ClosedLoop, Tally
from loadtests.mix import START_PRICE
from loadtests.percentiles import Percentiles

CLIENTS: Final = 32
"""How many ask at a time; the number that P is defined with."""

DATABASE: Final = "floor"
PGBENCH_SCALE: Final = 10
_TPS: Final = re.compile(r"tps = ([0-9.]+) \(without initial connection time\)")
_LONGER: Final = (4, 16)
"""How many times as long pgbench runs where no transaction came to its end."""


@dataclass(frozen=True, slots=True)
class Durable:
    """What PostgreSQL manages: transactions a second by many clients (P or P′), and the latency of one alone."""

    name: str
    per_second: float
    single: Percentiles


class EchoTrader:
    """Sends orders to the echo, another one each time."""

    def __init__(self, number: int) -> None:
        """``number`` makes the orders of each connection differ."""
        self._numbers = itertools.count(number)

    def next(self) -> bytes:
        """The next request: the very bytes that the exchange gets, with headers that the echo does not look at."""
        number = next(self._numbers)
        price = START_PRICE + number % 50
        body = b'{"instrument":"ins-12","side":"BUY","time_in_force":"GTC","price":"%d.%02d","quantity":%d}' % (
            price // 100,
            price % 100,
            1 + number % 100,
        )
        return _ECHO % (number, len(body), body)

    def heard(self, status: int, body: bytes) -> int:
        """One command where it was echoed."""
        return 1 if status == 201 and body else 0


_ECHO: Final = (
    b"POST /v1/orders HTTP/1.1\r\ncontent-type: application/json\r\nhost: bench\r\n"
    b"authorization: Bearer key-1-2.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
    b"idempotency-key: r1-%d\r\ncontent-length: %d\r\n\r\n%b"
)


@dataclass(frozen=True, slots=True)
class Echoed:
    """What the echo managed, and the processor time that one order took it."""

    tally: Tally
    cpu_us: float


async def echo_floor(folder: Path, seconds: float, environment: dict[str, str]) -> Echoed:
    """Start the echo and ask it from 32 connections."""
    port = free_port()
    command = [sys.executable, "-m", "exchange.cli.bench.echo", str(port)]
    with child(command, environment, folder / "echo.log") as process:
        await until_ready(port, READY, process, folder / "echo.log")
        pairs = [(await HttpConnection.open("127.0.0.1", port), EchoTrader(n * 1000)) for n in range(CLIENTS)]
        loop = ClosedLoop(pairs)
        before = cpu_seconds(process.pid)
        tally = await loop.run(min(1.0, seconds), seconds)
        await loop.finish()
        commands = tally.commands + loop.before.commands
        cpu = (cpu_seconds(process.pid) - before) / max(commands, 1) * 1e6
        for connection, _ in pairs:
            connection.close()
    return Echoed(tally, cpu)


async def durable_floor(venue: Venue, seconds: float) -> Durable:
    """P or P′, and the single-row commit, on the server of a venue."""
    async with _floor_database(venue) as url:
        rate = await asyncio.to_thread(_pgbench, venue, url, seconds)
        if rate is not None:
            return Durable("P: pgbench simple update, 32 clients", rate, await single_row_commits(url, seconds))
        rate = await _many_commits(url, seconds)
        return Durable(
            "P′: single-row commits, 32 connections (no pgbench)", rate, await single_row_commits(url, seconds)
        )


@asynccontextmanager
async def _floor_database(venue: Venue) -> AsyncIterator[str]:
    url = venue.server.create_database(DATABASE).owner
    try:
        yield url
    finally:
        venue.server.drop_database(DATABASE)


def _pgbench(venue: Venue, url: str, seconds: float) -> float | None:
    """Transactions a second; None when there is no pgbench."""
    program = _program(venue)
    if program is None:
        return None
    quiet = {"capture_output": True, "text": True, "env": program_environment()}
    subprocess.run([program, "-i", "-q", "-s", str(PGBENCH_SCALE), url], check=True, **quiet)  # type: ignore[call-overload]
    options = ["-b", "simple-update", "-M", "prepared", "-n", "-c", str(CLIENTS), "-j", "2"]

    def told(length: int) -> str:
        command = [program, *options, "-T", str(length), url]
        said: str = subprocess.run(command, check=True, **quiet).stdout  # type: ignore[call-overload]
        return said

    return rate_of(told, max(round(seconds), 1))


def rate_of(told: Callable[[int], str], seconds: int) -> float:
    """Transactions a second, as pgbench tells them of a run of so many seconds. It tells no rate where it brought none
    to its end, as on a machine that others keep busy; then it runs longer.
    """
    for length in (seconds, *(seconds * more for more in _LONGER)):
        found = _TPS.search(told(length))
        if found is not None:
            return float(found[1])
    raise CommandError(
        f"pgbench brought no transaction to its end in {length} s. pgbench 未完成任何事务。",
        "try again when the machine has less to do 请在机器空闲时重试",
    )


def _program(venue: Venue) -> str | None:
    """pgbench of the server's own binaries, else of the machine."""
    with contextlib.suppress(EmbeddedServerError):
        program = Path(find_binaries(venue.server.cluster.major()).program("pgbench"))
        if program.exists():
            return str(program)
    return shutil.which("pgbench")


async def _many_commits(url: str, seconds: float) -> float:
    """P′: commits a second of 32 connections."""
    await _make_table(url)
    counts = await asyncio.gather(*(_commits(url, seconds) for _ in range(CLIENTS)))
    return sum(latencies.count for latencies in counts) / seconds


async def single_row_commits(url: str, seconds: float) -> Percentiles:
    """The latency of committing one row, one after the other."""
    await _make_table(url)
    return await _commits(url, seconds)


async def _commits(url: str, seconds: float) -> Percentiles:
    connection = await connect(url, WRITER)
    latencies = Percentiles()
    try:
        insert = await connection.prepare("INSERT INTO one_row (x) VALUES (1)")
        ends = time.perf_counter() + seconds
        while (started := time.perf_counter()) < ends:
            await insert.fetch()
            latencies.add(int((time.perf_counter() - started) * 1e6))
    finally:
        await connection.close()
    return latencies


async def _make_table(url: str) -> None:
    connection = await connect(url, WRITER)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS one_row (id bigserial PRIMARY KEY, x int)")
    finally:
        await connection.close()
