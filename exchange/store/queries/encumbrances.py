"""Encumbrances with the serials that they hold, and reversals with what was replaced of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.values import (
    EncumbranceId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    ReversalId,
    Seq,
    Tonnes,
)
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import encumbered_ranges, encumbrances, reversals

KIND: Final = b"E"


@dataclass(frozen=True, slots=True)
class HeldRange:
    """Serials ``[lo, hi)`` of a lot that an encumbrance holds since an entry."""

    lot: LotId
    lo: int
    hi: int
    seq: Seq


@dataclass(frozen=True, slots=True)
class EncumbranceRow:
    """An encumbrance of a project (and vintage, 0: all) or of serials of a lot; ``set_by`` is None where the program
    did it, and ``lifted_seq`` while it stands.
    """

    encumbrance: EncumbranceId
    kind: EncumbranceKind
    project: ProjectId | None
    vintage: int
    lot: LotId | None
    lo: int
    hi: int
    reference: str
    set_by: PersonId | None
    seq: Seq
    at: Micros
    lifted_seq: Seq | None
    lifted_at: Micros | None


@dataclass(frozen=True, slots=True)
class ReversalRow:
    """Stored carbon that was lost again, and how much of it was replaced."""

    reversal: ReversalId
    project: ProjectId
    vintage: int
    responsible: ParticipantId
    quantity: Tonnes
    replaced: Tonnes
    cause: str
    seq: Seq
    at: Micros
    withdrawn_at: Micros | None

    @property
    def shortfall(self) -> int:
        """What is still to be replaced."""
        return 0 if self.withdrawn_at else self.quantity - self.replaced


async def list_encumbrances(
    connection: AsyncConnection, standing_only: bool, limit: int, cursor: str | None = None
) -> Page[EncumbranceRow]:
    """One page of encumbrances, oldest first; raises BadCursorError for a cursor of another list."""
    of = encumbrances.c
    conditions: list[ColumnElement[bool]] = [of.lifted_seq.is_(None)] if standing_only else []
    if cursor is not None:
        conditions.append(of.encumbrance_id > decode_cursor(KIND, cursor)[0])
    statement = select(encumbrances).where(*conditions).order_by(of.encumbrance_id).limit(check_limit(limit) + 1)
    rows = [_encumbrance(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda made: (made.encumbrance, 0))


async def ranges_of_encumbrance(connection: AsyncConnection, encumbrance: EncumbranceId) -> list[HeldRange]:
    """The serials that an encumbrance holds or held, in order."""
    of = encumbered_ranges.c
    statement = (
        select(of.lot_id, of.lo, of.hi, of.seq)
        .where(of.encumbrance_id == encumbrance)
        .order_by(of.lot_id, of.lo, of.seq)
    )
    return [HeldRange(*row) for row in await connection.execute(statement)]


async def list_reversals(connection: AsyncConnection) -> list[ReversalRow]:
    """All reversals, oldest first."""
    rows = await connection.execute(select(reversals).order_by(reversals.c.reversal_id))
    return [
        ReversalRow(
            row.reversal_id,
            row.project_id,
            row.vintage,
            row.responsible,
            row.quantity,
            row.replaced,
            row.cause,
            row.seq,
            row.at_us,
            row.withdrawn_at_us,
        )
        for row in rows
    ]


def _encumbrance(row: Any) -> EncumbranceRow:
    scope = (row.project_id, row.vintage, row.lot_id, row.lo, row.hi)
    when = (row.seq, row.at_us, row.lifted_seq, row.lifted_at_us)
    kind = EncumbranceKind(row.kind)
    return EncumbranceRow(row.encumbrance_id, kind, *scope, row.reference, row.set_by, *when)
