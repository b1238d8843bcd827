"""All trades in one list, those of the books and the agreed ones that were settled, in the order of settlement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Select, Table, case, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.instruments import Family
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    InstrumentId,
    Micros,
    OrderId,
    ParticipantId,
    Price,
    Seq,
    Side,
    Tonnes,
    TradeId,
    notional,
)
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.queries.selecting import Entries, beyond, in_entries, in_time, ordered
from exchange.store.tables import agreements, trades

KIND: Final = b"D"


class Origin(IntEnum):
    """Where a trade comes from: the book of an instrument, or two parties that agreed it."""

    BOOK = 1
    AGREED = 2


@dataclass(frozen=True, slots=True)
class BookTerms:
    """What only a trade of a book has: its price is a fact, in fen a tonne."""

    trade: TradeId
    day: Day
    instrument: InstrumentId
    price: Price
    aggressor: Side
    buy_order: OrderId
    sell_order: OrderId


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """What only an agreed trade has: no price, because its total is what was agreed."""

    agreement: AgreementId
    family: Family
    project: str


@dataclass(frozen=True, slots=True)
class Deal:
    """One settled trade of either origin. ``value`` is price times quantity or the agreed total, in fen, as are fees;
    ``key`` orders all of them (the trade's id, or the id of the ledger transaction that settled the agreement).
    """

    key: int
    seq: Seq
    at: Micros
    quantity: Tonnes
    value: Fen
    buyer: ParticipantId
    seller: ParticipantId
    buy_fee: Fen
    sell_fee: Fen
    terms: BookTerms | AgreedTerms

    @property
    def origin(self) -> Origin:
        """Where it comes from."""
        return Origin.BOOK if isinstance(self.terms, BookTerms) else Origin.AGREED


@dataclass(frozen=True, slots=True)
class DealFilter:
    """Which trades: settled from an instant (included) to another (excluded), of an instrument (which an agreed trade
    has not), of a participant, of one origin, settled in some entries.
    """

    from_at: Micros | None = None
    to_at: Micros | None = None
    instrument: InstrumentId | None = None
    participant: ParticipantId | None = None
    origin: Origin | None = None
    entries: Entries | None = None


async def list_deals(
    connection: AsyncConnection, wanted: DealFilter, limit: int, cursor: str | None = None
) -> Page[Deal]:
    """One page of trades in the order in which they settled.

    Raises:
        BadCursorError: for a cursor that was not given out for this list.
    """
    last_key = decode_cursor(KIND, cursor)[0] if cursor is not None else None
    most = check_limit(limit) + 1
    branches = [*_of_books(wanted, last_key, most), *_agreed(wanted, last_key, most)]
    if not branches:
        return Page([], None)
    merged = union_all(*(branch.subquery().select() for branch in branches)).subquery()
    rows = await connection.execute(ordered(select(merged), merged.c.key, descending=False).limit(most))
    return cut_page(KIND, [_deal(row) for row in rows], limit, lambda deal: (deal.key, 0))


def _of_books(wanted: DealFilter, last_key: int | None, most: int) -> Iterator[Select[Any]]:
    """An index scan for each side of a participant, or one for everybody; nobody trades with himself, so none twice."""
    if wanted.origin is Origin.AGREED:
        return
    column = trades.c.trade_id
    common = _common(column, wanted, last_key)
    if wanted.instrument is not None:
        common.append(trades.c.instrument_id == wanted.instrument)
    for side in _sides(wanted, trades.c.buyer, trades.c.seller):
        yield ordered(_BOOK.where(*common, *side), column, descending=False).limit(most)


def _agreed(wanted: DealFilter, last_key: int | None, most: int) -> Iterator[Select[Any]]:
    if wanted.origin is Origin.BOOK or wanted.instrument is not None:
        return
    column = agreements.c.transaction_id
    common = _common(column, wanted, last_key)
    common.append(column.is_not(None))
    for side in _sides(wanted, agreements.c.proposer, agreements.c.counterparty):
        yield ordered(_AGREED.where(*common, *side), column, descending=False).limit(most)


def _common(column: Column[Any], wanted: DealFilter, last_key: int | None) -> list[ColumnElement[bool]]:
    span = in_time(column, wanted.from_at, wanted.to_at) + in_entries(column, wanted.entries)
    return span + beyond(column, last_key, descending=False)


def _sides(wanted: DealFilter, *columns: ColumnElement[int]) -> list[list[ColumnElement[bool]]]:
    return [[]] if wanted.participant is None else [[column == wanted.participant] for column in columns]


_BUYS: Final = agreements.c.side == Side.BUY
_BOOK_ALONE: Final = ("trade_id", "price", "day", "instrument_id", "aggressor", "buy_order_id", "sell_order_id")
_AGREED_ALONE: Final = ("agreement_id", "total", "family", "project")


def _missing(table: Table, names: tuple[str, ...]) -> list[ColumnElement[Any]]:
    """Columns that the other kind of trade has, as nulls of the same types."""
    return [literal(None, table.c[name].type).label(name) for name in names]


_BOOK: Final = select(
    trades.c.trade_id.label("key"),
    *(trades.c[name] for name in ("seq", "at_us", "quantity", "buyer", "seller", "buy_fee", "sell_fee", *_BOOK_ALONE)),
    *_missing(agreements, _AGREED_ALONE),
)

_AGREED: Final = select(
    agreements.c.transaction_id.label("key"),
    agreements.c.last_seq.label("seq"),
    agreements.c.last_at_us.label("at_us"),
    agreements.c.quantity,
    case((_BUYS, agreements.c.proposer), else_=agreements.c.counterparty).label("buyer"),
    case((_BUYS, agreements.c.counterparty), else_=agreements.c.proposer).label("seller"),
    agreements.c.buy_fee,
    agreements.c.sell_fee,
    *_missing(trades, _BOOK_ALONE),
    *(agreements.c[name] for name in _AGREED_ALONE),
)
"""Both have the same columns in the same order, so that they can be merged."""


def _deal(row: Any) -> Deal:
    book = row.agreement_id is None
    return Deal(
        key=row.key,
        seq=row.seq,
        at=row.at_us,
        quantity=row.quantity,
        value=notional(row.price, row.quantity) if book else row.total,
        buyer=row.buyer,
        seller=row.seller,
        buy_fee=row.buy_fee,
        sell_fee=row.sell_fee,
        terms=_book_terms(row) if book else AgreedTerms(row.agreement_id, Family(row.family), row.project),
    )


def _book_terms(row: Any) -> BookTerms:
    return BookTerms(
        trade=row.trade_id,
        day=row.day,
        instrument=row.instrument_id,
        price=row.price,
        aggressor=Side(row.aggressor),
        buy_order=row.buy_order_id,
        sell_order=row.sell_order_id,
    )
