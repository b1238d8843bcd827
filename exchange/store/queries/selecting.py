"""What the queries of trades and orders share: the span of ids that a filter by time and a cursor leave over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ColumnElement, Select, func, select

from exchange.core.values import Micros, Seq, derived_id

FIRST_ID: Final = derived_id(Seq(1))
"""What a seq is multiplied by to give the first id that its entry makes."""


def ids_from(at: Micros) -> ColumnElement[int]:
    """The first id that an entry at or after an instant can have made; a subquery, so that it is looked up once."""
    return select(func.first_seq_at(at, type_=BigInteger) * FIRST_ID).scalar_subquery()


def in_time(column: Column[Any], from_at: Micros | None, to_at: Micros | None) -> list[ColumnElement[bool]]:
    """Conditions for ids made at or after ``from_at`` and before ``to_at``."""
    conditions: list[ColumnElement[bool]] = []
    if from_at is not None:
        conditions.append(column >= ids_from(from_at))
    if to_at is not None:
        conditions.append(column < ids_from(to_at))
    return conditions


@dataclass(frozen=True, slots=True)
class Entries:
    """Journal entries from ``first`` on, up to and without ``end``; None is without an end."""

    first: Seq
    end: Seq | None

    def made(self, number: int) -> bool:
        """Whether one of these entries made the thing with this id."""
        return derived_id(self.first) <= number and (self.end is None or number < derived_id(self.end))


NO_ENTRIES: Final = Entries(Seq(0), Seq(0))


def in_entries(column: Column[Any], entries: Entries | None) -> list[ColumnElement[bool]]:
    """Conditions for ids that these entries have made."""
    if entries is None:
        return []
    conditions = [column >= derived_id(entries.first)]
    return conditions if entries.end is None else [*conditions, column < derived_id(entries.end)]


def beyond(column: Column[Any], last_id: int | None, descending: bool) -> list[ColumnElement[bool]]:
    """The condition for the rows behind a cursor."""
    if last_id is None:
        return []
    return [column < last_id if descending else column > last_id]


def ordered(statement: Select[Any], column: ColumnElement[Any], descending: bool) -> Select[Any]:
    """In the order of the ids."""
    return statement.order_by(column.desc() if descending else column.asc())
