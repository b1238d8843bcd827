"""Words that must not stand on a page: machine paths, praise, things left for later, and the wrong names for a unit."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import Finding, listed
from tests.docs.pages import Page, pages

MACHINE = re.compile(r"(?<![\w.])/(?:root|home|tmp|work|mnt|Users)\b(?:/|$)")
LATER = re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b")
PRAISE = re.compile(
    r"\b(?:powerful|blazing\w*|seamless\w*|robust\w*|cutting[- ]edge|state[- ]of[- ]the[- ]art|world[- ]class|"
    r"elegant\w*|comprehensive\w*|revolutionary|effortless\w*|best[- ]in[- ]class|next[- ]generation|leverag\w+)\b"
    r"|强大|一流|领先|革命性|无缝|赋能|极致",
    re.IGNORECASE,
)
ALLOWANCE = re.compile(r"allowance|配额", re.IGNORECASE)
NATIONAL = re.compile(r"national|全国|\bETS\b|\bCEA\b", re.IGNORECASE)
FUTURES = re.compile(r"\bfutures?\b(?=.*contract)|\bfutures\b|期货(?!式)", re.IGNORECASE)
DENIED = re.compile(r"\bnot?\b|\bnever\b|not used|不是|不称|belong to", re.IGNORECASE)


def said(one: Page, pattern: re.Pattern[str], unless: re.Pattern[str] | None = None) -> list[Finding]:
    """Lines with a word; ``unless`` excuses a line together with its neighbours, since sentences run over lines."""
    lines = one.text.splitlines()
    found = []
    for number, line in one.lines():
        match = pattern.search(line)
        around = " ".join(lines[max(0, number - 2) : number + 1])
        if match and not (unless and unless.search(around)):
            found.append(one.finding(number, match.group()))
    return found


@pytest.mark.parametrize("pattern", [MACHINE, LATER, PRAISE], ids=["machine paths", "left for later", "praise"])
def test_a_page_is_free_of(pattern: re.Pattern[str]) -> None:
    assert listed([finding for one in pages() for finding in said(one, pattern)]) == ""


def test_what_is_sold_is_not_called_an_allowance() -> None:
    """The word is for what the state gives out in the national market; only lines about that market may have it."""
    assert listed([finding for one in pages() for finding in said(one, ALLOWANCE, NATIONAL)]) == ""


def test_a_pre_issuance_agreement_is_not_called_futures() -> None:
    assert listed([finding for one in pages() for finding in said(one, FUTURES, DENIED)]) == ""


@pytest.mark.parametrize(
    ("text", "pattern", "unless"),
    [
        ("data in /home/me/x", MACHINE, None),
        ("a robust engine", PRAISE, None),
        ("本系统功能强大", PRAISE, None),
        ("sell your carbon allowances", ALLOWANCE, NATIONAL),
        ("出售碳配额", ALLOWANCE, NATIONAL),
        ("trade carbon futures here", FUTURES, DENIED),
        ("TODO", LATER, None),
    ],
)
def test_a_word_is_found(text: str, pattern: re.Pattern[str], unless: re.Pattern[str] | None) -> None:
    assert len(said(Page("x.md", text), pattern, unless)) == 1


@pytest.mark.parametrize("text", ["/var/lib/carbon-exchange", "POST /v1/orders", "~/.local/share", "and/or/work"])
def test_other_paths_are_let_through(text: str) -> None:
    assert said(Page("x.md", text), MACHINE) == []
