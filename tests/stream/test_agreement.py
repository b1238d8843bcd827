"""The stream shows nobody more than REST does, and what it adds up is what REST's trades add up to."""

from __future__ import annotations

import asyncio
from datetime import datetime
from random import Random
from typing import Any

import pytest

from exchange.core.values import Micros
from exchange.marketdata.candles import Interval
from exchange.marketdata.texts import money_text, time_text
from tests.api.stack import World
from tests.stream.talker import Document
from tests.stream.test_candles import by_rest
from tests.stream.test_unattended import bid
from tests.stream.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="module")


def fen(text: str) -> int:
    return int(text.replace(".", ""))


def micros(text: str) -> Micros:
    moment = datetime.fromisoformat(text)
    return Micros(int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond)


def added_up(trades: list[Document]) -> dict[str, Any]:
    """The figures of some trades, oldest first."""
    prices = [fen(trade["price"]) for trade in trades]
    turnover = sum(fen(trade["price"]) * trade["quantity"] for trade in trades)
    return {
        "open": money_text(prices[0]),
        "high": money_text(max(prices)),
        "low": money_text(min(prices)),
        "close": money_text(prices[-1]),
        "volume": sum(trade["quantity"] for trade in trades),
        "turnover": money_text(turnover),
        "trades": len(trades),
    }


def candles_of(trades: list[Document], interval: Interval) -> list[Document]:
    """What the candles of an interval have to be, newest first."""
    found: dict[Micros, list[Document]] = {}
    for trade in trades:
        found.setdefault(interval.start(micros(trade["at"])), []).append(trade)
    return [
        {"start": time_text(start), "end": time_text(Micros(start + interval.micros)), **added_up(found[start])}
        for start in sorted(found, reverse=True)
    ]


async def trades_by_rest(venue: Venue) -> list[Document]:
    path = f"/v1/instruments/{venue.world.instrument}/trades?limit=1000"
    items: list[Document] = (await venue.rest("GET", path)).json()["items"]
    return sorted(items, key=lambda trade: int(trade["trade_no"]))


async def some_trading(world: World, seed: int) -> None:
    """Orders at random prices around each other; some of them trade, in part or in several pieces."""
    random = Random(seed)
    for _ in range(60):
        firm, side = random.choice(((world.seller, "SELL"), (world.buyer, "BUY")))
        await world.place(firm, side, random.randint(1, 9), money_text(random.randint(2_980, 3_020)))


@pytest.mark.parametrize("seed", [1, 2])
async def test_candles_and_ticker_are_what_the_trades_over_rest_add_up_to(
    venue: Venue, world: World, seed: int
) -> None:
    await some_trading(world, seed)
    await asyncio.sleep(0.1)
    trades = await trades_by_rest(venue)
    assert len(trades) > 10
    for interval in Interval:
        shown = await by_rest(venue, interval.value)
        assert sorted(shown, key=lambda each: str(each["start"]), reverse=True) == candles_of(trades, interval)
    ticker, own = f"ticker:{world.instrument}", f"trades:{world.instrument}"
    async with venue.stream() as talker:
        await talker.subscribe(ticker, own, *(f"candles:{world.instrument}:{each.value}" for each in Interval))
        quote, tape = await talker.of(ticker), await talker.of(own)
        for interval in Interval:
            newest = (await talker.of(f"candles:{world.instrument}:{interval.value}"))["candles"]
            assert newest == candles_of(trades, interval)[:1]
    assert [trade["id"] for trade in tape["trades"]] == [trade["id"] for trade in trades[-100:]]
    figures, last = added_up([trade for trade in trades if trade["day"] == trades[-1]["day"]]), trades[-1]
    assert (quote["last_price"], quote["last_quantity"]) == (last["price"], last["quantity"])
    told = {name: quote[f"day_{name}"] for name in ("open", "high", "low")}
    told |= {name: quote[name] for name in ("volume", "turnover", "trades")}
    assert told == {name: value for name, value in figures.items() if name != "close"}


async def test_a_key_that_may_read_sees_the_orders_that_rest_shows_it_and_may_do_nothing(
    venue: Venue, world: World
) -> None:
    async with venue.client(world.buyer.token) as client:
        reads = await client.keys.make("a screen", ["READ"])
        trades = await client.keys.make("an order machine", ["TRADE"])
    await world.place(world.buyer, "BUY", 3, "28.00")
    await world.place(world.seller, "SELL", 3, "32.00")
    async with venue.stream(reads.token) as talker:
        await talker.subscribe("private")
        shown = (await talker.of("private"))["orders"]
        listed = (await venue.rest("GET", "/v1/orders?status=open&limit=1000", reads.token)).json()["items"]
        assert shown and sorted(each["id"] for each in shown) == sorted(each["id"] for each in listed)
        assert {each["id"]: each for each in shown} == {each["id"]: each for each in listed}
        for op, fields in (("place", {"body": bid(world)}), ("cancel_all", {}), ("cancel", {"order": shown[0]["id"]})):
            refused = await talker.order(op, **fields)
            assert (refused["status"], refused["body"]["code"]) == (403, "SCOPE_MISSING")
        assert (await talker.ask("cancel_on_disconnect", enabled=True))["status"] == 403
    async with venue.stream(trades.token) as talker:
        refused = await talker.ask("subscribe", channels=[{"channel": "private"}])
        assert (refused["status"], refused["body"]["code"]) == (403, "SCOPE_MISSING")
        assert (await talker.order("cancel_all"))["status"] == 200
