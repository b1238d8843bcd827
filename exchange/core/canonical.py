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
_EMPTY: Final = _LENGTH.pack(0)


def _need(data: bytes, end: int) -> None:
    if end > len(data):
        raise CanonicalError(f"cut short: {end} bytes needed, {len(data)} there")


def _encode_bytes(value: bytes, out: list[bytes]) -> None:
    out.append(_LENGTH.pack(len(value)) + value if value else _EMPTY)


def _decode_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    _need(data, at + 4)
    end = at + 4 + cast(int, _LENGTH.unpack_from(data, at)[0])
    _need(data, end)
    return data[at + 4 : end], end


def _encode_str(value: str, out: list[bytes]) -> None:
    if value:
        data = value.encode()
        out.append(_LENGTH.pack(len(data)) + data)
    else:
        out.append(_EMPTY)


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


def _sequence_codec(kind: type, hint: Any, item: Codec) -> Codec:
    """Codec of a count and the elements; records of fixed size go through ``struct`` by the row."""
    encode, decode = _elements_codec(*item)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        names = [field.name for field in fields(hint)]
        if len(names) > 1 and all(_fixed_code(hints[name]) for name in names):
            encode, decode = _rows_codec(cast(type, hint), names, [hints[name] for name in names])
    if kind is list:
        return encode, decode

    def decode_as_kind(data: bytes, at: int) -> tuple[Any, int]:
        values, at = decode(data, at)
        return kind(values), at

    return encode, decode_as_kind


def _elements_codec(encode_item: Encode, decode_item: Decode) -> Codec:
    prefix = _LENGTH.pack

    def encode(values: Any, out: list[bytes]) -> None:
        out.append(prefix(len(values)))
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
        return values, at

    return encode, decode


def _rows_codec(record: type, names: list[str], hints: list[Any]) -> Codec:
    """Codec of many records of one fixed size, without a call for each: postings come in fours, balances by the
    thousand.
    """
    layout = struct.Struct(">" + "".join(map(_fixed_code, hints)))
    prefix, pack, getter, size = _LENGTH.pack, layout.pack, attrgetter(*names), layout.size
    converters = [(i, convert) for i, hint in enumerate(hints) if (convert := _converter(hint)) is not None]

    def encode(records: Any, out: list[bytes]) -> None:
        out.append(prefix(len(records)))
        for one in records:
            out.append(pack(*getter(one)))

    def decode(data: bytes, at: int) -> tuple[Any, int]:
        _need(data, at + 4)
        at += 4
        end = at + size * cast(int, _LENGTH.unpack_from(data, at - 4)[0])
        _need(data, end)
        rows = layout.iter_unpack(data[at:end])
        if converters:
            return [record(*_converted(row, converters)) for row in rows], end
        return [record(*row) for row in rows], end

    return encode, decode


def _converted(row: tuple[Any, ...], converters: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for i, convert in converters:
        values[i] = convert(values[i])
    return values


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


def _run_encoder(names: list[str], codes: str, tag: int) -> Encode:
    """Encodes neighbouring fixed-size fields, and a tag (0: none) in front of them, in one ``struct`` call."""
    pack = struct.Struct((">H" if tag else ">") + codes).pack
    getter = attrgetter(*names)
    if len(names) == 1:

        def encode(record: Any, out: list[bytes]) -> None:
            out.append(pack(tag, getter(record)) if tag else pack(getter(record)))
    elif tag:

        def encode(record: Any, out: list[bytes]) -> None:
            out.append(pack(tag, *getter(record)))
    else:

        def encode(record: Any, out: list[bytes]) -> None:
            out.append(pack(*getter(record)))

    return encode


def _fixed_run_codec(names: list[str], hints: list[Any], tag: int) -> Codec:
    """Codec of neighbouring fixed-size fields: one ``struct`` call for all of them, which is what makes this quick.

    A tag is written in front of them; it is read by whoever chose this codec by it.
    """
    codes = "".join(_fixed_code(hint) for hint in hints)
    layout = struct.Struct(">" + codes)
    encode = _run_encoder(names, codes, tag)
    converters = [(i, convert) for i, hint in enumerate(hints) if (convert := _converter(hint)) is not None]

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
        item = get_args(hint)[0]
        return _sequence_codec(cast(type, get_origin(hint)), item, _codec_of(item, unions))
    if is_dataclass(hint):
        return record_codec(cast(type, hint), unions)
    raise TypeError(f"no canonical form for {hint!r}")


def record_codec(record: type, unions: Mapping[Any, Codec] = types.MappingProxyType({}), tag: int = 0) -> Codec:
    """The codec of a slotted dataclass, derived from its type hints.

    ``unions`` gives the codecs of hints that stand for several record types (see :class:`TaggedUnion`). With a ``tag``
    the encoder writes it in front of the record; the decoder begins behind it.
    """
    hints = get_type_hints(record)
    names = [field.name for field in fields(record)]
    parts: list[Codec] = []
    wholes: list[bool] = []
    run: list[str] = []

    def close_run() -> None:
        if run:
            parts.append(_fixed_run_codec(list(run), [hints[name] for name in run], 0 if parts else tag))
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
    encode, decode = _assemble(record, parts, wholes)
    return (encode if not tag or wholes[:1] == [True] else _behind_tag(tag, encode)), decode


def _behind_tag(tag: int, encode_record: Encode) -> Encode:
    tag_bytes = _TAG.pack(tag)

    def encode(record: Any, out: list[bytes]) -> None:
        out.append(tag_bytes)
        encode_record(record, out)

    return encode


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

    def encode_all(value: Any, out: list[bytes]) -> None:
        for step in encoders:
            step(value, out)

    encode = encoders[0] if len(encoders) == 1 else encode_all

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
        self.encoders: Final[dict[type, Encode]] = {}
        """By record type what appends its tag and its bytes: for whoever encodes many records."""
        self._decoders: dict[int, Decode] = {}
        for tag, record in table.items():
            self.encoders[record], self._decoders[tag] = record_codec(record, known, tag)

    def encode_into(self, record: Any, out: list[bytes]) -> None:
        """Append the tag and the bytes of ``record``."""
        self.encoders[type(record)](record, out)

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
