"""All queries behind one object: the past of the exchange, read from PostgreSQL on connections that cannot write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from exchange.core.values import LotId, OrderId, ParticipantId, Seq
from exchange.store.connecting import query_engine
from exchange.store.queries.agreements import Agreement, AgreementFilter, list_agreements
from exchange.store.queries.credits import HeldParcel, Movement, holders_of_lot, movements_of_lot
from exchange.store.queries.cursors import Page
from exchange.store.queries.feed import FeedEntry, JournalLine, journal_page, participant_feed
from exchange.store.queries.ledger import AccountBalance, StatementLine, balances_of, statement_of
from exchange.store.queries.orders import Order, OrderFilter, find_order, list_orders, stream_orders
from exchange.store.queries.trades import Trade, TradeFilter, list_trades, stream_trades, trades_of_order

_UNREACHABLE: Final = (OSError, PoolTimeoutError)


class PostgresHistory:
    """What the committed view does not keep. Rows are durable by construction and in the core's units.

    Every method raises ConnectionError when the database cannot be asked now, and those with a cursor BadCursorError (a
    ValueError) for one that was not given out for the list. Limits go from 1 to 1,000 (asserted).
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, pool_size: int = 4) -> AsyncIterator[Self]:
        """A history over a pool of ``pool_size`` to ``2 * pool_size`` connections, which end with the block."""
        engine = query_engine(dsn, pool_size)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    async def trades(
        self, wanted: TradeFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Trade]:
        """One page of trades."""
        async with self._connection() as connection:
            return await list_trades(connection, wanted, limit, cursor, descending=descending)

    async def stream_trades(self, wanted: TradeFilter) -> AsyncIterator[Trade]:
        """All trades of a filter, in bounded memory."""
        async with self._connection() as connection:
            async for trade in stream_trades(connection, wanted):
                yield trade

    async def trades_of_order(self, order: OrderId) -> list[Trade]:
        """The trades of one order."""
        async with self._connection() as connection:
            return await trades_of_order(connection, order)

    async def orders(
        self, wanted: OrderFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Order]:
        """One page of orders."""
        async with self._connection() as connection:
            return await list_orders(connection, wanted, limit, cursor, descending=descending)

    async def stream_orders(self, wanted: OrderFilter) -> AsyncIterator[Order]:
        """All orders of a filter, in bounded memory."""
        async with self._connection() as connection:
            async for order in stream_orders(connection, wanted):
                yield order

    async def order(self, order: OrderId) -> Order | None:
        """One order, whoever it belongs to."""
        async with self._connection() as connection:
            return await find_order(connection, order)

    async def agreements(
        self, wanted: AgreementFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Agreement]:
        """One page of agreed trades."""
        async with self._connection() as connection:
            return await list_agreements(connection, wanted, limit, cursor, descending=descending)

    async def feed(self, participant: ParticipantId, after: Seq, limit: int) -> list[FeedEntry]:
        """The next entries that concern a participant."""
        async with self._connection() as connection:
            return await participant_feed(connection, participant, after, limit)

    async def journal(self, after: Seq, limit: int) -> list[JournalLine]:
        """The next leaves and heads of the journal."""
        async with self._connection() as connection:
            return await journal_page(connection, after, limit)

    async def holders(self, lot: LotId) -> list[HeldParcel]:
        """Who holds which serials of a lot."""
        async with self._connection() as connection:
            return await holders_of_lot(connection, lot)

    async def movements(self, lot: LotId, limit: int, cursor: str | None = None) -> Page[Movement]:
        """One page of a lot's movements."""
        async with self._connection() as connection:
            return await movements_of_lot(connection, lot, limit, cursor)

    async def balances(self, owner: int) -> list[AccountBalance]:
        """All accounts of an owner."""
        async with self._connection() as connection:
            return await balances_of(connection, owner)

    async def statement(
        self, owner: int, limit: int, cursor: str | None = None, asset: int | None = None
    ) -> Page[StatementLine]:
        """One page of an owner's postings."""
        async with self._connection() as connection:
            return await statement_of(connection, owner, limit, cursor, asset)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                yield connection
        except _UNREACHABLE as error:
            raise ConnectionError(f"the database cannot be asked: {error!r}") from error
        except DBAPIError as error:
            if not (error.connection_invalidated or _says_goodbye(error)):
                raise
            raise ConnectionError(f"the connection to the database broke: {error!r}") from error


def _says_goodbye(error: DBAPIError) -> bool:
    """Whether the server ends the connection itself: classes 08 (connection) and 57P (shutdown, crash, starting up)."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(("08", "57P"))
