"""Opaque keyset cursors: where a page ended, as text that says nothing to the client and cannot be mistaken.

A cursor holds the kind of list it was made for and the id of the last row (ids are seq and number within the entry, so
they are in the order of what happened). Pages by key neither skip nor repeat a row while new ones come in, and the
thousandth page costs what the first one does.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Row = TypeVar("Row")

MAX_LIMIT: Final = 1_000

_LAYOUT: Final = struct.Struct(">cqqI")


class BadCursorError(ValueError):
    """Not a cursor that was given out for this kind of list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in order, and the cursor of the next page: None when there is none (yet, for an ascending list)."""

    rows: list[Row]
    next_cursor: str | None


def encode_cursor(kind: bytes, major: int, minor: int = 0) -> str:
    """A cursor behind the row whose key is (major, minor); ``kind`` is one byte."""
    key = struct.pack(">cqq", kind, major, minor)
    packed = _LAYOUT.pack(kind, major, minor, zlib.crc32(key))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(kind: bytes, cursor: str) -> tuple[int, int]:
    """The key that a cursor of this kind stands for.

    Raises:
        BadCursorError: for any other text, so that a damaged cursor never silently shows the wrong rows.
    """
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        _, major, minor, _ = _LAYOUT.unpack(packed)
    except (ValueError, binascii.Error, struct.error) as error:
        raise BadCursorError("not a cursor") from error
    if encode_cursor(kind, major, minor) != cursor:
        raise BadCursorError("not a cursor of this list")
    return int(major), int(minor)


def check_limit(limit: int) -> int:
    """The limit, which the caller has checked before: 1 to 1,000 rows."""
    assert 1 <= limit <= MAX_LIMIT
    return limit


def cut_page(kind: bytes, rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[int, int]]) -> Page[Row]:
    """A page of ``limit`` rows out of up to ``limit + 1``: the further one only tells that there is a next page."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return Page(shown, encode_cursor(kind, *key(shown[-1])) if more else None)
