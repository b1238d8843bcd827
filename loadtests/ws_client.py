"""WebSocket (RFC 6455) as cheap as Python can speak it: ready frames out, of what comes in only what is needed.

A client has to mask what it sends with four bytes; masked with zeros a text stays as it is, which the RFC allows to a
client that has nothing to hide from a proxy. Frames of a message are never split by the service, and no extension is
asked for.

:class:`WsOrders` is a connection for order entry: several requests are under way at a time, each in a slot whose number
is the request's id, and a slot can be used like an HTTP connection. :class:`Subscriber` listens.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final, cast

_HANDSHAKE: Final = (
    b"GET /v1/stream HTTP/1.1\r\nhost: bench\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%b\r\n"
)
_SMALL: Final = 126
_LONG: Final = 127
_TEXT: Final = 0x1
_CLOSE: Final = 0x8
_PING: Final = 0x9
_ANSWER: Final = re.compile(rb'"id":"([0-9]+)","status":([0-9]+)')

Done = Callable[[int, bytes], None]


def text_frame(payload: bytes) -> bytes:
    """A text frame from a client, up to 64 KiB."""
    size = len(payload)
    if size < _SMALL:
        return b"\x81%c\x00\x00\x00\x00%b" % (0x80 | size, payload)
    return b"\x81\xfe%b\x00\x00\x00\x00%b" % (size.to_bytes(2, "big"), payload)


class WsConnection(asyncio.Protocol):
    """One connection: frames in go to :meth:`frame`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed_with: int | None = None

    async def shake_hands(self, token: str = "") -> None:
        """Ask for the stream, as somebody or as nobody.

        Raises:
            ConnectionError: when the service does not want to.
        """
        assert self._transport is not None
        authorization = f"authorization: Bearer {token}\r\n".encode() if token else b""
        self._transport.write(_HANDSHAKE % authorization)
        await self._opened

    def write(self, frame: bytes) -> bool:
        """Send a frame; False when the connection is gone."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(frame)
        return True

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def frame(self, payload: bytes) -> None:
        """A text from the service."""
        raise NotImplementedError

    def lost(self) -> None:
        """The connection is gone."""

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TCP connection is there."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._transport = None
        if not self._opened.done():
            self._opened.set_exception(ConnectionError("the stream was not opened"))
        self.lost()

    def data_received(self, data: bytes) -> None:
        """Some bytes: of the answer to the handshake at first, then of frames."""
        received = self._received + data if self._received else data
        if not self._opened.done():
            received = self._read_handshake(received)
        self._received = self._read_frames(received)

    def _read_handshake(self, received: bytes) -> bytes:
        """What follows after the answer to the handshake; all when that is not complete yet."""
        head, end, rest = received.partition(b"\r\n\r\n")
        if not end:
            return received
        if b" 101 " in head[:13]:
            self._opened.set_result(None)
            return rest
        self._opened.set_exception(ConnectionError(f"the stream was not opened: {head[:40]!r}"))
        return b""

    def _read_frames(self, received: bytes) -> bytes:
        """Hand on every frame that is complete; what is left."""
        if not self._opened.done():
            return received
        at, end = 0, len(received)
        while end - at >= 2:
            size, start = received[at + 1], at + 2
            if size >= _SMALL:
                width = 2 if size == _SMALL else 8
                start += width
                if end < start:
                    break
                size = int.from_bytes(received[at + 2 : start], "big")
            if end < start + size:
                break
            self._dispatch(received[at] & 0x0F, received[start : start + size])
            at = start + size
        return received[at:] if at else received

    def _dispatch(self, opcode: int, payload: bytes) -> None:
        if opcode == _TEXT:
            self.frame(payload)
        elif opcode == _PING:
            self.write(b"\x8a%c\x00\x00\x00\x00%b" % (0x80 | len(payload), payload))
        elif opcode == _CLOSE:
            self.closed_with = int.from_bytes(payload[:2], "big")
            self.close()


class WsOrders(WsConnection):
    """A connection for order entry."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[bytes, Done] = {}

    @classmethod
    async def open(cls, host: str, port: int, token: str) -> WsOrders:
        """Connect as somebody."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        await connection.shake_hands(token)
        return connection

    def slot(self, number: int) -> Slot:
        """A place for one request at a time; a connection has as many as one wants."""
        return Slot(self, b"%d" % number)

    def send_in(self, slot: bytes, frame: bytes, done: Done) -> None:
        """Send a request whose id is the slot's number."""
        assert slot not in self._waiting, "an answer is still to come"
        if not self.write(frame):
            done(0, b"")
            return
        self._waiting[slot] = done

    def frame(self, payload: bytes) -> None:
        """An answer, or something that is not looked at."""
        found = _ANSWER.search(payload)
        if found is not None:
            self._waiting.pop(found[1])(int(found[2]), payload)

    def lost(self) -> None:
        """Tell whoever waits."""
        waiting, self._waiting = self._waiting, {}
        for done in waiting.values():
            done(0, b"")


class Slot:
    """One of several requests under way on a connection, used like a connection of its own."""

    __slots__ = ("_connection", "_number")

    def __init__(self, connection: WsOrders, number: bytes) -> None:
        self._connection = connection
        self._number = number

    def send(self, request: bytes, done: Done) -> None:
        """Send a frame; ``done`` gets the status of its answer, and the frame."""
        self._connection.send_in(self._number, request, done)

    def close(self) -> None:
        """Close the connection, all its slots with it."""
        self._connection.close()


class Subscriber(WsConnection):
    """Listens to one book: counts frames, looks for gaps, and tells when each frame came."""

    def __init__(self, came: Callable[[bytes, float], None]) -> None:
        """``came`` gets each message's instant as it is written (``at``), and the loop's clock."""
        super().__init__()
        self._came = came
        self.seq: bytes | None = None
        self.frames = 0
        self.gaps = 0

    @classmethod
    async def open(cls, host: str, port: int, channel: str, came: Callable[[bytes, float], None]) -> Subscriber:
        """Connect as nobody and subscribe."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: cls(came), host, port)
        await connection.shake_hands()
        wanted = b'{"id":"1","op":"subscribe","channels":[{"channel":"%b"}]}' % channel.encode()
        connection.write(text_frame(wanted))
        return connection

    def frame(self, payload: bytes) -> None:
        """A message of the book, or something else that is passed over."""
        told = _BOOK.search(payload)
        if told is None:
            return
        self.frames += 1
        seq, before, at = told[1], told[2], told[3]
        if before != b"null" and self.seq is not None and before != self.seq:
            self.gaps += 1
        self.seq = seq
        self._came(at, asyncio.get_running_loop().time())


_BOOK: Final = re.compile(
    rb'"channel":"book:[^"]*","type":"[a-z]*","seq":([0-9]+),"prev_seq":([0-9]+|null),"at":"([^"]*)"'
)
