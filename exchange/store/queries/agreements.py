"""Agreed trades as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.agreements import AgreementKind
from exchange.core.commands.instruments import Family
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.values import (
    AgreementId,
    Fen,
    Micros,
    ParticipantId,
    PersonId,
    Seq,
    Side,
    Tonnes,
    TransactionId,
)
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.queries.selecting import Entries, beyond, in_entries, in_time, ordered
from exchange.store.tables import agreements

KIND: Final = b"A"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreed trade; ``side`` is the proposer's, total and fees are in fen. Persons, transaction and fees are None
    as long as there are none.
    """

    agreement: AgreementId
    proposer: ParticipantId
    counterparty: ParticipantId
    side: Side
    kind: AgreementKind
    family: Family
    project: str
    quantity: Tonnes
    total: Fen
    status: AgreementStatus
    affirmed_by: PersonId | None
    ended_by: PersonId | None
    transaction: TransactionId | None
    buy_fee: Fen | None
    sell_fee: Fen | None
    seq: Seq
    at: Micros
    last_seq: Seq
    last_at: Micros


@dataclass(frozen=True, slots=True)
class AgreementFilter:
    """Which agreements: proposed from an instant (included) to another (excluded), with a party, in some states,
    proposed in some entries.
    """

    from_at: Micros | None = None
    to_at: Micros | None = None
    participant: ParticipantId | None = None
    statuses: tuple[AgreementStatus, ...] = ()
    entries: Entries | None = None


async def list_agreements(
    connection: AsyncConnection,
    wanted: AgreementFilter,
    limit: int,
    cursor: str | None = None,
    *,
    descending: bool = False,
) -> Page[Agreement]:
    """One page of agreements in the order in which they were proposed, or the newest first.

    Raises:
        BadCursorError: for a cursor that was not given out for agreements.
    """
    column = agreements.c.agreement_id
    last_id = decode_cursor(KIND, cursor)[0] if cursor is not None else None
    conditions = in_time(column, wanted.from_at, wanted.to_at) + in_entries(column, wanted.entries)
    conditions += beyond(column, last_id, descending)
    if wanted.participant is not None:
        party = wanted.participant
        conditions.append(or_(agreements.c.proposer == party, agreements.c.counterparty == party))
    if wanted.statuses:
        conditions.append(agreements.c.status.in_(wanted.statuses))
    statement = ordered(select(agreements).where(*conditions), column, descending).limit(check_limit(limit) + 1)
    rows = [_agreement(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda agreement: (agreement.agreement, 0))


def _agreement(row: Any) -> Agreement:
    return Agreement(
        agreement=row.agreement_id,
        proposer=row.proposer,
        counterparty=row.counterparty,
        side=Side(row.side),
        kind=AgreementKind(row.kind),
        family=Family(row.family),
        project=row.project,
        quantity=row.quantity,
        total=row.total,
        status=AgreementStatus(row.status),
        affirmed_by=row.affirmed_by,
        ended_by=row.ended_by,
        transaction=row.transaction_id,
        buy_fee=row.buy_fee,
        sell_fee=row.sell_fee,
        seq=row.seq,
        at=row.at_us,
        last_seq=row.last_seq,
        last_at=row.last_at_us,
    )
