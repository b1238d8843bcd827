"""Between JSON and the client's own types: money and prices as :class:`~decimal.Decimal`, never as float.

The wire has prices as strings with two decimals ("30.00"), quantities as integers and times as RFC 3339 UTC.
:func:`decode` reads an answer by the annotations of a dataclass. It asks for every field that has no default and leaves
out fields that it does not know, so that a newer exchange can say more to an older client.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints
from urllib.parse import quote

from exchange.client.problem import UnexpectedAnswerError

T = TypeVar("T")

Money = Decimal | str | int
"""What a caller may give for money or a price, in CNY: ``"30.5"``, ``Decimal("30.50")`` or 30. A float is refused."""


def money_text(amount: Money) -> str:
    """The wire form of an amount in CNY, with two decimals.

    Raises:
        TypeError: for a float, whose decimal value nobody means.
        ValueError: for text that is no number, and for more than two decimals.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | str | int):
        raise TypeError(f"give money as text or Decimal, not {type(amount).__name__}")
    try:
        exact = Decimal(amount)
        rounded = exact.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no amount of money: write digits and a point alone, such as 1000.00") from None
    if rounded != exact:
        raise ValueError(f"{amount!r} has more than two decimals")
    return str(rounded)


def in_path(name: str) -> str:
    """An id as it stands in an address. Whatever is in it stays in its place: a slash or two dots would lead to another
    address, and so "cancel this order" to "cancel all".

    Raises:
        ValueError: for no text, which would be another address too.
    """
    if not name:
        raise ValueError("an id is missing: it is empty")
    return quote(name, safe="").replace(".", "%2E")


def encode_body(body: dict[str, object]) -> bytes:
    """The bytes of a request without fields that are None; made once, so that a repeat is the same to the byte."""
    present = {name: value for name, value in body.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode()


def decode(kind: type[T], value: object) -> T:
    """Read ``value`` as a ``kind``; raises :class:`UnexpectedAnswerError` naming where it does not fit."""
    return cast(T, _decode(kind, value, kind.__name__))


def _decode(kind: Any, value: object, where: str) -> object:
    origin = get_origin(kind)
    if origin is UnionType:
        return _decode_optional(kind, value, where)
    if origin is tuple:
        item = get_args(kind)[0]
        return tuple(_decode(item, part, f"{where}[{n}]") for n, part in enumerate(_expect(list, value, where)))
    if origin is dict:
        item = get_args(kind)[1]
        parts = _expect(dict, value, where)
        return {name: _decode(item, part, f"{where}.{name}") for name, part in parts.items()}
    if is_dataclass(kind):
        return _decode_record(kind, _expect(dict, value, where), where)
    return _decode_scalar(kind, value, where)


def _decode_optional(kind: Any, value: object, where: str) -> object:
    if value is None:
        return None
    (inner,) = [member for member in get_args(kind) if member is not NoneType]
    return _decode(inner, value, where)


def _decode_record(kind: Any, value: dict[str, object], where: str) -> object:
    known = {}
    for name, (annotation, required) in _fields_of(kind).items():
        if name in value:
            known[name] = _decode(annotation, value[name], f"{where}.{name}")
        elif required:
            raise UnexpectedAnswerError(f"{where}.{name} is missing")
    return kind(**known)


@cache
def _fields_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Annotation and "has no default" of each field."""
    hints = get_type_hints(kind)
    return {
        field.name: (hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
    }


def _decode_scalar(kind: Any, value: object, where: str) -> object:
    if kind is object:
        return value
    if kind is int and isinstance(value, bool):
        raise UnexpectedAnswerError(f"{where} should be a whole number")
    if kind in (str, int, bool):
        return _expect(kind, value, where)
    text = _expect(str, value, where)
    try:
        if kind is Decimal:
            return Decimal(text)
        return datetime.fromisoformat(text) if kind is datetime else date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        raise UnexpectedAnswerError(f"{where} should be a {kind.__name__}") from None


def _expect(kind: type[T], value: object, where: str) -> T:
    if not isinstance(value, kind):
        raise UnexpectedAnswerError(f"{where} should be a {kind.__name__}, and is a {type(value).__name__}")
    return value
