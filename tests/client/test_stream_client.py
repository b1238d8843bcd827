"""The stream's client against an exchange that goes away, stays silent, refuses, repeats and leaves things out."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response

from exchange.client import (
    BusyError,
    ClientError,
    ExchangeProblem,
    KeyFile,
    NoAnswerError,
    Patience,
    SlowReaderError,
    StreamEndedError,
    UnauthorisedError,
    UnexpectedAnswerError,
)
from exchange.client.commands import Cancel, Place
from exchange.client.models import PrivateMessage, TradesMessage
from exchange.client.stream import StreamClient
from exchange.client.stream.line import stream_url
from tests.client.scripted_stream import (
    QUICK,
    TRADES,
    Frame,
    Peer,
    both,
    order_answer,
    scripted_stream,
    soon,
    subscribed,
    trades,
)

# -- login and messages --


async def test_it_logs_in_and_gives_out_messages_of_their_type() -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, TRADES)
        await peer.send(**trades(4, None))
        await peer.send(type="heartbeat", seq=9, at="2026-11-20T01:02:03.000004Z")
        await peer.send(type="something of a later release", channel=TRADES)
        await peer.send(**trades(12, 4))
        first, second = await soon(anext(client)), await soon(anext(client))
        assert isinstance(first, TradesMessage) and isinstance(second, TradesMessage)
        assert (first.type, first.seq, first.trades[0].trade_no) == ("snapshot", 4, 4)
        assert (second.type, second.prev_seq) == ("update", 4)
        assert client.heartbeat is not None and client.heartbeat.seq == 9


async def test_a_key_that_is_not_good_is_said_so_at_once() -> None:
    async with scripted_stream() as server:
        client = StreamClient(server.url, "key-1-1.wrong", patience=QUICK)
        entering = asyncio.ensure_future(client.__aenter__())
        peer = await server.peer()
        request = await peer.take("login")
        assert request["authorization"] == "Bearer key-1-1.wrong"
        await peer.answer(request, 401, code="UNAUTHENTICATED", detail="no")
        with pytest.raises(UnauthorisedError, match="UNAUTHENTICATED"):
            await soon(entering)


async def test_an_exchange_that_is_not_there_is_given_up_after_the_deadline() -> None:
    async with scripted_stream() as server:
        url = server.url
    patience = Patience(attempts=4, first_wait=0.0, longest_wait=0.01, deadline=0.1)
    with pytest.raises(NoAnswerError, match="/v1/stream") as caught:
        await StreamClient(url, patience=patience).__aenter__()
    assert f"no answer from {url} to GET /v1/stream" in str(caught.value)
    assert caught.value.cause == "connection refused"


async def test_a_busy_exchange_is_asked_again() -> None:
    async with scripted_stream() as server:
        server.refusals.append(Response(503, "Service Unavailable", Headers({"Retry-After": "0"})))
        async with StreamClient(server.url, patience=QUICK):
            await server.peer()
        assert len(server.handshakes) == 2
        assert server.handshakes[0].path == "/v1/stream"


async def test_an_address_without_a_stream_is_said_so() -> None:
    async with scripted_stream() as server:
        server.refusals.append(Response(404, "Not Found", Headers()))
        with pytest.raises(ClientError, match="no stream at this address"):
            await StreamClient(server.url, patience=QUICK).__aenter__()


async def test_nobody_is_followed_elsewhere_with_a_key() -> None:
    async with scripted_stream() as server, scripted_stream() as elsewhere:
        server.refusals.append(Response(307, "Temporary Redirect", Headers(Location=stream_url(elsewhere.url))))
        with pytest.raises(ClientError, match="no stream at this address"):
            await StreamClient(server.url, "key-1-1.secret", patience=QUICK).__aenter__()
        assert not elsewhere.handshakes


async def test_a_channel_that_is_refused_is_not_listened_to() -> None:
    async with both() as (_, client, peer):
        joining = asyncio.ensure_future(client.subscribe("book:nothing"))
        await peer.answer(await peer.take("subscribe"), 404, code="NOT_FOUND")
        with pytest.raises(ExchangeProblem, match="NOT_FOUND"):
            await soon(joining)
        joining = asyncio.ensure_future(client.subscribe("book:nothing"))
        await peer.agree("subscribe")
        await soon(joining)
        with pytest.raises(ValueError, match="already"):
            await client.subscribe("book:nothing")


async def test_what_was_left_is_heard_no_more() -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, TRADES)
        leaving = asyncio.ensure_future(client.unsubscribe(TRADES))
        request = await peer.take("unsubscribe")
        assert request["channels"] == [TRADES]
        await peer.send(**trades(4, None))
        await peer.answer(request)
        await soon(leaving)
        await subscribed(client, peer, TRADES)
        await peer.send(**trades(6, None))
        assert (await soon(anext(client))).seq == 6


async def test_a_message_that_cannot_be_read_ends_the_stream_and_says_so() -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, TRADES)
        await peer.send(**{**trades(4, None), "trades": "?"})
        with pytest.raises(UnexpectedAnswerError, match="trades"):
            await soon(anext(client))


async def test_a_bug_is_raised_where_messages_are_awaited_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    async with scripted_stream() as server:
        client = await StreamClient(server.url, patience=QUICK).__aenter__()
        peer = await server.peer()
        await subscribed(client, peer, TRADES)
        monkeypatch.setattr("exchange.client.stream.client.read_message", broken)
        await peer.send(**trades(4, None))
        with pytest.raises(ZeroDivisionError):
            await soon(anext(client))
        with pytest.raises(ZeroDivisionError):
            await client.close()


# -- a lost line --


@pytest.mark.parametrize("ending", [1001, 1011, 1012, 1013, None])
async def test_after_a_lost_line_everything_goes_on_where_it_was(ending: int | None) -> None:
    async with both() as (server, client, peer):
        await subscribed(client, peer, TRADES)
        guarding = asyncio.ensure_future(client.cancel_on_disconnect())
        assert (await peer.agree("cancel_on_disconnect"))["enabled"] is True
        await soon(guarding)
        await peer.send(**trades(4, None))
        await peer.send(**trades(12, 4))
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30"))
        first = await peer.take("place")
        if ending is None:
            peer.cut()
        else:
            await peer.close(ending)
        back = await server.greeted()
        assert (await back.agree("cancel_on_disconnect"))["enabled"] is True
        assert (await back.agree("subscribe"))["channels"] == [{"channel": TRADES, "after_seq": 12}]
        again = await back.take("place")
        assert again == first
        assert again["idempotency_key"]
        await back.answer(again, 201, replayed=True, **order_answer())
        assert (await soon(placing)).order.id == "ord-1"
        await back.send(**trades(15, 12))
        assert [(await soon(anext(client))).seq for _ in range(3)] == [4, 12, 15]
        assert client.connections == 2


async def test_the_first_message_after_a_resume_may_come_from_before() -> None:
    async with both() as (server, client, peer):
        joining = asyncio.ensure_future(client.subscribe(TRADES, after_seq=20))
        assert (await peer.agree("subscribe"))["channels"] == [{"channel": TRADES, "after_seq": 20}]
        await soon(joining)
        await peer.send(**trades(19, 12))
        await peer.send(**trades(21, 19))
        assert (await soon(anext(client))).seq == 21
        peer.cut()
        back = await server.greeted()
        assert (await back.agree("subscribe"))["channels"] == [{"channel": TRADES, "after_seq": 21}]


async def test_a_line_that_is_silent_is_lost() -> None:
    async with scripted_stream() as server, StreamClient(server.url, patience=QUICK, silence=0.05) as client:
        await server.peer()
        await server.peer()
        assert client.connections >= 1


async def test_a_connection_that_is_made_again_has_the_name_of_the_old_one_and_no_two_streams_have_one_name() -> None:
    async with both() as (server, _, peer):
        peer.cut()
        first = await (await server.peer()).agree("login")
        another = StreamClient(server.url, "key-1-1.secret", patience=QUICK)
        entering = asyncio.ensure_future(another.__aenter__())
        second = await (await server.peer()).agree("login")
        await soon(entering)
        await another.close()
    async with both(line="desk-1") as (server, _, peer):
        peer.cut()
        assert (await (await server.peer()).agree("login"))["line"] == "desk-1"
    assert first["line"] != second["line"]
    assert 0 < len(first["line"]) <= 36


async def test_a_stream_from_a_file_has_the_name_that_is_given(tmp_path: Path) -> None:
    async with scripted_stream() as server:
        KeyFile(server.url, "key-1-1.secret").save(tmp_path / "mine.json")
        client = StreamClient.from_file(tmp_path / "mine.json", patience=QUICK, line="d" * 36)
        entering = asyncio.ensure_future(client.__aenter__())
        assert (await (await server.peer()).agree("login"))["line"] == "d" * 36
        await soon(entering)
        await client.close()


@pytest.mark.parametrize("name", ["", "x" * 37])
def test_what_cannot_be_the_name_of_a_line_is_refused_before_anything_is_sent(name: str) -> None:
    with pytest.raises(ValueError, match=f"1 to 36 characters, not {len(name)}"):
        StreamClient("http://exchange.test", line=name)


async def test_an_exchange_that_does_not_answer_the_login_is_connected_to_again() -> None:
    """It may say something all the time; a greeting has a deadline all the same."""
    patience = Patience(attempts=4, first_wait=0.0, longest_wait=0.01, timeout=0.2, deadline=20.0)
    async with scripted_stream() as server:
        client = StreamClient(server.url, "key-1-1.secret", patience=patience)
        entering = asyncio.ensure_future(client.__aenter__())
        peer = await server.peer()
        await peer.take("login")
        talking = asyncio.ensure_future(_talk(peer))
        await server.greeted()
        await soon(entering)
        await client.close()
        talking.cancel()


async def _talk(peer: Peer) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await peer.send(type="heartbeat", seq=1, at="2026-11-20T01:02:03.000004Z")
            await asyncio.sleep(0.02)


async def test_an_exchange_that_asks_to_be_left_alone_for_ever_is_asked_again() -> None:
    patience = Patience(attempts=4, first_wait=0.0, longest_wait=0.01, deadline=0.1)
    async with both(patience) as (server, _, peer):
        server.refusals.append(Response(503, "Service Unavailable", Headers({"Retry-After": "9" * 400})))
        peer.cut()
        await server.greeted()


@pytest.mark.parametrize("code", [1008, 1009])
async def test_a_line_that_is_closed_for_good_is_not_opened_again(code: int) -> None:
    async with both() as (server, client, peer):
        await subscribed(client, peer, TRADES)
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30"))
        await peer.take("place")
        await peer.close(code, "key revoked")
        with pytest.raises(StreamEndedError, match="key revoked") as caught:
            await soon(placing)
        assert caught.value.code == code
        with pytest.raises(StreamEndedError):
            await soon(anext(client))
        with pytest.raises(StreamEndedError):
            await client.orders.cancel("ord-1")
        with pytest.raises(StreamEndedError):
            await client.ping()
        assert len(server.handshakes) == 1


async def test_closing_ends_the_loop_and_whoever_waits() -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, TRADES)
        await peer.send(**trades(4, None))
        pinging = asyncio.ensure_future(client.ping())
        await peer.take("ping")
        seen = []
        async for message in client:
            seen.append(message.seq)
            await client.close()
        assert seen == [4]
        with pytest.raises(StreamEndedError):
            await soon(pinging)


# -- the own account in parts --


def part(seq: int, number: int, parts: int, asset: str) -> Frame:
    own = {"asset": asset, "balance": "5", "held": "0", "available": "5"}
    return {
        "type": "snapshot", "channel": "private", "seq": seq, "prev_seq": None, "at": None, "part": number,
        "parts": parts, "orders": [order_answer()["order"]], "balances": [own],
    }  # fmt: skip


def change(seq: int, before: int) -> Frame:
    place = {"type": "update", "channel": "private", "seq": seq, "prev_seq": before, "at": None}
    return {**place, "orders": [], "fills": [], "balances": []}


async def test_an_account_in_parts_is_one_message_with_what_happened_since_behind_it() -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, "private")
        for number, asset in enumerate(("CNY", "lot-1", "lot-2"), 1):
            await peer.send(**part(8, number, 3, asset))
        await peer.send(**change(9, 8))
        account, after = await soon(anext(client)), await soon(anext(client))
        assert isinstance(account, PrivateMessage)
        assert (account.seq, account.part, account.parts, len(account.orders)) == (8, 1, 1, 3)
        assert [balance.asset for balance in account.balances] == ["CNY", "lot-1", "lot-2"]
        assert after.seq == 9


async def test_a_line_that_is_lost_between_two_parts_asks_for_all_of_them_again() -> None:
    async with both() as (server, client, peer):
        await subscribed(client, peer, "private")
        await peer.send(**part(8, 1, 2, "CNY"))
        await peer.send(**trades(1, None))
        peer.cut()
        back = await server.greeted()
        assert (await back.agree("subscribe"))["channels"] == [{"channel": "private"}]
        for number, asset in enumerate(("CNY", "lot-1"), 1):
            await back.send(**part(9, number, 2, asset))
        account = await soon(anext(client))
        assert isinstance(account, PrivateMessage)
        assert (account.seq, [balance.asset for balance in account.balances]) == (9, ["CNY", "lot-1"])


@pytest.mark.parametrize(
    "second", [part(8, 3, 3, "lot-1"), part(9, 2, 3, "lot-1"), part(8, 2, 4, "lot-1"), change(9, 8)]
)
async def test_a_part_that_does_not_follow_is_an_error(second: Frame) -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, "private")
        await peer.send(**part(8, 1, 3, "CNY"))
        await peer.send(**second)
        with pytest.raises(UnexpectedAnswerError, match="part"):
            await soon(anext(client))


# -- order entry --


async def test_answers_may_come_in_any_order() -> None:
    async with both() as (_, client, peer):
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30", idempotency_key="mine"))
        place = await peer.take("place")
        cancelling = asyncio.ensure_future(client.orders.cancel(client_order_id="a-1"))
        cancel = await peer.take("cancel")
        assert (place["idempotency_key"], place["body"]["price"]) == ("mine", "30.00")
        assert cancel["client_order_id"] == "a-1"
        assert "order" not in cancel
        await peer.answer(cancel, 404, code="ORDER_NOT_FOUND")
        await peer.answer(place, 201, **order_answer())
        assert (await soon(placing)).order.leaves == 5
        with pytest.raises(ExchangeProblem, match="ORDER_NOT_FOUND"):
            await soon(cancelling)


async def test_every_call_about_orders_goes_by_the_stream() -> None:
    async with both() as (_, client, peer):
        orders = client.orders
        calls: list[tuple[Any, str, Frame]] = [
            (orders.amend("ord-1", quantity=3), "amend", {"order": "ord-1", "body": {"quantity": 3}}),
            (
                orders.amend(client_order_id="a", price="3"),
                "amend",
                {"client_order_id": "a", "body": {"price": "3.00"}},
            ),
            (orders.cancel("ord-1"), "cancel", {"order": "ord-1"}),
            (orders.cancel_after(30), "cancel_after", {"body": {"seconds": 30}}),
            (orders.cancel_all("ins-1"), "cancel_all", {"body": {"instrument": "ins-1"}}),
            (orders.cancel_all(side="BUY"), "cancel_all", {"body": {"side": "BUY"}}),
            (
                orders.batch([Place("ins-1", "SELL", 2, "31"), Cancel("ord-1")]),
                "batch",
                {
                    "body": {
                        "commands": [
                            {
                                "do": "place",
                                "instrument": "ins-1",
                                "side": "SELL",
                                "kind": "LIMIT",
                                "price": "31.00",
                                "quantity": 2,
                            },
                            {"do": "cancel", "order": "ord-1"},
                        ]
                    }
                },
            ),
        ]
        for call, operation, fields in calls:
            calling = asyncio.ensure_future(call)
            request = await peer.take(operation)
            assert {name: request[name] for name in fields} == fields
            await peer.answer(request, 422, code="REFUSED")
            with pytest.raises(ExchangeProblem, match="REFUSED"):
                await soon(calling)


@pytest.mark.parametrize("status", [429, 503])
async def test_what_is_to_be_asked_again_is_sent_again_with_the_same_key(status: int) -> None:
    async with both() as (_, client, peer):
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30"))
        first = await peer.take("place")
        await peer.answer(first, status, code="LATER", retry_after=0)
        again = await peer.take("place")
        assert again == first
        await peer.answer(again, 201, **order_answer())
        assert (await soon(placing)).order.id == "ord-1"


async def test_it_is_not_asked_again_for_ever() -> None:
    async with both() as (_, client, peer):
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30"))
        for _ in range(QUICK.attempts):
            await peer.answer(await peer.take("place"), 503, code="OVERLOADED")
        with pytest.raises(BusyError, match="OVERLOADED"):
            await soon(placing)


async def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    async with both() as (_, client, peer):
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30"))
        await peer.answer(await peer.take("place"), 429, code="RATE_LIMITED", retry_after=60)
        with pytest.raises(ExchangeProblem) as caught:
            await soon(placing)
        assert caught.value.retry_after == 60.0


async def test_no_answer_names_the_key_to_ask_again_with() -> None:
    patience = Patience(attempts=4, first_wait=0.0, longest_wait=0.0, deadline=0.2)
    async with both(patience) as (_, client, peer):
        placing = asyncio.ensure_future(client.orders.place("ins-1", "BUY", 5, "30", idempotency_key="mine"))
        await peer.take("place")
        with pytest.raises(NoAnswerError) as caught:
            await soon(placing)
        assert caught.value.idempotency_key == "mine"
        assert (caught.value.address, caught.value.cause) == (client.base_url, "timed out")


async def test_messages_that_nobody_takes_are_not_kept_for_ever() -> None:
    async with both(room=2) as (_, client, peer):
        await subscribed(client, peer, TRADES)
        for seq in range(4, 8):
            await peer.send(**trades(seq, None if seq == 4 else seq - 1))
        assert (await peer.agree("unsubscribe"))["channels"] == [TRADES]
        assert [(await soon(anext(client))).seq for _ in range(2)] == [4, 5]
        with pytest.raises(SlowReaderError):
            await soon(anext(client))
        await subscribed(client, peer, TRADES)
        await peer.send(**trades(9, None))
        assert (await soon(anext(client))).seq == 9


def test_the_stream_stands_beside_the_api() -> None:
    assert stream_url("https://exchange.test/") == "wss://exchange.test/v1/stream"
    assert stream_url("http://127.0.0.1:8000") == "ws://127.0.0.1:8000/v1/stream"
