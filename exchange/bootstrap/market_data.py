"""Market data put together: restored at the start, told of every durable entry, and given to the streams.

**The start.** Books and the figures of the day come out of the committed view in one step. Trades of the past come out
of the database, which takes a while in which the sequencer may already add entries (a job that a stop interrupted goes
on by itself); so entries that become durable meanwhile are kept and applied in order when the past is there. What is
loaded is bounded, however many trades there ever were: the newest ones of each instrument, and for the candles that are
being made the minutes of the day.

**A bug in market data** must not stop an exchange whose orders and money it cannot touch: it is logged, streams are
closed and refused, and REST goes on.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

from exchange.api.past_candles import candle_of, cut_of
from exchange.core.values import InstrumentId, Micros, Seq
from exchange.marketdata.candles import Candles, Interval
from exchange.marketdata.depth import PriceLevel
from exchange.marketdata.feed import MarketData, MarketStart
from exchange.marketdata.hub import TRY_AGAIN_LATER
from exchange.marketdata.pulse import Pulse
from exchange.marketdata.tape import CAPACITY, PublicTrade
from exchange.marketdata.ticker import DayFigures
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import Entry
from exchange.sequencer.view.orders import HalfBook, Orders
from exchange.sequencer.view.rows import DayStatistics, InstrumentRow
from exchange.store.queries import Bar, Intervals, Page, Trade, TradeFilter

logger = logging.getLogger(__name__)

MOST_TRADES: Final = 100_000
"""Trades that are loaded at the start, over all instruments."""

FEWEST_TRADES: Final = 100
"""Trades of each instrument that are loaded in any case, as many as a snapshot of the tape shows."""

PAGE: Final = 1_000

_BROKE: Final = "market data broke and is no longer told; the exchange goes on without it"


class Past(Protocol):
    """What is asked of the database at the start (:class:`exchange.store.queries.PostgresHistory`)."""

    async def trades(
        self, wanted: TradeFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Trade]:
        """One page of trades."""
        ...

    async def bars_from(self, instrument: InstrumentId, cut: Intervals, from_at: Micros, up_to: Seq) -> list[Bar]:
        """Candles from an instant to an entry, oldest first."""
        ...


class Publisher:
    """The sequencer's listener: market data and its pulse behind it. Made inside of a running event loop."""

    def __init__(self, data: MarketData) -> None:
        """Nothing is told on before :meth:`restore`."""
        self.data: Final = data
        self.is_broken = False
        self._waiting: list[Entry] | None = []
        self._pulse = Pulse(self._flush, asyncio.get_running_loop().time)

    def __call__(self, entries: list[Entry]) -> None:
        """Take in a durable batch; nothing ever escapes from here."""
        if self._waiting is not None:
            self._waiting.extend(entries)
            return
        if self.is_broken:
            return
        try:
            for entry in entries:
                self.data.apply(entry.leaf.seq, entry.leaf.at, entry.events)
            self._pulse.beat()
        except Exception:
            logger.critical(_BROKE, exc_info=True)
            self._give_up()

    def _flush(self) -> None:
        """Publish what is conflated; a timer of the event loop asks for it too, where nobody would hear an error."""
        try:
            self.data.flush(asyncio.get_running_loop().time())
        except Exception:
            logger.critical(_BROKE, exc_info=True)
            self._give_up()

    def _give_up(self) -> None:
        self.is_broken = True
        self.data.give_up()
        self.data.hub.close_all(TRY_AGAIN_LATER)

    async def restore(self, view: CommittedView, past: Past) -> None:
        """Begin where the view stands now, then catch up with what became durable meanwhile."""
        seq, starts = view.seq, [start_of(row, view.orders) for row in view.markets.instruments.values()]
        self.data.restore_books(seq, view.at, starts, {order: row.leaves for order, row in view.orders.by_id.items()})
        most = max(FEWEST_TRADES, min(CAPACITY, MOST_TRADES // max(1, len(starts))))
        for start in starts:
            start.newest_trades = await _newest_trades(past, start, seq, most)
            if start.newest_trades:
                start.candles = await _candles(past, start, seq)
        self.data.restore_trades(starts)
        waiting, self._waiting = self._waiting or [], None
        self(waiting)

    def stop(self) -> None:
        """Publish no more."""
        self._pulse.stop()


def start_of(row: InstrumentRow, orders: Orders) -> MarketStart:
    """Where an instrument stands, but for its past. Its book is taken level by level: there may be a million orders."""
    book, instrument = orders.book(row.terms.instrument), row.terms.instrument
    start = MarketStart(instrument, row.reference.reference, row.last_price, _figures(row.day), trades=row.trades)
    start.bids, start.asks = _levels(book.bids), _levels(book.asks)
    return start


def _levels(half: HalfBook) -> list[PriceLevel]:
    return [PriceLevel(price, level.quantity, level.orders) for price, level in half.best_first(len(half))]


def _figures(day: DayStatistics) -> DayFigures:
    return DayFigures(day.opening, day.highest, day.lowest, day.volume, day.value, day.trades)


async def _newest_trades(past: Past, start: MarketStart, up_to: Seq, most: int) -> list[PublicTrade]:
    """The newest trades of an instrument up to an entry, oldest first, with their numbers."""
    found: list[Trade] = []
    cursor: str | None = None
    wanted = min(most, start.trades)
    while len(found) < wanted:
        page = await past.trades(TradeFilter(instrument=start.instrument), PAGE, cursor, descending=True)
        found += [trade for trade in page.rows if trade.seq <= up_to]
        cursor = page.next_cursor
        if cursor is None:
            break
    newest = found[:wanted]
    assert len(newest) == wanted, f"{start.instrument} has {start.trades} trades, of which {len(found)} were found"
    first = start.trades - len(newest) + 1
    return [_public(first + n, trade) for n, trade in enumerate(reversed(newest))]


def _public(number: int, trade: Trade) -> PublicTrade:
    return PublicTrade(
        number, trade.trade, trade.seq, trade.at, trade.price, trade.quantity, trade.aggressor, trade.day
    )


async def _candles(past: Past, start: MarketStart, up_to: Seq) -> Candles:
    """The candles of the calendar day of the last trade, made of its minutes; REST reads older ones by itself."""
    today = Interval.D1.start(start.newest_trades[-1].at)
    minutes = await past.bars_from(start.instrument, cut_of(Interval.M1), today, up_to)
    return Candles.of_minutes(candle_of(bar) for bar in minutes)
