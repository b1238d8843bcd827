"""The HTTP server's bounds, seen through a socket as a client with bad intentions sees them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

from exchange.api.operations import Change, Upload
from exchange.api.routes import OPERATIONS
from exchange.bootstrap.connections import Bounds, Wait
from exchange.bootstrap.http_protocol import LARGEST_HEAD, LARGEST_REQUEST, MOST_PIPELINED
from exchange.bootstrap.http_server import HttpServer, http_server, listening_socket

Address = tuple[str, int]

HOPELESS_S = 15.0
WHOLE = b"POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc"
LAST = WHOLE.replace(b"host: x", b"host: x\r\nconnection: close")
PORTION = b"x" * 65_536
HEALTH = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
CANCEL = b"DELETE /v1/orders/ord-1 HTTP/1.1\r\nhost: x\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n"


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that must happen."""
    for _ in range(1_500):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


@dataclass
class Running:
    """A server of a small application, and what happened in it."""

    server: HttpServer
    address: Address
    go_on: asyncio.Event
    ended: list[str] = field(default_factory=list)

    async def until_empty(self) -> None:
        """Wait until there is no connection any more."""
        await until(lambda: not len(self.server.connections))


def an_app(go_on: asyncio.Event, ended: list[str]) -> FastAPI:
    app = FastAPI()

    @app.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    @app.get("/health")
    @app.get("/slow")
    @app.delete("/v1/orders/ord-1")
    async def slow(request: Request) -> str:
        if request.url.path == "/slow":
            await go_on.wait()
        return "done"

    @app.get("/large")
    async def large() -> Response:
        return Response(PORTION * 100)

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        async def portions() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield PORTION
                    await asyncio.sleep(0)
            finally:
                ended.append("endless")

        return StreamingResponse(portions())

    return app


@asynccontextmanager
async def serving(authority: str | None = None, app: Any = None, **bounds: Any) -> AsyncIterator[Running]:
    go_on, ended = asyncio.Event(), list[str]()
    server = http_server(app or an_app(go_on, ended), Bounds(**bounds), authority=authority)
    with listening_socket("127.0.0.1", 0) as listening:
        address: Address = listening.getsockname()
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listening.wait()
        try:
            yield Running(server, address, go_on, ended)
        finally:
            go_on.set()
            server.finish()
            await running


async def talk(running: Running, *parts: bytes) -> bytes:
    """Send the parts, then read until the server closes; one that never does fails the test instead of hanging it."""
    reader, writer = await asyncio.open_connection(*running.address)
    answer = b""
    try:
        async with asyncio.timeout(HOPELESS_S):
            for part in parts:
                writer.write(part)
                await writer.drain()
            while piece := await reader.read(65_536):
                answer += piece
    except ConnectionError:
        pass  # it closed while we were still sending
    finally:
        writer.close()
    return answer


def problem(answer: bytes) -> tuple[int, str]:
    """Status and code of an answer that is a problem document."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head and b"connection: close" in head
    document = json.loads(body)
    assert head.startswith(b"HTTP/1.1 %d " % document["status"]) and document["detail"]
    return document["status"], document["code"]


async def test_a_request_is_answered_and_names_no_server() -> None:
    async with serving() as running:
        answer = await talk(running, LAST)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"3")
    assert b"uvicorn" not in answer


# --- sizes -----------------------------------------------------------------------------------------------------------

OVER = LARGEST_HEAD + 8_192
TOO_LARGE = {
    "a header": b"GET /count HTTP/1.1\r\nhost: x\r\nx: " + b"a" * OVER + b"\r\n\r\n",
    "many headers": b"GET /count HTTP/1.1\r\nhost: x\r\n" + b"x: y\r\n" * (OVER // 6) + b"\r\n",
    "a name": b"GET /count HTTP/1.1\r\nhost: x\r\n" + b"a" * OVER + b": x\r\n\r\n",
    "an address": b"GET /" + b"a" * OVER + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    "a head without end": b"GET /count HTTP/1.1\r\nx: " + b"a" * 200_000,
}


@pytest.mark.parametrize("size", [1_000_000, 50_000, 8_192, 500])
@pytest.mark.parametrize("request_", TOO_LARGE.values(), ids=TOO_LARGE)
async def test_a_head_that_is_too_large_is_cut_off_however_it_is_cut(request_: bytes, size: int) -> None:
    async with serving() as running:
        parts = [request_[at : at + size] for at in range(0, len(request_), size)]
        assert problem(await talk(running, *parts)) == (431, "HEAD_TOO_LARGE")
        await running.until_empty()


async def test_the_second_request_on_a_connection_is_held_to_the_same() -> None:
    async with serving() as running:
        reader, writer = await asyncio.open_connection(*running.address)
        writer.write(WHOLE)
        await reader.readuntil(b"\r\n\r\n3")
        writer.write(TOO_LARGE["a header"])
        with contextlib.suppress(ConnectionError):
            assert problem(await reader.read()) == (431, "HEAD_TOO_LARGE")
        await running.until_empty()
        writer.close()


async def test_a_head_below_the_limit_passes() -> None:
    head = b"POST /count HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\nx: "
    async with serving() as running:
        answer = await talk(running, head + b"a" * (LARGEST_HEAD - len(head)) + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_body_that_goes_on_for_ever_is_cut_off() -> None:
    async with serving() as running:
        head = b"POST /count HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        answer = await talk(running, head, *[chunk] * 40)
        await running.until_empty()
    assert answer == b"" or problem(answer) == (413, "BODY_TOO_LARGE")


async def test_what_is_no_http_is_told_so_in_the_language_that_was_asked_for() -> None:
    async with serving() as running:
        assert problem(await talk(running, b"\x16\x03\x01\x02 hello")) == (400, "MALFORMED_HTTP")
        chinese = await talk(running, b"GET / HTTP/1.1\r\naccept-language: zh\r\nhost: x\r\nno colon\r\n\r\n")
        assert b" 200 " in await talk(running, LAST)
        assert running.server.connections.malformed == 2
    assert problem(chinese) == (400, "MALFORMED_HTTP")
    assert b"content-language: zh" in chinese


async def test_requests_that_do_not_wait_for_an_answer_are_answered_in_order_and_not_without_end() -> None:
    async with serving() as running:
        few = await talk(running, WHOLE * 9 + LAST)
        assert few.count(b"HTTP/1.1 200 ") == 10
        for sent in (MOST_PIPELINED + 1, MOST_PIPELINED + 2, MOST_PIPELINED * 9):
            many = await talk(running, WHOLE * (sent - 1) + LAST)
            assert many.count(b"HTTP/1.1 200 ") == MOST_PIPELINED + 1, "the early ones are answered"
            assert many.count(b"connection: close") == 1 and many.rpartition(b"HTTP/1.1")[2].count(b"connection: close")
            await running.until_empty()


# --- what is no good --------------------------------------------------------------------------------------------------

CHUNKED = b"POST /count HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nno size\r\n"
BEHIND = {
    "no HTTP": (b"\x16\x03\x01\x02 hello", 400, "MALFORMED_HTTP"),
    "a half head, then no HTTP": (b"GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", 400, "MALFORMED_HTTP"),
    "a body cut wrongly": (CHUNKED, 400, "MALFORMED_HTTP"),
    "a large head": (TOO_LARGE["a header"], 431, "HEAD_TOO_LARGE"),
    "a large body": (WHOLE.replace(b": 3\r\n\r\n", b": 9999999\r\n\r\n") + PORTION * 24, 413, "BODY_TOO_LARGE"),
    "two hosts": (WHOLE.replace(b"host: x", b"host: x\r\nhost: x"), 400, "WRONG_HOST"),
}


@pytest.mark.parametrize("name", BEHIND)
@pytest.mark.parametrize("before", [1, 5])
async def test_what_is_no_good_behind_others_takes_nothing_from_them(name: str, before: int) -> None:
    sent, status, code = BEHIND[name]
    async with serving() as running:
        answer = await talk(running, WHOLE * before + sent + WHOLE * 3)
        await running.until_empty()
    good, _, last = answer.rpartition(b"HTTP/1.1 ")
    assert good.count(b"HTTP/1.1 200 ") == before == good.count(b"HTTP/1.1 "), answer
    assert problem(b"HTTP/1.1 " + last) == (status, code)


@pytest.mark.parametrize("half", [b"", WHOLE[:20], WHOLE[:-1]], ids=["nothing", "half a head", "half a body"])
@pytest.mark.parametrize("before", [1, 3, 8])
async def test_who_sends_no_more_is_answered_what_was_asked(before: int, half: bytes) -> None:
    async with serving() as running:
        reader, writer = await asyncio.open_connection(*running.address)
        writer.write(SLOW + WHOLE * (before - 1) + half)
        writer.write_eof()
        await until(lambda: len(running.server.server_state.tasks) == 1)
        await asyncio.sleep(0.05)
        running.go_on.set()
        answer = await reader.read()
        writer.close()
        await running.until_empty()
    assert answer.count(b"HTTP/1.1 200 ") == before


async def test_what_is_no_good_waits_for_the_answers_before_it_in_its_own_language() -> None:
    async with serving() as running:
        reader, writer = await asyncio.open_connection(*running.address)
        writer.write(SLOW + HEALTH)
        await until(lambda: len(running.server.server_state.tasks) == 1)
        writer.write(HEALTH.replace(b"host: x", b"accept-language: zh"))
        await asyncio.sleep(0.05)
        running.go_on.set()
        answer = await reader.read()
        writer.close()
        await running.until_empty()
    assert answer.count(b"200 OK") == 2
    assert b"content-language: zh" in answer and "请求须恰有一个 Host".encode() in answer


async def test_who_was_told_and_does_not_close_is_cut_off_in_time() -> None:
    async with serving(head_seconds=0.2) as running:
        reader, writer = await asyncio.open_connection(*running.address)
        writer.write(HEALTH + b"\x00")
        assert b" 400 " in await reader.read()
        await running.until_empty()
        writer.close()


async def test_a_server_that_stops_does_not_wait_for_who_was_told() -> None:
    async with serving(head_seconds=1_000) as running:
        reader, writer = await asyncio.open_connection(*running.address)
        writer.write(HEALTH + CHUNKED)
        assert b" 400 " in await reader.read()
        running.server.finish()
        await running.until_empty()
        writer.close()


HOSTS = {
    "two": "host: x\r\nhost: x\r\n",
    "two, of which one is foreign": "host: x\r\nHost: y\r\n",
    "none": "",
    "an empty one": "host: \r\n",
    "two in one": "host: x, y\r\n",
    "one with a name of somebody": "host: me@x\r\n",
    "one with a path": "host: x/y\r\n",
}


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("target", ["/health", "http://x/health"])
async def test_a_request_says_once_to_whom_it_is(name: str, target: str) -> None:
    async with serving() as running:
        sent = f"GET {target} HTTP/1.1\r\n{HOSTS[name]}connection: close\r\n\r\n".encode()
        assert problem(await talk(running, sent)) == (400, "WRONG_HOST")
        chinese = await talk(running, sent.replace(b"connection:", b"accept-language: zh\r\nconnection:"))
    assert problem(chinese) == (400, "WRONG_HOST") and b"content-language: zh" in chinese


@pytest.mark.parametrize("host", ["x", "X.example:8443", "[::1]:80", "a_b.example", "192.0.2.1"])
async def test_a_host_may_be_any_name_or_address(host: str) -> None:
    async with serving() as running:
        answer = await talk(running, f"GET /health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_the_old_http_needs_no_host() -> None:
    async with serving() as running:
        assert b"200 OK" in await talk(running, b"GET /health HTTP/1.0\r\n\r\n")
        assert problem(await talk(running, b"GET http://y/health HTTP/1.0\r\n\r\n")) == (400, "WRONG_HOST")


ADDRESSES = [
    ("http://x/health", None, True),
    ("HTTP://X:80/health", None, True),
    ("http://y/health", None, False),
    ("http://x:81/health", None, False),
    ("http://venue.example/health", "venue.example", True),
    ("https://Venue.Example:443/health", "venue.example", True),
    ("https://venue.example:8443/health", "venue.example:8443", True),
    ("http://[2001:db8::1]/health", "[2001:db8::1]", True),
    ("http://x/health", "venue.example", False),
    ("http://venue.example.evil/health", "venue.example", False),
    ("http://me@venue.example/health", "venue.example", False),
    ("ftp://venue.example/health", "venue.example", False),
    ("/health", "venue.example", True),
]


@pytest.mark.parametrize(("target", "authority", "good"), ADDRESSES)
async def test_a_whole_address_names_this_venue(target: str, authority: str | None, good: bool) -> None:
    async with serving(authority) as running:
        sent = f"GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode()
        answer = await talk(running, sent)
    if good:
        assert answer.startswith(b"HTTP/1.1 200 "), answer
    else:
        assert problem(answer) == (400, "WRONG_HOST")


# --- time ------------------------------------------------------------------------------------------------------------


async def test_a_request_that_does_not_arrive_is_cut_off() -> None:
    async with serving(head_seconds=0.05, body_seconds=0.05) as running:
        assert problem(await talk(running)) == (408, "REQUEST_TIMEOUT")
        assert problem(await talk(running, b"GET / HTT")) == (408, "REQUEST_TIMEOUT")
        assert problem(await talk(running, WHOLE[:-1])) == (408, "REQUEST_TIMEOUT")


async def trickle(running: Running, writer: asyncio.StreamWriter, drop: bytes) -> None:
    """Send a drop now and then, until the server has had enough."""
    await until(lambda: len(running.server.connections) == 1)
    for _ in range(500):
        writer.write(drop)
        await asyncio.sleep(0.02)
        if not len(running.server.connections):
            writer.close()
            return
    raise AssertionError("it went on for ever")


@pytest.mark.parametrize("drop", [b"a", b"x: y\r\n"])
async def test_one_byte_now_and_then_does_not_make_it_longer(drop: bytes) -> None:
    async with serving(head_seconds=0.2) as running:
        _, writer = await asyncio.open_connection(*running.address)
        writer.write(b"GET /health HTTP/1.1\r\nx: y")
        await trickle(running, writer, drop)


async def test_an_idle_connection_is_not_kept_by_line_ends() -> None:
    async with serving(idle_seconds=0.2) as running:
        reader, writer = await asyncio.open_connection(*running.address)
        writer.write(WHOLE)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
        await trickle(running, writer, b"\r\n")


async def test_a_connection_that_is_used_again_has_its_time_from_the_new_request_on() -> None:
    async with serving(head_seconds=0.6, body_seconds=0.6) as running:
        reader, writer = await asyncio.open_connection(*running.address)
        for _ in range(3):
            writer.write(WHOLE)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
            await asyncio.sleep(0.4)
        writer.close()


async def test_a_request_that_is_being_worked_on_has_no_deadline() -> None:
    async with serving(head_seconds=0.05, body_seconds=0.05, idle_seconds=0.05, reading_seconds=0.05) as running:
        answer = asyncio.create_task(talk(running, b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n"))
        await asyncio.sleep(0.5)
        running.go_on.set()
        assert b"200 OK" in await answer


async def test_who_does_not_read_what_was_asked_for_is_cut_off() -> None:
    async with serving(reading_seconds=0.2) as running:
        _, writer = await asyncio.open_connection(*running.address, limit=1_024)
        writer.write(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
        await until(lambda: running.ended == ["endless"])
        await running.until_empty()
        writer.close()


async def test_who_reads_slowly_has_more_time_and_who_stops_has_none() -> None:
    async with serving(reading_seconds=1_000) as running:
        reader, writer = await asyncio.open_connection(*running.address, limit=1_024)
        writer.write(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await until(lambda: len(running.server.connections) == 1)
        (room,) = running.server.connections._addresses.values()
        await until(lambda: bool(room.waiting._lists[Wait.READING]))
        (place,) = room.waiting._lists[Wait.READING]
        transport = place.guest.transport  # type: ignore[attr-defined]
        before = transport.get_write_buffer_size()
        while transport.get_write_buffer_size() == before:
            assert await reader.read(65_536)
        place.guest.overdue(Wait.READING)
        assert not transport.is_closing() and place.wait is Wait.READING
        place.guest.overdue(Wait.READING)
        assert transport.is_closing(), "nothing was taken between the two"
        writer.close()


# --- places ----------------------------------------------------------------------------------------------------------


async def test_when_all_are_worked_on_the_reserve_is_for_what_is_urgent() -> None:
    async with serving(most=3, reserve=2) as running:
        busy = [asyncio.create_task(talk(running, SLOW)) for _ in range(3)]
        await until(lambda: len(running.server.server_state.tasks) == 3)
        for urgent in (HEALTH, CANCEL, HEALTH):
            answer = await talk(running, urgent)
            assert b"200 OK" in answer and b"connection: close" in answer
        refused = await talk(running, LAST)
        assert problem(refused) == (503, "TOO_MANY_CONNECTIONS")
        assert b"retry-after: 1" in refused
        running.go_on.set()
        running.server.finish()
        assert all([b"200 OK" in await answer for answer in busy])


async def test_an_address_that_has_all_its_places_worked_on_is_refused() -> None:
    async with serving(each=2) as running:
        busy = [asyncio.create_task(talk(running, SLOW)) for _ in range(2)]
        await until(lambda: len(running.server.server_state.tasks) == 2)
        assert problem(await talk(running, HEALTH)) == (503, "TOO_MANY_CONNECTIONS")
        running.go_on.set()
        running.server.finish()
        assert all([b"200 OK" in await answer for answer in busy])


async def test_who_makes_place_is_told_where_it_waits_for_an_answer() -> None:
    async with serving(most=1) as running:
        first = asyncio.create_task(talk(running, HEALTH[:10]))
        await until(lambda: len(running.server.connections) == 1)
        assert b"200 OK" in await talk(running, LAST)
        assert problem(await first) == (503, "TOO_MANY_CONNECTIONS")


def test_what_an_operation_takes_comes_through() -> None:
    bodies = [operation.largest for operation in OPERATIONS if isinstance(operation, Change | Upload)]
    assert LARGEST_HEAD + max(bodies) <= LARGEST_REQUEST


async def test_places_are_given_back() -> None:
    async with serving() as running:
        for parts in ((LAST,), (WHOLE[:20],), (HEALTH, b"\x00"), (TOO_LARGE["a header"],)):
            reader, writer = await asyncio.open_connection(*running.address)
            writer.writelines(parts)
            await asyncio.sleep(0.02)
            writer.close()
            reader.feed_eof()
        await running.until_empty()
        assert not running.server.connections._addresses


def test_an_address_in_use_is_told_before_anything_starts() -> None:
    with listening_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            listening_socket("127.0.0.1", port)
