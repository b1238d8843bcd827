"""The stream of a real process: on its own event loop, over a kill and over a stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.stream.talker import Talker, new_key
from tests.support.service import a_service
from tests.support.venue import Venue

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def venue() -> AsyncIterator[Venue]:
    """A served exchange with the small market, in which nothing was traded yet."""
    with a_service() as service:
        await service.start()
        opened = Venue(service)
        await opened.open_market()
        yield opened


def address_of(venue: Venue) -> tuple[str, int]:
    """Where its socket is."""
    parts = urlsplit(venue.url)
    assert parts.hostname is not None and parts.port is not None
    return parts.hostname, parts.port


async def test_a_client_stands_where_it_stood_after_a_kill(venue: Venue) -> None:
    world, name = venue.world, f"trades:{venue.world.instrument}"
    body = {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": "29.00", "time_in_force": "GTC"}
    key = new_key()
    async with Talker.connect(address_of(venue), world.buyer.token) as talker:
        await talker.subscribe(name, "private")
        await talker.of("private")
        await world.trade(3)
        first = await talker.of(name)
        while not first["trades"]:
            first = await talker.of(name)
        placed = await talker.ask("place", idempotency_key=key, body=body)
        process = venue.service._process
        assert process is not None
        process.kill()
        assert await talker.closed() in (1006, 1001)
    process.wait()
    await venue.service.start()
    async with Talker.connect(address_of(venue), world.buyer.token) as talker:
        await world.trade(4)
        await talker.subscribe(name, after_seq=first["seq"])
        missed = await talker.of(name)
        assert [trade["trade_no"] for trade in missed["trades"]] == [first["trades"][-1]["trade_no"] + 1]
        again = await talker.ask("place", idempotency_key=key, body=body)
        assert (again["replayed"], again["body"]) == (True, placed["body"])


async def test_a_stop_says_goodbye_and_keeps_what_was_promised(venue: Venue) -> None:
    world = venue.world
    body = {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": "28.50", "time_in_force": "GTC"}
    async with Talker.connect(address_of(venue), world.buyer.token) as talker:
        await talker.ask("cancel_on_disconnect", enabled=True)
        assert (await talker.order("place", body=body))["status"] == 201
        stopping = asyncio.create_task(asyncio.to_thread(venue.service.stop))
        assert await talker.closed() == 1001
        await stopping
    await venue.service.start()
    async with venue.client(world.buyer.token) as client:
        assert [order async for order in client.orders.every()] == []
