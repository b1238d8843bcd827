"""All queries behind one object: the past of the exchange, read from PostgreSQL on connections that cannot write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, TypeVar

from sqlalchemy import select

from exchange.core.serials import SerialRange
from exchange.core.values import InstrumentId, LotId, Micros, OrderId, Seq
from exchange.store.queries.agreements import Agreement, AgreementFilter, list_agreements
from exchange.store.queries.bars import Bar, BarPage, Intervals, bars_before, bars_from
from exchange.store.queries.cursors import MAX_LIMIT, Page, check_limit
from exchange.store.queries.deals import Deal, DealFilter, list_deals
from exchange.store.queries.feed import FeedEntry, JournalLine, feed_of, journal_page
from exchange.store.queries.ledger import AccountBalance, StatementLine, balances_of, statement_of
from exchange.store.queries.order_events import entries_of_order
from exchange.store.queries.orders import Order, OrderFilter, find_order, list_orders
from exchange.store.queries.reads import LoggedRead, ReadFilter, last_read_at, list_reads
from exchange.store.queries.refusals import RefusalFilter, RefusedCommand, list_refusals
from exchange.store.queries.tenures import ROWS_OF_A_DOWNLOAD, Tenure, tenures
from exchange.store.queries.trades import NumberedTrade, Trade, TradeFilter, list_trades, tape_of, trades_of_order
from exchange.store.queries.unit_history import UnitHistory
from exchange.store.tables import leader

Row = TypeVar("Row")

SLICE: Final = 200
"""Rows of a list that are taken out of the database at once."""


class PostgresHistory(UnitHistory):
    """What the committed view does not keep. Rows are durable by construction and in the core's units.

    Every method raises ConnectionError when the database cannot be asked now, and those with a cursor BadCursorError (a
    ValueError) for one that was not given out for the list. Limits go from 1 to 1,000 (asserted).
    """

    async def trades(
        self, wanted: TradeFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Trade]:
        """One page of trades."""

        async def one(size: int, place: str | None) -> Page[Trade]:
            async with self._connection() as connection:
                return await list_trades(connection, wanted, size, place, descending=descending)

        return await _in_slices(check_limit(limit), cursor, one)

    async def tape(
        self, instrument: InstrumentId, newest: int, up_to: Seq, limit: int, cursor: str | None = None
    ) -> Page[NumberedTrade]:
        """One page of an instrument's trades, newest first; ``newest`` is the number of the first up to an entry."""
        async with self._connection() as connection:
            return await tape_of(connection, instrument, newest, up_to, limit, cursor)

    async def bars_from(self, instrument: InstrumentId, cut: Intervals, from_at: Micros, up_to: Seq) -> list[Bar]:
        """The candles of an instrument from an instant to an entry, oldest first."""
        async with self._connection() as connection:
            return await bars_from(connection, instrument, cut, from_at, up_to)

    async def bars_before(self, instrument: InstrumentId, cut: Intervals, before: Micros, limit: int) -> BarPage:
        """Up to ``limit`` candles of an instrument that begin before an instant, newest first."""
        async with self._connection() as connection:
            return await bars_before(connection, instrument, cut, before, limit)

    async def trades_of_order(self, order: OrderId) -> list[Trade]:
        """The trades of one order."""
        async with self._connection() as connection:
            return await trades_of_order(connection, order)

    async def orders(
        self, wanted: OrderFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Order]:
        """One page of orders."""

        async def one(size: int, place: str | None) -> Page[Order]:
            async with self._connection() as connection:
                return await list_orders(connection, wanted, size, place, descending=descending)

        return await _in_slices(check_limit(limit), cursor, one)

    async def stream_orders(self, wanted: OrderFilter) -> AsyncIterator[Order]:
        """All orders of a filter that were placed up to the newest entry at the first step, a page at a time; each is
        shown as it is when its page is read.
        """
        end = await self._end()
        async for order in _rows(lambda cursor: self.orders(wanted, MAX_LIMIT, cursor)):
            if order.placed_seq > end:
                return
            yield order

    async def order(self, order: OrderId) -> Order | None:
        """One order, whoever it belongs to."""
        async with self._connection() as connection:
            return await find_order(connection, order)

    async def order_entries(self, order: Order, limit: int, cursor: str | None = None) -> Page[FeedEntry]:
        """One page of the entries in which something happened to an order."""
        async with self._connection() as connection:
            return await entries_of_order(connection, order, limit, cursor)

    async def agreements(
        self, wanted: AgreementFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Agreement]:
        """One page of agreed trades."""

        async def one(size: int, place: str | None) -> Page[Agreement]:
            async with self._connection() as connection:
                return await list_agreements(connection, wanted, size, place, descending=descending)

        return await _in_slices(check_limit(limit), cursor, one)

    async def stream_agreements(self, wanted: AgreementFilter) -> AsyncIterator[Agreement]:
        """All agreements of a filter that were proposed up to the newest entry at the first step, a page at a time;
        each is shown as it is when its page is read.
        """
        end = await self._end()
        async for agreement in _rows(lambda cursor: self.agreements(wanted, MAX_LIMIT, cursor)):
            if agreement.seq > end:
                return
            yield agreement

    async def deals(self, wanted: DealFilter, limit: int, cursor: str | None = None) -> Page[Deal]:
        """One page of all trades, those of the books and the agreed ones that were settled."""

        async def one(size: int, place: str | None) -> Page[Deal]:
            async with self._connection() as connection:
                return await list_deals(connection, wanted, size, place)

        return await _in_slices(check_limit(limit), cursor, one)

    async def stream_deals(self, wanted: DealFilter) -> AsyncIterator[Deal]:
        """All trades of a filter up to the newest entry at the first step, a page at a time."""
        end = await self._end()
        async for deal in _rows(lambda cursor: self.deals(wanted, MAX_LIMIT, cursor)):
            if deal.seq > end:
                return
            yield deal

    async def refusals(self, wanted: RefusalFilter, limit: int, cursor: str | None = None) -> Page[RefusedCommand]:
        """One page of refused commands."""

        async def one(size: int, place: str | None) -> Page[RefusedCommand]:
            async with self._connection() as connection:
                return await list_refusals(connection, wanted, size, place)

        return await _in_slices(check_limit(limit), cursor, one)

    async def stream_refusals(self, wanted: RefusalFilter) -> AsyncIterator[RefusedCommand]:
        """All refusals of a filter up to the newest entry at the first step, a page at a time."""
        end = await self._end()
        async for refusal in _rows(lambda cursor: self.refusals(wanted, MAX_LIMIT, cursor)):
            if refusal.seq > end:
                return
            yield refusal

    async def reads(self, wanted: ReadFilter, limit: int, cursor: str | None = None) -> Page[LoggedRead]:
        """One page of the staff's reads."""

        async def one(size: int, place: str | None) -> Page[LoggedRead]:
            async with self._connection() as connection:
                return await list_reads(connection, wanted, size, place)

        return await _in_slices(check_limit(limit), cursor, one)

    async def stream_reads(self, wanted: ReadFilter) -> AsyncIterator[LoggedRead]:
        """All reads of a filter up to the newest at the first step, a page at a time."""
        async with self._connection() as connection:
            end = await last_read_at(connection)
        async for read in _rows(lambda cursor: self.reads(wanted, MAX_LIMIT, cursor)):
            if read.at > end:
                return
            yield read

    async def stream_tenures(self, wanted: Mapping[LotId, SerialRange]) -> AsyncIterator[Tenure]:
        """Who ever held serials of some lots, got by the newest entry at the first step; how each of them went is as it
        is when its page is read. Raises TooWideError as :meth:`tenures` does.
        """

        async def one(cursor: str | None) -> Page[Tenure]:
            async with self._connection() as connection:
                return await tenures(connection, wanted, ROWS_OF_A_DOWNLOAD, cursor)

        end = await self._end()
        async for tenure in _rows(one):
            if tenure.seq > end:
                return
            yield tenure

    async def feed(self, owner: int, after: Seq, limit: int) -> list[FeedEntry]:
        """The next entries that concern a participant, or a person of the staff."""
        async with self._connection() as connection:
            return await feed_of(connection, owner, after, limit)

    async def journal(self, after: Seq, limit: int) -> list[JournalLine]:
        """The next leaves and heads of the journal."""
        async with self._connection() as connection:
            return await journal_page(connection, after, limit)

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

    async def _end(self) -> Seq:
        """The newest entry that is durable now; what comes after it is not in a list that began before."""
        async with self._connection() as connection:
            return Seq((await connection.execute(select(leader.c.seq))).scalar_one())


async def _in_slices(
    limit: int, cursor: str | None, page: Callable[[int, str | None], Awaitable[Page[Row]]]
) -> Page[Row]:
    """One page, looked for in slices: of a large one each row takes time from everybody, and between two slices others
    have their turn. Rows that change meanwhile are shown as they are when their slice is read.
    """
    rows: list[Row] = []
    while True:
        found = await page(min(SLICE, limit - len(rows)), cursor)
        rows += found.rows
        cursor = found.next_cursor
        if cursor is None or len(rows) >= limit:
            return Page(rows, cursor)


async def _rows(page: Callable[[str | None], Awaitable[Page[Row]]]) -> AsyncIterator[Row]:
    """The rows of all pages. Nothing is held in the database between two pages: whoever takes the rows may be slow."""
    cursor: str | None = None
    while True:
        found = await page(cursor)
        for row in found.rows:
            yield row
        cursor = found.next_cursor
        if cursor is None:
            return
