"""The one metadata object of all tables, and short names for the kinds of columns that they are made of."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, SmallInteger, Text
from sqlalchemy.types import TypeEngine

METADATA: Final = MetaData()


def _column(name: str, kind: TypeEngine[Any], null: bool, key: bool) -> Column[Any]:
    return Column(name, kind, nullable=null, primary_key=key, autoincrement=False)


def number(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A bigint: an id, a seq, an instant, an amount of money or tonnes."""
    return _column(name, BigInteger(), null, key)


def small(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A smallint: the number of an enum's member."""
    return _column(name, SmallInteger(), null, key)


def middle(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """An integer: a day, a year, a counter."""
    return _column(name, Integer(), null, key)


def text(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A text."""
    return _column(name, Text(), null, key)


def octets(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """Bytes: a hash or something canonical."""
    return _column(name, LargeBinary(), null, key)


def flag(name: str, *, key: bool = False) -> Column[Any]:
    """A truth value."""
    return _column(name, Boolean(), False, key)
