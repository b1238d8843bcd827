"""What the README says to type while the demo runs is typed here, line by line, as a reader does it.

The demo's market is played on a real service. Then a shell gets each line of the section's blocks as it stands. Only
what the page itself leaves to the reader is put in: the values that begin with ``the-``, from what was printed before,
and where this exchange is instead of where the reader's would be. The Chinese page has the same commands, which
tests/docs holds it to.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest

from exchange.cli.demo.cast import open_stage
from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import Service
from exchange.cli.demo.story import tell
from exchange.cli.terminal import Screen
from tests.docs.pages import Page, page
from tests.support.service import a_service_and_its_registry

pytestmark = [
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the page is about curl"),
]

README: Final = page("README.md")
SECTION: Final = Page(README.path, README.section("Talk to it"))
ASSIGNMENT: Final = re.compile(r"([A-Z_]+)=(\S+)")
DEMO_FOLDER: Final = "~/.local/share/carbon-exchange/demo"
DEMO_URL: Final = "http://127.0.0.1:8000"


class Reader:
    """Types what the page says and remembers what was printed."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.variables: dict[str, str] = {}
        self.printed: list[tuple[str, str]] = []

    def type(self, line: str) -> str:
        """Give a line to the shell, or keep a value for the lines after it; what was printed."""
        assigned = ASSIGNMENT.fullmatch(line)
        if assigned is not None:
            self.variables[assigned[1]] = self.here(assigned[2])
            return ""
        command = line.replace(".venv/bin/python", sys.executable).replace(DEMO_FOLDER, str(self.service.folder))
        output = self._run(["sh", "-c", command])
        self.printed.append((line, output))
        return output

    def type_python(self, lines: tuple[str, ...]) -> str:
        """Give lines to the interpreter that the page names; what was printed."""
        text = "\n".join(lines)
        for placeholder in re.findall(r'"([^"\s]*the-[^"]*|http[^"]*)"', text):
            text = text.replace(placeholder, self.here(placeholder))
        return self._run([sys.executable, "-m", "asyncio"], text + "\n\n")

    def here(self, value: str) -> str:
        """What a reader of this page would put in the place of a value."""
        if value == DEMO_URL:
            return self.service.url
        return PUT_IN[value](self)

    def answer(self, end: str = "") -> Any:  # Any: whatever JSON the exchange answers
        """The newest answer, of the requests whose address ends so."""
        asked = ((line.partition(" | ")[0], output) for line, output in reversed(self.printed))
        return json.loads(next(output for line, output in asked if line.endswith(end)))

    def last_cell(self, row: str) -> str:
        """The last cell of a row that a command printed."""
        lines = (line for _, output in self.printed for line in output.splitlines())
        return next(line for line in lines if line.startswith(row)).split()[-1]

    def cell(self, row: str) -> str:
        """The second cell of a row that a command printed."""
        lines = (line for _, output in self.printed for line in output.splitlines())
        return next(line for line in lines if line.startswith(f"{row} ")).split()[1]

    def _run(self, command: list[str], typed: str = "") -> str:
        result = subprocess.run(
            command,
            env=self.service.environment | self.variables,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert result.returncode == 0, (command, result.stderr)
        return result.stdout


PUT_IN: Final[dict[str, Callable[[Reader], str]]] = {
    "the-token-of-operator-a": lambda reader: reader.last_cell("Operator A"),
    "the-token-of-the-auditor": lambda reader: reader.last_cell("Auditor"),
    "the-hash-of-the-secret": lambda reader: reader.cell("secret_hash"),
    "the-id-of-the-first-instrument": lambda reader: str(reader.answer("/v1/instruments")["items"][0]["id"]),
    "the-id-of-the-member-BAOGANG": lambda reader: next(
        str(member["id"]) for member in reader.answer("/v1/members")["items"] if member["code"] == "BAOGANG"
    ),
    "the-id-of-the-answer": lambda reader: str(reader.answer()["id"]),
    "the-action_hash-of-the-answer": lambda reader: str(reader.answer()["action_hash"]),
    "the-created_key-of-the-answer.the-secret": lambda reader: (
        f"{reader.answer()['created_key']}.{reader.cell('secret')}"
    ),
    "the-token-of-the-trader": lambda reader: reader.variables["TRADER"],
}
"""What the page leaves to the reader, and where the reader has it from."""


def lines_of(one: Page) -> list[str]:
    """The lines of the shell blocks, joined where they go on."""
    text = "\n".join(line for block in one.blocks("sh") for line in block.lines)
    return text.replace("\\\n", " ").splitlines()


async def play(service: Service, registry: Registry) -> None:
    """Play the demo's market, whose exchange goes on running."""
    await registry.start()
    async with AsyncExitStack() as clients:
        await tell(await open_stage(service, registry, await service.start(), clients), Screen(io.StringIO()))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A reader who has typed everything."""
    with a_service_and_its_registry() as (service, registry):
        asyncio.run(play(service, registry))
        made = Reader(service)
        for line in lines_of(SECTION):
            made.type(line)
        yield made


def printed_for(reader: Reader, part: str) -> str:
    """What the one line with this in it printed."""
    (output,) = [output for line, output in reader.printed if part in line]
    return output


def test_the_book_of_the_first_instrument_is_shown(reader: Reader) -> None:
    book = json.loads(printed_for(reader, "/book?levels=5"))
    assert book["instrument"] == reader.variables["INS"]
    assert book["asks"]


def test_the_proposal_is_approved_and_its_trader_trades(reader: Reader) -> None:
    approved = json.loads(printed_for(reader, "/approve"))
    assert (approved["id"], approved["status"]) == (reader.variables["PROPOSAL"], "APPROVED")
    placed = json.loads(printed_for(reader, "readme-3"))
    assert placed["order"]["quantity"] == placed["order"]["cumulative"] == 100


def test_the_same_key_gets_the_same_bytes(reader: Reader) -> None:
    (line,) = [line for line in lines_of(SECTION) if "readme-3" in line]
    first = printed_for(reader, "readme-3")
    assert reader.type(line) == first
    reader.printed.pop()


def test_the_refusal_is_chinese_and_names_its_rule(reader: Reader) -> None:
    refusal = json.loads(printed_for(reader, "readme-4"))
    assert refusal["code"] == "PRICE_OUTSIDE_BAND"
    assert refusal["rule"]["article"] == "《交易和结算规则》第十六条"
    assert "涨跌幅" in refusal["title"]


def test_a_corrected_request_needs_another_key(reader: Reader) -> None:
    (line,) = [line for line in lines_of(SECTION) if "readme-4" in line]
    again = json.loads(reader.type(line.replace("99.00", "71.00")))
    reader.printed.pop()
    assert again["code"] == "KEY_REUSED"


def test_the_auditor_gets_every_trade(reader: Reader) -> None:
    rows = printed_for(reader, "format=csv").splitlines()
    assert len(rows) == 1 + 9 + 1  # heads, the demo's trades, the visitor's


def test_the_lines_for_python_can_be_typed(reader: Reader) -> None:
    (block,) = SECTION.blocks("python")
    assert "OrderAnswer(" in reader.type_python(block.lines)
