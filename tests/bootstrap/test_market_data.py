"""Market data at the start, while entries keep coming, and after an error of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from exchange.api.stream.accounts import ViewAccounts
from exchange.bootstrap import market_data
from exchange.bootstrap.market_data import Publisher
from exchange.core.values import InstrumentId, Micros, Seq
from exchange.marketdata.feed import MarketData
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import Entry, Leaf
from exchange.store.queries import Bar, Intervals, Page, Trade, TradeFilter
from tests.marketdata.traffic import Entry as Happened
from tests.marketdata.traffic import Venue, session, venue


def entry(seq: Seq, at: Micros, events: list[Any]) -> Entry:
    """As the sequencer tells of it; market data reads seq, instant and events."""
    leaf = Leaf(1, 1, 1, 1, seq, at, 0, 0, "", b"", b"", b"", 0, 0)  # type: ignore[arg-type]
    return Entry(leaf, b"", bytes(32), None, events, b"", None)  # type: ignore[arg-type]


class Past:
    """The trades of a venue as the database would give them, newest first; the caller may wait in between."""

    def __init__(self, market: Venue, until: int) -> None:
        self.market = market
        self.until = until
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def trades(
        self, wanted: TradeFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Trade]:
        assert descending and wanted.instrument is not None
        self.asked.set()
        await self.go_on.wait()
        every = [self._row(*trade) for trade in reversed(self.market.trades(wanted.instrument))]
        begin = int(cursor or 0)
        more = len(every) > begin + limit
        return Page(every[begin : begin + limit], str(begin + limit) if more else None)

    def _row(self, seq: Seq, at: Micros, event: Any) -> Trade:
        parties = (event.buy_order, event.sell_order, event.buyer, event.seller, event.buy_fee, event.sell_fee)
        terms = (event.instrument, event.price, event.quantity, event.aggressor)
        return Trade(event.trade, seq, at, event.day, *terms, *parties)

    async def bars_from(self, instrument: InstrumentId, cut: Intervals, from_at: Micros, up_to: Seq) -> list[Bar]:
        return []


def view_of(entries: list[Happened]) -> CommittedView:
    view = CommittedView()
    for seq, at, events in entries:
        view.apply(seq, at, bytes(32), events)
    return view


def busy_venue() -> Venue:
    market = venue()
    for act in session(7, 300):
        market.act(act)
    return market


async def test_what_becomes_durable_during_the_start_is_applied_after_it() -> None:
    market = busy_venue()
    middle = len(market.entries) * 2 // 3
    view = view_of(market.entries[:middle])
    past = Past(market, middle)
    past.go_on.clear()
    data = MarketData(ViewAccounts(view))
    publisher = Publisher(data)
    restoring = asyncio.create_task(publisher.restore(view, past))
    await past.asked.wait()
    for seq, at, events in market.entries[middle:]:
        view.apply(seq, at, bytes(32), events)
        publisher([entry(seq, at, events)])
    assert data.seq == middle, "not before the past is there"
    past.go_on.set()
    await restoring
    assert data.seq == len(market.entries)
    for book in market.books:
        tape = data.markets[book].tape
        every = [event.trade for _, _, event in market.trades(book)]
        assert [trade.trade for trade in tape.newest(10_000)] == every
        assert tape.last_no == len(every) == view.markets.instruments[book].trades
    publisher.stop()


async def test_no_more_is_loaded_than_the_bound(monkeypatch: Any) -> None:
    monkeypatch.setattr(market_data, "MOST_TRADES", 10)
    monkeypatch.setattr(market_data, "FEWEST_TRADES", 3)
    monkeypatch.setattr(market_data, "PAGE", 2)
    market = busy_venue()
    view = view_of(market.entries)
    data = MarketData(ViewAccounts(view))
    publisher = Publisher(data)
    await publisher.restore(view, Past(market, len(market.entries)))
    for book in market.books:
        every = market.trades(book)
        assert len(every) > 20
        kept = data.markets[book].tape.newest(10_000)
        assert [trade.trade_no for trade in kept] == list(range(len(every) - 4, len(every) + 1))
        assert [trade.trade for trade in kept] == [event.trade for _, _, event in every[-5:]]
    publisher.stop()


async def test_an_error_of_its_own_ends_the_streams_and_nothing_else() -> None:
    market = busy_venue()
    view = view_of(market.entries[:-1])
    data = MarketData(ViewAccounts(view))
    publisher = Publisher(data)
    await publisher.restore(view, Past(market, len(market.entries)))
    listener = data.hub.open()
    seq, at, _ = market.entries[-1]
    data.markets.clear()
    publisher([entry(Seq(seq + 5), at, [])])
    assert publisher.is_broken
    assert listener.closed_with == 1013
    publisher([entry(seq, at, [])])
    publisher.stop()


async def test_an_error_in_what_the_pulse_publishes_later_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first change is published at once, those after it by a timer, whose errors only the event loop would hear."""
    market = busy_venue()
    view = view_of(market.entries[:-2])
    data = MarketData(ViewAccounts(view))
    publisher = Publisher(data)
    await publisher.restore(view, Past(market, len(market.entries)))
    listener, closed = data.hub.open(), asyncio.Event()
    listener.when_closed = lambda _: closed.set()
    publisher([entry(*market.entries[-2])])
    monkeypatch.setattr(data, "flush", None)
    publisher([entry(*market.entries[-1])])
    async with asyncio.timeout(20):
        await closed.wait()
    assert publisher.is_broken
    assert listener.closed_with == 1013
    publisher.stop()
