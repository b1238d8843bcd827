"""The outside names of things: opaque strings such as ``ord-1027`` or ``per-1-3``.

Inside, an id is one integer made of the seq of the entry that created the thing and a counter (see
:func:`exchange.core.values.derived_id`). Outside it is ``<prefix>-<seq>`` or ``<prefix>-<seq>-<n>``; each id has
exactly one spelling, so that equal strings and equal things are the same.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final

from exchange.core.values import ID_CHILDREN, ID_STRIDE, NOBODY, Seq, derived_id

NEVER: Final = (1 << 63) - 1
"""What a string that is no id of its kind is read as: an id that the journal will not reach in 2**42 entries.

It looks up nothing, so a badly formed id and the id of nothing take the same way and give the same bytes.
"""

_LARGEST_SEQ: Final = NEVER // ID_STRIDE - 1
_NUMBERS: Final = re.compile(r"([1-9][0-9]{0,12})(?:-([1-9][0-9]{0,6}))?", re.ASCII)


class Kind(Enum):
    """What an id names; the value is its prefix."""

    PARTICIPANT = "par"
    PERSON = "per"
    KEY = "key"
    INSTRUMENT = "ins"
    ISSUANCE = "iss"
    LOT = "lot"
    PROJECT = "prj"
    USE = "use"
    RELEASE = "rel"
    REQUEST = "req"
    ENCUMBRANCE = "enc"
    REVERSAL = "rev"
    IMPORT = "imp"
    ORDER = "ord"
    TRADE = "trd"
    AGREEMENT = "agr"
    PROPOSAL = "prp"
    JOB = "job"
    TRANSACTION = "txn"

    @property
    def pattern(self) -> str:
        """A regular expression of its ids, for the published schema."""
        return f"^{self.value}-[1-9][0-9]{{0,12}}(-[1-9][0-9]{{0,6}})?$"


def id_text(kind: Kind, number: int) -> str:
    """The outside name of a thing."""
    seq, n = divmod(number, ID_STRIDE)  # as maker_of does it; a call for each id shown would cost as much again
    prefix = kind._value_  # ``value`` is a property written in Python, which costs as much as the rest of this
    return f"{prefix}-{seq}-{n}" if n else f"{prefix}-{seq}"


def id_text_or_none(kind: Kind, number: int) -> str | None:
    """The outside name, or None for nobody and nothing (0)."""
    return None if number == NOBODY else id_text(kind, number)


def id_number(kind: Kind, text: str) -> int:
    """The id that ``text`` names; :data:`NEVER` when it is not the one spelling of an id of this kind."""
    return (_read_once if len(text) <= _LONGEST_ID else _read)(kind._value_, text)


def _read(prefix: str, text: str) -> int:
    if not text.startswith(prefix) or text[len(prefix) : len(prefix) + 1] != "-":
        return NEVER
    match = _NUMBERS.fullmatch(text, len(prefix) + 1)
    if match is None:
        return NEVER
    seq, n = int(match[1]), int(match[2] or 0)
    if seq > _LARGEST_SEQ or n >= ID_CHILDREN:
        return NEVER
    return derived_id(Seq(seq), n)


_LONGEST_ID: Final = 32
"""Longer than any id; what is longer is not remembered, whoever sends it."""

_read_once: Final = lru_cache(maxsize=8_192)(_read)
"""The same few instruments and keys are named by every order."""
