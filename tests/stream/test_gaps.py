"""No frame is ever missing: over random disconnects, over a restart of the exchange, and beside a slow reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from exchange.store.embedded import EmbeddedServer
from tests.api.stack import Firm, World
from tests.marketdata.readers import Follower, LocalBook
from tests.stream.talker import Document, Talker, new_key
from tests.stream.venue import Venue, open_venue, until


class Reader:
    """A program that follows some channels over connections that break, and keeps what a client would keep."""

    def __init__(self, channels: list[str]) -> None:
        self.channels = channels
        self.follower = Follower()
        self.books = {name: LocalBook() for name in channels if name.startswith("book:")}
        self.trades: dict[int, Document] = {}
        self.orders: dict[str, Document] = {}
        self.balances: dict[str, Document] = {}
        self.mentioned: set[str] = set()
        self.snapshots = 0

    def take(self, frame: Document) -> None:
        """One frame of a channel."""
        name = frame["channel"]
        if frame["type"] != "snapshot" and frame["seq"] <= self.follower.at.get(name, 0):
            return  # known already, which may be once after a resume
        self.follower.take(frame)
        self.snapshots += frame["type"] == "snapshot"
        if name in self.books:
            self.books[name].take(frame)
        if name.startswith("trades:"):
            self.trades.update({trade["trade_no"]: trade for trade in frame["trades"]})
        if name == "private":
            self._take_own(frame)

    def _take_own(self, frame: Document) -> None:
        if frame["type"] == "snapshot":
            self.orders, self.balances = {}, {}
        for order in frame["orders"]:
            self.orders[order["id"]] = order
            self.mentioned.add(order["id"])
            if order["status"] not in ("NEW", "PARTIALLY_FILLED"):
                del self.orders[order["id"]]
        self.mentioned.update(fill["order"] for fill in frame.get("fills", ()))
        self.balances.update({balance["asset"]: balance for balance in frame["balances"]})

    async def ask(self, talker: Talker) -> None:
        """Subscribe from where this reader stands."""
        wanted: list[dict[str, Any]] = []
        for name in self.channels:
            stood = self.follower.at.get(name)
            wanted.append({"channel": name} if stood is None else {"channel": name, "after_seq": stood})
            if stood is not None:
                self.follower.resume(name, stood)
        answer = await talker.ask("subscribe", channels=wanted)
        assert answer["status"] == 200, answer
        for frame in talker.frames:
            if "channel" in frame:
                self.take(frame)
        talker.frames.clear()

    async def follow(self, venue: Venue, token: str | None, random: Random, over: asyncio.Event) -> None:
        """Read over many short connections until it is over."""
        while not over.is_set():
            async with venue.stream(token) as talker:
                await self.ask(talker)
                frames = random.randrange(1, 40)
                while frames and not over.is_set():
                    frame = await talker.next()
                    if "channel" in frame:
                        self.take(frame)
                        frames -= 1
                if random.random() < 0.5:
                    talker.connection.transport.abort()
            await asyncio.sleep(random.random() * 0.1)

    async def catch_up(self, venue: Venue, token: str | None, seq: int) -> None:
        """Read on until nothing is missing that happened up to an entry."""
        async with venue.stream(token) as talker:
            await self.ask(talker)
            quiet = 0
            while quiet < 3:
                await talker.send("ping")
                frame = await talker.next()
                quiet = quiet + 1 if "channel" not in frame else 0
                if "channel" in frame:
                    self.take(frame)
                await asyncio.sleep(0.06)
        assert venue.now.parts.services.view.seq == seq


async def trade_at_random(venue: Venue, world: World, firm: Firm, random: Random, number: int) -> set[str]:
    """So many orders of a firm, some of which are cancelled again; the ids of all of them."""
    own: list[str] = []
    async with venue.stream(firm.token) as talker:
        for _ in range(number):
            if own and random.random() < 0.3:
                await talker.order("cancel", order=random.choice(own))
            else:
                side = random.choice(["BUY", "SELL"]) if firm is world.seller else "BUY"
                body = {
                    "instrument": world.instrument,
                    "side": side,
                    "quantity": random.randrange(1, 9),
                    "price": f"{random.randrange(2_990, 3_011) / 100:.2f}",
                }
                answer = await talker.ask("place", idempotency_key=new_key(), body=body)
                if answer["status"] == 201:
                    own.append(answer["body"]["order"]["id"])
            await asyncio.sleep(random.random() * 0.01)
    return set(own)


def channels_of(world: World) -> list[str]:
    name = world.instrument
    return [f"book:{name}", f"trades:{name}", f"ticker:{name}", f"candles:{name}:1m"]


async def compare(venue: Venue, world: World, reader: Reader, owner: Firm | None) -> None:
    """What a reader kept is what REST says."""
    book = (await venue.rest("GET", f"/v1/instruments/{world.instrument}/book?levels=100")).json()
    for side in ("bids", "asks"):
        shown = [(level["price"], level["quantity"], level["orders"]) for level in book[side]]
        assert reader.books[f"book:{world.instrument}"].best(side) == shown
    tape = (await venue.rest("GET", f"/v1/instruments/{world.instrument}/trades?limit=1000")).json()["items"]
    assert sorted(reader.trades) == list(range(1, len(tape) + 1)), "every trade once, none missing"
    assert [reader.trades[n]["id"] for n in sorted(reader.trades, reverse=True)] == [trade["id"] for trade in tape]
    if owner is not None:
        assert list(reader.orders.values()) == await venue.open_orders(owner.token)
        money = (await venue.rest("GET", "/v1/account", owner.token)).json()
        kept = reader.balances["CNY"]
        assert [kept[name] for name in ("balance", "held", "available")] == [
            money[name] for name in ("balance", "held", "available")
        ]


@asynccontextmanager
async def fresh(postgres: EmbeddedServer, folder: Path) -> AsyncIterator[Venue]:
    async with open_venue(postgres, folder) as venue:
        yield venue


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_nothing_is_missing_after_random_disconnects_and_nobody_sees_anothers(
    postgres: EmbeddedServer, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    async with fresh(postgres, tmp_path) as venue:
        world = venue.world
        owners: list[Firm | None] = [world.buyer, world.seller, world.stranger, None]
        public = channels_of(world)
        readers = [(Reader([*public, "private"] if owner else public), owner) for owner in owners for _ in range(2)]
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            reading = [
                group.create_task(reader.follow(venue, owner.token if owner else None, Random(random.random()), over))
                for reader, owner in readers
            ]
            trading = [
                asyncio.create_task(trade_at_random(venue, world, firm, Random(random.random()), 80))
                for firm in (world.buyer, world.seller)
            ]
            bought, sold = await asyncio.gather(*trading)
            over.set()
            async with venue.stream(world.buyer.token) as talker:
                await talker.order("cancel_all")  # something happens, so every reader wakes up
            await asyncio.wait(reading)
        seq = venue.now.parts.services.view.seq
        await asyncio.gather(
            *(reader.catch_up(venue, owner.token if owner else None, seq) for reader, owner in readers)
        )
        for reader, owner in readers:
            await compare(venue, world, reader, owner)
            mine = {world.buyer.id: bought, world.seller.id: sold}.get(owner.id, set()) if owner else set()
            assert reader.mentioned <= mine
        assert venue.now.parts.streams.data.hub.too_slow == 0


async def test_a_reader_goes_on_where_it_stood_after_a_restart(postgres: EmbeddedServer, tmp_path: Path) -> None:
    async with fresh(postgres, tmp_path) as venue:
        world, random = venue.world, Random(3)
        reader, late = (Reader([*channels_of(world), "private"]) for _ in range(2))
        token = world.buyer.token
        await trade_at_random(venue, world, world.seller, random, 40)
        await trade_at_random(venue, world, world.buyer, random, 40)
        for each in (reader, late):
            await each.catch_up(venue, token, venue.now.parts.services.view.seq)
        async with venue.stream(token) as talker:
            await reader.ask(talker)
            await venue.stop()
            assert await talker.closed() == 1001
        await venue.start()
        assert venue.now.parts.services.view.seq >= max(reader.follower.at.values())
        await reader.catch_up(venue, token, venue.now.parts.services.view.seq)
        await compare(venue, world, reader, world.buyer)
        await trade_at_random(venue, world, world.seller, random, 40)
        await trade_at_random(venue, world, world.buyer, random, 40)
        snapshots = reader.snapshots
        for each in (reader, late):
            await each.catch_up(venue, token, venue.now.parts.services.view.seq)
            await compare(venue, world, each, world.buyer)
        assert reader.snapshots <= snapshots + 2, "books and trades were resumed, not begun again"


async def test_a_slow_reader_is_closed_and_the_others_miss_nothing(postgres: EmbeddedServer, tmp_path: Path) -> None:
    async with fresh(postgres, tmp_path) as venue:
        world = venue.world
        data = venue.now.parts.streams.data
        book = f"book:{world.instrument}"
        reader = Reader([book])
        async with venue.stream() as quick, venue.stream(max_queue=1) as slow:
            await reader.ask(quick)
            await slow.subscribe(book)
            slow.connection.transport.pause_reading()
            channel = data.public(book)
            assert channel is not None
            filler = b'{"type":"answer","id":"filler","body":"%b"}' % (b"x" * 200_000)
            (stuck,) = [member for member in data.hub._subscribers if member.closed_with is None][1:2]
            while stuck.closed_with is None:
                if not stuck.put(filler):
                    stuck.give_up()
                await asyncio.sleep(0)
            await until(lambda: len(venue.now.parts.streams) <= 2)
            await world.place(world.buyer, "BUY", 5, "29.00")
            while not reader.books[book].sides["bids"]:
                frame = await quick.next()
                if frame.get("channel") == book:
                    reader.take(frame)
            slow.connection.transport.resume_reading()
            assert await slow.closed() in (1013, 1006)
        assert data.hub.too_slow == 1
