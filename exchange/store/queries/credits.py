"""Who holds a lot, who ever held serials of it, and by which steps they came where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.events.credits import Cause, MarketTag, ParcelState
from exchange.core.serials import SerialRange
from exchange.core.values import Day, LotId, Micros, ParticipantId, Seq, TransactionId
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import movements, parcel_changes, parcels

KIND: Final = b"M"
STEPS: Final = b"U"


@dataclass(frozen=True, slots=True)
class HeldParcel:
    """Serials ``[lo, hi)`` of a lot, who holds them since when, and how many encumbrances hold them fast."""

    lo: int
    hi: int
    owner: ParticipantId
    acquired: Day
    tag: MarketTag
    state: ParcelState
    encumbered: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Serials ``[lo, hi)`` of a lot that went from ``source`` (0: the registry) to ``target``."""

    seq: Seq
    n: int
    at: Micros
    transaction: TransactionId
    source: ParticipantId
    target: ParticipantId
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Step:
    """Serials ``[lo, hi)`` of a lot that went from one tag and state (0 and 0: they are new here) to another.

    ``subject`` is the lot, request, claim or release that made them, as ``cause`` says; ``owner`` is whose they are
    afterwards, or were last.
    """

    seq: Seq
    n: int
    at: Micros
    lot: LotId
    owner: ParticipantId
    lo: int
    hi: int
    tag_before: int
    state_before: int
    tag: MarketTag
    state: ParcelState
    cause: Cause
    subject: int


async def holders_of_lot(connection: AsyncConnection, lot: LotId) -> list[HeldParcel]:
    """The parcels that a lot consists of now, in the order of their serials."""
    statement = select(parcels).where(parcels.c.lot_id == lot).order_by(parcels.c.lo)
    return [
        HeldParcel(row.lo, row.hi, row.owner, row.acquired, MarketTag(row.tag), ParcelState(row.state), row.encumbered)
        for row in await connection.execute(statement)
    ]


async def movements_of_lot(
    connection: AsyncConnection, lot: LotId, limit: int, cursor: str | None = None
) -> Page[Movement]:
    """One page of a lot's history, from its admission on; raises BadCursorError for a cursor of another list."""
    key = (movements.c.seq, movements.c.n)
    statement = select(movements).where(movements.c.lot_id == lot).order_by(*key).limit(check_limit(limit) + 1)
    if cursor is not None:
        statement = statement.where(tuple_(*key) > tuple_(*decode_cursor(KIND, cursor)))
    rows = [
        Movement(row.seq, row.n, row.at_us, row.transaction_id, row.source, row.target, row.lo, row.hi)
        for row in await connection.execute(statement)
    ]
    return cut_page(KIND, rows, limit, lambda movement: (movement.seq, movement.n))


async def holders_ever(
    connection: AsyncConnection, lot: LotId, serials: SerialRange, limit: int, cursor: str | None = None
) -> Page[Movement]:
    """Everybody who ever held one of these serials, in order: each movement with the part of them that it moved.

    The one to whom serials went holds them until the next movement of the same serials; one whose ``target`` is 0 went
    out of this market. Raises BadCursorError for a cursor of another list.
    """
    key = (movements.c.seq, movements.c.n)
    lo, hi = func.greatest(movements.c.lo, serials.lo).label("lo"), func.least(movements.c.hi, serials.hi).label("hi")
    what = (movements.c.at_us, movements.c.transaction_id, movements.c.source, movements.c.target)
    touched = (movements.c.lot_id == lot, movements.c.lo < serials.hi, movements.c.hi > serials.lo)
    statement = select(*key, *what, lo, hi).where(*touched).order_by(*key).limit(check_limit(limit) + 1)
    if cursor is not None:
        statement = statement.where(tuple_(*key) > tuple_(*decode_cursor(KIND, cursor)))
    rows = [Movement(*row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda movement: (movement.seq, movement.n))


async def steps_of_serials(
    connection: AsyncConnection, lot: LotId, serials: SerialRange, limit: int, cursor: str | None = None
) -> Page[Step]:
    """One page of the steps that any of these serials took, in order, each with its own whole range; raises
    BadCursorError for a cursor of another list.
    """
    key = (parcel_changes.c.seq, parcel_changes.c.n)
    touched = (parcel_changes.c.lot_id == lot, parcel_changes.c.lo < serials.hi, parcel_changes.c.hi > serials.lo)
    statement = select(parcel_changes).where(*touched).order_by(*key).limit(check_limit(limit) + 1)
    if cursor is not None:
        statement = statement.where(tuple_(*key) > tuple_(*decode_cursor(STEPS, cursor)))
    rows = [_step(row) for row in await connection.execute(statement)]
    return cut_page(STEPS, rows, limit, lambda step: (step.seq, step.n))


def _step(row: Any) -> Step:
    where = (row.lot_id, row.owner, row.lo, row.hi, row.tag_before, row.state_before)
    after = (MarketTag(row.tag), ParcelState(row.state), Cause(row.cause))
    return Step(row.seq, row.n, row.at_us, *where, *after, row.subject)
