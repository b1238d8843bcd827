"""Code for canonical bytes: from the type hints of a record, the two functions that write and read its bytes.

As ``dataclasses`` does for ``__init__``, each function is written down as text once, when its record's module is
imported, and compiled; a loop over fields that asks what each one is would take three times as long. The format is that
of :mod:`exchange.core.canonical`. For a record of a number, a text and a truth value the text is ::

    def encode(record):
        text_1 = record.name.encode()
        return join((pack_1(27, record.number, len(text_1)), text_1, pack_2(record.good)))

    def decode(data, at):
        (value_1, length_1) = unpack_1(data, at)
        at += 12
        end = at + length_1
        if end > len(data): raise cut_short(end, data)
        text_1 = data[at:end].decode()
        at = end
        (value_2,) = unpack_2(data, at)
        at += 1
        return Record(value_1, text_1, bool_1[value_2]), at

Neighbouring fields of fixed size, the length behind them included, are one ``struct`` call. Records inside of records
are written out in place, records of fixed size in a tuple or list are taken apart by the row. The text of a function is
its ``__doc__``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any, Final, NewType, cast, get_args, get_origin, get_type_hints

Wide = NewType("Wide", int)
"""An integer encoded in 16 bytes."""


class CanonicalError(ValueError):
    """Bytes that are not the canonical form of anything: cut short, too long, or with a value that cannot be."""


Encode = Callable[[Any], bytes]
Decode = Callable[[bytes, int], tuple[Any, int]]
"""Gives the record that begins at a place and where it ends; beside ``CanonicalError`` it raises ``struct.error`` where
bytes are missing and ``UnicodeDecodeError`` where they are no text.
"""
Codec = tuple[Encode, Decode]
Unions = Mapping[Any, Codec]

_WIDE_CODE: Final = "16s"


def cut_short(end: int, data: bytes) -> CanonicalError:
    """What is raised where something would reach beyond the end."""
    return CanonicalError(f"cut short: {end} bytes needed, {len(data)} there")


class _Members(dict[int, Any]):
    """What a number on paper stands for, where not every number stands for something."""

    def __init__(self, kind: type, members: Mapping[int, Any]) -> None:
        super().__init__(members)
        self._kind = kind

    def __missing__(self, number: int) -> Any:
        if self._kind is bool:
            raise CanonicalError("a truth value is neither 0 nor 1")
        raise CanonicalError(f"no {self._kind.__name__} has the number {number}")


def _supertype(hint: Any) -> Any:
    """Follow NewTypes down to the type that they name, stopping at ``Wide``, which has an encoding of its own."""
    while isinstance(hint, NewType) and hint is not Wide:
        hint = hint.__supertype__
    return hint


def _fixed_code(hint: Any) -> str:
    """The struct code of a fixed-size hint, or "" if it has none."""
    if hint is bool:
        return "B"
    if hint is int:
        return "q"
    if hint is Wide:
        return _WIDE_CODE
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return "H"
    return ""


class _Names:
    """The objects that a function's text names, each under a name of its own."""

    def __init__(self, unions: Unions) -> None:
        self.unions: Final = unions
        self.objects: Final[dict[str, Any]] = {"join": b"".join, "cut_short": cut_short}
        self._counts: dict[str, int] = {}

    def fresh(self, stem: str) -> str:
        """A name that is not taken."""
        self._counts[stem] = number = self._counts.get(stem, 0) + 1
        return f"{stem}_{number}"

    def bind(self, stem: str, value: Any) -> str:
        """A fresh name for an object."""
        name = self.fresh(stem)
        self.objects[name] = value
        return name

    def compiled(self, head: str, lines: list[str]) -> Any:
        """The function with this head and these lines."""
        text = "\n    ".join([f"def {head}:", *lines])
        # The text is made of this module's own words and of the names of fields; nothing of it comes from outside.
        exec(text, self.objects)
        function = self.objects[head.partition("(")[0]]
        function.__doc__ = text
        return function


class _Encoder:
    """Writes down what makes bytes of a value: lines to do before, and the expressions that make the parts.

    From the first list on, the parts are collected in ``out`` by lines.
    """

    def __init__(self, names: _Names) -> None:
        self.names: Final = names
        self.lines: list[str] = []
        self.parts: list[str] = []
        self._has_list = False
        self._codes = ">"
        self._values: list[str] = []

    def fixed(self, code: str, value: str) -> None:
        """A value of fixed size, for the ``struct`` call that is being collected."""
        self._codes += code
        self._values.append(value)

    def finish(self) -> str:
        """The expression of all bytes."""
        self._close()
        if self._has_list:
            self._collect()
            return "join(out)"
        return self.parts[0] if len(self.parts) == 1 else f"join(({', '.join(self.parts)}))"

    def add(self, hint: Any, value: str) -> None:
        """The value of an expression, by its hint."""
        hint = _supertype(hint)
        if code := _fixed_code(hint):
            self.fixed(code, f"{value}.to_bytes(16, 'big', signed=True)" if hint is Wide else value)
        elif hint is str:
            text = self.names.fresh("text")
            self.lines.append(f"{text} = {value}.encode()")
            self._measured(text)
        elif hint is bytes:
            self._measured(value)
        elif hint in self.names.unions:
            self._part(f"{self.names.bind('encode', self.names.unions[hint][0])}({value})")
        elif get_origin(hint) in (tuple, list):
            self.fixed("I", f"len({value})")
            self._close()
            self._collect()
            one = self.names.fresh("one")
            self.lines.append(f"for {one} in {value}: out.append({self._element(get_args(hint)[0], one)})")
        elif is_dataclass(hint):
            for name, inner in _hints_of(cast(type, hint)):
                self.add(inner, f"{value}.{name}")
        else:
            raise TypeError(f"no canonical form for {hint!r}")

    def _element(self, hint: Any, one: str) -> str:
        """The expression of the bytes of ``one``; a function of its own unless it is a single expression."""
        inner = _Encoder(self.names)
        inner.add(hint, one)
        expression = inner.finish()
        if not inner.lines:
            return expression
        function = self.names.fresh("element")
        self.names.compiled(f"{function}({one})", [*inner.lines, f"return {expression}"])
        return f"{function}({one})"

    def _collect(self) -> None:
        """The parts up to here go into ``out``, in a line."""
        line = "out += " if self._has_list else "out = "
        if self.parts or not self._has_list:
            self.lines.append(f"{line}[{', '.join(self.parts)}]")
        self.parts = []
        self._has_list = True

    def _measured(self, value: str) -> None:
        self.fixed("I", f"len({value})")
        self._part(value)

    def _part(self, expression: str) -> None:
        self._close()
        self.parts.append(expression)

    def _close(self) -> None:
        """The values that were collected are one call."""
        if self._values:
            pack = self.names.bind("pack", struct.Struct(self._codes).pack)
            self.parts.append(f"{pack}({', '.join(self._values)})")
            self._codes, self._values = ">", []


class _Decoder:
    """Writes down what reads a value from ``data`` at ``at``, which then stands behind it."""

    def __init__(self, names: _Names) -> None:
        self.names: Final = names
        self.lines: list[str] = []
        self._codes = ">"
        self._targets: list[str] = []

    def add(self, hint: Any) -> str:
        """Read a value of this hint; gives the expression of it, for behind the lines."""
        hint = _supertype(hint)
        if code := _fixed_code(hint):
            return self._converted(hint, self._fixed(code, "value"))
        if hint is str:
            return self._measured("text", ".decode()")
        if hint is bytes:
            return self._measured("bytes", "")
        if hint in self.names.unions:
            return self._called(self.names.bind("decode", self.names.unions[hint][1]))
        if get_origin(hint) in (tuple, list):
            return self._sequence(cast(type, get_origin(hint)), get_args(hint)[0])
        record = self.names.bind("Record", hint)
        return f"{record}({', '.join([self.add(inner) for _, inner in _hints_of(cast(type, hint))])})"

    def close(self) -> None:
        """Read the values of fixed size that were collected, in one call."""
        if self._targets:
            layout = struct.Struct(self._codes)
            unpack = self.names.bind("unpack", layout.unpack_from)
            self.lines += [f"({', '.join(self._targets)},) = {unpack}(data, at)", f"at += {layout.size}"]
            self._codes, self._targets = ">", []

    def row(self) -> tuple[struct.Struct, list[str]] | None:
        """The layout and the names of all values, if they are of fixed size."""
        return None if self.lines else (struct.Struct(self._codes), self._targets)

    def _fixed(self, code: str, stem: str) -> str:
        target = self.names.fresh(stem)
        self._codes += code
        self._targets.append(target)
        return target

    def _converted(self, hint: Any, value: str) -> str:
        if hint is int:
            return value
        if hint is Wide:
            return f"int.from_bytes({value}, 'big', signed=True)"
        members = {0: False, 1: True} if hint is bool else {int(member): member for member in hint}
        return f"{self.names.bind(hint.__name__, _Members(hint, members))}[{value}]"

    def _end(self, size: str) -> None:
        """``end`` is where something of this size ends, which must be there."""
        self.close()
        self.lines += [f"end = at + {size}", "if end > len(data): raise cut_short(end, data)"]

    def _measured(self, stem: str, convert: str) -> str:
        length, value = self._fixed("I", "length"), self.names.fresh(stem)
        self._end(length)
        self.lines += [f"{value} = data[at:end]{convert}", "at = end"]
        return value

    def _called(self, function: str) -> str:
        self.close()
        value = self.names.fresh("record")
        self.lines.append(f"{value}, at = {function}(data, at)")
        return value

    def _sequence(self, kind: type, hint: Any) -> str:
        length, values = self._fixed("I", "length"), self.names.fresh("values")
        inner = _Decoder(self.names)
        element = inner.add(hint)
        row = inner.row()
        if row is not None:
            layout, targets = row
            rows = self.names.bind("rows", layout.iter_unpack)
            self._end(f"{length} * {layout.size}")
            listed = f"[{element} for ({', '.join(targets)},) in {rows}(data[at:end])]"
            # Most lists of an entry are empty, and to walk through nothing costs as much as a record.
            self.lines += [f"{values} = {listed} if {length} else []", "at = end"]
        else:
            inner.close()
            self.close()
            steps = [f"    {line}" for line in (*inner.lines, f"{values}.append({element})")]
            self.lines += [f"{values} = []", f"for _ in range({length}):", *steps]
        return values if kind is list else f"tuple({values})"


def _hints_of(record: type) -> list[tuple[str, Any]]:
    """The fields of a record in their order, with their hints."""
    hints = get_type_hints(record)
    return [(field.name, hints[field.name]) for field in fields(record)]


def code_of(record: type, unions: Unions, tag: int = 0) -> Codec:
    """The two functions for a slotted dataclass, derived from its type hints.

    ``unions`` gives the codecs of hints that stand for several record types. With a ``tag`` the encoder writes it in
    front of the record; the decoder begins behind it.

    Raises:
        TypeError: if a field has no canonical form.
    """
    encoder = _Encoder(_Names(unions))
    if tag:
        encoder.fixed("H", str(tag))
    encoder.add(record, "record")
    expression = encoder.finish()
    encode = encoder.names.compiled("encode(record)", [*encoder.lines, f"return {expression}"])
    decoder = _Decoder(_Names(unions))
    value = decoder.add(record)
    decoder.close()
    decode = decoder.names.compiled("decode(data, at)", [*decoder.lines, f"return {value}, at"])
    return encode, decode
