"""A child process of the demo: started on a folder of its own, stopped cleanly, never left behind.

The child's standard input is a pipe that only the demo holds, and the child stops when it closes; so it ends with the
demo in every case, also when the demo is killed.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from exchange.cli.listening import cannot_listen
from exchange.cli.problem import CommandError
from exchange.config import PREFIX

START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 120.0
LOG_LINES: Final = 20


class Program(ABC):
    """A command of ``exchange`` that serves at an address, with ``log_file`` for what it says.

    ``english`` and ``chinese`` are what people call it.
    """

    english = "the program"
    chinese = "程序"

    def __init__(self, folder: Path, port: int, log_name: str) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = folder / log_name
        self._process: subprocess.Popen[bytes] | None = None

    def poll(self) -> int | None:
        """The exit code of the program, or None while it runs."""
        return None if self._process is None else self._process.poll()

    def launch(self, command: list[str], environment: Mapping[str, str]) -> None:
        """Begin a command of ``exchange``, after the end of the one before; it is not ready when this returns."""
        self.end()
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exchange", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the demo, which then stops its children
            )

    @abstractmethod
    async def answers(self, http: httpx.AsyncClient) -> bool:
        """Whether it can be used; may raise httpx.TransportError."""

    async def wait_until_ready(self) -> None:
        """Wait until it can be used.

        Raises:
            CommandError: when it ends, or takes too long.
        """
        deadline = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            while time.monotonic() < deadline:
                code = self.poll()
                if code is not None:
                    raise CommandError(
                        f"{self.english} did not start (exit code {code}) "
                        f"{self.chinese}未能启动：\n{self._last_lines()}"
                    )
                if await self._has_answered(http):
                    return
                await asyncio.sleep(0.1)
        raise CommandError(
            f"{self.english} was not ready after {START_SECONDS:.0f} s. {self.chinese}未能就绪",
            f"read {self.log_file} 请查看日志文件",
        )

    async def _has_answered(self, http: httpx.AsyncClient) -> bool:
        try:
            return await self.answers(http)
        except httpx.TransportError:
            return False

    def ended_by_itself(self, *remedies: str) -> CommandError:
        """What is told of a program that nobody has ended, with the last lines of its log."""
        return CommandError(
            f"{self.english} ended by itself with exit code {self.poll()}. "
            f"{self.chinese}自行停止，其日志末尾为：\n{self._last_lines()}",
            f"read {self.log_file} 请查看日志文件",
            *remedies,
        )

    def finish(self) -> None:
        """Stop cleanly.

        Raises:
            CommandError: when it does not, or not in time.
        """
        process = self._process
        assert process is not None
        self._let_go()
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise CommandError(
                f"{self.english} did not stop in time. {self.chinese}未能按时停止",
                f"read {self.log_file} 请查看日志文件",
            ) from None
        if code != 0:
            raise CommandError(
                f"{self.english} ended with exit code {code}. {self.chinese}未正常结束",
                f"read {self.log_file} 请查看日志文件",
            )

    def end(self) -> None:
        """Make sure that nothing runs any more, however the demo ended."""
        if self._process is None:
            return
        self._let_go()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """SIGKILL, as when its machine loses power; it can be started again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _let_go(self) -> None:
        """Close the pipe, which is the order to stop."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.close()

    def _last_lines(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join(f"    {line}" for line in lines)


def clean_environment() -> dict[str, str]:
    """The environment without any setting of the caller's own exchange.

    PYTHONHASHSEED is left out too: a program hashes as chance will have it.
    """
    return {
        name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name != "PYTHONHASHSEED"
    }


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def demand_free(port: int) -> None:
    """Say so at once when the port is taken, or is not for us."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise cannot_listen("127.0.0.1", port, error, "./dev demo --port") from None
