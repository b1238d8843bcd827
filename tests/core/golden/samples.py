"""One record of any kind with fields that are all different, so that two fields that change places are noticed."""

from __future__ import annotations

from dataclasses import fields
from enum import IntEnum
from itertools import count
from typing import Any, NewType, cast, get_args, get_origin, get_type_hints

from exchange.core.commands.approvals import Action
from exchange.core.commands.cash import WithdrawCash


def sample(kind: type) -> Any:
    """The sample of a record type: its fields are numbered through, nested ones too."""
    return _record(kind, count(1))


def _record(kind: type, numbers: count[int]) -> Any:
    hints = get_type_hints(kind)
    return kind(*(_value(hints[field.name], numbers) for field in fields(kind)))


def _value(hint: Any, numbers: count[int]) -> Any:
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    if get_origin(hint) in (tuple, list):
        kind = cast(type, get_origin(hint))
        return kind(_value(get_args(hint)[0], numbers) for _ in range(2))
    if hint is Action:
        return _record(WithdrawCash, numbers)
    number = next(numbers)
    if hint is bool:
        return number % 2 == 1
    if hint is int:
        return number * 1_000_003 * (-1 if number % 7 == 0 else 1)
    if hint is str:
        return f"text 文字 {number}"
    if hint is bytes:
        return bytes([number]) * 5
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return list(hint)[number % len(hint)]
    return _record(cast(type, hint), numbers)
