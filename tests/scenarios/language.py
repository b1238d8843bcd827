"""The language of the scenarios: what stands on a line, before anything is done with it.

A file has a preparation and then scenarios, each under a heading ``== What it shows``; the preparation is done for
each. Lines that begin with ``#`` are remarks. There are three kinds of lines:

* a **statement** begins with ``venue``, ``firm``, ``project``, ``facility``, ``lot`` or ``instrument`` and prepares the
  market; ``wait 30`` lets so many seconds pass in which nobody does anything, besides the one that each command takes,
  and ``wait 26 h`` so many hours;
* a **check** begins with ``book``, ``cash``, ``tonnes``, ``serials``, ``units``, ``states``, ``use``, ``release``,
  ``budget``, ``reversal``, ``fees``, ``reference``, ``orders``, ``switches`` or ``day`` and says how the market must
  look now; the lines below ``book`` that begin with ``|`` draw it, as those below ``stages`` are the rows of a file;
* a **command** is ``[label:] who verb what [-> expectation]``, as in ``n1: North sell 9 @ 30.00 -> rests 9 @ 30.00``.
  The expectation is everything that happens to orders, separated by ``;``, or the name of the refusal. A command
  without an arrow must be done and may cause anything; ``-> ok`` must be done and cause nothing visible. A line that
  begins with ``;`` continues the one above. ``with k1`` says which of their keys the person uses; without it it is the
  one that is good for most.

Money and prices have two decimals, tonnes are whole; commas inside numbers are for the eye.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

STATEMENTS = ("venue", "firm", "project", "facility", "lot", "instrument", "wait")
CHECKS = (
    *("book", "cash", "tonnes", "serials", "units", "states", "use", "release", "budget", "reversal"),
    *("fees", "reference", "orders", "switches", "day"),
)

_LABEL = re.compile(r"^([\w.+-]+):\s+(.*)$")
_MONEY = re.compile(r"^\d+(,\d{3})*\.\d\d$")
_COUNT = re.compile(r"^-?\d+(,\d{3})*$")


class ScenarioError(Exception):
    """A line of a scenario cannot be understood: the scenario is wrong, not the exchange."""


class Words:
    """The words of a line, taken one by one; what nobody takes is an error, so that a typing mistake is not ignored."""

    def __init__(self, text: str) -> None:
        """Split at spaces."""
        self.left = text.split()

    def next(self) -> str:
        """The next word."""
        if not self.left:
            raise ScenarioError("the line ends too early")
        return self.left.pop(0)

    def option(self, name: str, default: str = "") -> str:
        """The word that follows ``name`` wherever it stands, or ``default``."""
        if name not in self.left:
            return default
        at = self.left.index(name)
        if at + 1 == len(self.left):
            raise ScenarioError(f"{name} of what?")
        value = self.left[at + 1]
        del self.left[at : at + 2]
        return value

    def flag(self, name: str) -> bool:
        """Whether ``name`` stands anywhere."""
        if name in self.left:
            self.left.remove(name)
            return True
        return False

    def rest(self) -> str:
        """All that is left."""
        text = " ".join(self.left)
        self.left.clear()
        return text

    def finish(self) -> None:
        """Everything must have been understood."""
        if self.left:
            raise ScenarioError(f"not understood: {' '.join(self.left)}")


@dataclass(slots=True)
class Line:
    """One line with the drawing below it; ``expected`` is None without an arrow."""

    number: int
    text: str
    block: list[str] = field(default_factory=list)
    label: str = ""
    body: str = ""
    expected: str | None = None

    @property
    def keyword(self) -> str:
        """The first word."""
        return self.body.split()[0]


@dataclass(slots=True)
class Scenario:
    """One scenario with its file's preparation in front."""

    path: Path
    title: str
    lines: list[Line]

    @property
    def name(self) -> str:
        """File and title, for the test runner."""
        return f"{self.path.stem}: {self.title}"


def fen(text: str) -> int:
    """``1,234.50`` as 123450."""
    if not _MONEY.match(text):
        raise ScenarioError(f"{text} is not an amount with two decimals")
    return int(text.replace(",", "").replace(".", ""))


def count(text: str) -> int:
    """``1,234`` as 1234."""
    if not _COUNT.match(text):
        raise ScenarioError(f"{text} is not a whole number")
    return int(text.replace(",", ""))


def parts(text: str, unit: int) -> int:
    """``0.25%`` in parts of ``unit`` (1,000,000: parts per million)."""
    if not text.endswith("%"):
        raise ScenarioError(f"{text} is not a percentage")
    whole, _, decimals = text[:-1].partition(".")
    digits = len(str(unit)) - 3
    return int(whole + decimals.ljust(digits, "0")[:digits])


def serial_range(text: str) -> tuple[int, int]:
    """``1-100``, both ends included, as 1 and 101."""
    lo, _, hi = text.partition("-")
    return count(lo), count(hi) + 1


def squeezed(text: str) -> str:
    """The text with single spaces, so that columns may be lined up."""
    return " ".join(text.split())


def _line(number: int, text: str) -> Line:
    line = Line(number, text)
    body, arrow, expected = text.partition("->")
    if arrow:
        line.expected = squeezed(expected)
    labelled = _LABEL.match(body.strip())
    line.label, line.body = labelled.groups() if labelled else ("", body.strip())
    return line


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file."""
    preparation: list[Line] = []
    scenarios: list[Scenario] = []
    lines = preparation
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        if text.startswith("== "):
            lines = list(preparation)
            scenarios.append(Scenario(path, text[3:].strip(), lines))
        elif text.strip().startswith(";"):
            lines[-1] = _line(lines[-1].number, f"{lines[-1].text} {text.strip()}")
        elif text.strip().startswith("|"):
            lines[-1].block.append(squeezed(text.strip()[1:]))
        else:
            lines.append(_line(number, text))
    return scenarios
