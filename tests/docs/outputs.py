"""What a page says that a command prints, held against what it has printed.

A block of the language ``output`` shows lines that come one after the other. What differs from run to run is written as
`…`: in a line it stands for some text, on a line of its own for any lines or none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTPUT: Final = "output"
LEFT_OUT: Final = "…"


def pattern_of(shown: Sequence[str]) -> str:
    """An expression that fits whatever has been printed as shown."""
    return "".join(_pattern_of_line(line) for line in shown)


def _pattern_of_line(line: str) -> str:
    if line.strip() == LEFT_OUT:
        return r"(?:.*\n)*?"
    return ".+?".join(re.escape(part) for part in line.split(LEFT_OUT)) + r" *\n"


def first_difference(shown: Sequence[str], printed: str) -> str:
    """The first line shown that was not printed at its place, or that more was printed; empty if all fits."""
    if not printed.endswith("\n"):
        printed += "\n"  # as curl leaves it
    if re.fullmatch(pattern_of(shown), printed):
        return ""
    for count, line in enumerate(shown, start=1):
        if not re.match(pattern_of(shown[:count]), printed):
            return line
    return "more was printed than is shown"
