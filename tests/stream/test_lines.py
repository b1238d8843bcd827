"""Lines with a name: a client that comes back before its loss was noticed ends its old line first."""

from __future__ import annotations

import asyncio

import pytest

from exchange.access.principal import Principal
from exchange.api.limits import Limited, limit_listening
from exchange.api.stream import streams
from exchange.bootstrap.connections import Wait
from exchange.core.commands import Command
from exchange.core.values import Seq
from exchange.marketdata import frames
from tests.api.stack import World
from tests.stream.talker import Document, Talker, new_key
from tests.stream.test_unattended import attended, bid
from tests.stream.venue import Venue, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def log_in(talker: Talker, token: str, line: str | None = "desk-1") -> Document:
    more = {} if line is None else {"line": line}
    answer = await talker.ask("login", authorization=f"Bearer {token}", **more)
    assert answer["status"] == 200
    body: Document = answer["body"]
    return body


async def test_who_comes_back_finds_its_orders_cancelled_and_keeps_the_new_ones(venue: Venue, world: World) -> None:
    token = world.buyer.token
    async with venue.stream() as old, venue.stream() as new:
        assert (await log_in(old, token))["replaced"] is False
        await attended(old, world)
        name = await new.send("login", authorization=f"Bearer {token}", line="desk-1")
        placing = await new.send("place", idempotency_key=new_key(), body=bid(world, "28.50"))
        answer = await new.answer(name)
        assert answer["body"]["replaced"] is True
        placed = await new.answer(placing)
        assert placed["status"] == 201
        assert await old.closed() == 1008
        await venue.now.parts.streams.finish()
        assert [order["id"] for order in await venue.open_orders(token)] == [placed["body"]["order"]["id"]]
        await new.order("cancel_all")


async def test_the_login_is_answered_behind_the_cancelling_also_when_the_old_line_has_gone_already(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, gate, house = world.buyer.token, asyncio.Event(), venue.now.parts.streams
    own = house._own

    async def held(command: Command) -> Seq:
        await gate.wait()
        return await own(command)

    monkeypatch.setattr(house, "_own", held)
    async with venue.stream() as new:
        async with venue.stream() as old:
            await log_in(old, token)
            await attended(old, world)
        await until(lambda: len(house) == 1)
        name = await new.send("login", authorization=f"Bearer {token}", line="desk-1")
        asking = await new.send("ping")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(new.connection.recv(), 0.2)
        gate.set()
        assert (await new.next())["id"] == name
        assert await venue.open_orders(token) == []
        assert (await new.answer(asking))["status"] == 200


async def test_other_names_other_keys_and_lines_without_a_name_are_left_alone(venue: Venue, world: World) -> None:
    async with venue.stream() as one, venue.stream() as two, venue.stream() as three, venue.stream() as four:
        assert [
            (await log_in(one, world.buyer.token))["replaced"],
            (await log_in(two, world.buyer.token, "desk-2"))["replaced"],
            (await log_in(three, world.seller.token))["replaced"],
            (await log_in(four, world.buyer.token, None))["replaced"],
        ] == [False] * 4
        async with venue.stream(world.buyer.token) as five:
            for talker in (one, two, three, four, five):
                assert (await talker.ask("ping"))["status"] == 200


@pytest.mark.parametrize("name", ["", "x" * 37, "a\tb"])
async def test_a_name_is_short_and_its_refusal_says_how_short(name: str, venue: Venue, world: World) -> None:
    async with venue.stream() as talker:
        answer = await talker.ask("login", authorization=f"Bearer {world.buyer.token}", line=name)
        (error,) = answer["body"]["errors"]
        assert (answer["status"], error["pointer"], error["code"]) == (422, "/line", "LINE_NAME")
        assert "1 to 36 printable characters" in error["detail"]


async def test_the_old_line_counts_no_more_among_those_of_its_owner(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMS", 1)
    async with venue.stream() as old, venue.stream() as new:
        await log_in(old, world.buyer.token)
        assert (await log_in(new, world.buyer.token))["replaced"] is True


async def test_only_the_first_streams_of_an_owner_never_make_place(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SAFE_STREAMS", 1)
    house = venue.now.parts.streams
    async with venue.stream(world.buyer.token), venue.stream(world.seller.token):
        async with venue.stream(world.buyer.token) as first:
            waits = [session._wire._place.wait for session in house._sessions]  # type: ignore[attr-defined]
            assert waits == [None, None, Wait.SPARE]
            await first.connection.close()
        await until(lambda: len(house) == 2)
    await until(lambda: len(house) == 0)
    async with venue.stream(world.buyer.token) as first, venue.stream(world.buyer.token):
        await first.connection.close()
        await until(lambda: len(house) == 1)
        (last,) = house._sessions
        assert last._wire._place.wait is None, "who moves up is safe"  # type: ignore[attr-defined]


async def test_an_account_of_many_orders_comes_in_parts_and_weighs_as_many(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "PART", 3)
    async with venue.stream(world.buyer.token) as talker:
        for _ in range(8):
            assert (await talker.order("place", body=bid(world)))["status"] == 201
        weights = list[int]()

        def noted(request: Limited, principal: Principal | None, weight: int) -> None:
            weights.append(weight)
            limit_listening(request, principal, weight)

        monkeypatch.setattr("exchange.api.stream.session.limit_listening", noted)
        await talker.subscribe("private")
        parts = [await talker.of("private") for _ in range(3)]
        assert [(part["part"], part["parts"], len(part["orders"])) for part in parts] == [
            (1, 3, 3),
            (2, 3, 3),
            (3, 3, 2),
        ]
        assert weights == [4]
        await talker.ask("unsubscribe", channels=["private"])
        await talker.subscribe("private", after_seq=parts[0]["seq"])
        assert weights[-1] == 1
        await talker.order("cancel_all")


async def test_a_fault_in_one_stream_ends_neither_the_keeping_nor_the_others(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_AFTER", 0.2)
    house = venue.now.parts.streams

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    async with venue.stream(world.buyer.token) as bad, venue.stream(world.seller.token) as good:
        await until(lambda: len(house) == 2)
        first, _ = house._sessions
        monkeypatch.setattr(first, "beat", broken)
        assert await bad.closed() == 1013
        for _ in range(2):
            assert (await good.next())["type"] == "heartbeat"
    monkeypatch.setattr(type(house), "look", broken)
    await asyncio.sleep(2 * streams.LOOK_EVERY)
    monkeypatch.undo()
    monkeypatch.setattr(streams, "HEARTBEAT_AFTER", 0.2)
    async with venue.stream() as later:
        assert (await later.next())["type"] == "heartbeat"
