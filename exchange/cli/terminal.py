"""Printing for people: in their language, in columns that fit Chinese text, with colours where a terminal shows them.

A Chinese character takes two columns of a terminal. Widths here are columns, not characters: the East Asian Width of
Unicode (UAX #11) says which characters are wide.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Final, Literal, TextIO, get_args

_CODES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_GAP: Final = "  "

Language = Literal["en", "zh", "both"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


def language_of(environment: Mapping[str, str]) -> Language:
    """The language of the messages that the locale asks for (POSIX: LC_ALL, LC_MESSAGES, LANG): Chinese or English."""
    wanted = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def give_up(stream: TextIO) -> None:
    """From now on what is written there goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say(text: str) -> None:
    """One line for whoever watches a service. That nobody does is no reason for it to stop."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        give_up(sys.stdout)


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_columns_of_character(character) for character in text)


def _columns_of_character(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def padded(text: str, width: int, align: str = "<") -> str:
    """The text with spaces up to ``width`` columns; ``align`` is < left, > right or ^ middle."""
    missing = max(0, width - columns_of(text))
    left = {"<": 0, ">": missing, "^": missing // 2}[align]
    return " " * left + text + " " * (missing - left)


def cut(text: str, width: int) -> str:
    """The text cut to ``width`` columns, with … when something was left out."""
    if columns_of(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += _columns_of_character(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


class Screen:
    """Where the story is printed, in one language or in both.

    Colours are on for a terminal, unless NO_COLOR is set (https://no-color.org).
    """

    def __init__(self, out: TextIO | None = None, language: Language = "en") -> None:
        self._out = out or sys.stdout
        self.language = language
        let_it_write_chinese(self._out)
        self._colours = self._out.isatty() and "NO_COLOR" not in os.environ

    def paint(self, text: str, *styles: str) -> str:
        """The text in colour, or as it is where colours are off."""
        if not self._colours or not styles:
            return text
        return f"\033[{';'.join(_CODES[style] for style in styles)}m{text}\033[0m"

    @property
    def languages(self) -> tuple[Literal["en", "zh"], ...]:
        """The languages that are told, in order."""
        return ("en", "zh") if self.language == "both" else (self.language,)

    def word(self, english: str, chinese: str) -> str:
        """A word in a table or a heading; in both languages where both are told."""
        return " / ".join({"en": english, "zh": chinese}[language] for language in self.languages)

    def head(self, english: str, chinese: str) -> str:
        """The head of a table's column; one line for each language that is told."""
        return "\n".join({"en": english, "zh": chinese}[language] for language in self.languages)

    def say(self, english: str, chinese: str, indent: str = "  ", style: str = "") -> None:
        """A sentence on lines of its own, once in each language that is told."""
        for language in self.languages:
            for text in {"en": english, "zh": chinese}[language].split("\n"):
                self.line(self.paint(indent + text, *([style] if style else [])))

    def line(self, text: str = "") -> None:
        """Print one line at once, so that progress is seen as it happens."""
        print(text, file=self._out, flush=True)

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], aligns: str = "", indent: str = "    "
    ) -> None:
        """Print a table; ``aligns`` has one of < > ^ for each column, left where it is too short.

        A head may have several lines, as :meth:`head` makes them.
        """
        lines = [list(map(str, row)) for row in rows]
        aligns = aligns.ljust(len(heads), "<")
        above = list(zip_longest(*(head.split("\n") for head in heads), fillvalue=""))
        widths = [max(columns_of(line[n]) for line in [*above, *lines]) for n in range(len(heads))]
        for row in above:
            self.line(self.paint(indent + _row(row, widths, aligns), "dim"))
        self.line(self.paint(indent + "─" * (sum(widths) + len(_GAP) * (len(widths) - 1)), "dim"))
        for line in lines:
            self.line(indent + _row(line, widths, aligns))


def let_it_write_chinese(out: TextIO) -> None:
    """Write in UTF-8 from now on, where the stream's own encoding has no Chinese."""
    if not isinstance(out, io.TextIOWrapper):
        return
    try:
        "中 → ─".encode(out.encoding)
    except UnicodeEncodeError:
        out.reconfigure(encoding="utf-8")


def _row(cells: Sequence[str], widths: Sequence[int], aligns: str) -> str:
    parts = (padded(cell, width, align) for cell, width, align in zip(cells, widths, aligns, strict=True))
    return _GAP.join(parts).rstrip()
