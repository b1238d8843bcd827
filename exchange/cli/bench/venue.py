"""The place of a measurement: a private PostgreSQL, a venue on it with its stage set, and the service as a process.

The database belongs to the bench, not to the service, so that floors (pgbench, a single-row commit) run on the very
same server, and its processor time and write-ahead log can be told apart from those of the service.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from exchange.bootstrap.database import Database
from exchange.bootstrap.service import prepare, running
from exchange.cli.bench.processes import Used, cpu_seconds, tree_cpu_seconds
from exchange.cli.demo.service import free_port
from exchange.cli.problem import CommandError
from exchange.config import PREFIX, Settings
from exchange.sequencer.sequencer import Sequencer
from exchange.store.connecting import COMMON, connect
from exchange.store.embedded import EmbeddedServer, temporary_home

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

START_SECONDS: Final = 300.0
STOP_SECONDS: Final = 120.0
LOG_LINES: Final = 20
LOG_MEGABYTES: Final = 1_000
"""As much of the write-ahead log as a server keeps that has been at work for a while (its ``min_wal_size``)."""
READY: Final = b"GET /ready HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n"

UNBOUNDED: Final = {
    "EXCHANGE_CONNECTIONS": "10000",
    "EXCHANGE_CONNECTIONS_PER_ADDRESS": "10000",
    "EXCHANGE_RATE_ORDERS": "10000000",
    "EXCHANGE_RATE_CANCELS": "10000000",
    "EXCHANGE_RATE_READS": "10000000",
    "EXCHANGE_RATE_ADDRESS": "10000000",
}
"""What keeps one client from taking everything would keep the bench, which is one client, from measuring it. The work
of counting is still done.
"""

_Made = TypeVar("_Made")


@dataclass(slots=True)
class Venue:
    """A database server and a folder; the service on it is started and stopped as often as a bench wants."""

    home: Path
    server: EmbeddedServer
    options: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the service, without any of the caller's own exchange."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return inherited | UNBOUNDED | self.options | self._own()

    def _own(self) -> dict[str, str]:
        return {
            "EXCHANGE_DATA_DIR": str(self.home),
            "EXCHANGE_DATABASE_URL": self.server.service_dsn,
            "EXCHANGE_OWNER_DATABASE_URL": self.server.owner_dsn,
        }

    async def inside(self, work: Callable[[Sequencer], Awaitable[_Made]]) -> _Made:
        """Run the exchange in this process, without HTTP, and do something with its sequencer."""
        settings = Settings.from_environment(self.environment)
        database = Database(self.server.service_dsn, self.server.owner_dsn, "the bench's PostgreSQL")
        await prepare(database, _silent)
        async with running(settings, database, _silent) as parts:
            return await work(parts.sequencer)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A connection of the owner, for looking."""
        connection = await connect(self.server.owner_dsn, COMMON)
        try:
            yield connection
        finally:
            await connection.close()

    @property
    def log_file(self) -> Path:
        """What the service says."""
        return self.home / "service.log"

    @asynccontextmanager
    async def service(self) -> AsyncIterator[Service]:
        """The service as a process of its own, ready; stopped at the end."""
        port = free_port()
        command = [sys.executable, "-m", "exchange", "serve", "--stop-with-stdin", "--port", str(port)]
        with child(command, self.environment, self.log_file) as process:
            started = time.perf_counter()
            await until_ready(port, READY, process, self.log_file)
            yield Service(port, process.pid, self, time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    port: int
    pid: int
    venue: Venue
    start_seconds: float

    async def used(self) -> Used:
        """What service and database have used so far."""
        async with self.venue.connected() as connection:
            wal = await connection.fetchval("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
        return Used(cpu_seconds(self.pid), tree_cpu_seconds(self.venue.server.postmaster_pid or 0), int(wal))


@contextmanager
def open_venue(options: dict[str, str] | None = None, home: Path | None = None) -> Iterator[Venue]:
    """A venue in a folder of its own, or in one that stays."""
    with contextlib.ExitStack() as stack:
        folder = home or stack.enter_context(temporary_home())
        server = stack.enter_context(EmbeddedServer.start(folder))
        server.fill_log(LOG_MEGABYTES)
        yield Venue(folder, server, options or {})


@contextmanager
def child(command: list[str], environment: dict[str, str], log_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that stops when its standard input closes, and is waited for."""
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def until_ready(port: int, request: bytes, process: subprocess.Popen[bytes], log_file: Path) -> None:
    """Wait until a request is answered with 200.

    Raises:
        CommandError: when the process ends or takes too long.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CommandError(
                f"a process did not start (exit code {process.returncode}) 进程未能启动：\n{_last_lines(log_file)}"
            )
        with contextlib.suppress(OSError):
            if await _is_answered(port, request):
                return
        await asyncio.sleep(0.02)
    raise CommandError(
        f"a process was not ready after {START_SECONDS:.0f} s. 进程未能就绪", f"read {log_file} 请查看日志"
    )


def _last_lines(log_file: Path) -> str:
    return "\n".join(log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])


async def _is_answered(port: int, request: bytes) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return b" 200 " in await reader.readline()
    finally:
        writer.close()


def _silent(_: str) -> None:
    """The start of the exchange inside of the bench says nothing."""
