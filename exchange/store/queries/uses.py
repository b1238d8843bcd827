"""Claims and releases with the serials that they are about, as they ended or stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, UseDetails
from exchange.core.credits.claims import ClaimStatus, ReleaseStatus
from exchange.core.values import ClaimId, Day, LotId, Micros, ParticipantId, Ppm, ReleaseId, ReversalId, Seq, Tonnes
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import RangeStatus, claim_ranges, claims, release_ranges, releases

CLAIMS: Final = b"C"
RELEASES: Final = b"R"


@dataclass(frozen=True, slots=True)
class ChosenRange:
    """Serials ``[lo, hi)`` of a lot that were chosen, and what became of them."""

    lot: LotId
    lo: int
    hi: int
    status: RangeStatus


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as it stands. ``chosen`` tonnes were chosen, ``quantity`` of them are used up, and ``covers`` is what
    these stand for by ``ratio``; None where it has not come to that.
    """

    claim: ClaimId
    participant: ParticipantId
    purpose: Purpose
    details: UseDetails
    chosen: Tonnes
    quantity: Tonnes
    ratio: Ppm
    covers: Tonnes
    reversal: ReversalId | None
    status: ClaimStatus
    day: Day | None
    revoke_reason: str | None
    seq: Seq
    at: Micros
    fulfilled_seq: Seq | None
    revoked_seq: Seq | None
    last_seq: Seq
    ranges: tuple[ChosenRange, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release as it stands; ``gone`` tonnes of it have left."""

    release: ReleaseId
    participant: ParticipantId
    quantity: Tonnes
    national_account: str
    status: ReleaseStatus
    callable_until: Micros | None
    leaves_at: Micros | None
    gone: Tonnes
    seq: Seq
    at: Micros
    last_seq: Seq
    ranges: tuple[ChosenRange, ...]


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims: of a firm, for a purpose, with a status, for a facility (folded code) and year."""

    participant: ParticipantId | None = None
    purpose: Purpose | None = None
    status: ClaimStatus | None = None
    facility: str | None = None
    year: int | None = None


async def list_claims(
    connection: AsyncConnection, wanted: ClaimFilter, limit: int, cursor: str | None = None
) -> Page[ClaimRow]:
    """One page of claims, oldest first; raises BadCursorError for a cursor of another list."""
    of = claims.c
    equal = (
        (of.participant_id, wanted.participant),
        (of.purpose, wanted.purpose),
        (of.status, wanted.status),
        (of.facility, wanted.facility),
        (of.year, wanted.year),
    )
    conditions = [field == value for field, value in equal if value is not None]
    if cursor is not None:
        conditions.append(of.claim_id > decode_cursor(CLAIMS, cursor)[0])
    statement = select(claims).where(*conditions).order_by(of.claim_id).limit(check_limit(limit) + 1)
    found = list(await connection.execute(statement))
    ranges = await _ranges(connection, claim_ranges, [row.claim_id for row in found])
    rows = [_claim(row, ranges.get(row.claim_id, ())) for row in found]
    return cut_page(CLAIMS, rows, limit, lambda claim: (claim.claim, 0))


async def claims_of_serials(connection: AsyncConnection, lot: LotId, lo: int, hi: int) -> list[ClaimId]:
    """Every claim that was ever made for one of these serials, also those that ended without effect."""
    of = claim_ranges.c
    touched = (of.lot_id == lot, of.lo < hi, of.hi > lo)
    rows = await connection.execute(select(of.claim_id).where(*touched).distinct().order_by(of.claim_id))
    return [ClaimId(row.claim_id) for row in rows]


async def list_releases(
    connection: AsyncConnection, participant: ParticipantId | None, limit: int, cursor: str | None = None
) -> Page[ReleaseRow]:
    """One page of releases of a firm or of all, oldest first; raises BadCursorError for a cursor of another list."""
    of = releases.c
    conditions = [] if participant is None else [of.participant_id == participant]
    if cursor is not None:
        conditions.append(of.release_id > decode_cursor(RELEASES, cursor)[0])
    statement = select(releases).where(*conditions).order_by(of.release_id).limit(check_limit(limit) + 1)
    found = list(await connection.execute(statement))
    ranges = await _ranges(connection, release_ranges, [row.release_id for row in found])
    rows = [_release(row, ranges.get(row.release_id, ())) for row in found]
    return cut_page(RELEASES, rows, limit, lambda release: (release.release, 0))


async def _ranges(
    connection: AsyncConnection, table: Table, numbers: Sequence[int]
) -> dict[int, tuple[ChosenRange, ...]]:
    """The serials of several claims or releases; the first column of the table names them."""
    (key, *_), of = table.columns, table.c
    rows = await connection.execute(select(table).where(key.in_(numbers)).order_by(key, of.lot_id, of.lo))
    found: dict[int, list[ChosenRange]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(ChosenRange(row.lot_id, row.lo, row.hi, RangeStatus(row.status)))
    return {number: tuple(ranges) for number, ranges in found.items()}


def _claim(row: Any, ranges: tuple[ChosenRange, ...]) -> ClaimRow:
    return ClaimRow(
        row.claim_id,
        row.participant_id,
        Purpose(row.purpose),
        _details(row),
        row.chosen,
        row.quantity,
        row.ratio,
        row.covers,
        row.reversal_id,
        ClaimStatus(row.status),
        row.day,
        row.revoke_reason,
        row.seq,
        row.at_us,
        row.fulfilled_seq,
        row.revoked_seq,
        row.last_seq,
        ranges,
    )


def _details(row: Any) -> UseDetails:
    return UseDetails(
        row.beneficiary_en,
        row.beneficiary_zh,
        row.beneficiary_code,
        row.facility_code,
        row.year,
        row.project,
        Intensity(row.intensity),
        Neutrality(row.neutrality),
        row.event,
        row.event_day,
        row.province,
        League(row.league),
    )


def _release(row: Any, ranges: tuple[ChosenRange, ...]) -> ReleaseRow:
    what = (row.release_id, row.participant_id, row.quantity, row.national_account, ReleaseStatus(row.status))
    when = (row.callable_until_us, row.leaves_at_us, row.gone, row.seq, row.at_us, row.last_seq)
    return ReleaseRow(*what, *when, ranges)
