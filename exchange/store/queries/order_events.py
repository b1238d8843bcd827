"""The entries of one order's life, found through indexes: where it was placed, traded, changed and ended.

The order's row knows the first and the last entry. Between them it was met by others' orders, which its trades tell,
and changed by its owner, which ``order_changes`` tells, refusals included. When it came in itself, by its placing or a
replacement, it may have made a thousand trades; they are in an entry that is known already, so only the trades in which
it was the resting side are looked for, of which an entry has one at most.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.values import Seq, Side, derived_id
from exchange.store.queries.cursors import Page, check_limit, decode_cursor, encode_cursor
from exchange.store.queries.feed import FeedEntry
from exchange.store.queries.orders import Order
from exchange.store.tables import journal, order_changes, trades

KIND: Final = b"E"


def cursor_behind(seq: Seq) -> str:
    """The cursor of the page that begins behind an entry."""
    return encode_cursor(KIND, seq)


async def entries_of_order(
    connection: AsyncConnection, order: Order, limit: int, cursor: str | None = None
) -> Page[FeedEntry]:
    """One page of the entries in which something happened to an order, in their order, with all their events.

    Raises:
        BadCursorError: for a cursor that was not given out for an order's events.
    """
    after = Seq(0 if cursor is None else decode_cursor(KIND, cursor)[0])
    most = check_limit(limit) + 1
    known = {seq for seq in (order.placed_seq, order.last_seq) if seq > after}
    found = sorted(known | await _met(connection, order, after, most) | await _changed(connection, order, after, most))
    shown = found[:limit]
    columns = (journal.c.seq, journal.c.at_us, journal.c.events, journal.c.leaf)
    statement = select(*columns).where(journal.c.seq.in_(shown)).order_by(journal.c.seq)
    rows = [FeedEntry(row.seq, row.at_us, row.events, row.leaf) for row in await connection.execute(statement)]
    return Page(rows, cursor_behind(shown[-1]) if len(found) > len(shown) else None)


async def _met(connection: AsyncConnection, order: Order, after: Seq, most: int) -> set[Seq]:
    """The entries in which another's order met this one while it rested."""
    party, its, other = trades.c.buyer, trades.c.buy_order_id, Side.SELL
    if order.side is Side.SELL:
        party, its, other = trades.c.seller, trades.c.sell_order_id, Side.BUY
    first = max(order.placed_seq, Seq(after + 1))
    lived = (trades.c.trade_id >= derived_id(first), trades.c.trade_id < derived_id(Seq(order.last_seq + 1)))
    conditions = (party == order.participant, its == order.order, trades.c.aggressor == other, *lived)
    statement = select(trades.c.seq).where(*conditions).order_by(trades.c.trade_id).limit(most)
    return {Seq(seq) for seq in await connection.scalars(statement)}


async def _changed(connection: AsyncConnection, order: Order, after: Seq, most: int) -> set[Seq]:
    """The entries with its amendments, and with what its owner asked for and was refused."""
    own = (order_changes.c.order_id == order.order, order_changes.c.participant_id == order.participant)
    statement = select(order_changes.c.seq).where(*own, order_changes.c.seq > after)
    return {Seq(seq) for seq in await connection.scalars(statement.order_by(order_changes.c.seq).limit(most))}
