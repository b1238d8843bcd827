"""Serials as their registry writes them: a text with two numbers in it, the first and the last of a range.

Each registry has a shape of its own (``0001-000001-000100-VCS-VCU-…``, ``CAR-1-US-…-1 to 500``). What is kept of it is
the text with ``{lo}`` and ``{hi}`` in the places of the numbers, or ``{lo:6}`` where they are filled up with zeros to
six digits, so that any part of a range can be written as the registry would, on a certificate or in a request.
A registry's last serial is one of the range; inside the program ``hi`` is the one behind it.

What such a text says besides the numbers belongs to one serial space (:func:`wording`): were it written for a second
one, two tonnes would have the same serial, or one tonne would come in twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Final

from exchange.core.credits.spelling import folded, folded_space, is_name
from exchange.core.serials import SerialRange

MAX_TEMPLATE: Final = 200
_MAX_WIDTH: Final = 20
_DIGITS: Final = frozenset("0123456789")
_TEMPLATES_KEPT: Final = 2_048
"""Of so many templates it is remembered what they say: it is asked of each row of a file a dozen times until the row is
in, and most files have one template for all of their rows.
"""
_VERRA: Final = folded_space("VCS-VCU")
_COUNTED_WITHIN: Final = (("gs", 2), ("car", 3), ("acr", 5))
"""How serials of Gold Standard, Climate Action Reserve and American Carbon Registry begin, folded, and how many letters
stand before the first number: the last has a country's two in between.
"""


def serial_text(template: str, serials: SerialRange) -> str:
    """A range as its registry writes it; an empty template writes the two numbers alone."""
    if not template:
        return f"{serials.lo}-{serials.hi - 1}"
    before, lo_width, rest = _place(template, "lo")
    between, hi_width, after = _place(rest, "hi")
    return f"{before}{serials.lo:0{lo_width}d}{between}{serials.hi - 1:0{hi_width}d}{after}"


def is_template(template: str) -> bool:
    """Whether a text can be a template: nothing, or the two places in this order, each once, and no other brace.

    Something stands between the places, but no number, and no digit beside one, which could be the serial's own.
    """
    if not template:
        return True
    try:
        before, _, rest = _place(template, "lo")
        between, _, after = _place(rest, "hi")
    except ValueError:
        return False
    words = before + between + after
    beside = (before[-1:], between[:1], between[-1:], after[:1])
    is_plain = is_name(template) and len(template) <= MAX_TEMPLATE and not any(brace in words for brace in "{}")
    return is_plain and bool(between) and not any(map(_is_digit, (*beside, *between)))


def wording(template: str) -> str:
    """What a template says besides the numbers, in whatever spelling; "" where it says nothing.

    >>> wording("ACR-US-192-2023-203-{lo}-{hi}") == wording("#acr us 0192 2023 203 {lo:6} to {hi:6}")
    True
    """
    if not template:
        return ""
    before, _, after = _parts(template)
    return f"{before}{{}}{after}" if before or after else ""


@lru_cache(_TEMPLATES_KEPT)
def shape(template: str) -> tuple[str, int]:
    """How serials look: their letters with a sign for each number, and which of the numbers is the first serial.

    Two templates that can write the same text have one shape: where that says which numbers are the serials, they have
    one wording too. "" for plain numbers, which say nothing.

    >>> shape("ABC-1-{lo}-{hi}"), shape("ABC-{lo}-{hi}-199")
    (('abc###', 1), ('abc###', 0))
    """
    if not template:
        return "", 0
    before, between, after = map(_numbers_as_signs, _parts(template))
    text = f"{before}#{between}#{after}"
    # Letters between the two numbers tell by themselves which these are, if the first one is known.
    return ("", 0) if text == "##" else (text, before.count("#"))


def space_by_wording(template: str) -> str:
    """The folded name of the only serial space that serials with this text can be of, where their registry is known by
    it; "" where it is not. Verra counts all its units in one space, the others within what stands before the numbers.
    """
    if not template:
        return ""
    before, between, after = _parts(template)
    if any(_VERRA in part for part in (before, between, after)):
        return _VERRA
    return before if any(_begins_with(before, *known) for known in _COUNTED_WITHIN) else ""


@dataclass(slots=True)
class SerialWords:
    """Whose serials are written how: ``spaces`` by their words, and by their shape which number is the first serial."""

    spaces: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def are_of_another(self, space_name: str, template: str) -> bool:
        """Whether serials that are written by this template are, or could be read as, those of another space, or
        others of this one.
        """
        space, words = folded_space(space_name), wording(template)
        text, place = shape(template)
        known = space_by_wording(template) or self.spaces.get(words, space)
        return known != space or self.places.get(text, place) != place

    def note(self, space_name: str, template: str) -> None:
        """From now on serials with these words are of this space alone; a template without any could be of each."""
        words = wording(template)
        if words:
            self.spaces[words] = folded_space(space_name)
            text, place = shape(template)
            self.places[text] = place


def _begins_with(before: str, name: str, letters: int) -> bool:
    """Whether what stands before the numbers begins as a registry's serials do; the end of it need not be there."""
    return before.startswith(name) and (len(before) == letters or before[letters : letters + 1] in _DIGITS)


@lru_cache(_TEMPLATES_KEPT)
def _parts(template: str) -> tuple[str, str, str]:
    """What stands before, between and behind the two numbers, folded."""
    before, _, rest = _place(template, "lo")
    between, _, after = _place(rest, "hi")
    return folded_space(before), folded_space(between), folded_space(after)


def _numbers_as_signs(folded_text: str) -> str:
    runs = ("".join(run) for _, run in groupby(folded_text.replace("-", " - "), _DIGITS.__contains__))
    return "".join("#" if run[0] in _DIGITS else run for run in runs).replace(" - ", "")


def _is_digit(character: str) -> bool:
    return folded(character) in _DIGITS


def _place(text: str, name: str) -> tuple[str, int, str]:
    """What stands before a place, how wide it is, and what stands behind it.

    Raises:
        ValueError: when it is not there, or its width is no small number.
    """
    before, opening, rest = text.partition("{" + name)
    width, closing, after = rest.partition("}")
    if not opening or not closing:
        raise ValueError(name)
    if not width:
        return before, 1, after
    digits = width[1:]
    if width[0] != ":" or not digits or not _DIGITS.issuperset(digits) or not 1 <= int(digits) <= _MAX_WIDTH:
        raise ValueError(name)
    return before, int(digits), after
