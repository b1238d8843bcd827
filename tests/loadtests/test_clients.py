"""The cheap clients against servers that answer in every cut of bytes that TCP may make."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from loadtests.http_client import LOST, HttpConnection, request
from loadtests.ws_client import Subscriber, WsOrders, text_frame
from tests.sequencer.world import eventually

ANSWER = b'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"id":"ord"}'[:-1]
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[int]:
    """A server that talks to each client in its way; its port. At the end all has been said."""
    over: list[asyncio.Event] = []

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.append(asyncio.Event())
        mine = over[-1]
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            mine.set()

    async with await asyncio.start_server(tracked, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1]
        async with asyncio.timeout(10):
            for each in over:
                await each.wait()
        await asyncio.sleep(0.01)


def frame(payload: bytes) -> bytes:
    """A text frame from a server."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 65_536:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), payload)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), payload)


async def in_pieces(writer: asyncio.StreamWriter, data: bytes, size: int) -> None:
    """Write so that each piece is a packet of its own."""
    for at in range(0, len(data), size):
        writer.write(data[at : at + size])
        await writer.drain()
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("size", [1, 7, 50, 1_000])
async def test_answers_come_in_pieces(size: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await reader.readuntil(b"\r\n\r\n")
            await in_pieces(writer, ANSWER, size)

    async with server(talk) as port:
        connection = await HttpConnection.open("127.0.0.1", port)
        for _ in range(2):
            assert await connection.ask(request("GET", "/", {})) == (201, b'{"id":"ord"')
        connection.close()


async def test_a_connection_that_ends_is_no_answer() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER[:20])

    async with server(talk) as port:
        connection = await HttpConnection.open("127.0.0.1", port)
        assert await connection.ask(request("GET", "/", {})) == (LOST, b"")
        assert await connection.ask(request("GET", "/", {})) == (LOST, b"")


async def test_a_request_says_how_long_its_body_is() -> None:
    whole = request("POST", "/v1/orders", {"idempotency-key": "a"}, b'{"x":1}')
    assert whole.startswith(b"POST /v1/orders HTTP/1.1\r\nhost: bench\r\n")
    assert b"\r\ncontent-length: 7\r\n" in whole and whole.endswith(b'\r\n\r\n{"x":1}')


@pytest.mark.parametrize("size", [1, 13, 100_000])
async def test_answers_find_their_slots(size: int) -> None:
    """Two requests under way are answered in the other order, one of them at length, with a ping between."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(SWITCH)
        await reader.readexactly(2 * len(text_frame(b'{"id":"0"}')))
        long = b'{"type":"answer","id":"1","status":422,"body":{"x":"%b"}}' % (b"x" * 70_000)
        short = b'{"type":"answer","id":"0","status":201,"body":{}}'
        await in_pieces(writer, frame(long) + b"\x89\x01p" + frame(short), max(size, 900))
        assert await reader.readexactly(7) == b"\x8a\x81\x00\x00\x00\x00p"

    async with server(talk) as port:
        connection = await WsOrders.open("127.0.0.1", port, "key-1-2.x")
        answers: list[tuple[int, int]] = []
        for slot in (0, 1):
            sent = text_frame(b'{"id":"%d"}' % slot)
            connection.slot(slot).send(sent, lambda status, _, slot=slot: answers.append((slot, status)))  # type: ignore[misc]
        async with asyncio.timeout(10):
            await eventually(lambda: len(answers) == 2)
        assert answers == [(1, 422), (0, 201)]
        connection.close()


async def test_a_stream_that_is_refused() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n")

    async with server(talk) as port:
        with pytest.raises(ConnectionError, match="401"):
            await WsOrders.open("127.0.0.1", port, "key-1-2.x")


async def test_a_listener_notices_a_gap() -> None:
    """A snapshot, a delta that follows, one that does not, and one of another channel."""

    def message(seq: int, before: str, channel: str = "book:ins-5") -> bytes:
        at = "2026-11-20T01:02:03.000004Z"
        return f'{{"channel":"{channel}","type":"update","seq":{seq},"prev_seq":{before},"at":"{at}"}}'.encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        frames = [message(5, "null"), message(7, "5"), message(3, "2", "trades:ins-5"), message(9, "8")]
        writer.write(SWITCH + b"".join(map(frame, frames)) + b"\x88\x02\x03\xf5")
        await writer.drain()

    async with server(talk) as port:
        came: list[bytes] = []
        listener = await Subscriber.open("127.0.0.1", port, "book:ins-5", lambda at, _: came.append(at))
        async with asyncio.timeout(10):
            await eventually(lambda: listener.closed_with is not None)
        assert (listener.frames, listener.gaps, listener.closed_with) == (3, 1, 1013)
        assert came == [b"2026-11-20T01:02:03.000004Z"] * 3


async def test_a_last_word_that_nobody_asked_for_ends_the_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        assert await reader.read() == b""

    async with server(talk) as port:
        connection = await HttpConnection.open("127.0.0.1", port)
        await asyncio.sleep(0.05)
        assert await connection.ask(request("GET", "/", {})) == (LOST, b"")
