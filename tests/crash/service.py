"""The real service as a process that is started, watched and killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from exchange.config import PREFIX

READY_SECONDS = 60.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.04

KILLED = -signal.SIGKILL


class ServiceError(Exception):
    """The service did not do what a service must: the crash test has failed."""


class Service:
    """One exchange on one port and one data folder, in one process after the other."""

    def __init__(
        self, folder: Path, log: Path, database_url: str | None, settings: Mapping[str, str] | None = None
    ) -> None:
        """``database_url`` None lets the service start its private PostgreSQL, which dies with it; ``settings`` are
        further ones, by the names that they have outside.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.starts = 0
        self.settings = dict(settings or {})
        self._database_url = database_url
        self._process: subprocess.Popen[bytes] | None = None

    def twin(self) -> Service:
        """Another service on the same database, with a folder and a port of its own."""
        return Service(self.folder / "twin", self.log.with_stem("twin"), self._database_url)

    def start(self, crash_at: str = "", snapshot_every: int = 100_000) -> None:
        """Start a process; it may die at once if it is told to."""
        assert self._process is None
        own = {
            "EXCHANGE_DATA_DIR": str(self.folder),
            "EXCHANGE_PORT": str(self.port),
            "EXCHANGE_SNAPSHOT_EVERY": str(snapshot_every),
            "EXCHANGE_CRASH_AT": crash_at,
            "EXCHANGE_DATABASE_URL": self._database_url or "",
            **self.settings,
            **{f"EXCHANGE_RATE_{what}": "1000000" for what in ("ORDERS", "CANCELS", "READS", "ADDRESS", "KEYS")},
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        with self.log.open("ab") as log:
            log.write(f"--- start {self.starts}: {crash_at or 'no crash'}\n".encode())
            log.flush()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exchange", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=inherited | own,
                start_new_session=True,
            )
        self.starts += 1

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    async def wait_until_ready(self) -> bool:
        """Wait until it takes commands; False when it died before. Raises ServiceError when neither happens."""
        deadline = time.monotonic() + READY_SECONDS
        async with httpx.AsyncClient(trust_env=False) as http:
            while time.monotonic() < deadline:
                if not self.is_alive:
                    return False
                try:
                    if (await http.get(f"{self.url}/ready")).status_code == httpx.codes.OK:
                        return True
                except httpx.TransportError:
                    pass
                await asyncio.sleep(POLL_SECONDS)
        raise ServiceError(f"not ready after {READY_SECONDS:.0f} s:\n{self.last_lines()}")

    async def wait_until_dead(self, seconds: float) -> bool:
        """Wait for the end; False when it still lives after so long."""
        deadline = time.monotonic() + seconds
        while self.is_alive and time.monotonic() < deadline:  # noqa: ASYNC110  a process has no event
            await asyncio.sleep(POLL_SECONDS)
        return not self.is_alive

    def kill(self) -> None:
        """SIGKILL, if it still lives."""
        if self.is_alive:
            assert self._process is not None
            self._process.kill()

    def bury(self) -> int:
        """The exit code of a dead process; another one may be started then."""
        assert self._process is not None
        code = self._process.wait()
        self._process = None
        return code

    async def stop(self) -> None:
        """Stop it as an operator does; raises ServiceError when it does not end well."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        if not await self.wait_until_dead(STOP_SECONDS):
            self.kill()
            raise ServiceError(f"did not stop:\n{self.last_lines()}")
        if (code := self.bury()) != 0:
            raise ServiceError(f"ended with exit code {code}:\n{self.last_lines()}")

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
