"""The pages for people, read as text: their headings, links, tables and code blocks.

Only the Markdown that the pages use is understood: headings with #, fenced code, tables with bars at both ends, inline
links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.architecture.sources import ROOT, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCE = "```"
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
NAME = re.compile(r"`([^`]+)`")
TOP_PAGES = ("README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the number of its first line, and its lines."""

    language: str
    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file: its path from the root and its text."""

    path: str
    text: str

    def lines(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.text.splitlines(), start=1)

    def prose(self) -> Iterator[tuple[int, str]]:
        """The lines outside of fenced code, with their numbers."""
        inside = False
        for number, line in self.lines():
            if line.startswith(FENCE):
                inside = not inside
            elif not inside:
                yield number, line

    def blocks(self, *languages: str) -> list[Block]:
        """The fenced blocks of some languages, all of them when none is given."""
        found, opened = [], None
        for number, line in self.lines():
            if not line.startswith(FENCE):
                continue
            if opened is None:
                opened = (line.removeprefix(FENCE).strip(), number)
            else:
                language, start = opened
                found.append(Block(language, start + 1, tuple(self.text.splitlines()[start : number - 1])))
                opened = None
        return [block for block in found if not languages or block.language in languages]

    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading, in order."""
        heads = [line.partition(" ") for _, line in self.prose() if re.match(r"#+ ", line)]
        return [(len(marks), text.strip()) for marks, _, text in heads]

    def anchors(self) -> set[str]:
        """What a link to a heading of this page may say after the #."""
        plain = (re.sub(r"[^\w\s-]", "", text.lower()) for _, text in self.headings())
        return {re.sub(r"\s", "-", text) for text in plain}

    def links(self) -> list[tuple[int, str]]:
        """Line and target of each link."""
        return [(number, target) for number, line in self.prose() for target in LINK.findall(line)]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows of every table, heads included, rulers left out."""
        for number, line in self.prose():
            if line.startswith("|") and line.endswith("|") and not re.fullmatch(r"[|\-: ]+", line):
                yield number, [cell.strip() for cell in line.strip("|").split("|")]

    def section(self, title: str) -> str:
        """The text under the first heading that begins so, up to the next one of its level or above."""
        pattern = rf"^(#+) {re.escape(title)}.*?\n(.*?)(?=^#{{1,%d}} |\Z)"
        level = next(level for level, text in self.headings() if text.startswith(title))
        match = re.search(pattern % level, self.text, re.MULTILINE | re.DOTALL)
        assert match is not None
        return match[2]

    def finding(self, line: int, what: str) -> Finding:
        return Finding(self.path, line, what)


def page(path: str) -> Page:
    return Page(path, (ROOT / path).read_text(encoding="utf-8"))


@cache
def pages() -> tuple[Page, ...]:
    """Every page of the project."""
    below = sorted((ROOT / "docs").rglob("*.md"))
    return tuple(page(str(path.relative_to(ROOT))) for path in [*(ROOT / top for top in TOP_PAGES), *below])


def exists(path: str, beside: str = "") -> bool:
    """Whether a file or folder is there, seen from the folder of another page."""
    return (ROOT / Path(beside).parent / path).exists()
