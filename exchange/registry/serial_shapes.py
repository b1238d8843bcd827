"""The serial texts of the registries whose units can be brought in, taken apart and never changed.

Every registry numbers its units in its own way, and the text is what its own pages find a unit by. So the text is kept
as it came, as a template from which any part of the range can be written again
(:mod:`exchange.core.credits.serial_text`), and what is read out of it is checked by writing it: whatever does not come
out as it went in is refused. Shapes as the registries publish them:

* Verra: ``12629-421604735-421689507-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0``: the batch, the first and the last
  unit, counted over the whole registry, and what they are; the last digit tells of further certifications, which a unit
  may get later. So all of Verra is one serial space.
* Gold Standard: ``GS1-1-KE-GS7495-16-2025-30645-608-30350``: the last two numbers are the first and the last unit.
* Climate Action Reserve: ``CAR-1-US-1480-46-1156-FL-2026-10272-852724 to 860723``.
* American Carbon Registry: ``ACR-US-192-2010-203-1-5000``, also with `` to `` between the last two numbers.

In the last three, units are counted within what stands before the numbers, which is the serial space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from exchange.core.credits.serial_text import is_template, serial_text
from exchange.core.serials import SerialRange

MAX_SERIAL: Final = 1 << 62
_BRACES: Final = frozenset("{}")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a registry writes serials, with one to show people; ``space`` is the serial space of all of them, "" for what
    stands before them.
    """

    pattern: re.Pattern[str]
    example: str
    space: str = ""


VERRA: Final = Shape(
    re.compile(r"(?P<before>\d+-)(?P<lo>\d+)-(?P<hi>\d+)(?P<after>-[A-Z][A-Z0-9-]*-\d)", re.ASCII),
    "12629-421604735-421689507-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0",
    "VCS-VCU",
)
GOLD_STANDARD: Final = Shape(
    re.compile(r"(?P<before>GS\d+-[A-Z0-9-]+-)(?P<lo>\d+)-(?P<hi>\d+)(?P<after>)", re.ASCII),
    "GS1-1-KE-GS7495-16-2025-30645-608-30350",
)
CAR: Final = Shape(
    re.compile(r"(?P<before>CAR-[A-Z0-9-]+-)(?P<lo>\d+) to (?P<hi>\d+)(?P<after>)", re.ASCII),
    "CAR-1-US-1480-46-1156-FL-2026-10272-852724 to 860723",
)
ACR: Final = Shape(
    re.compile(r"(?P<before>ACR-[A-Z0-9-]+-)(?P<lo>\d+)(?: to |-)(?P<hi>\d+)(?P<after>)", re.ASCII),
    "ACR-US-192-2010-203-1 to 5000",
)


@dataclass(frozen=True, slots=True)
class SerialBlock:
    """A block of serials: its space, how its registry writes it, and the half-open range."""

    space: str
    template: str
    serials: SerialRange


def read_serials(shape: Shape, text: str) -> SerialBlock | None:
    """The block that a text of a registry is; None when it is not of the registry's shape."""
    found = None if _BRACES.intersection(text) else shape.pattern.fullmatch(text)
    if found is None:
        return None
    before, lo, hi, after = found.group("before", "lo", "hi", "after")
    between = text[found.end("lo") : found.start("hi")]
    return _block(shape.space or before.removesuffix("-"), (before, lo, between, hi, after), text)


def numbers_of(shape: Shape, text: str) -> tuple[str, str] | None:
    """The first and the last number of a text that is of a registry's shape, whether they make a block or not."""
    found = shape.pattern.fullmatch(text)
    return None if found is None else (found["lo"], found["hi"])


def numbers_by_template(template: str, text: str) -> tuple[str, str] | None:
    """The same by a template of the operator's."""
    found = _pattern(template).fullmatch(text) if template and is_template(template) else None
    return None if found is None else (found[1], found[2])


def read_by_template(template: str, space: str, text: str) -> SerialBlock | None:
    """The block that a text is by a template of the operator's, such as ``CCER-{lo:9}-{hi:9}``; None when it is not."""
    numbers = numbers_by_template(template, text)
    if numbers is None:
        return None
    serials = range_of(*numbers)
    written = None if serials is None else serial_text(template, serials)
    return SerialBlock(space, template, serials) if serials is not None and written == text else None


def read_by_numbers(template: str, space: str, first: str, last: str) -> SerialBlock | None:
    """The block from one serial to another, each in a cell of its own, plain or as the template fills it up with zeros;
    None where there is none. Zeros that the template does not write would be lost.
    """
    serials = range_of(first, last)
    if serials is None or not template or not is_template(template):
        return None
    written = _pattern(template).fullmatch(serial_text(template, serials))
    plain = (str(serials.lo), str(serials.hi - 1))
    fits = written is not None and (first, last) in (plain, written.groups())
    return SerialBlock(space, template, serials) if fits else None


def _pattern(template: str) -> re.Pattern[str]:
    before, _, rest = template.partition("{lo")
    between, _, after = rest.partition("}")[2].partition("{hi")
    after = after.partition("}")[2]
    return re.compile(f"{re.escape(before)}([0-9]+){re.escape(between)}([0-9]+){re.escape(after)}", re.ASCII)


def _block(space: str, parts: tuple[str, str, str, str, str], text: str) -> SerialBlock | None:
    before, lo, between, hi, after = parts
    # Where numbers are filled up with zeros, so are those of every part of the block.
    width = f":{len(lo)}" if lo.startswith("0") or hi.startswith("0") else ""
    template = f"{before}{{lo{width}}}{between}{{hi{width}}}{after}"
    serials = range_of(lo, hi)
    if serials is None or not is_template(template) or serial_text(template, serials) != text:
        return None
    return SerialBlock(space, template, serials)


def range_of(first: str, last: str) -> SerialRange | None:
    """The half-open range from the first serial to the last, both as texts; None where there is none."""
    if not (_is_number(first) and _is_number(last)):
        return None
    lo, hi = int(first), int(last) + 1
    return SerialRange(lo, hi) if 1 <= lo < hi <= MAX_SERIAL else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SERIAL))
