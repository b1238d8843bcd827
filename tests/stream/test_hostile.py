"""Clients with bad intentions: sockets that say nothing, half frames, huge frames, floods, who never reads."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import orjson
import pytest

from exchange.access.rate_limits import RateLimiter, Rates
from exchange.api.stream import session
from exchange.bootstrap import stream_protocol
from exchange.bootstrap.connections import Bounds
from exchange.bootstrap.stream_protocol import LARGE_MESSAGE, MOST_FRAGMENTS, MOST_NOISE, SMALL_MESSAGE
from exchange.store.embedded import EmbeddedServer
from tests.api.stack import World
from tests.stream.venue import Venue, open_venue, until
from tests.support.frames import masked_frame

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOPELESS = 20.0


def frame(payload: bytes, opcode: int = 1, fin: bool = True, announced: int | None = None) -> bytes:
    """A masked frame; ``announced`` lies about its length."""
    return masked_frame(bytes(4), payload, opcode, fin, announced)


class Raw:
    """A socket after the handshake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.reason = ""

    async def send(self, data: bytes) -> None:
        """Send, unless the other side is gone."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def close_code(self) -> int:
        """The code of the close frame that comes; 1006 when the connection just ends."""
        rest = b""
        try:
            async with asyncio.timeout(HOPELESS):
                while piece := await self.reader.read(65_536):
                    rest += piece
        except ConnectionError:
            pass
        at = 0
        while at + 2 <= len(rest):
            opcode, size, begin = rest[at] & 15, rest[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(rest[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(rest[at + 2 : at + 10], "big"), at + 10
            if opcode == 8:
                self.reason = rest[begin + 2 : begin + size].decode()
                return int.from_bytes(rest[begin : begin + 2], "big")
            at = begin + size
        return 1006


@asynccontextmanager
async def raw(venue: Venue, token: str | None = None) -> AsyncIterator[Raw]:
    """A socket that has shaken hands."""
    plain = socket.create_connection(venue.now.address)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)  # little is read for who does not read
    reader, writer = await asyncio.open_connection(sock=plain, limit=4_096)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /v1/stream HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13", *([f"Authorization: Bearer {token}"] if token else []), "", "",
    ]  # fmt: skip
    writer.write("\r\n".join(lines).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()


async def goes_on(venue: Venue, world: World) -> None:
    """Others are served as ever, and nothing of the attacker is left."""
    async with venue.stream(world.buyer.token) as talker:
        assert (await talker.ask("ping"))["status"] == 200
    await until(lambda: not len(venue.now.parts.streams) and not len(venue.now.server.connections))


PING = b'{"id":"1","op":"ping"}'


async def test_a_message_may_come_in_fragments_with_pings_between_them(venue: Venue, world: World) -> None:
    async with raw(venue) as peer:
        parts = [frame(PING[:5], fin=False), frame(b"x", 9), frame(PING[5:9], 0, fin=False), frame(PING[9:], 0)]
        for byte in b"".join(parts):
            await peer.send(bytes([byte]))
        assert await peer.reader.readexactly(3) == b"\x8a\x01x"
        assert b'"status":200' in await peer.reader.readuntil(b"}}")
    await goes_on(venue, world)


CLOSED: dict[str, tuple[bytes, int, str]] = {
    "a frame that is announced as huge": (frame(b"x" * 100, announced=1 << 40), 1009, ""),
    "a message that grows by fragments": (
        frame(b"x" * SMALL_MESSAGE, fin=False) + frame(b"x", 0, fin=False), 1009, ""),
    "fragments without end": (
        frame(b"", fin=False) + frame(b"", 0, fin=False) * MOST_FRAGMENTS, 1008, "too many frames"),
    "pings without end": (frame(b"", 9) * (MOST_NOISE + 2), 1008, "too many frames"),
    "pongs without end": (frame(b"", 10) * (MOST_NOISE + 2), 1008, "too many frames"),
    "a binary frame": (frame(PING, 2), 1008, "frames are text"),
    "a frame without mask": (b"\x81\x01x", 1002, ""),
    "an opcode that is none": (frame(b"x", 3), 1002, ""),
    "a large ping": (frame(b"x" * 126, 9), 1002, ""),
    "a continuation of nothing": (frame(b"x", 0), 1002, ""),
    "text that is no UTF-8": (frame(b'{"id":"\xff"}'), 1008, "this is no request"),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "code", "reason"), CLOSED.values(), ids=CLOSED)
async def test_bad_frames_end_the_connection_and_hurt_nobody(
    venue: Venue, world: World, sent: bytes, code: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.bootstrap.stream_protocol.CLOSE_SECONDS", 0.3)  # for those that it does not answer
    async with raw(venue) as peer:
        await peer.send(sent)
        assert await peer.close_code() == code
        assert peer.reason.startswith(reason)
    await goes_on(venue, world)


async def test_who_has_logged_in_may_send_a_batch_and_no_more(venue: Venue, world: World) -> None:
    async with raw(venue, world.buyer.token) as peer:
        await peer.send(frame(b'{"id":"1",' + b" " * (LARGE_MESSAGE - 50) + b'"op":"batch","body":{}}'))
        assert b'"code":"IDEMPOTENCY_KEY_REQUIRED"' in await peer.reader.readuntil(b"}}")
        await peer.send(frame(b'{"op":"ping",' + b" " * (LARGE_MESSAGE - 50) + b'"id":"2"}'))
        told = await peer.reader.readuntil(b"}}")
        assert b'"id":"2"' in told and b'"code":"BODY_TOO_LARGE"' in told
        await peer.send(frame(b" " * (LARGE_MESSAGE + 1)))
        assert await peer.close_code() == 1009
    await goes_on(venue, world)


async def test_garbage_after_the_handshake_ends_the_connection(venue: Venue, world: World) -> None:
    for _ in range(50):
        async with raw(venue) as peer:
            await peer.send(os.urandom(3_000))
            peer.writer.write_eof()
            assert await peer.close_code() in (1002, 1006, 1007, 1008, 1009)
    await goes_on(venue, world)


async def test_who_never_reads_is_closed_and_costs_nobody_anything(venue: Venue, world: World) -> None:
    """It asks for answers without end; what waits for it is bounded, and others are answered meanwhile."""
    streams = venue.now.parts.streams
    async with raw(venue, world.buyer.token) as peer:
        flood = frame(b'{"id":"1","op":"subscribe","channels":[{"channel":"no such channel"}]}') * 100

        async def send_on() -> None:
            while len(streams) and not peer.writer.is_closing():
                await peer.send(flood)

        sending = asyncio.create_task(send_on())
        async with venue.stream(world.seller.token) as other:
            async with asyncio.timeout(HOPELESS):
                while len(streams) > 1:
                    assert (await other.ask("ping"))["status"] in (200, 429)
        sending.cancel()
    assert streams.data.hub.too_slow
    await goes_on(venue, world)


async def test_every_close_for_slowness_is_counted_and_no_other(venue: Venue, world: World) -> None:
    house = venue.now.parts.streams
    await until(lambda: not len(house))
    before = house.data.hub.too_slow
    async with raw(venue, world.buyer.token) as deaf:
        await until(lambda: len(house) == 1)
        (session_,) = house._sessions
        session_.ping()
        await asyncio.sleep(0)
        session_.ping()
        assert await deaf.close_code() == 1013
    assert house.data.hub.too_slow == before + 1
    async with raw(venue, world.buyer.token) as evicted:
        await until(lambda: len(house) == 1)
        (session_,) = house._sessions
        session_.close(1013, "another connection needs the place")
        assert await evicted.close_code() == 1013
    assert house.data.hub.too_slow == before + 1


async def test_silence_is_ended_and_places_are_made(postgres: EmbeddedServer, tmp_path: Path, venue: Venue) -> None:
    bounds = Bounds(most=6, head_seconds=0.4)
    async with open_venue(postgres, tmp_path, bounds) as small:
        async with raw(small) as silent:
            assert await silent.close_code() == 1008
        await until(lambda: not len(small.now.server.connections))
        name = f"book:{small.world.instrument}"
        async with small.stream() as first, small.stream() as second, small.stream(small.world.buyer.token) as known:
            await first.subscribe(name)
            await second.subscribe(name)
            assert small.now.server.connections.streams == 3
            async with small.stream() as newcomer:
                await newcomer.subscribe(name)
                assert await first.closed() == 1013
                assert (await second.ask("ping"))["status"] == (await known.ask("ping"))["status"] == 200
                assert (await small.rest("GET", "/health")).status_code == 200


async def test_who_does_not_answer_a_close_keeps_no_place(
    postgres: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a place that others need, nor a connection that is in nobody's count any more."""
    monkeypatch.setattr(stream_protocol, "CLOSE_SECONDS", 1_000.0)
    async with open_venue(postgres, tmp_path, Bounds(most=6)) as small:
        joining = b'{"id":"1","op":"subscribe","channels":[{"channel":"book:%b"}]}' % small.world.instrument.encode()
        connections = small.now.server.server_state.connections
        async with AsyncExitStack() as listeners:
            for _ in range(12):
                listener = await listeners.enter_async_context(raw(small))
                await listener.send(frame(joining))
                await listener.reader.read(1)
            await until(lambda: len(connections) <= 3)
        await until(lambda: not connections)
        async with AsyncExitStack() as closing:
            for _ in range(3):
                await (await closing.enter_async_context(raw(small))).send(frame(b"no text", opcode=2))
            await until(lambda: not len(small.now.parts.streams))
            async with small.stream(small.world.buyer.token) as newcomer:
                assert (await newcomer.ask("ping"))["status"] == 200


async def test_a_stranger_is_not_refused_as_often_as_it_likes(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PAUSE", 0.5)  # for each KiB, of which there are six
    channels = [{"channel": f"book:ins-{n}"} for n in range(9_000, 9_200)]
    async with venue.stream() as stranger:
        names = [await stranger.send("subscribe", channels=channels) for _ in range(60)]
        statuses = [(await stranger.answer(names.pop(0)))["status"]]
        while statuses[-1] != 429:
            statuses.append((await stranger.answer(names.pop(0)))["status"])
        assert statuses[0] == 404 and names
        async with venue.stream(world.buyer.token) as other:
            assert (await other.ask("ping"))["status"] == 200
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stranger.connection.recv(), 0.5)
        assert (await stranger.answer(names.pop(0)))["status"] in (404, 429)
    await goes_on(venue, world)


async def test_long_frames_are_drawn_for_before_they_are_decoded(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = venue.now.parts.services
    monkeypatch.setattr(services, "limiter", RateLimiter(Rates(orders=10, cancels=10, reads=10, address=10), int))
    long = b'{"id":"1","op":"ping","x":"' + b"x" * 9_000 + b'"}'
    for token, bucket in ((world.buyer.token, services.limiter.reads), (None, services.limiter.address)):
        async with raw(venue, token) as peer:
            for status in (b"422", b"422", b"429"):
                await peer.send(frame(long))
                told = await peer.reader.readuntil(b"}}")
                assert b'"id":"1","status":' + status in told, (bucket.encoded, told)
    monkeypatch.undo()
    await goes_on(venue, world)


async def test_a_line_that_breaks_while_it_is_held_breaks_nothing(
    venue: Venue, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """More requests than may be under way, and then a reset: what was not read yet is not read any more."""
    body = {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": "29.00"}
    orders = [{"op": "place", "id": str(n), "idempotency_key": f"held-{n}", "body": body} for n in range(600)]
    async with raw(venue, world.buyer.token) as line:
        await line.send(b"".join(frame(orjson.dumps(order)) for order in orders))
        plain = line.writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.writer.transport.abort()
    await until(lambda: not len(venue.now.parts.streams) and not len(venue.now.server.connections))
    await asyncio.sleep(0.5)
    assert not [record for record in caplog.records if record.name == "asyncio"]
