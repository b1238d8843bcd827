"""The ledger of one owner: its balances, and the postings that made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.events.participants import Layer
from exchange.core.values import Micros, Seq, TransactionId
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import balances, feed, journal, postings

KIND: Final = b"L"


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """The four totals of one account, in fen (asset 0) or tonnes (asset = a lot's id)."""

    asset: int
    debits_posted: int
    credits_posted: int
    debits_pending: int
    credits_pending: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting: ``amount`` of ``asset`` from the account of ``debit`` to that of ``credit``."""

    seq: Seq
    n: int
    at: Micros
    transaction: TransactionId
    layer: Layer
    debit: int
    credit: int
    asset: int
    amount: int


async def balances_of(connection: AsyncConnection, owner: int) -> list[AccountBalance]:
    """All accounts of an owner, in the order of their assets."""
    statement = select(balances).where(balances.c.owner == owner).order_by(balances.c.asset)
    return [
        AccountBalance(
            row.asset,
            int(row.debits_posted),
            int(row.credits_posted),
            int(row.debits_pending),
            int(row.credits_pending),
        )
        for row in await connection.execute(statement)
    ]


async def statement_of(
    connection: AsyncConnection, owner: int, limit: int, cursor: str | None = None, asset: int | None = None
) -> Page[StatementLine]:
    """One page of the postings that touch an owner, in order.

    A participant's include holds and their release. Of the venue's own accounts (negative owners) only what was posted
    for good is shown, because nearly every entry holds something against clearing. Raises BadCursorError for a cursor
    of another list.
    """
    after = decode_cursor(KIND, cursor) if cursor is not None else None
    conditions = [] if asset is None else [postings.c.asset == asset]
    statement = _of_participant(owner, after, conditions) if owner > 0 else _of_venue(owner, after, conditions)
    key = (postings.c.seq, postings.c.n)
    rows = await connection.execute(statement.order_by(*key).limit(check_limit(limit) + 1))
    return cut_page(KIND, [_line(row) for row in rows], limit, lambda line: (line.seq, line.n))


def _of_participant(owner: int, after: tuple[int, int] | None, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """The participant's feed names the entries; the postings are looked up by them."""
    statement = (
        select(postings, journal.c.at_us)
        .select_from(feed)
        .join(postings, postings.c.seq == feed.c.seq)
        .join(journal, journal.c.seq == feed.c.seq)
        .where(feed.c.participant_id == owner, or_(postings.c.debit == owner, postings.c.credit == owner), *conditions)
    )
    if after is not None:
        seq, n = after
        statement = statement.where(feed.c.seq >= seq, or_(postings.c.seq > seq, postings.c.n > n))
    return statement


def _of_venue(owner: int, after: tuple[int, int] | None, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    side = or_(postings.c.debit == owner, postings.c.credit == owner)
    statement = (
        select(postings, journal.c.at_us)
        .join(journal, journal.c.seq == postings.c.seq)
        .where(side, postings.c.layer == Layer.POST, *conditions)
    )
    if after is not None:
        statement = statement.where(tuple_(postings.c.seq, postings.c.n) > tuple_(*after))
    return statement


def _line(row: Any) -> StatementLine:
    return StatementLine(
        row.seq, row.n, row.at_us, row.transaction_id, Layer(row.layer), row.debit, row.credit, row.asset, row.amount
    )
