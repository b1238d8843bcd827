"""Every decision is in the index under its own title, has its parts, and says what guards it."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT
from tests.docs.pages import page

FOLDER = "docs/decisions"
FILE = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
LONGEST = 90


def decisions() -> list[str]:
    return sorted(path.name for path in (ROOT / FOLDER).iterdir() if FILE.fullmatch(path.name))


def title_of(name: str) -> str:
    """The first heading of a decision: its number and a sentence."""
    return page(f"{FOLDER}/{name}").headings()[0][1]


def index_row(name: str) -> list[str]:
    """The row that the index must have for a decision; other marks than spaces may stand between number and title."""
    number = name[:4]
    title = re.sub(rf"^{number}\W+", "", title_of(name))
    return [f"[{number}]({name})", title]


def test_the_index_has_exactly_the_decisions_that_there_are() -> None:
    listed = [cells for _, cells in page(f"{FOLDER}/README.md").rows() if cells[0].startswith("[")]
    assert listed == [index_row(name) for name in decisions()]


def test_a_number_is_given_once() -> None:
    numbers = [name[:4] for name in decisions()]
    assert numbers == sorted(set(numbers))


def test_a_decision_begins_with_its_number_and_fits_a_screen() -> None:
    for name in decisions():
        assert title_of(name).startswith(name[:4]), name
        lines = page(f"{FOLDER}/{name}").text.splitlines()
        assert len(lines) <= LONGEST, f"{name} has {len(lines)} lines; a decision fits a screen"


def test_a_decision_says_what_guards_it() -> None:
    for name in decisions():
        text = page(f"{FOLDER}/{name}").text
        assert re.search(r"guard|enforce|kept true", text, re.IGNORECASE), f"{name} does not say what guards it"
