"""Who of the staff has read what of others, as the supervisors of the supervisors look for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.values import KeyId, Micros, PersonId, Seq
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import downloads_ended, reads

KIND: Final = b"R"


@dataclass(frozen=True, slots=True)
class LoggedRead:
    """One read. ``rows`` are those that were given out; None for a download of which no end is known. ``complete`` is
    False for a download that broke off, None for one of which no end is known.
    """

    read: int
    at: Micros
    person: PersonId
    key: KeyId
    operation: str
    asked: str
    form: str
    rows: int | None
    complete: bool | None
    as_of_seq: Seq


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """Which reads: from an instant (included) to another (excluded), by one person."""

    from_at: Micros | None = None
    to_at: Micros | None = None
    person: PersonId | None = None


async def list_reads(
    connection: AsyncConnection, wanted: ReadFilter, limit: int, cursor: str | None = None
) -> Page[LoggedRead]:
    """One page of reads in the order of their times.

    Raises:
        BadCursorError: for a cursor that was not given out for reads.
    """
    key = (reads.c.at_us, reads.c.read_id)
    conditions = _conditions(wanted)
    if cursor is not None:
        conditions.append(tuple_(*key) > tuple_(*decode_cursor(KIND, cursor)))
    statement = (
        select(reads, downloads_ended.c.row_count.label("downloaded"), downloads_ended.c.complete)
        .outerjoin(downloads_ended, downloads_ended.c.read_id == reads.c.read_id)
        .where(*conditions)
        .order_by(*key)
        .limit(check_limit(limit) + 1)
    )
    rows = [_read(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda read: (read.at, read.read))


async def last_read_at(connection: AsyncConnection) -> Micros:
    """The instant of the newest read, 0 before the first."""
    return Micros((await connection.execute(select(func.max(reads.c.at_us)))).scalar_one() or 0)


def _conditions(wanted: ReadFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.from_at is not None:
        conditions.append(reads.c.at_us >= wanted.from_at)
    if wanted.to_at is not None:
        conditions.append(reads.c.at_us < wanted.to_at)
    if wanted.person is not None:
        conditions.append(reads.c.person_id == wanted.person)
    return conditions


def _read(row: Any) -> LoggedRead:
    counted = row.row_count is not None
    return LoggedRead(
        read=row.read_id,
        at=row.at_us,
        person=row.person_id,
        key=row.key_id,
        operation=row.operation,
        asked=row.asked,
        form=row.form,
        rows=row.row_count if counted else row.downloaded,
        complete=True if counted else row.complete,
        as_of_seq=row.as_of_seq,
    )
