"""Serials as their registry writes them: a text with two numbers in it, the first and the last of a range.

Each registry has a shape of its own (``0001-000001-000100-VCS-VCU-…``, ``CAR-1-US-…-1 to 500``). What is kept of it is
the text with ``{lo}`` and ``{hi}`` in the places of the numbers, or ``{lo:6}`` where they are filled up with zeros to
six digits, so that any part of a range can be written as the registry would, on a certificate or in a request.
A registry's last serial is one of the range; inside the program ``hi`` is the one behind it.

What such a text says besides the numbers belongs to one serial space (:func:`wording`): were it written for a second
one, two tonnes would have the same serial, or one tonne would come in twice.
"""

from __future__ import annotations

from typing import Final

from exchange.core.credits.spelling import folded, folded_space, is_name
from exchange.core.serials import SerialRange

MAX_TEMPLATE: Final = 200
_MAX_WIDTH: Final = 20
_DIGITS: Final = frozenset("0123456789")
_VERRA: Final = folded_space("VCS-VCU")
_COUNTED_WITHIN: Final = (("gs", 2), ("car", 3), ("acr", 5))
"""How serials of Gold Standard, Climate Action Reserve and American Carbon Registry begin, folded, and where the first
digit stands: the last has a country's two letters in between.
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

    Something stands between the places, and no digit beside one: it could as well be one of the number's.
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
    return is_plain and bool(between) and not any(map(_is_digit, beside))


def wording(template: str) -> str:
    """What a template says besides the numbers, in whatever spelling; "" where it says nothing.

    >>> wording("ACR-US-192-2023-203-{lo}-{hi}") == wording("acr us 192 2023 203 {lo:6} to {hi:6}")
    True
    """
    if not template:
        return ""
    before, _, rest = _place(template, "lo")
    parts = folded_space(before), folded_space(_place(rest, "hi")[2])
    return "{}".join(parts) if any(parts) else ""


def space_by_wording(template: str) -> str:
    """The folded name of the only serial space that serials with this text can be of, where their registry is known by
    it; "" where it is not. Verra counts all its units in one space, the others within what stands before the numbers.
    """
    before, _, after = wording(template).partition("{}")
    if _VERRA in before or _VERRA in after:
        return _VERRA
    known = any(before.startswith(name) and before[at : at + 1] in _DIGITS for name, at in _COUNTED_WITHIN)
    return before if known else ""


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
