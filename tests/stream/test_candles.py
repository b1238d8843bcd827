"""Candles over REST and over the stream, before and after a restart: one and the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.bootstrap import market_data
from exchange.marketdata.candles import Interval
from exchange.store.embedded import EmbeddedServer
from tests.stream.talker import Document
from tests.stream.venue import Venue, open_venue

pytestmark = pytest.mark.asyncio(loop_scope="module")

INTERVALS = [interval.value for interval in Interval]


async def by_rest(venue: Venue, interval: str, limit: int = 1_000) -> list[Document]:
    """All candles, page by page."""
    found: list[Document] = []
    more = ""
    while True:
        path = f"/v1/instruments/{venue.world.instrument}/candles?interval={interval}&limit={limit}{more}"
        page = (await venue.rest("GET", path)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        more = f"&cursor={page['next_cursor']}"


async def by_stream(venue: Venue, interval: str) -> Document:
    """The newest candle."""
    name = f"candles:{venue.world.instrument}:{interval}"
    async with venue.stream() as talker:
        await talker.subscribe(name)
        (candle,) = (await talker.of(name))["candles"]
    newest: Document = candle
    return newest


async def test_candles_are_the_same_from_memory_and_from_the_database(
    postgres: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_venue(postgres, tmp_path) as venue:
        world = venue.world
        assert await by_rest(venue, "1m") == []
        for price in ("30.00", "30.20", "29.90", "30.10"):
            await world.trade(5, price)
        before = {interval: await by_rest(venue, interval) for interval in INTERVALS}
        (day,) = before["1d"]
        assert (day["open"], day["high"], day["low"], day["close"]) == ("30.00", "30.20", "29.90", "30.10")
        assert (day["volume"], day["turnover"], day["trades"]) == (20, "601.00", 4)
        for interval in INTERVALS:
            assert await by_stream(venue, interval) == before[interval][0]

        await venue.stop()
        await venue.start()
        for interval in INTERVALS:
            assert await by_rest(venue, interval, limit=1) == before[interval]
            assert await by_stream(venue, interval) == before[interval][0]
        venue.now.parts.services.market.give_up()
        for interval in INTERVALS:
            assert await by_rest(venue, interval) == before[interval], "the database alone says the same"

        await venue.stop()
        monkeypatch.setattr(market_data, "MOST_TRADES", 0)
        monkeypatch.setattr(market_data, "FEWEST_TRADES", 2)
        await venue.start()
        await world.trade(5, "30.30")
        after = await by_rest(venue, "1d")
        assert (after[0]["high"], after[0]["trades"]) == ("30.30", 5), "also of trades that were not loaded"
        name = f"trades:{world.instrument}"
        async with venue.stream() as talker:
            await talker.subscribe(name)
            shown = (await talker.of(name))["trades"]
        assert [trade["trade_no"] for trade in shown] == [3, 4, 5], "numbered on, though only two were loaded"


async def test_an_interval_is_one_of_those_and_a_book_one_that_is_there(venue: Venue) -> None:
    path = f"/v1/instruments/{venue.world.instrument}/candles"
    for query, pointer in (
        ("", "query/interval"),
        ("?interval=2m", "query/interval"),
        ("?interval=1m&cursor=x", "query/cursor"),
    ):
        answer = await venue.rest("GET", path + query)
        assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == pointer
    assert (await venue.rest("GET", "/v1/instruments/ins-999/candles?interval=1m")).json()[
        "code"
    ] == "INSTRUMENT_NOT_FOUND"
