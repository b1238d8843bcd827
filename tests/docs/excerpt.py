"""What the READMEs show of the demo, to be compared with what it prints."""

from __future__ import annotations

import re
from typing import Final

from tests.docs.pages import Page, page

LEFT_OUT: Final = "…"
CHANGING: Final = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{8}…|(?<=entries )\d+")
"""What differs from run to run: hashes, since keys are drawn and time passes, and with them the count of entries."""


def plain(line: str) -> str:
    """A line without what differs from run to run and without blanks at its end."""
    return CHANGING.sub("#", line).rstrip()


def shown(one: Page) -> list[str]:
    """The lines of the demo that a README shows."""
    return [plain(line) for line in one.blocks("text")[0].lines if line.strip() not in ("", LEFT_OUT)]


def not_told(told: str, *paths: str) -> list[str]:
    """Lines that a README shows and the demo does not print, in that order."""
    missing = []
    for path in paths:
        printed = iter([plain(line) for line in told.splitlines()])
        missing += [line for line in shown(page(path)) if line not in printed]
    return missing
