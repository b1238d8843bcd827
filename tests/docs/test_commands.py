"""What the pages tell a reader to type can be typed: the commands of ./dev and of the exchange itself."""

from __future__ import annotations

import importlib.util
import re
import shlex
from functools import cache
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING

import pytest

from exchange.cli import parser
from tests.architecture.sources import ROOT, Finding, listed
from tests.docs.pages import NAME, Page, page, pages

if TYPE_CHECKING:
    from collections.abc import Iterable

DEV = re.compile(r"\./dev ([a-z][\w-]*)")
MODULE = "python -m exchange "
SHELL = ("sh",)
THROUGH_DEV = {
    "demo": "demo",
    "run": "serve",
    "registry": "registry-simulator",
    "replay": "replay",
    "bench": "bench",
    "spec": "spec",
}
"""The commands of ./dev that hand their arguments to one of the exchange."""


@cache
def dev_commands() -> frozenset[str]:
    """The commands of the script ./dev, asked from the script itself."""
    loader = SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return frozenset(module.COMMANDS)


def unknown(one: Page, pattern: re.Pattern[str], known: Iterable[str]) -> list[Finding]:
    """Commands on a page that nothing knows."""
    found = []
    for number, line in one.lines():
        found += [one.finding(number, f"no command {name}") for name in pattern.findall(line) if name not in known]
    return found


def typed(one: Page) -> list[tuple[int, str]]:
    """What a page shows to be typed: the lines of its shell blocks, joined where they go on, and inline code."""
    found = [(number, name) for number, line in one.prose() for name in NAME.findall(line)]
    for block in one.blocks(*SHELL):
        lines = "\n".join(block.lines).replace("\\\n", "  ").split("\n")
        found += [(block.first_line, line) for line in lines]
    return found


def arguments_of(line: str) -> list[str] | None:
    """The arguments that the exchange's own command line gets from a line, or None if it is not called by it."""
    _, module, rest = line.partition(MODULE)
    if module:
        return shlex.split(rest.partition(" | ")[0], comments=True)
    match = DEV.match(line)
    if match is None or match[1] not in THROUGH_DEV:
        return None
    return [THROUGH_DEV[match[1]], *shlex.split(line[match.end() :], comments=True)]


def unreadable(one: Page) -> list[Finding]:
    """Lines that the command line of the exchange refuses."""
    found = []
    for number, line in typed(one):
        arguments = arguments_of(line)
        try:
            parser().parse_args(["demo"] if arguments is None else arguments)
        except SystemExit:
            found.append(one.finding(number, f"cannot be typed: {line}"))
    return found


def test_every_command_of_dev_on_a_page_exists() -> None:
    assert listed([finding for one in pages() for finding in unknown(one, DEV, dev_commands())]) == ""


def test_every_command_line_on_a_page_is_understood() -> None:
    assert listed([finding for one in pages() for finding in unreadable(one)]) == ""


def test_every_command_of_dev_is_on_the_page_for_those_who_build() -> None:
    named = set(DEV.findall(page("CONTRIBUTING.md").text))
    assert dev_commands() - named == set()


@pytest.mark.parametrize("path", ["README.md", "README.zh-CN.md"])
def test_the_first_commands_stand_on_lines_of_their_own(path: str) -> None:
    lines = [line for block in page(path).blocks(*SHELL) for line in block.lines]
    assert [line for line in lines if line.startswith("./dev")][:2] == ["./dev demo", "./dev test"]


def test_an_unknown_command_is_found() -> None:
    one = Page("x.md", "```sh\n./dev demo --exit\n./dev fly\n```\nand `./dev walk`\n")
    assert [str(finding) for finding in unknown(one, DEV, dev_commands())] == [
        "x.md:3: no command fly",
        "x.md:5: no command walk",
    ]


def test_a_wrong_option_is_found() -> None:
    one = Page("x.md", "`./dev demo --exit` `./dev demo --quick`\n```sh\npython -m exchange export # no file\n```\n")
    assert [str(finding) for finding in unreadable(one)] == [
        "x.md:1: cannot be typed: ./dev demo --quick",
        "x.md:3: cannot be typed: python -m exchange export # no file",
    ]
