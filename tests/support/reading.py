"""Somebody who reads a page of docs and types it, from the top to the bottom, in a folder of their own.

A block of Python is saved under the name in its first line; the lines of a shell block are run, and the block of output
behind it must be what they print. What a page starts in a terminal of its own stays until the end. Only the reader's
surroundings are put in: the Python, the folders, free ports.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import httpx

from exchange.cli.demo.service import free_port
from exchange.config import PREFIX
from tests.architecture.sources import ROOT
from tests.docs.outputs import OUTPUT, first_difference
from tests.docs.pages import Block, Page

SECONDS: Final = 120.0
EXCHANGE: Final = "./dev run"
REGISTRY: Final = "./dev registry"


class Reader:
    """A folder with the project's Python, and what its owner saw."""

    def __init__(self, folder: Path, places: Mapping[str, Path], stays: tuple[str, ...] = (EXCHANGE,)) -> None:
        """``places`` are the folders that the page names with ``~``, ``stays`` what runs in a terminal of its own."""
        self.folder = folder
        self.places = places
        self.port, self.registry_port = free_port(), free_port()
        self.printed: dict[str, str] = {}
        self.told = ""
        self.terminals: dict[str, subprocess.Popen[str]] = {}
        self.seen_meanwhile: dict[str, str] = {}
        self._stays = stays
        self._logs: dict[str, Path] = {}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self.environment = inherited | {"EXCHANGE_PORT": str(self.port)}
        self.environment.pop("PYTHONUNBUFFERED", None)  # a reader has none, so what a program prints must come out

    def here(self, text: str) -> str:
        """The text with this reader's surroundings."""
        text = text.replace(".venv/bin/python", sys.executable)
        for place, folder in self.places.items():
            text = text.replace(place, str(folder))
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        text = text.replace("127.0.0.1:8100", f"127.0.0.1:{self.registry_port}")
        exchange = f"exec {sys.executable} -m exchange"
        text = text.replace(REGISTRY, f"{exchange} registry-simulator --port {self.registry_port}")
        text = text.replace(EXCHANGE, f"{exchange} serve")
        return text.replace("docs/examples/", f"{ROOT}/docs/examples/")

    def read(self, page: Page) -> None:
        """Do everything that a page says."""
        typed: tuple[str, ...] = ()
        for block in page.blocks():
            if block.language == "python":
                self.save(block.lines)
            if block.language == "sh":
                typed = block.lines
                self.told = "".join(self.type(line) for line in typed)
            if block.language == OUTPUT:
                self.compare(block, typed)
        self.seen_meanwhile = {name: self.said(name) for name in self.terminals}

    def save(self, lines: tuple[str, ...]) -> None:
        """Put a program into the file that its first line names."""
        name = lines[0].removeprefix("# ")
        assert re.fullmatch(r"[a-z]+\.py", name), lines[0]
        (self.folder / name).write_text(self.here("\n".join(lines) + "\n"), encoding="utf-8")

    def compare(self, block: Block, typed: tuple[str, ...]) -> None:
        """Hold what the page shows against what was printed; a terminal may still be about to say it."""
        shown = [self.here(line) for line in block.lines]
        terminal = self._stays_of(typed[-1])
        if terminal is not None:
            self._wait(terminal, lambda: not first_difference(shown, self.said(terminal)))
            return
        wrong = first_difference(shown, self.told)
        assert not wrong, f"line {block.first_line}: {wrong}\n{self.told}"

    def _stays_of(self, line: str) -> str | None:
        """The name of what a line starts in a terminal of its own."""
        return next((name for name in self._stays if name in line), None)

    def type(self, line: str) -> str:
        """Run a line, wait for its end unless it stays, and tell what it has printed."""
        stays = self._stays_of(line)
        if stays is not None:
            self._open_terminal(stays, line)
            return ""
        done = self.run(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stderr == "", line
        self.printed[line] = self.printed.get(line, "") + done.stdout
        return done.stdout

    def run(self, line: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """What a line comes to, in the reader's folder or another."""
        return subprocess.run(
            self.here(line),
            shell=True,
            cwd=folder or self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )

    def told_by(self, part: str) -> str:
        """What the first line with this in it printed."""
        return next(text for line, text in self.printed.items() if part in line)

    def _open_terminal(self, name: str, line: str) -> None:
        self._logs[name] = self.folder / f"terminal-{len(self._logs)}.log"
        with self._logs[name].open("w", encoding="utf-8") as log:
            self.terminals[name] = subprocess.Popen(
                self.here(line),
                shell=True,
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                start_new_session=True,
            )
        if name == EXCHANGE:
            self._wait(name, self._exchange_is_ready)
        if name == REGISTRY:
            self._wait(name, lambda: "answers at" in self.said(name))

    def _wait(self, name: str, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            assert self.terminals[name].poll() is None, self.said(name)
            if is_there():
                return
            time.sleep(0.1)
        raise AssertionError(self.said(name))

    def _exchange_is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/ready", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def said(self, name: str) -> str:
        """What a terminal shows."""
        return self._logs[name].read_text(encoding="utf-8")

    def close(self, name: str, number: signal.Signals = signal.SIGINT) -> None:
        """Ctrl-C in a terminal."""
        process = self.terminals.pop(name, None)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, number)
            process.wait(SECONDS)

    def close_all(self) -> None:
        """Leave nothing running."""
        for name in reversed(self._stays):
            self.close(name, signal.SIGTERM)
