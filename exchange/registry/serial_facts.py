"""What serials of Verra, Gold Standard, Climate Action Reserve and American Carbon Registry say besides their numbers.

Each registry writes its own number of the project into a serial, the country, and the days or the year in which the
tonnes came to be. A file says the same in columns. Where the two differ one of them is wrong, and units that were
brought in under the wrong year or project leave the right one free to be issued a second time. So they are compared
before anything is made of them, and it is all one whether the form of the file is known or an operator's own: the words
of a text are its registry's.

A text that does not say something is compared with nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from exchange.core.credits.serial_text import serial_text
from exchange.core.values import Day
from exchange.registry.cell_values import year_of
from exchange.registry.serial_shapes import SerialBlock

_YEAR: Final = 10_000
"""A day over this is its year."""

_WORDS: Final = re.compile(r"[^A-Z0-9]+")
_END: Final = r"-\d+(?:-TO)?-\d+"
_TEXTS: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        # Verra's older texts lack a word or a number of what stands before; their end is always the same.
        r".*VCU-(?:.*?-)?(?:(?P<country>[A-Z]{2})-(?:\d+-)?)?(?P<project>\d+)-(?P<first>\d{8})-(?P<last>\d{8})-\d",
        r"GS\d+-\d+-(?P<country>[A-Z]{2})-(?P<project>[A-Z0-9]+)-\d+-(?P<year>\d{4})-\d+" + _END,
        r"CAR-[A-Z0-9]+-(?P<country>[A-Z]{2})-(?P<project>[A-Z0-9]+)-\d+-\d+-(?:[A-Z0-9]+-)?(?P<year>\d{4})-\d+" + _END,
        r"ACR-(?P<country>[A-Z]{2})-(?P<project>[A-Z0-9]+)-(?P<year>\d{4})-\d+" + _END,
    )
)
_OWN_LETTERS: Final = re.compile(r"(?:VCS|GS|CAR|ACR)?0*(?=.)")
"""What a registry writes before a project's number in one place, and leaves out in another: ``ACR0934`` is ``934``."""


@dataclass(frozen=True, slots=True)
class SerialFacts:
    """What a serial text says, "" where it does not: country, the registry's number of the project, and of the time
    either the first and the last day as eight digits, day first, or a year.
    """

    country: str = ""
    project: str = ""
    first: str = ""
    last: str = ""
    year: str = ""

    def is_of_project(self, number: str) -> bool:
        """Whether these can be serials of the project that a registry's file calls so."""
        return not self.project or not number or plain_number(number) == plain_number(self.project)

    def is_of_country(self, code: str) -> bool:
        """Whether they can be of this country; one whose name is written out cannot be compared."""
        plain = code.strip().upper()
        return not self.country or len(plain) != len(self.country) or plain == self.country

    def is_of_period(self, start: Day, end: Day) -> bool:
        """Whether they can be of these days: just these, where the text has days, else of a year that these are in."""
        if self.first:
            return (self.first, self.last) == (_day_first(start), _day_first(end))
        return not self.year or start // _YEAR <= int(self.year) <= end // _YEAR

    def is_of_vintage(self, year: str) -> bool:
        """Whether they can be of the year that a file names; what is no year is compared with nothing."""
        named = year_of(year)
        return not self.year or named is None or str(named) == self.year

    def period(self) -> str:
        """The days or the year as people write them."""
        return " / ".join(map(_year_first, (self.first, self.last))) if self.first else self.year


def facts_of(block: SerialBlock) -> SerialFacts:
    """What the text of a block says, whoever's it is; nothing when it is of no registry whose texts are known."""
    text = unicodedata.normalize("NFKC", serial_text(block.template, block.serials)).upper()
    plain = _WORDS.sub("-", text).strip("-")
    found = next(filter(None, (known.fullmatch(plain) for known in _TEXTS)), None)
    return SerialFacts() if found is None else SerialFacts(**found.groupdict(""))


def plain_number(number: str) -> str:
    """A registry's number of a project without what only some of its pages write before it.

    >>> plain_number("ACR0934"), plain_number("VCS 2498"), plain_number("GS7495")
    ('934', '2498', '7495')
    """
    plain = _WORDS.sub("", unicodedata.normalize("NFKC", number).upper())
    return _OWN_LETTERS.sub("", plain, count=1)


def _day_first(day: Day) -> str:
    return f"{day % 100:02}{day // 100 % 100:02}{day // _YEAR:04}"


def _year_first(digits: str) -> str:
    return f"{digits[4:]}-{digits[2:4]}-{digits[:2]}"
