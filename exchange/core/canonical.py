"""Canonical bytes: one byte string for each record, the same on every machine, in every process and for ever.

Hashes are taken over these bytes and the journal stores them, so the format is versioned and golden-tested and nothing
in it depends on dictionaries, JSON or ``PYTHONHASHSEED``. Records are slotted dataclasses; their codec is derived from
their type hints once, at import. The format, big-endian throughout:

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
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from operator import attrgetter
from typing import Any, Final, NewType, cast, get_args, get_origin, get_type_hints

FORMAT_VERSION: Final = 1
"""Goes up whenever the bytes of any record change; an entry of another version is refused, never guessed."""

Wide = NewType("Wide", int)
"""An integer encoded in 16 bytes."""


class CanonicalError(ValueError):
    """Bytes that are not the canonical form of anything: cut short, too long, or with a value that cannot be."""


Encode = Callable[[Any, list[bytes]], None]
Decode = Callable[[bytes, int], tuple[Any, int]]
Codec = tuple[Encode, Decode]

_LENGTH: Final = struct.Struct(">I")
_TAG: Final = struct.Struct(">H")


def _need(data: bytes, end: int) -> None:
    if end > len(data):
        raise CanonicalError(f"cut short: {end} bytes needed, {len(data)} there")


def _encode_bytes(value: bytes, out: list[bytes]) -> None:
    out.append(_LENGTH.pack(len(value)))
    out.append(value)


def _decode_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    _need(data, at + 4)
    end = at + 4 + cast(int, _LENGTH.unpack_from(data, at)[0])
    _need(data, end)
    return data[at + 4 : end], end


def _encode_str(value: str, out: list[bytes]) -> None:
    _encode_bytes(value.encode(), out)


def _decode_str(data: bytes, at: int) -> tuple[str, int]:
    raw, end = _decode_bytes(data, at)
    try:
        return raw.decode(), end
    except UnicodeDecodeError as error:
        raise CanonicalError("text is not UTF-8") from error


def _encode_wide(value: int, out: list[bytes]) -> None:
    out.append(value.to_bytes(16, "big", signed=True))


def _decode_wide(data: bytes, at: int) -> tuple[int, int]:
    _need(data, at + 16)
    return int.from_bytes(data[at : at + 16], "big", signed=True), at + 16


def _sequence_codec(kind: type, item: Codec) -> Codec:
    encode_item, decode_item = item

    def encode(values: Any, out: list[bytes]) -> None:
        out.append(_LENGTH.pack(len(values)))
        for value in values:
            encode_item(value, out)

    def decode(data: bytes, at: int) -> tuple[Any, int]:
        _need(data, at + 4)
        (count,) = _LENGTH.unpack_from(data, at)
        at += 4
        values = []
        for _ in range(count):
            value, at = decode_item(data, at)
            values.append(value)
        return kind(values), at

    return encode, decode


def _supertype(hint: Any) -> Any:
    """Follow NewTypes down to the type that they name, stopping at ``Wide``, which has an encoding of its own."""
    while isinstance(hint, NewType) and hint is not Wide:
        hint = hint.__supertype__
    return hint


def _fixed_code(hint: Any) -> str:
    """The struct code of a fixed-size hint, or "" if its size varies."""
    hint = _supertype(hint)
    if hint is bool:
        return "B"
    if hint is int:
        return "q"
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return "H"
    return ""


def _checked_bool(value: int) -> bool:
    if value > 1:
        raise CanonicalError("a truth value is neither 0 nor 1")
    return value == 1


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """What turns an unpacked integer into the field's own type; None when it already is."""
    hint = _supertype(hint)
    if hint is bool:
        return _checked_bool
    if hint is int:
        return None
    enum = cast(type[IntEnum], hint)
    members = {int(member): member for member in enum}

    def convert(value: int) -> IntEnum:
        member = members.get(value)
        if member is None:
            raise CanonicalError(f"no {enum.__name__} has the number {value}")
        return member

    return convert


def _fixed_run_codec(names: list[str], hints: list[Any]) -> Codec:
    """Codec of neighbouring fixed-size fields: one ``struct`` call for all of them, which is what makes this quick."""
    layout = struct.Struct(">" + "".join(_fixed_code(hint) for hint in hints))
    getter = attrgetter(*names)
    converters = [(i, convert) for i, hint in enumerate(hints) if (convert := _converter(hint)) is not None]
    if len(names) == 1:

        def encode(record: Any, out: list[bytes]) -> None:
            out.append(layout.pack(getter(record)))
    else:

        def encode(record: Any, out: list[bytes]) -> None:
            out.append(layout.pack(*getter(record)))

    def decode(data: bytes, at: int) -> tuple[Any, int]:
        _need(data, at + layout.size)
        values = list(layout.unpack_from(data, at))
        for i, convert in converters:
            values[i] = convert(values[i])
        return values, at + layout.size

    return encode, decode


def _single_codec(hint: Any) -> Codec:
    """Codec of one value of a fixed-size type (an element of a tuple)."""
    layout = struct.Struct(">" + _fixed_code(hint))
    convert = _converter(hint)

    def encode(value: Any, out: list[bytes]) -> None:
        out.append(layout.pack(value))

    def decode(data: bytes, at: int) -> tuple[Any, int]:
        _need(data, at + layout.size)
        (value,) = layout.unpack_from(data, at)
        return (value if convert is None else convert(value)), at + layout.size

    return encode, decode


def _codec_of(hint: Any, unions: Mapping[Any, Codec]) -> Codec:
    hint = _supertype(hint)
    if _fixed_code(hint):
        return _single_codec(hint)
    if hint is Wide:
        return _encode_wide, _decode_wide
    if hint is str:
        return _encode_str, _decode_str
    if hint is bytes:
        return _encode_bytes, _decode_bytes
    if hint in unions:
        return unions[hint]
    if get_origin(hint) in (tuple, list):
        return _sequence_codec(cast(type, get_origin(hint)), _codec_of(get_args(hint)[0], unions))
    if is_dataclass(hint):
        return record_codec(cast(type, hint), unions)
    raise TypeError(f"no canonical form for {hint!r}")


def record_codec(record: type, unions: Mapping[Any, Codec] = types.MappingProxyType({})) -> Codec:
    """The codec of a slotted dataclass, derived from its type hints.

    ``unions`` gives the codecs of hints that stand for several record types (see :class:`TaggedUnion`).
    """
    hints = get_type_hints(record)
    names = [field.name for field in fields(record)]
    parts: list[Codec] = []
    wholes: list[bool] = []
    run: list[str] = []

    def close_run() -> None:
        if run:
            parts.append(_fixed_run_codec(list(run), [hints[name] for name in run]))
            wholes.append(True)
            run.clear()

    for name in names:
        if _fixed_code(hints[name]):
            run.append(name)
        else:
            close_run()
            parts.append(_field_codec(name, _codec_of(hints[name], unions)))
            wholes.append(False)
    close_run()
    return _assemble(record, parts, wholes)


def _field_codec(name: str, codec: Codec) -> Codec:
    """Codec that takes the field from its record when it encodes, and gives the field alone when it decodes."""
    encode_value, decode = codec
    getter = attrgetter(name)

    def encode(record: Any, out: list[bytes]) -> None:
        encode_value(getter(record), out)

    return encode, decode


def _assemble(record: type, parts: list[Codec], runs: list[bool]) -> Codec:
    encoders = [encode for encode, _ in parts]
    decoders = [(decode, run) for (_, decode), run in zip(parts, runs, strict=True)]

    def encode(value: Any, out: list[bytes]) -> None:
        for step in encoders:
            step(value, out)

    def decode(data: bytes, at: int) -> tuple[Any, int]:
        values: list[Any] = []
        for step, run in decoders:
            value, at = step(data, at)
            if run:
                values.extend(value)
            else:
                values.append(value)
        return record(*values), at

    return encode, decode


class TaggedUnion:
    """Several record types behind one hint, told apart by a number that is given once and never reused."""

    def __init__(self, hint: Any, table: Mapping[int, type], unions: Mapping[Any, Codec] | None = None) -> None:
        """``hint`` is the type alias under which records refer to the union, itself included."""
        self.table: Final = dict(table)
        assert len(set(table.values())) == len(table), "a record has two tags"
        known = {**(unions or {}), hint: (self.encode_into, self.decode_from)}
        self._encoders: dict[type, tuple[bytes, Encode]] = {}
        self._decoders: dict[int, Decode] = {}
        for tag, record in table.items():
            encode, decode = record_codec(record, known)
            self._encoders[record] = (_TAG.pack(tag), encode)
            self._decoders[tag] = decode

    def encode_into(self, record: Any, out: list[bytes]) -> None:
        """Append the tag and the bytes of ``record``."""
        tag, encode = self._encoders[type(record)]
        out.append(tag)
        encode(record, out)

    def decode_from(self, data: bytes, at: int) -> tuple[Any, int]:
        """The record that starts at ``at`` and where it ends."""
        _need(data, at + 2)
        (tag,) = _TAG.unpack_from(data, at)
        decode = self._decoders.get(tag)
        if decode is None:
            raise CanonicalError(f"unknown tag {tag}")
        return decode(data, at + 2)

    def encode(self, record: Any) -> bytes:
        """The canonical bytes of one record."""
        out: list[bytes] = []
        self.encode_into(record, out)
        return b"".join(out)

    def decode(self, data: bytes) -> Any:
        """The record that these bytes are, all of them.

        Raises:
            CanonicalError: if the bytes are not the canonical form of exactly one record.
        """
        return _decode_all(self.decode_from, data)


def _decode_all(decode: Decode, data: bytes) -> Any:
    record, end = decode(data, 0)
    if end != len(data):
        raise CanonicalError(f"{len(data) - end} bytes too many")
    return record


class RecordCodec:
    """Encode and decode one record type; a typed face over :func:`record_codec`."""

    def __init__(self, record: type, unions: Mapping[Any, Codec] = types.MappingProxyType({})) -> None:
        """Derive the codec now, so that a record without a canonical form fails at import and not in use."""
        self.encode_into, self.decode_from = record_codec(record, unions)

    def encode(self, record: Any) -> bytes:
        """The canonical bytes of one record."""
        out: list[bytes] = []
        self.encode_into(record, out)
        return b"".join(out)

    def decode(self, data: bytes) -> Any:
        """The record that these bytes are, all of them; raises :class:`CanonicalError` otherwise."""
        return _decode_all(self.decode_from, data)
