"""One WebSocket connection (RFC 6455) of the stream, from the upgraded request to its end.

The frames are parsed by the sans-I/O half of the `websockets` library. uvicorn's own protocol on it leaves unbounded
what a client can make grow (pongs that nobody reads, fragments, the time after a close), closes with other codes than
ours, and costs an ASGI message for each frame. What this one bounds:

* a message in bytes, little for those who did not log in, and in fragments;
* frames that are no message (pings, pongs, fragments), which cost us and say nothing;
* the work in one turn of the event loop: what came is parsed in slices, so a burst of tiny frames delays nobody;
* what waits to be read: a session writes only while :attr:`is_writable`, its queue is bounded, and a client that reads
  nothing is closed with 1013; a pong that it would not read is not written;
* the end: who does not answer a close in time is cut off, and at once when its place is needed.

No extensions: what is compressed may be any size when it is unpacked, and compressing is CPU that matching needs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from exchange.api.stream.wire import GOING_AWAY, POLICY, TRY_AGAIN_LATER, Standing, Visitor, Wire
from exchange.bootstrap.connections import Connections, Place, Wait

SMALL_MESSAGE: Final = 16 * 1024
"""Largest message, in bytes, of a client that did not log in."""

LARGE_MESSAGE: Final = 260 * 1024
"""Largest message, in bytes, of one that did: the largest batch of orders in its frame."""

MOST_FRAGMENTS: Final = 64
"""Frames of which one message may consist."""

MOST_NOISE: Final = 1_000
"""Frames without a whole message that may come between two of our pings."""

SLICE: Final = 8 * 1024
"""Bytes that are parsed at once; the rest waits for the next turn of the event loop."""

SMALL_SLICE: Final = 1024
"""The same for a client that did not log in, so that many of them together delay those who did by little."""

CLOSE_SECONDS: Final = 5.0
"""How long a client may take to read and to answer a close."""

_TEXT: Final = 0x81
_SHORT, _MEDIUM = 126, 1 << 16

Welcome = Callable[[Wire], Visitor]
"""Makes the session of a connection that has been opened."""


class StreamProtocol(asyncio.Protocol):
    """The connection, as its event loop and its session see it (:class:`exchange.api.stream.wire.Wire`)."""

    def __init__(
        self, server: ServerState, connections: Connections, place: Place, transport: asyncio.Transport, address: str
    ) -> None:
        """Takes over an open connection, which has its place among the streams already."""
        self.address: Final = address
        self._server = server
        self._connections = connections
        self._place = place
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parser = ServerProtocol(state=OPEN, max_size=SMALL_MESSAGE)
        self._visitor: Visitor | None = None
        self._standing = Standing.SILENT
        self._unread = bytearray()
        self._reading: asyncio.Handle | None = None
        self._messages: deque[bytes] = deque()
        self._fragments: list[bytes] = []
        self._noise = 0
        self._heard = True
        self._held = False
        self._receiving = True
        self._closing = False
        self._cut_off: asyncio.TimerHandle | None = None
        self._is_too_slow = False
        self._taken_up_to: int | None = None

    def prepare(self, welcome: Welcome) -> None:
        """Make the session, before the handshake is answered; raises whatever makes the session impossible."""
        self._visitor = welcome(self)

    def begin(self) -> None:
        """The handshake is answered."""
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn asks of them what is below
        self._turn()

    # --- what the session asks for: the wire -------------------------------------------------------------------------

    def write(self, frames: list[bytes]) -> None:
        """Send texts. A frame of ours is a head of at most ten bytes and the text itself: no mask, no extension."""
        if not self._closing:
            self._transport.write(b"".join(part for text in frames for part in (_head(len(text)), text)))

    @property
    def is_writable(self) -> bool:
        """Whether the client has taken enough."""
        return self._taken_up_to is None

    def ping(self) -> None:
        """Ask for a sign of life, where the client reads at all; how long it may not read is the place's business."""
        if self._closing or self._taken_up_to is not None:
            return
        if not (self._heard or self._held):
            self._give_up("no answer to the last ping")
            return
        self._heard, self._noise = False, 0
        self._parser.send_ping(b"")
        self._flush()

    def stands(self, standing: Standing) -> None:
        """More is expected of those who are known, and so they may send more."""
        self._standing = standing
        self._parser.max_message_size = LARGE_MESSAGE if self._is_known else SMALL_MESSAGE
        self._turn()

    @property
    def _is_known(self) -> bool:
        return self._standing >= Standing.KNOWN

    def hold(self, held: bool) -> None:
        """Read no further, or go on in the next turn of the event loop."""
        self._held = held
        if not held:
            self._read_on()

    def close(self, code: int, reason: str) -> None:
        """Say goodbye behind what was written, and cut the connection off if the client does not answer in time."""
        if self._closing:
            return
        self._parser.send_close(code, reason)
        self._flush()
        self._end()
        self._read_on()  # the client's own goodbye has to be heard

    # --- what happens to the connection ------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._heard = True
        self._unread += data
        if self._reading is None and (self._closing or not self._held):
            self._read()

    def eof_received(self) -> None:
        """The client sends no more; there is no half of such a connection."""

    def connection_lost(self, _exc: Exception | None) -> None:
        """The connection is gone. It and its session know each other, and nobody collects circles: let go."""
        self._end()
        for handle in (self._cut_off, self._reading):
            if handle is not None:
                handle.cancel()
        self._server.connections.discard(self)
        self._connections.leave(self._place)
        self._parser.parser.close()
        self._unread.clear()
        self._messages.clear()
        self._visitor = self._cut_off = self._reading = None

    def pause_writing(self) -> None:
        """More waits to be read by the client than it should."""
        self._taken_up_to = self._transport.get_write_buffer_size()
        self._turn()

    def resume_writing(self) -> None:
        """The client has read."""
        self._taken_up_to = None
        self._turn()
        if self._visitor is not None:
            self._visitor.go_on()

    def shutdown(self) -> None:
        """The service stops."""
        self.close(GOING_AWAY, "the exchange stops")

    # --- reading -----------------------------------------------------------------------------------------------------

    def _read_on(self) -> None:
        if self._reading is None:
            self._reading = self._loop.call_soon(self._read)

    def _read(self) -> None:
        """Parse a slice of what came and give whole messages to the session; come again when there is more."""
        self._reading = None
        self._deliver()
        if self._unread and not self._stands_still:
            size = SLICE if self._is_known else SMALL_SLICE
            piece = bytes(self._unread[:size])
            del self._unread[:size]
            self._parser.receive_data(piece)
            for event in self._parser.events_received():
                self._take(event)
            self._after_parsing()
            self._deliver()
        if self._unread and not self._stands_still:
            self._read_on()
        self._receive(not (self._unread or self._stands_still))

    @property
    def _stands_still(self) -> bool:
        """Whether the session takes nothing now; at the end what comes is read to the client's own goodbye."""
        return self._held and not self._closing

    def _receive(self, wanted: bool) -> None:
        """Take bytes from the client, or leave them with it."""
        if wanted == self._receiving or self._transport.is_closing():
            return
        self._receiving = wanted
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _after_parsing(self) -> None:
        """Send what the parser says by itself: pongs, the echo of a close, or a close for what it cannot read."""
        if self._parser.state is not OPEN:
            self._flush()
            self._end()
        elif self._taken_up_to is None:
            self._flush()
        else:
            self._parser.data_to_send()  # pongs that would not be read; the next one answers for all

    def _take(self, event: object) -> None:
        """One frame as parsed."""
        if not isinstance(event, Frame) or self._closing:
            return
        if event.opcode is Opcode.BINARY:
            self.close(POLICY, "frames are text")
        elif event.opcode in (Opcode.TEXT, Opcode.CONT):
            self._fragments.append(bytes(event.data))
            if event.fin:
                self._messages.append(b"".join(self._fragments))
                self._fragments = []
            else:
                self._count(len(self._fragments) >= MOST_FRAGMENTS)
        elif event.opcode in (Opcode.PING, Opcode.PONG):
            self._count(False)

    def _count(self, too_many: bool) -> None:
        """A frame that is no message."""
        self._noise += 1
        if too_many or self._noise > MOST_NOISE:
            self.close(POLICY, "too many frames")

    def _deliver(self) -> None:
        while self._messages and not (self._held or self._closing):
            assert self._visitor is not None
            self._visitor.received(self._messages.popleft())

    # --- the end, and the place --------------------------------------------------------------------------------------

    def _give_up(self, why: str) -> None:
        """The client does not read, or nobody is there."""
        self._is_too_slow = True
        self.close(TRY_AGAIN_LATER, why)

    def _flush(self) -> None:
        """Write what the parser has to say; an empty piece means that there will be nothing behind it."""
        for piece in self._parser.data_to_send():
            if self._transport.is_closing():
                return
            if piece:
                self._transport.write(piece)
            else:
                self._transport.write_eof()  # the client closes then; a close from here could overtake what it sends

    def _end(self) -> None:
        """Nothing is given to the session any more, and the client has its last seconds."""
        if self._closing:
            return
        self._closing = True
        self._messages.clear()
        self._fragments = []
        # It waits for its client's goodbye, so it makes place like those who did not say what they want.
        self._connections.wait(self._place, Wait.HEAD, self._loop.time())
        self._cut_off = self._loop.call_later(CLOSE_SECONDS, self._transport.abort)
        if self._visitor is not None:
            self._visitor.ended(self._is_too_slow)

    def _turn(self) -> None:
        """Tell what this connection waits for. Time runs on while that is the same."""
        if self._closing or self._place.left:
            return
        wait = self._waits_for()
        if wait is None:
            self._connections.work(self._place)
        elif wait is not self._place.wait:
            self._connections.wait(self._place, wait, self._loop.time())

    def _waits_for(self) -> Wait | None:
        if self._taken_up_to is not None:
            return Wait.READING
        return (Wait.HEAD, Wait.LISTENING, None, Wait.SPARE)[self._standing]

    def make_place(self) -> None:
        """Another connection needs the place. It is given away, so nothing may stay of this one: no goodbye is awaited,
        or who makes others make place could have any number of connections that are in nobody's count.
        """
        self.close(TRY_AGAIN_LATER, "another connection needs the place")
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._transport.abort()

    def overdue(self, wait: Wait) -> None:
        """The client took too long; one who took a part of what is sent to it has more time for the rest."""
        before = self._taken_up_to
        if self._closing:
            self._transport.abort()
            return
        if wait is not Wait.READING or before is None:
            self.close(POLICY, "nothing was asked for")
            return
        self._taken_up_to = self._transport.get_write_buffer_size()
        if self._taken_up_to < before:
            self._turn()
        else:
            self._give_up("nothing was read")


def _head(size: int) -> bytes:
    """The head of an unmasked, unfragmented text frame (RFC 6455, 5.2)."""
    if size < _SHORT:
        return bytes((_TEXT, size))
    if size < _MEDIUM:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big")
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big")
