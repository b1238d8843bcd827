"""What was asked of the national registry, and everything that it said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.values import LotId, Micros, ParticipantId, RequestId, Seq
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import registry_answers, registry_requests

KIND: Final = b"Q"


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """A request about serials ``[lo, hi)`` of a lot. ``subject`` is the claim or release it is for, 0 for a lock;
    ``receipt`` and ``message`` are "" until it was answered.
    """

    request: RequestId
    kind: RequestKind
    lot: LotId
    owner: ParticipantId
    lo: int
    hi: int
    reference: str
    subject: int
    answer_by: Micros
    status: RequestStatus
    receipt: str
    message: str
    seq: Seq
    at: Micros
    last_seq: Seq
    last_at: Micros


@dataclass(frozen=True, slots=True)
class Answer:
    """What the registry said of a request; ``contradicts`` when it had said something else before."""

    seq: Seq
    at: Micros
    outcome: RegistryOutcome
    receipt: str
    message: str
    stated_at: Micros
    signature: bytes
    contradicts: bool


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests: of a firm, about a lot, for a claim or release, of a kind, and open ones alone."""

    owner: ParticipantId | None = None
    lot: LotId | None = None
    subject: int | None = None
    kind: RequestKind | None = None
    open_only: bool = False


async def list_requests(
    connection: AsyncConnection, wanted: RequestFilter, limit: int, cursor: str | None = None
) -> Page[AskedRequest]:
    """One page of requests, oldest first; raises BadCursorError for a cursor of another list."""
    of = registry_requests.c
    conditions = _conditions(wanted)
    if cursor is not None:
        conditions.append(of.request_id > decode_cursor(KIND, cursor)[0])
    statement = select(registry_requests).where(*conditions).order_by(of.request_id).limit(check_limit(limit) + 1)
    rows = [_request(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda request: (request.request, 0))


def _conditions(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    of = registry_requests.c
    equal = ((of.owner, wanted.owner), (of.lot_id, wanted.lot), (of.subject, wanted.subject), (of.kind, wanted.kind))
    conditions = [field == value for field, value in equal if value is not None]
    return [*conditions, of.status < RequestStatus.CONFIRMED] if wanted.open_only else conditions


def _request(row: Any) -> AskedRequest:
    about = (row.lot_id, row.owner, row.lo, row.hi, row.reference, row.subject or 0, row.answer_by_us)
    answered = (RequestStatus(row.status), row.receipt, row.message)
    when = (row.seq, row.at_us, row.last_seq, row.last_at_us)
    return AskedRequest(row.request_id, RequestKind(row.kind), *about, *answered, *when)


async def answers_to(connection: AsyncConnection, request: RequestId) -> list[Answer]:
    """Everything that the registry said of a request, the first answer first."""
    of = registry_answers.c
    statement = select(registry_answers).where(of.request_id == request).order_by(of.seq)
    return [
        Answer(
            row.seq,
            row.at_us,
            RegistryOutcome(row.outcome),
            row.receipt,
            row.message,
            row.stated_at_us,
            row.signature,
            row.contradicts,
        )
        for row in await connection.execute(statement)
    ]
