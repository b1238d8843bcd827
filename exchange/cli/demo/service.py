"""The exchange as a child process of the demo: started on fresh data, stopped cleanly, never left behind.

The child's standard input is a pipe that only the demo holds, and the child stops when it closes; so it ends with the
demo in every case, also when the demo is killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from exchange.bootstrap.genesis import FirstKey
from exchange.cli.demo.cast import first_keys
from exchange.cli.listening import cannot_listen
from exchange.cli.problem import CommandError
from exchange.config import PREFIX
from exchange.store.embedded import is_in_use

START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 120.0
MARKER: Final = "made-by-the-demo"
END_REPORT: Final = "end-report.json"
LOG_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class EndReport:
    """What the service itself said about its state when it stopped: last entry, its head and the state's hash."""

    entries: int
    head: str
    state: str


class Service:
    """One exchange on a folder of its own; ``settings`` are further ones, by the names that they have outside."""

    def __init__(self, folder: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.settings = dict(settings or {})
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of programs that work on this folder, without any setting of the caller's own exchange.

        PYTHONHASHSEED is left out too: the service hashes as chance will have it.
        """
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(PREFIX) and name != "PYTHONHASHSEED"
        }
        own = {"EXCHANGE_DATA_DIR": str(self.folder), "EXCHANGE_PORT": str(self.port)}
        return inherited | own | self.settings

    @property
    def log_file(self) -> Path:
        """What the service says."""
        return self.folder / "service.log"

    async def start(self, *options: str) -> dict[str, FirstKey]:
        """Start, with more options of ``serve``, and wait until it takes commands; the first keys by name."""
        self.end()
        command = [sys.executable, "-m", "exchange", "serve", "--stop-with-stdin"]
        command += ["--end-report", str(self.folder / END_REPORT), *options]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  nothing else runs yet
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,  # Ctrl-C is for the demo, which then stops the service
            )
        await self._wait_until_ready()
        return first_keys(self.folder)

    def poll(self) -> int | None:
        """The exit code of the service, or None while it runs."""
        return None if self._process is None else self._process.poll()

    def stop(self) -> EndReport:
        """Stop cleanly and read what the service says about its end."""
        process = self._process
        assert process is not None
        self._let_go()
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise CommandError(
                "the exchange did not stop in time. 交易所未能按时停止", f"read {self.log_file} 请查看日志文件"
            ) from None
        if code != 0:
            raise CommandError(
                f"the exchange ended with exit code {code}. 交易所未正常结束", f"read {self.log_file} 请查看日志文件"
            )
        return EndReport(**json.loads((self.folder / END_REPORT).read_text()))

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

    def _let_go(self) -> None:
        """Close the pipe, which is the order to stop."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.close()

    async def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            while time.monotonic() < deadline:
                code = self.poll()
                if code is not None:
                    raise CommandError(
                        f"the exchange did not start (exit code {code}) 交易所未能启动：\n{self._last_lines()}"
                    )
                if await _is_ready(http):
                    return
                await asyncio.sleep(0.1)
        raise CommandError(
            f"the exchange was not ready after {START_SECONDS:.0f} s. 交易所未能就绪",
            f"read {self.log_file} 请查看日志文件",
        )

    def _last_lines(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join(f"    {line}" for line in lines)


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/ready")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


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


def fresh_folder(parent: Path) -> Path:
    """An empty folder for a demo; what an earlier demo left there is removed, and nothing that a demo did not make."""
    folder = parent / "demo"
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARKER).exists():
                raise CommandError(
                    f"{folder} is not a demo's folder, so it is not emptied. 此目录不是演示目录，不会清空",
                    "move it away 请先移走",
                )
            if is_in_use(folder):
                raise CommandError(
                    f"another demo runs in {folder}. 另一演示正在此目录运行",
                    "stop it with Ctrl-C, or choose another EXCHANGE_DATA_DIR 请按 Ctrl-C 停止，或另选目录",
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text("Made by `exchange demo`, which removes this folder when it starts again.\n")
    except OSError as error:
        raise CommandError(
            f"cannot write in {folder}: {error.strerror}. 无法写入该目录",
            "choose another folder with EXCHANGE_DATA_DIR 请用 EXCHANGE_DATA_DIR 另选目录",
        ) from None
    return folder
