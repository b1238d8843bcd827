"""Downloads are as slow as their clients: how many run is bounded, for one person too, and nobody waits for a place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message

from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.api.app import create_app
from exchange.api.downloads import Downloads
from exchange.api.problems import ProblemError
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.instruments import Family, League, SettlementVenue, SourceCategory, TradingMode
from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.events.governance import KeyRegistered, PersonRegistered
from exchange.core.events.markets import InstrumentListed
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    OwnerGroupId,
    ParticipantId,
    PersonId,
    Price,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
    derived_id,
)
from exchange.sequencer.committed_view import CommittedView
from exchange.store.queries import Order, Page
from exchange.store.tables.orders import OrderStatus
from tests.api.doubles import idle_services

ORDER = Order(
    OrderId(derived_id(Seq(1))), ParticipantId(1), OwnerGroupId(1), InstrumentId(1), "", Side.BUY, OrderKind.LIMIT,
    TimeInForce.GTC, Price(1), Tonnes(1), False, SelfTradePrevention.CANCEL_NEWEST, Day(0), Tonnes(0), Tonnes(1),
    Fen(0), Fen(0), OrderStatus.NEW, None, Seq(1), Seq(1), Micros(1), Seq(1), Micros(1),
)  # fmt: skip

LISTED = InstrumentListed(
    InstrumentId(1), "P1-2024", Family.FORESTRY_CCER, "P1", 2024, SourceCategory.NONE, League.NONE,
    TradingMode.CONTINUOUS, SettlementVenue.REGIONAL_CUSTODY, Price(1), Tonnes(1), True,
)  # fmt: skip


class Endless:
    """A history of orders without end, and the log of who reads it."""

    def __init__(self) -> None:
        self.running = 0
        self.begun_reads = 0
        self.ended_reads = 0

    async def begun(self, _read: object) -> int:
        self.begun_reads += 1
        return self.begun_reads

    def ended(self, *_what: object) -> None:
        self.ended_reads += 1

    async def orders(self, *_wanted: object) -> Page[Order]:
        raise AssertionError("this is no download")

    async def stream_orders(self, _wanted: object) -> AsyncIterator[Order]:
        self.running += 1
        try:
            while True:
                yield ORDER
                await asyncio.sleep(0)
        finally:
            self.running -= 1


class Venue:
    """An application with some auditors and an endless history."""

    def __init__(self, downloads: Downloads) -> None:
        view, self.tokens = CommittedView(), list[str]()
        for n in range(4):
            seq, secret = Seq(n + 1), new_secret()
            person, key = PersonId(derived_id(seq, 1)), KeyId(derived_id(seq, 2))
            registered = PersonRegistered(person, "auditor", PersonRole.AUDITOR, ParticipantId(0))
            held = KeyRegistered(key, person, "k", hash_secret(secret), b"", 15, Micros(0), (), KeyId(0))
            view.apply(seq, Micros(1), bytes(32), [registered, held])
            self.tokens.append(token_text(key, secret))
        view.apply(Seq(5), Micros(1), bytes(32), [LISTED])
        services = idle_services(view)
        self.history = Endless()
        history: Any = self.history
        services.history, services.read_log, services.downloads = history, history, downloads
        self.app = create_app(services)


class Client:
    """Asks for a download and stops reading after a few portions, until it is told to leave."""

    def __init__(self, venue: Venue, auditor: int) -> None:
        self.started: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.leaves = asyncio.Event()
        self._portions = 0
        token = venue.tokens[auditor].encode()
        self.scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "path": "/v1/audit/orders", "raw_path": b"/v1/audit/orders", "query_string": b"format=csv",
            "root_path": "", "scheme": "http", "server": ("exchange", 80), "client": ("127.0.0.1", 1),
            "headers": [(b"authorization", b"Bearer " + token)],
        }  # fmt: skip
        self.task = asyncio.ensure_future(venue.app(self.scope, self._receive, self._send))

    async def _receive(self) -> Message:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started.set_result(message)
        self._portions += 1
        if self._portions > 4:
            await asyncio.Event().wait()

    async def status(self) -> int:
        status: int = (await self.started)["status"]
        return status

    async def leave(self) -> None:
        self.leaves.set()
        await self.task


async def test_nobody_waits_for_a_place_and_no_person_takes_them_all() -> None:
    venue = Venue(Downloads(places=3, each=2))
    first, second, third = (Client(venue, 0) for _ in range(3))
    assert [await first.status(), await second.status(), await third.status()] == [200, 200, 503]
    assert dict((await third.started)["headers"])[b"retry-after"] == b"5"
    other, last = Client(venue, 1), Client(venue, 2)
    assert [await other.status(), await last.status()] == [200, 503]
    for client in (first, second, other):
        await client.leave()
    assert venue.history.running == 0
    assert venue.history.begun_reads == venue.history.ended_reads == 3, "one that was refused showed nothing"


async def test_a_client_who_leaves_gives_its_place_back() -> None:
    venue = Venue(Downloads(places=1, each=1))
    for _ in range(3):
        client = Client(venue, 0)
        assert await client.status() == 200
        await client.leave()


async def test_a_download_that_is_cancelled_gives_its_place_back() -> None:
    venue = Venue(Downloads(places=1, each=1))
    for _ in range(3):
        client = Client(venue, 0)
        assert await client.status() == 200
        client.task.cancel()
        await asyncio.wait([client.task])


def test_places_are_counted_for_each_person() -> None:
    downloads = Downloads(places=2, each=1)
    downloads.take(PersonId(1))
    with pytest.raises(ProblemError):
        downloads.take(PersonId(1))
    downloads.take(PersonId(2))
    with pytest.raises(ProblemError):
        downloads.take(PersonId(3))
    downloads.give_back(PersonId(1))
    downloads.take(PersonId(3))
