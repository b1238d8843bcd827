"""Trades as the auditor, a participant and the public tape look for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.values import (
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
)
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.queries.selecting import Entries, beyond, in_entries, in_time, ordered
from exchange.store.tables import orders, trades

KIND: Final = b"T"
OF_THE_TAPE: Final = b"N"


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade: price in fen a tonne, quantity in tonnes, fees in fen, ``at`` the instant of its entry."""

    trade: TradeId
    seq: Seq
    at: Micros
    day: Day
    instrument: InstrumentId
    price: Price
    quantity: Tonnes
    aggressor: Side
    buy_order: OrderId
    sell_order: OrderId
    buyer: ParticipantId
    seller: ParticipantId
    buy_fee: Fen
    sell_fee: Fen


@dataclass(frozen=True, slots=True)
class NumberedTrade:
    """A trade and its number in its instrument, 1 for the first."""

    number: int
    trade: Trade


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Which trades: from an instant (included) to another (excluded), of an instrument, of a participant, and then only
    those in which it bought or sold; of some entries.
    """

    from_at: Micros | None = None
    to_at: Micros | None = None
    instrument: InstrumentId | None = None
    participant: ParticipantId | None = None
    side: Side | None = None
    entries: Entries | None = None

    def __post_init__(self) -> None:
        assert self.side is None or self.participant is not None, "a side is a participant's"


async def list_trades(
    connection: AsyncConnection, wanted: TradeFilter, limit: int, cursor: str | None = None, *, descending: bool = False
) -> Page[Trade]:
    """One page of trades in the order in which they happened, or the newest first.

    Raises:
        BadCursorError: for a cursor that was not given out for trades.
    """
    last_id = decode_cursor(KIND, cursor)[0] if cursor is not None else None
    statement = _select(wanted, last_id, descending, check_limit(limit) + 1)
    rows = [_trade(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda trade: (trade.trade, 0))


async def tape_of(
    connection: AsyncConnection,
    instrument: InstrumentId,
    newest: int,
    up_to: Seq,
    limit: int,
    cursor: str | None = None,
) -> Page[NumberedTrade]:
    """One page of an instrument's trades, the newest first, with their numbers.

    They have no gaps, so that those of a page follow from the first one's: ``newest`` is the number of the newest
    trade up to the entry ``up_to``, and the cursor keeps the last one's.

    Raises:
        BadCursorError: for a cursor that was not given out for a tape.
    """
    last_id, above = (None, newest + 1) if cursor is None else decode_cursor(OF_THE_TAPE, cursor)
    wanted = TradeFilter(instrument=instrument, entries=Entries(Seq(0), Seq(up_to + 1)))
    found = await connection.execute(_select(wanted, last_id, descending=True, limit=check_limit(limit) + 1))
    rows = [NumberedTrade(above - n, _trade(row)) for n, row in enumerate(found, 1)]
    return cut_page(OF_THE_TAPE, rows, limit, lambda row: (row.trade.trade, row.number))


async def trades_of_order(connection: AsyncConnection, order: OrderId) -> list[Trade]:
    """The trades of one order, in order: those of its owner while it lived that were this order's."""
    its = trades.c.buy_order_id == orders.c.order_id
    bought = and_(orders.c.side == Side.BUY, trades.c.buyer == orders.c.participant_id, its)
    sold = and_(
        orders.c.side == Side.SELL,
        trades.c.seller == orders.c.participant_id,
        trades.c.sell_order_id == orders.c.order_id,
    )
    lived = and_(trades.c.trade_id >= orders.c.order_id, trades.c.seq <= orders.c.last_seq)
    sides = [
        select(trades).join(orders, and_(match, lived)).where(orders.c.order_id == order) for match in (bought, sold)
    ]
    both = union_all(*sides).subquery()
    return [_trade(row) for row in await connection.execute(select(both).order_by(both.c.trade_id))]


def _select(wanted: TradeFilter, last_id: int | None, descending: bool, limit: int) -> Select[Any]:
    """One index scan, or for both sides of a participant one for each, cut to the limit before they are merged."""
    common = in_time(trades.c.trade_id, wanted.from_at, wanted.to_at) + beyond(trades.c.trade_id, last_id, descending)
    common += in_entries(trades.c.trade_id, wanted.entries)
    if wanted.instrument is not None:
        common.append(trades.c.instrument_id == wanted.instrument)
    branches = [_branch([*common, *side], descending, limit) for side in _sides(wanted)]
    if len(branches) == 1:
        return branches[0]
    merged: Subquery = union_all(*(branch.subquery().select() for branch in branches)).subquery()
    return ordered(select(merged), merged.c.trade_id, descending).limit(limit)


def _sides(wanted: TradeFilter) -> list[list[ColumnElement[bool]]]:
    """The conditions on the parties; buyer and seller are never the same, so no trade is found twice."""
    if wanted.participant is None:
        return [[]]
    bought, sold = trades.c.buyer == wanted.participant, trades.c.seller == wanted.participant
    if wanted.side is Side.BUY:
        return [[bought]]
    return [[sold]] if wanted.side is Side.SELL else [[bought], [sold]]


def _branch(conditions: list[ColumnElement[bool]], descending: bool, limit: int) -> Select[Any]:
    return ordered(select(trades).where(*conditions), trades.c.trade_id, descending).limit(limit)


def _trade(row: Any) -> Trade:
    return Trade(
        trade=row.trade_id,
        seq=row.seq,
        at=row.at_us,
        day=row.day,
        instrument=row.instrument_id,
        price=row.price,
        quantity=row.quantity,
        aggressor=Side(row.aggressor),
        buy_order=row.buy_order_id,
        sell_order=row.sell_order_id,
        buyer=row.buyer,
        seller=row.seller,
        buy_fee=row.buy_fee,
        sell_fee=row.sell_fee,
    )
