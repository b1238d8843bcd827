"""The tutorial, typed from the top to the bottom as its reader types it, against a sandbox of its own.

A block of Python is saved under the name in its first line; the lines of a shell block are run. What the page starts in
a terminal of its own stays until the end. Only the reader's surroundings are put in: the Python, the folder for the
sandbox's data, and a free port. The Chinese page has the same blocks, which tests/docs holds it to.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import httpx
import pytest

from exchange.cli.demo.service import free_port
from exchange.client.sync import Exchange
from exchange.config import PREFIX
from exchange.store.embedded import temporary_home
from tests.architecture.sources import ROOT
from tests.docs.pages import page

pytestmark = [pytest.mark.processes, pytest.mark.slow]

TUTORIAL: Final = page("docs/tutorial-api.md")
STAYS: Final = ("./dev run", "quote_maker.py")
"""What runs in a terminal of its own."""

SECONDS: Final = 120.0


class Reader:
    """Somebody in a folder with the project's Python, and what they saw."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.data = data
        self.port = free_port()
        self.printed: dict[str, str] = {}
        self.terminals: dict[str, subprocess.Popen[str]] = {}
        self.seen_meanwhile = ""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self.environment = inherited | {"EXCHANGE_PORT": str(self.port)}
        self.environment.pop("PYTHONUNBUFFERED", None)  # a reader has none, so what a program prints must come out

    def here(self, line: str) -> str:
        """The line with this reader's surroundings."""
        line = line.replace(".venv/bin/python", sys.executable).replace("~/carbon-sandbox", str(self.data))
        line = line.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        line = line.replace("./dev run", f"exec {sys.executable} -m exchange serve")
        return line.replace("docs/examples/", f"{ROOT}/docs/examples/")

    def save(self, lines: tuple[str, ...]) -> None:
        """Put a program into the file that its first line names."""
        name = lines[0].removeprefix("# ")
        assert re.fullmatch(r"[a-z]+\.py", name), lines[0]
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def type(self, line: str) -> None:
        """Run a line, and wait for its end unless it stays."""
        stays = [name for name in STAYS if name in line]
        if stays:
            self._open_terminal(stays[0], line)
            return
        done = self.run(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stderr == "", line
        self.printed[line] = self.printed.get(line, "") + done.stdout

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

    def _open_terminal(self, name: str, line: str) -> None:
        log = (self.folder / f"terminal-{len(self.terminals)}.log").open("w", encoding="utf-8")
        with log:
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
        if name == STAYS[0]:
            self._wait_for_the_exchange(self.terminals[name])

    def _wait_for_the_exchange(self, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + SECONDS
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as http:
            while time.monotonic() < deadline:
                assert process.poll() is None, self.said(0)
                try:
                    if http.get("/ready").is_success:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise AssertionError(self.said(0))

    def said(self, number: int) -> str:
        """What a terminal shows."""
        return (self.folder / f"terminal-{number}.log").read_text(encoding="utf-8")

    def close(self, name: str, number: signal.Signals = signal.SIGINT) -> None:
        """Ctrl-C in a terminal."""
        process = self.terminals.pop(name, None)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, number)
            process.wait(SECONDS)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The reader after the last line of the page."""
    with temporary_home() as data:
        found = Reader(tmp_path_factory.mktemp("reader"), data)
        try:
            for block in TUTORIAL.blocks():
                if block.language == "python":
                    found.save(block.lines)
                for line in block.lines if block.language == "sh" else ():
                    found.type(line)
            found.seen_meanwhile = found.said(1)
            found.close("quote_maker.py")
            yield found
        finally:
            for name in reversed(STAYS):
                found.close(name, signal.SIGTERM)


def printed(reader: Reader, program: str) -> str:
    return next(text for line, text in reader.printed.items() if program in line)


def test_every_block_is_typed(reader: Reader) -> None:
    assert {block.language for block in TUTORIAL.blocks()} == {"sh", "python"}
    typed = "\n".join(reader.printed)
    for program in reader.folder.glob("*.py"):
        assert f".venv/bin/python {program.name}" in typed


def test_the_examples_of_the_folder_are_all_on_the_page() -> None:
    for example in (ROOT / "docs" / "examples").glob("*.py"):
        assert f"docs/examples/{example.name}" in TUTORIAL.text


def test_the_firm_has_what_the_page_says(reader: Reader) -> None:
    said = printed(reader, " first.py")
    assert "10000000.00 CNY" in said
    assert "100000 t FORESTRY_CCER" in said
    assert "100000 t REDUCTION_QUOTA" in said
    assert "SANDBOX-CCER 63.00 to 77.00" in said


def test_an_order_is_placed_once_and_a_refusal_explains_itself(reader: Reader) -> None:
    said = printed(reader, " order.py")
    assert "NEW placed once: True" in said
    assert "PRICE_OUTSIDE_BAND {'lowest_price': '63.00', 'highest_price': '77.00'}" in said
    assert "rule BAND-" in said
    assert said.rstrip().endswith("CANCELLED")


def test_a_batch_has_a_result_for_each(reader: Reader) -> None:
    lines = printed(reader, " many.py").splitlines()
    assert lines[:3] == ["201 50", "201 50", "200 40"]
    assert lines[3].startswith("404 404 ORDER_NOT_FOUND")
    assert "low 68.00 40" in lines
    assert "['OrderAccepted', 'OrderRested', 'OrderReduced']" in lines
    assert lines[-1] == "2 cancelled"


def test_the_stream_brings_the_book_and_the_trade(reader: Reader) -> None:
    said = printed(reader, " live.py")
    assert "on offer: 200 t at 70.50" in said
    assert "FILLED" in said
    assert "bought 50 t at 70.50 from FOREST" in said


def test_the_buyer_buys_once(reader: Reader) -> None:
    first, second = printed(reader, "retrying_buyer.py").splitlines()
    assert first == second
    assert re.fullmatch(r"job first: [1-9]\d* t for [\d.]+ CNY", first)
    assert "t would cost" in printed(reader, "book_viewer.py") or "not on offer" in printed(reader, "book_viewer.py")


def test_the_key_is_replaced(reader: Reader) -> None:
    said = printed(reader, " rotate.py").splitlines()
    assert said[0] == "OPEN"
    assert re.fullmatch(r"now with key-\d+(-\d+)?", said[1])
    assert {path.name for path in reader.folder.glob("steel*")} == {"steel.key.json", "steel-2.key.json"}
    assert reader.run(".venv/bin/python rotate.py").stdout.splitlines() == said[1:]


CUTS: Final = ("        made = exchange.keys.rotate(", "    KeyFile(url, made.token, private_key).save(new)")
"""Before the exchange is asked for the new key, and after it has answered: the worst moment."""


def test_a_rotation_that_is_cut_off_loses_no_key_and_withdraws_once(reader: Reader, tmp_path: Path) -> None:
    shutil.copy(reader.folder / "forest.key.json", tmp_path / "steel.key.json")
    whole = (reader.folder / "rotate.py").read_text(encoding="utf-8")
    for cut in CUTS:
        indent = cut[: -len(cut.lstrip())]
        (tmp_path / "rotate.py").write_text(whole.replace(cut, f'{indent}raise SystemExit("cut off")\n{cut}'))
        done = reader.run(".venv/bin/python rotate.py", tmp_path)
        assert (done.returncode, done.stderr, done.stdout) == (1, "cut off\n", "OPEN\n")
        assert not (tmp_path / "steel-2.key.json").exists()
    (tmp_path / "rotate.py").write_text(whole)
    done = reader.run(".venv/bin/python rotate.py", tmp_path)
    assert re.fullmatch(r"OPEN\nnow with key-\d+(-\d+)?\n", done.stdout), done.stderr
    with Exchange.from_file(tmp_path / "steel-2.key.json") as exchange:
        assert exchange.cash.account().held == Decimal("1000.00")
    assert not (tmp_path / "steel-2.draft.json").exists()


def test_an_order_that_is_run_again_has_nothing_to_cancel(reader: Reader) -> None:
    done = reader.run(".venv/bin/python order.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "nothing to cancel: ORDER_NOT_FOUND"


EXAMPLES: Final = {
    "book_viewer.py": "",
    "quote_maker.py": "",
    "retrying_buyer.py": " --job none --tonnes 1 --limit 75.00",
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_says_in_a_line_what_it_cannot_use(reader: Reader, name: str) -> None:
    for given, why in (
        ("nofile.json SANDBOX-CCER", "No such file or directory: 'nofile.json'"),
        ("order.py SANDBOX-CCER", "order.py is no key file"),
        ("steel.key.json NOTHING", "no instrument has the symbol NOTHING"),
    ):
        done = reader.run(f".venv/bin/python docs/examples/{name} {given}{EXAMPLES[name]}")
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert why in done.stderr


def test_the_quote_maker_leaves_nothing_behind(reader: Reader) -> None:
    assert "quoting 200 t" in reader.seen_meanwhile, "it says nothing while its output goes to a file"
    assert "BUY 200 t" not in reader.said(1)
    assert "SELL" in reader.said(1)
    assert reader.said(1).rstrip().endswith("orders cancelled")
    assert "Traceback" not in reader.said(1)
