"""Invariants, refusals and other constants that a page names exist."""

from __future__ import annotations

import ast
import re
from functools import cache

from exchange.core.invariants import INVARIANTS
from tests.architecture.sources import Finding, listed, sources
from tests.docs.pages import NAME, Page, pages
from tests.docs.test_glossary import known_names

INVARIANT = re.compile(r"\bINV-\d+")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9]*_[A-Z0-9_]*")
SETTINGS_BEGIN = "EXCHANGE_"
OF_THE_RECONCILIATION = {"INV-08"}
"""Statements that no command can make false, so that the core has no check of them; the page tells who has."""

OF_OTHERS = {"PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PR_SET_PDEATHSIG"}
"""Names of programs that this project uses."""


KNOWN = INVARIANTS.keys() | OF_THE_RECONCILIATION


@cache
def known_constants() -> frozenset[str]:
    """Names in capitals that the code has, as a name or as the text of a value on the wire."""
    texts = (node.value for source in sources("exchange") for node in source.walk() if isinstance(node, ast.Constant))
    return known_names() | {text for text in texts if isinstance(text, str) and CONSTANT.fullmatch(text)}


def unknown(one: Page) -> list[Finding]:
    found = []
    for number, line in one.prose():
        found += [one.finding(number, f"no {name}") for name in INVARIANT.findall(line) if name not in KNOWN]
        for name in NAME.findall(line):
            ours = CONSTANT.fullmatch(name) and not name.startswith(SETTINGS_BEGIN) and name not in OF_OTHERS
            if ours and name not in known_constants():
                found.append(one.finding(number, f"no {name}"))
    return found


def test_what_a_page_names_exists() -> None:
    assert listed([finding for one in pages() for finding in unknown(one)]) == ""


def test_a_name_that_does_not_exist_is_found() -> None:
    one = Page("x.md", "INV-15 and INV-99, `KEY_SPENT` and `KEY_LOST`, `EXCHANGE_PORT`, `LOT_ADMISSION`\n")
    assert [finding.what for finding in unknown(one)] == ["no INV-99", "no KEY_LOST"]
