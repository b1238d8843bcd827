"""Serials as their registry writes them: a text with two numbers in it, the first and the last of a range.

Each registry has a shape of its own (``0001-000001-000100-VCS-VCU-…``, ``CAR-1-US-…-1 to 500``). What is kept of it is
the text with ``{lo}`` and ``{hi}`` in the places of the numbers, or ``{lo:6}`` where they are filled up with zeros to
six digits, so that any part of a range can be written as the registry would, on a certificate or in a request.
A registry's last serial is one of the range; inside the program ``hi`` is the one behind it.
"""

from __future__ import annotations

from typing import Final

from exchange.core.serials import SerialRange

MAX_TEMPLATE: Final = 200
_MAX_WIDTH: Final = 20
_DIGITS: Final = frozenset("0123456789")


def serial_text(template: str, serials: SerialRange) -> str:
    """A range as its registry writes it; an empty template writes the two numbers alone."""
    if not template:
        return f"{serials.lo}-{serials.hi - 1}"
    before, lo_width, rest = _place(template, "lo")
    between, hi_width, after = _place(rest, "hi")
    return f"{before}{serials.lo:0{lo_width}d}{between}{serials.hi - 1:0{hi_width}d}{after}"


def is_template(template: str) -> bool:
    """Whether a text can be a template: nothing, or the two places in this order, each once, and no other brace."""
    if not template:
        return True
    try:
        before, _, rest = _place(template, "lo")
        between, _, after = _place(rest, "hi")
    except ValueError:
        return False
    return len(template) <= MAX_TEMPLATE and not any(brace in before + between + after for brace in "{}")


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
