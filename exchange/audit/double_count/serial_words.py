"""What serials say besides their numbers, read without the core's own reading of them.

The same question by another way: texts are normalized by Unicode's NFKC and taken apart by regular expressions. Two
spaces in which serials are written with the same words are two accounts of the same serials, and so are two templates
that can write one text with different numbers as the serials.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NUMBERS: Final = re.compile(r"\{lo[^}]*\}(.*)\{hi[^}]*\}")
_PLAIN: Final = re.compile(r"\d+|[^\W\d_]+")


def runs(text: str) -> tuple[str, ...]:
    """Numbers, without zeros in front, and letters of a text in their order, in whatever spelling."""
    found = _PLAIN.findall(unicodedata.normalize("NFKC", text).casefold())
    return tuple(run.lstrip("0") or "0" if run.isdecimal() else run for run in found)


def words_of(template: str) -> tuple[str, str]:
    """What stands before the first number and behind the second; two empty texts where that is nothing."""
    before, after = _NUMBERS.sub("\n", template).split("\n") if template else ("", "")
    return _joined(runs(before)), _joined(runs(after))


def shape_of(template: str) -> tuple[str, int]:
    """The letters of a serial with a sign for each number, and which number is the first serial."""
    between = _NUMBERS.search(template)
    if between is None:
        return "", 0
    before, after = (part for part in _NUMBERS.sub("\n", template).split("\n"))
    whole = (*runs(before), "1", *runs(between[1]), "1", *runs(after))
    signs = "".join("#" if run.isdecimal() else run for run in whole)
    return signs, sum(run.isdecimal() for run in runs(before))


def _joined(found: tuple[str, ...]) -> str:
    """As one text; two numbers stay two."""
    text = " ".join(found)
    return re.sub(r"(?<!\d) | (?!\d)", "", text)
