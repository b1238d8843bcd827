"""Cancel on disconnect, and what becomes of the streams of a key that is no longer good."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from tests.api.stack import World
from tests.stream.talker import Document, Talker, new_key
from tests.stream.venue import Venue, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bid(world: World, price: str = "29.00") -> Document:
    return {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": price, "time_in_force": "GTC"}


async def attended(talker: Talker, world: World) -> None:
    """Two resting orders that shall end with the stream."""
    assert (await talker.ask("cancel_on_disconnect", enabled=True))["body"]["enabled"] is True
    for price in ("28.00", "29.00"):
        assert (await talker.order("place", body=bid(world, price)))["status"] == 201


async def all_gone(venue: Venue, token: str) -> None:
    async def gone() -> bool:
        return await venue.open_orders(token) == []

    await until(gone)


def reset(talker: Talker) -> None:
    """Cut the connection off: the other side gets a TCP reset instead of an end."""
    raw = talker.connection.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talker.connection.transport.abort()


async def test_orders_end_with_a_close(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker:
        await attended(talker, world)
    await all_gone(venue, world.buyer.token)
    feed = (await venue.rest("GET", "/v1/orders?status=closed&limit=2", world.buyer.token)).json()["items"]
    assert [order["cancel_reason"] for order in feed] == ["DISCONNECTED", "DISCONNECTED"]


async def test_orders_end_with_a_reset(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker:
        await attended(talker, world)
        reset(talker)
        await all_gone(venue, world.buyer.token)


@pytest.mark.parametrize("looked_up", [False, True])
async def test_what_was_still_under_way_is_cancelled_too(
    venue: Venue, world: World, looked_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also orders that are not in the queue yet, because their keys have to be looked up on the disk."""
    keys = venue.now.parts.sequencer._intake._keys
    if looked_up:
        monkeypatch.setattr(type(keys), "must_ask_disk", lambda *_: True)
    async with venue.stream(world.buyer.token) as talker:
        await attended(talker, world)
        for _ in range(50):
            await talker.send("place", idempotency_key=new_key(), body=bid(world))
        reset(talker)
        await all_gone(venue, world.buyer.token)
        streams = venue.now.parts.streams
        await streams.finish()
    await asyncio.sleep(0.1)
    assert await venue.open_orders(world.buyer.token) == []


async def test_orders_of_who_did_not_ask_or_took_it_back_stay(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker:
        await attended(talker, world)
        assert (await talker.ask("cancel_on_disconnect", enabled=False))["body"]["enabled"] is False
    async with venue.stream(world.buyer.token) as talker:
        await until(lambda: len(venue.now.parts.streams) == 1)
        await venue.now.parts.streams.finish()
        assert len(await venue.open_orders(world.buyer.token)) == 2
        await talker.order("cancel_all")


async def test_orders_of_other_keys_stay(venue: Venue, world: World) -> None:
    async with venue.client(world.buyer.token) as client:
        another = await client.keys.make("another program", ["READ", "TRADE"])
    async with venue.stream(another.token) as other:
        kept = await other.order("place", body=bid(world))
        async with venue.stream(world.buyer.token) as talker:
            await attended(talker, world)
        await until(lambda: venue.now.parts.streams.unattended > 0 and len(venue.now.parts.streams) == 1)
        await venue.now.parts.streams.finish()
        (order,) = await venue.open_orders(world.buyer.token)
        assert order["id"] == kept["body"]["order"]["id"]
        await other.order("cancel_all")


async def test_the_streams_of_a_revoked_key_are_closed_and_its_orders_end(venue: Venue, world: World) -> None:
    async with venue.client(world.buyer.token) as client:
        another = await client.keys.make("short-lived", ["READ", "TRADE"])
        async with venue.stream(another.token) as talker, venue.stream(world.buyer.token) as other:
            await attended(talker, world)
            await client.keys.revoke(another.id)
            assert await talker.closed() == 1008
            assert (await other.ask("ping"))["status"] == 200, "other keys go on"
        await all_gone(venue, world.buyer.token)


async def test_the_streams_of_an_expired_key_are_closed(venue: Venue, world: World) -> None:
    services = venue.now.parts.services
    async with venue.stream(world.stranger.token) as talker:
        principal = services.gate.authenticate(
            f"Bearer {world.stranger.token}", services.view.people, services.clock(), {"client": None, "headers": []}
        )
        assert principal is not None
        row = services.view.people.keys[principal.key]
        row.expires_at, was = services.clock(), row.expires_at
        try:
            assert await talker.closed() == 1008
        finally:
            row.expires_at = was
