"""Commands that were sequenced and refused, as supervisors look for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, PersonId, Seq
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.queries.selecting import Entries
from exchange.store.tables import refusals

KIND: Final = b"X"


@dataclass(frozen=True, slots=True)
class RefusedCommand:
    """Who was refused what and why; ``scope`` is the participant, or the person when it was one of the staff."""

    seq: Seq
    at: Micros
    scope: int
    person: PersonId
    key: KeyId
    command: str
    reason: RejectReason


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """Which refusals: from an instant (included) to another (excluded), of a participant, of a person, for a reason,
    in some entries.
    """

    from_at: Micros | None = None
    to_at: Micros | None = None
    scope: int | None = None
    person: PersonId | None = None
    reason: RejectReason | None = None
    entries: Entries | None = None


async def list_refusals(
    connection: AsyncConnection, wanted: RefusalFilter, limit: int, cursor: str | None = None
) -> Page[RefusedCommand]:
    """One page of refusals in journal order.

    Raises:
        BadCursorError: for a cursor that was not given out for refusals.
    """
    conditions = _conditions(wanted)
    if cursor is not None:
        conditions.append(refusals.c.seq > decode_cursor(KIND, cursor)[0])
    statement = select(refusals).where(*conditions).order_by(refusals.c.seq).limit(check_limit(limit) + 1)
    rows = [_refusal(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda refusal: (refusal.seq, 0))


def _conditions(wanted: RefusalFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.from_at is not None:
        conditions.append(refusals.c.seq >= _first_seq(wanted.from_at))
    if wanted.to_at is not None:
        conditions.append(refusals.c.seq < _first_seq(wanted.to_at))
    if wanted.entries is not None:
        conditions.append(refusals.c.seq >= wanted.entries.first)
        if wanted.entries.end is not None:
            conditions.append(refusals.c.seq < wanted.entries.end)
    equal = (
        (refusals.c.scope, wanted.scope),
        (refusals.c.person_id, wanted.person),
        (refusals.c.reason, wanted.reason),
    )
    return conditions + [field == value for field, value in equal if value is not None]


def _first_seq(at: Micros) -> ColumnElement[int]:
    """The first entry at or after an instant; a subquery, so that it is looked up once."""
    return select(func.first_seq_at(at, type_=BigInteger)).scalar_subquery()


def _refusal(row: Any) -> RefusedCommand:
    who = (row.scope, row.person_id, row.key_id)
    return RefusedCommand(row.seq, row.at_us, *who, row.command, RejectReason(row.reason))
