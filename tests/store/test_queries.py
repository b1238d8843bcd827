"""Queries are held to a plain reading of the journal: whatever filter, order and page size, the same rows come out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import pytest

from exchange.core.codec import decode_events
from exchange.core.events.orders import OrderAccepted, Traded
from exchange.core.events.participants import Booked, Layer
from exchange.core.values import InstrumentId, LotId, Micros, OrderId, ParticipantId, Seq, Side
from exchange.sequencer.journal import Entry
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.journal import PostgresJournal
from exchange.store.projections import feed
from exchange.store.queries import (
    ENDED,
    WORKING,
    AgreementFilter,
    BadCursorError,
    DealFilter,
    OrderFilter,
    Page,
    PostgresHistory,
    TradeFilter,
)
from exchange.store.queries.cursors import decode_cursor, encode_cursor
from tests.store.streams import Trading, eventful_log, log_of, open_trading, trade_at_random
from tests.support.database import fresh_database
from tests.support.entries import batch_of, batches_of

Row = TypeVar("Row")


@dataclass
class Past:
    """A history and the journal that it is the history of."""

    history: PostgresHistory
    entries: list[Entry]
    trading: Trading

    def trades(self) -> list[tuple[Entry, Traded]]:
        """Every trade, as the journal has it."""
        return [(entry, event) for entry in self.entries for event in entry.events if isinstance(event, Traded)]


@pytest.fixture(scope="module")
def database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """One database for all: queries change nothing."""
    with fresh_database(postgres) as urls:
        yield urls


@pytest.fixture(scope="module")
def trading(database: DatabaseUrls) -> Trading:
    """Random trading of three firms, written in one batch."""
    trading = open_trading(firms=3)
    trade_at_random(trading, seed=11, commands=150)

    async def write() -> None:
        journal = PostgresJournal(database.service)
        await journal.lead()
        await journal.append(batch_of(log_of(trading.market).entries))
        await journal.close()

    asyncio.run(write())
    return trading


@pytest.fixture
async def past(database: DatabaseUrls, trading: Trading) -> AsyncIterator[Past]:
    async with PostgresHistory.open(database.service) as history:
        yield Past(history, log_of(trading.market).entries, trading)


async def all_pages(ask: Callable[[str | None], Awaitable[Page[Row]]]) -> list[Row]:
    """Follow the cursors to the end."""
    page = await ask(None)
    rows = list(page.rows)
    while page.next_cursor is not None:
        before, page = page.next_cursor, await ask(page.next_cursor)
        assert page.rows and page.next_cursor != before, "the pages do not come to an end"
        rows += page.rows
    return rows


def fits(wanted: TradeFilter, entry: Entry, trade: Traded) -> bool:
    """The filter, said again."""
    at = entry.leaf.at
    parties = {Side.BUY: (trade.buyer,), Side.SELL: (trade.seller,), None: (trade.buyer, trade.seller)}[wanted.side]
    return (
        (wanted.from_at is None or at >= wanted.from_at)
        and (wanted.to_at is None or at < wanted.to_at)
        and (wanted.instrument is None or trade.instrument == wanted.instrument)
        and (wanted.participant is None or wanted.participant in parties)
    )


def trade_filters(past: Past) -> list[TradeFilter]:
    """Filters of every kind."""
    firm, instrument = past.trading.firms[0], past.trading.instrument
    early, late = past.entries[60].leaf.at, past.entries[120].leaf.at
    return [
        TradeFilter(),
        TradeFilter(from_at=early),
        TradeFilter(to_at=late),
        TradeFilter(early, late, instrument, firm, Side.SELL),
        TradeFilter(instrument=instrument),
        TradeFilter(instrument=InstrumentId(1)),
        TradeFilter(participant=firm),
        TradeFilter(participant=firm, side=Side.BUY),
        TradeFilter(late, early),
    ]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 7, 1_000])
async def test_trades_come_by_every_filter_in_pages_of_any_size(past: Past, limit: int, descending: bool) -> None:
    assert len(past.trades()) > 30
    for wanted in trade_filters(past):
        expected = [trade.trade for entry, trade in past.trades() if fits(wanted, entry, trade)]

        async def page(cursor: str | None, wanted: TradeFilter = wanted) -> Page[Any]:
            return await past.history.trades(wanted, limit, cursor, descending=descending)

        found = [trade.trade for trade in await all_pages(page)]
        assert found == (expected[::-1] if descending else expected), wanted


async def test_a_trade_has_everything_that_its_event_says(past: Past) -> None:
    page = await past.history.trades(TradeFilter(), 1_000)
    for found, (entry, event) in zip(page.rows, past.trades(), strict=True):
        assert (found.seq, found.at) == (entry.leaf.seq, entry.leaf.at)
        for name in ("trade", "day", "instrument", "price", "quantity", "aggressor", "buyer", "seller"):
            assert getattr(found, name) == getattr(event, name), name
        for name in ("buy_order", "sell_order", "buy_fee", "sell_fee"):
            assert getattr(found, name) == getattr(event, name), name


async def test_all_trades_can_be_streamed(past: Past) -> None:
    for same in trade_filters(past):
        if same.side is not None:
            continue
        expected = [trade.trade for entry, trade in past.trades() if fits(same, entry, trade)]
        wanted = DealFilter(same.from_at, same.to_at, same.instrument, same.participant)
        assert [deal.key async for deal in past.history.stream_deals(wanted)] == expected


async def test_a_list_that_nobody_goes_on_reading_keeps_no_connection(
    past: Past, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.store.queries.history.MAX_LIMIT", 5)
    monkeypatch.setattr("exchange.store.connecting.POOL_TIMEOUT_S", 0.01)
    async with PostgresHistory.open(database.service, pool_size=1) as history:
        slow = [history.stream_deals(DealFilter()) for _ in range(5)]
        firsts = [await anext(stream) for stream in slow]
        assert len({deal.key for deal in firsts}) == 1
        assert [deal.key async for deal in slow[0]] == [trade.trade for _, trade in past.trades()][1:]


async def test_what_happens_after_a_list_began_is_not_in_it(
    postgres: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.store.queries.history.MAX_LIMIT", 2)
    trading = open_trading(firms=3)
    trade_at_random(trading, seed=11, commands=150)
    entries = log_of(trading.market).entries
    before, after = batches_of(entries, [100, len(entries) - 100])
    with fresh_database(postgres) as urls:
        journal = PostgresJournal(urls.service)
        await journal.lead()
        await journal.append(before)
        async with PostgresHistory.open(urls.service) as history:
            trades, orders = history.stream_deals(DealFilter()), history.stream_orders(OrderFilter())
            shown = [(await anext(trades)).seq, (await anext(orders)).placed_seq]
            await journal.append(after)
            shown += [trade.seq async for trade in trades] + [order.placed_seq async for order in orders]
            assert max(shown) <= before.last_seq
            assert [trade.seq async for trade in history.stream_deals(DealFilter())][-1] > before.last_seq
        await journal.close()


async def test_open_orders_are_those_of_the_core(past: Past) -> None:
    core = past.trading.market.state.orders.by_id
    found = await past.history.orders(OrderFilter(statuses=WORKING), 1_000)
    assert [order.order for order in found.rows] == sorted(core)
    for order in found.rows:
        same = core[order.order]
        assert (order.leaves, order.cumulative, order.cumulative_value, order.fee, order.price, order.quantity) == (
            same.leaves,
            same.cumulative,
            same.value,
            same.fee,
            same.price,
            same.quantity,
        )
        assert (order.priority, order.participant, order.group) == (same.priority, same.participant, same.group)


@pytest.mark.parametrize("descending", [False, True])
async def test_orders_come_by_every_filter(past: Past, descending: bool) -> None:
    placed = [(entry, event) for entry in past.entries for event in entry.events if isinstance(event, OrderAccepted)]
    every = [event for _, event in placed]
    early, late = placed[10][0].leaf.at, placed[40][0].leaf.at
    ended = {order.order for order in (await past.history.orders(OrderFilter(statuses=ENDED), 1_000)).rows}
    assert ended and len(ended) < len(every)
    firm = past.trading.firms[1]
    for wanted, expected in (
        (OrderFilter(), every),
        (OrderFilter(participant=firm), [order for order in every if order.participant == firm]),
        (OrderFilter(side=Side.SELL), [order for order in every if order.side is Side.SELL]),
        (OrderFilter(instrument=past.trading.instrument), every),
        (OrderFilter(instrument=InstrumentId(5)), []),
        (OrderFilter(early, late), every[10:40]),
        (
            OrderFilter(participant=firm, statuses=ENDED),
            [o for o in every if o.participant == firm and o.order in ended],
        ),
    ):
        ids = [order.order for order in expected]

        async def page(cursor: str | None, wanted: OrderFilter = wanted) -> Page[Any]:
            return await past.history.orders(wanted, 9, cursor, descending=descending)

        assert [order.order for order in await all_pages(page)] == (ids[::-1] if descending else ids), wanted
        assert [order.order async for order in past.history.stream_orders(wanted)] == ids


async def test_one_order_with_its_trades(past: Past) -> None:
    for order_id in {trade.buy_order for _, trade in past.trades()} | {trade.sell_order for _, trade in past.trades()}:
        order = await past.history.order(order_id)
        trades = await past.history.trades_of_order(order_id)
        assert order is not None
        assert sum(trade.quantity for trade in trades) == order.cumulative
        assert sum(trade.price * trade.quantity for trade in trades) == order.cumulative_value
    assert await past.history.order(OrderId(1)) is None
    assert await past.history.trades_of_order(OrderId(1)) == []


async def test_a_feed_has_every_entry_that_names_the_participant_and_no_other(past: Past) -> None:
    for firm in past.trading.firms:
        named = {
            entry.leaf.seq
            for entry in past.entries
            for event in entry.events
            if type(event) in feed.NAMED and firm in feed.NAMED[type(event)](event)
        }
        found: list[Seq] = []
        while entries := await past.history.feed(firm, found[-1] if found else Seq(0), 10):
            found += [entry.seq for entry in entries]
            for entry in entries:
                original = past.entries[entry.seq - 1]
                assert (entry.at, decode_events(entry.events)) == (original.leaf.at, original.events)
        assert found == sorted(named)


async def test_parties_that_an_event_names_only_by_a_thing_are_in_the_feed(
    postgres: EmbeddedServer,
) -> None:
    with fresh_database(postgres) as urls:
        await _test_feed_through_things(urls)


async def _test_feed_through_things(urls: DatabaseUrls) -> None:
    journal = PostgresJournal(urls.service)
    await journal.lead()
    await journal.append(batch_of(eventful_log().entries))
    await journal.close()
    async with PostgresHistory.open(urls.service) as history:
        agreements = (await history.agreements(AgreementFilter(), 10)).rows
        assert [agreement.status.name for agreement in agreements] == ["SETTLED", "ENDED"]
        declined = agreements[1]
        for party in (declined.proposer, declined.counterparty):
            assert declined.last_seq in {entry.seq for entry in await history.feed(party, Seq(0), 1_000)}
        everyone = (await history.agreements(AgreementFilter(participant=declined.counterparty), 1)).next_cursor
        assert everyone is not None


async def test_a_statement_is_every_posting_of_the_owner(past: Past) -> None:
    postings = [
        (entry.leaf.seq, line)
        for entry in past.entries
        for event in entry.events
        if isinstance(event, Booked)
        for line in event.postings
    ]
    for owner in past.trading.firms:
        expected = [(seq, line) for seq, line in postings if owner in (line.debit, line.credit)]
        found = await all_pages(lambda cursor, owner=owner: past.history.statement(owner, 7, cursor))  # type: ignore[misc]
        assert [(line.seq, line.layer, line.debit, line.credit, line.asset, line.amount) for line in found] == [
            (seq, line.layer, line.debit, line.credit, line.asset, line.amount) for seq, line in expected
        ]
    fees = [(seq, line) for seq, line in postings if -4 in (line.debit, line.credit) and line.layer is Layer.POST]
    found = await all_pages(lambda cursor: past.history.statement(-4, 3, cursor))
    assert [(line.seq, line.amount) for line in found] == [(seq, line.amount) for seq, line in fees]


async def test_a_statement_can_be_of_one_asset(past: Past) -> None:
    owner, lot = past.trading.firms[0], past.trading.lots[0]
    lines = (await past.history.statement(owner, 1_000, asset=lot)).rows
    assert lines and {line.asset for line in lines} == {lot}


async def test_balances_are_those_of_the_core(past: Past) -> None:
    core = dict(past.trading.market.state.balances.rows())
    for owner in (*past.trading.firms, -1, -2, -3, -4):
        found = {(owner, b.asset): b for b in await past.history.balances(owner)}
        assert set(found) == {account for account in core if account[0] == owner}
        for account, balance in found.items():
            same = core[account]
            assert (balance.debits_posted, balance.credits_posted) == (same.debits_posted, same.credits_posted)
            assert (balance.debits_pending, balance.credits_pending) == (same.debits_pending, same.credits_pending)


async def test_holders_of_a_lot_are_those_of_the_core(past: Past) -> None:
    core = past.trading.market.state.parcels.held
    for lot in past.trading.lots:
        expected = sorted((p.lo, p.hi, p.owner) for (of, _), parcels in core.items() if of == lot for p in parcels)
        assert [(p.lo, p.hi, p.owner) for p in await past.history.holders(lot)] == expected
    assert await past.history.holders(LotId(1)) == []


async def test_following_the_movements_of_a_lot_leads_to_its_holders(past: Past) -> None:
    lot = past.trading.lots[0]
    owners: dict[int, ParticipantId] = {}
    for movement in await all_pages(lambda cursor: past.history.movements(lot, 2, cursor)):
        for serial in range(movement.lo, movement.hi):
            assert owners.get(serial, 0) == movement.source
            owners[serial] = movement.target
    holders = {s: p.owner for p in await past.history.holders(lot) for s in range(p.lo, p.hi)}
    assert owners == holders


async def test_a_page_of_the_journal_is_what_an_auditor_hashes(past: Past) -> None:
    lines = await past.history.journal(Seq(10), 5)
    assert [(line.seq, line.leaf, line.head) for line in lines] == [
        (entry.leaf.seq, entry.leaf_bytes, entry.head) for entry in past.entries[10:15]
    ]


@pytest.mark.parametrize("cursor", ["", "x", "VAAA", "T" * 28, "\u00e9", "VAAAAAAOwAACAAAAAAAAAAAAAAAA"])
async def test_what_is_no_cursor_is_refused(past: Past, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        await past.history.trades(TradeFilter(), 5, cursor)


async def test_a_cursor_of_another_list_is_refused(past: Past) -> None:
    cursor = (await past.history.trades(TradeFilter(), 1)).next_cursor
    with pytest.raises(BadCursorError):
        await past.history.orders(OrderFilter(), 1, cursor)


def test_a_cursor_is_text_for_an_address_and_says_its_key() -> None:
    for key in ((0, 0), (5, 7), (2**63 - 1, 2**31)):
        cursor = encode_cursor(b"T", *key)
        assert decode_cursor(b"T", cursor) == key
        assert cursor.replace("-", "").replace("_", "").isalnum()


async def test_an_unreachable_server_is_a_connection_error() -> None:
    async with PostgresHistory.open("postgresql://exchange_service:x@127.0.0.1:1/exchange") as history:
        with pytest.raises(ConnectionError):
            await history.trades(TradeFilter(from_at=Micros(5)), 5)


async def test_a_pool_survives_the_death_of_its_connections(past: Past, database: DatabaseUrls) -> None:
    await past.history.trades(TradeFilter(), 5)
    service = await asyncpg.connect(database.service)
    await service.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'exchange-queries'"
    )
    await service.close()
    assert (await past.history.trades(TradeFilter(), 5)).rows
