"""Canonical bytes: one byte string for each record, the same on every machine, in every process and for ever.

Hashes are taken over these bytes and the journal stores them, so the format is versioned and golden-tested and nothing
in it depends on dictionaries, JSON or ``PYTHONHASHSEED``. Records are slotted dataclasses; what writes and reads their
bytes is derived from their type hints once, at import (:mod:`exchange.core.record_code`). The format, big-endian
throughout:

=====================  =====================================================================
``int`` and NewTypes   8 bytes, signed
``Wide``               16 bytes, signed (running totals that may outgrow 64 bits)
``bool``               1 byte, 0 or 1
``IntEnum``            2 bytes, unsigned
``str`` / ``bytes``    4 bytes length, then UTF-8 / the bytes
``tuple`` / ``list``   4 bytes count, then the elements
a record               its fields in the order of their declaration, no framing
a tagged record        2 bytes tag from the union's table, then the record
=====================  =====================================================================

Every length is in front of what it measures, so no two different records share bytes (delimiter-joined hashes do).
"""

from __future__ import annotations

import struct
import types
from collections.abc import Mapping
from typing import Any, Final

from exchange.core.record_code import CanonicalError, Codec, Decode, Encode, Unions, Wide, code_of

__all__ = ["FORMAT_VERSION", "CanonicalError", "RecordCodec", "TaggedUnion", "Wide"]

FORMAT_VERSION: Final = 1
"""Goes up whenever the bytes of any record change; an entry of another version is refused, never guessed."""

_TAG: Final = struct.Struct(">H")


def _refused(error: struct.error | UnicodeDecodeError) -> CanonicalError:
    """What is wrong with bytes, in the words of this module."""
    return CanonicalError("text is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cut short: {error}")


class TaggedUnion:
    """Several record types behind one hint, told apart by a number that is given once and never reused."""

    def __init__(self, hint: Any, table: Mapping[int, type], unions: Unions | None = None) -> None:
        """``hint`` is the type alias under which records refer to the union, itself included."""
        self.table: Final = dict(table)
        assert len(set(table.values())) == len(table), "a record has two tags"
        self.codec: Final[Codec] = (self.encode, self.decode_from)
        """What a record needs that has a field of this union."""
        known = {**(unions or {}), hint: self.codec}
        self.encoders: Final[dict[type, Encode]] = {}
        """By record type what makes its bytes, tag first: for whoever encodes many records."""
        self._decoders: dict[int, Decode] = {}
        for tag, record in table.items():
            self.encoders[record], self._decoders[tag] = code_of(record, known, tag)

    def encode(self, record: Any) -> bytes:
        """The canonical bytes of one record, tag first."""
        return self.encoders[type(record)](record)

    def decode_from(self, data: bytes, at: int) -> tuple[Any, int]:
        """The record that starts at ``at`` and where it ends; raises :class:`CanonicalError` if there is none."""
        try:
            (tag,) = _TAG.unpack_from(data, at)
            decode = self._decoders.get(tag)
            if decode is None:
                raise CanonicalError(f"unknown tag {tag}")
            return decode(data, at + 2)
        except (struct.error, UnicodeDecodeError) as error:
            raise _refused(error) from error

    def decode(self, data: bytes) -> Any:
        """The record that these bytes are, all of them.

        Raises:
            CanonicalError: if the bytes are not the canonical form of exactly one record.
        """
        return _whole(data, *self.decode_from(data, 0))


def _whole(data: bytes, record: Any, end: int) -> Any:
    """A record that was read, if nothing follows it."""
    if end != len(data):
        raise CanonicalError(f"{len(data) - end} bytes too many")
    return record


class RecordCodec:
    """Encode and decode one record type."""

    def __init__(self, record: type, unions: Unions = types.MappingProxyType({})) -> None:
        """Derive the codec now, so that a record without a canonical form fails at import and not in use.

        ``unions`` gives the codecs of hints that stand for several record types (:attr:`TaggedUnion.codec`).
        """
        encode, self._decode_from = code_of(record, unions)
        self.encode: Final[Encode] = encode
        """Makes the canonical bytes of one record."""

    def decode(self, data: bytes) -> Any:
        """The record that these bytes are, all of them; raises :class:`CanonicalError` otherwise."""
        try:
            record, end = self._decode_from(data, 0)
        except (struct.error, UnicodeDecodeError) as error:
            raise _refused(error) from error
        return _whole(data, record, end)
