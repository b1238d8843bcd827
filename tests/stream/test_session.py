"""What a session answers: login, subscriptions, heartbeats, and requests that are wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from exchange.marketdata.hub import Bounds
from tests.api.stack import World
from tests.stream.test_order_entry import bid
from tests.stream.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_public_channels_need_no_key_and_a_snapshot_follows_the_answer(venue: Venue, world: World) -> None:
    name = f"book:{world.instrument}"
    async with venue.stream() as talker:
        answer = await talker.subscribe(name)
        assert not talker.frames, "the answer comes before what was asked for"
        snapshot = await talker.of(name)
        await talker.order("ping")
    assert answer["body"]["channels"] == [name]
    assert snapshot["type"] == "snapshot"
    assert snapshot["seq"] <= answer["body"]["as_of_seq"]


async def test_a_key_is_shown_in_the_handshake_or_by_a_login_once(venue: Venue, world: World) -> None:
    token = {"authorization": f"Bearer {world.buyer.token}"}
    async with venue.stream() as talker:
        refused = await talker.ask("subscribe", channels=[{"channel": "private"}])
        assert (refused["status"], refused["body"]["code"]) == (401, "UNAUTHENTICATED")
        assert (await talker.ask("login", **token))["status"] == 200
        await talker.subscribe("private")
        assert (await talker.of("private"))["type"] == "snapshot"
        again = await talker.ask("login", **token)
        assert (again["status"], again["body"]["code"]) == (409, "ALREADY_LOGGED_IN")
    async with venue.stream(world.buyer.token) as talker:
        await talker.subscribe("private")


async def test_a_key_that_is_not_good_opens_nothing(venue: Venue, world: World) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with venue.stream(world.buyer.token[:-1] + "!"):
            pass
    response = refused.value.response
    assert response.status_code == 401
    assert json.loads(response.body)["code"] == "UNAUTHENTICATED"
    async with venue.stream() as talker:
        answer = await talker.ask("login", authorization="Bearer key-1.wrong")
        assert (answer["status"], answer["body"]["code"]) == (401, "UNAUTHENTICATED")


async def test_who_may_not_read_gets_no_account(venue: Venue) -> None:
    async with venue.stream(venue.staff["OPERATOR"]) as talker:
        answer = await talker.ask("subscribe", channels=[{"channel": "private"}])
        assert (answer["status"], answer["body"]["code"]) == (403, "NOT_AUTHORISED")
        answer = await talker.ask("cancel_on_disconnect", enabled=True)
        assert (answer["status"], answer["body"]["code"]) == (403, "NOT_AUTHORISED")


async def test_all_channels_are_joined_or_none(venue: Venue, world: World) -> None:
    good, bad = f"book:{world.instrument}", "book:ins-999999"
    async with venue.stream() as talker:
        answer = await talker.ask("subscribe", channels=[{"channel": good}, {"channel": bad}])
        assert (answer["status"], answer["body"]["code"]) == (404, "NO_SUCH_CHANNEL")
        assert answer["body"]["errors"][0]["pointer"] == "/channels/1/channel"
        await talker.ask("ping")
        assert not talker.frames


async def test_an_account_larger_than_the_queue_is_shown_behind_other_channels(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the queue is empty; a reader who could never take it up would come back for ever."""
    monkeypatch.setattr(venue.now.parts.streams.data.hub, "_bounds", Bounds(size=2_000))
    body = bid(world)
    async with venue.stream(world.buyer.token) as talker:
        for _ in range(8):
            assert (await talker.order("place", body=body))["status"] == 201
        await talker.subscribe(f"trades:{world.instrument}", f"ticker:{world.instrument}", "private")
        assert len((await talker.of("private"))["orders"]) == 8
    assert (await venue.rest("DELETE", "/v1/orders", world.buyer.token)).status_code == 200


async def test_who_left_a_channel_hears_no_more_of_it_and_may_come_back(venue: Venue, world: World) -> None:
    name = f"trades:{world.instrument}"
    async with venue.stream() as talker:
        await talker.subscribe(name)
        stood = (await talker.of(name))["seq"]
        await talker.ask("unsubscribe", channels=[name])
        await world.trade()
        await talker.ask("ping")
        assert not talker.frames
        await talker.subscribe(name, after_seq=stood)
        (missed,) = (await talker.of(name))["trades"]
        assert missed["price"] == "30.00"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no op": ({}, "/op"),
    "an op that is not known": ({"op": "dance"}, "/op"),
    "an unknown field": ({"op": "ping", "more": 1}, "/more"),
    "no channels": ({"op": "subscribe", "channels": []}, "/channels"),
    "too many channels": ({"op": "subscribe", "channels": [{"channel": "private"}] * 201}, "/channels"),
    "a place that is none": ({"op": "subscribe", "channels": [{"channel": "private", "after_seq": -1}]},
                             "/channels/0/after_seq"),
    "a text for a switch": ({"op": "cancel_on_disconnect", "enabled": "yes"}, "/enabled"),
    "no order": ({"op": "cancel", "idempotency_key": "x"}, "/order"),
    "two names": ({"op": "cancel", "idempotency_key": "x", "order": "ord-1", "client_order_id": "a"}, "/order"),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "pointer"), WRONG.values(), ids=WRONG)
async def test_a_request_that_is_wrong_is_told_where(
    venue: Venue, world: World, request_: dict[str, Any], pointer: str
) -> None:
    async with venue.stream(world.buyer.token) as talker:
        await talker.connection.send(json.dumps({"id": "a", **request_}))
        answer = await talker.answer("a")
        assert (answer["status"], answer["body"]["code"]) == (422, "VALIDATION")
        assert pointer in [error["pointer"] for error in answer["body"]["errors"]]
        assert (await talker.ask("ping"))["status"] == 200, "and the connection goes on"


UNREADABLE = {
    "no JSON": "{",
    "no object": "[]",
    "two ids": '{"id":"1","id":"2","op":"ping"}',
    "no id": '{"op":"ping"}',
    "an empty id": '{"id":"","op":"ping"}',
    "a long id": json.dumps({"id": "1" * 37, "op": "ping"}),
    "a number for an id": '{"id":1,"op":"ping"}',
    "too deep": '{"id":"1","op":' + "[" * 9 + "]" * 9 + "}",
    "a long number": '{"id":"1","op":12345678901234567890}',
    "NaN": '{"id":"1","op":NaN}',
    "U+0000": '{"id":"1","op":"\\u0000"}',
    "a lone surrogate": '{"id":"1","op":"\\ud800"}',
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_as_a_request_ends_the_connection(venue: Venue, text: str) -> None:
    async with venue.stream() as talker:
        await talker.connection.send(text)
        assert await talker.closed() == 1008
        (answer,) = talker.frames
        assert answer["type"] == "answer" and answer["id"] is None and answer["status"] in (400, 422)


async def test_problems_are_told_in_the_language_of_the_handshake(venue: Venue) -> None:
    async with venue.stream(headers={"Accept-Language": "zh"}) as talker:
        answer = await talker.ask("subscribe", channels=[{"channel": "private"}])
    assert "身份" in answer["body"]["title"] or not answer["body"]["title"].isascii()


async def test_a_quiet_stream_gets_heartbeats(venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.api.stream.streams.HEARTBEAT_AFTER", 0.2)
    async with venue.stream(world.buyer.token) as talker:
        first, second = await talker.next(), await talker.next()
    assert first["type"] == second["type"] == "heartbeat"
    assert first["seq"] == venue.now.parts.services.view.seq and first["at"] < second["at"]


async def test_the_address_is_for_websocket_alone(venue: Venue) -> None:
    answer = await venue.rest("GET", "/v1/stream")
    assert (answer.status_code, answer.json()["code"], answer.headers["upgrade"]) == (
        426,
        "UPGRADE_REQUIRED",
        "websocket",
    )
