"""Who holds a lot, and how its serials came there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.events.credits import MarketTag, ParcelState
from exchange.core.values import Day, LotId, Micros, ParticipantId, Seq, TransactionId
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import movements, parcels

KIND: Final = b"M"


@dataclass(frozen=True, slots=True)
class HeldParcel:
    """Serials ``[lo, hi)`` of a lot and who holds them since when."""

    lo: int
    hi: int
    owner: ParticipantId
    acquired: Day
    tag: MarketTag
    state: ParcelState


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


async def holders_of_lot(connection: AsyncConnection, lot: LotId) -> list[HeldParcel]:
    """The parcels that a lot consists of now, in the order of their serials."""
    statement = select(parcels).where(parcels.c.lot_id == lot).order_by(parcels.c.lo)
    return [
        HeldParcel(row.lo, row.hi, row.owner, row.acquired, MarketTag(row.tag), ParcelState(row.state))
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
