"""Numbers, years and days as the cells of registries' files have them; what could be read in two ways is not read."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from exchange.core.values import Day, is_day

_MOST_DIGITS: Final = 15
_YEAR: Final = re.compile(r"(?:19|20)\d{2}", re.ASCII)
_COMPACT_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日{0,1}(?:[T ].*)?", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_WITH_COMMAS: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*", re.ASCII)


def whole(text: str) -> int | None:
    """A whole number with or without commas between thousands; None for anything else.

    >>> whole("1,200"), whole("1200"), whole("1,20"), whole("1200.0")
    (1200, 1200, None, None)
    """
    plain = text.replace(",", "") if _WITH_COMMAS.fullmatch(text) else text
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _MOST_DIGITS else None


def year_of(text: str) -> int | None:
    """A year as ``2023``, ``2023年`` or ``2023年度``, in wide digits too.

    >>> year_of("2023"), year_of("2023 年"), year_of("２０２３年度"), year_of("23")
    (2023, 2023, 2023, None)
    """
    plain = unicodedata.normalize("NFKC", text).removesuffix("度").removesuffix("年").rstrip()
    return int(plain) if _YEAR.fullmatch(plain) else None


def day_of(text: str, day_first: bool) -> Day | None:
    """A day as ``2020-11-19``, ``20201119``, ``2020/1/9`` or ``2020年1月9日``, or with slashes in the registry's own
    order where the year is the last.
    """
    found = _COMPACT_DAY.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if found is not None:
        year, month, day = found.groups()
    else:
        found = _YEAR_LAST.fullmatch(text)
        if found is None:
            return None
        first, second, year = found.groups()
        day, month = (first, second) if day_first else (second, first)
    number = int(year) * 10_000 + int(month) * 100 + int(day)
    return Day(number) if is_day(number) else None
