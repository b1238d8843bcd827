"""Readers of the stream who believe nothing: each keeps what a client would keep and holds every frame to the rules.

* The chain: a frame's ``prev_seq`` is the ``seq`` that the reader stands at, through all the connections that it had.
* Trades: ``trade_no`` counts without gaps.
* The book: the client's own :class:`~exchange.client.book.LocalBook`, which proves its checksum after each message.
* The own account: orders and balances as the frames have left them, to be compared with REST in the end.

A fault is a sentence in a list, which the readers of a soak share.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from typing import Any, Final

import orjson

from exchange.client.book import LocalBook
from exchange.client.models.stream import BookMessage
from exchange.client.stream.messages import PRIVATE, read_message
from loadtests.ws_client import WsConnection, text_frame

HOST: Final = "127.0.0.1"
ANSWER_SECONDS: Final = 60.0
WORKING: Final = frozenset({"NEW", "PARTIALLY_FILLED"})

_RESET: Final = struct.pack("ii", 1, 0)
_GOODBYE: Final = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
_NARROW, _WIDE = 4_096, 1 << 20

Frame = dict[str, Any]


class Trail:
    """One channel as its reader has followed it."""

    def __init__(self, channel: str, faults: list[str]) -> None:
        """Nothing has come yet."""
        self.channel = channel
        self.seq: int | None = None
        self._faults = faults
        self._joined = False

    def join(self) -> None:
        """The channel was asked for again, so a snapshot may come, or what was missed."""
        self._joined = True

    def take(self, frame: Frame) -> None:
        """Go on by a frame, unless it is old."""
        if self._follow(frame):
            self.apply(frame)

    def _follow(self, frame: Frame) -> bool:
        seq, before = frame["seq"], frame["prev_seq"]
        joined, stood = self._joined, self.seq
        if joined and before is not None and stood is not None and seq <= stood:
            return False
        self._joined = False
        self.seq = seq
        if before is None:
            if not joined:
                self.fault(f"a snapshot at {seq} that nobody asked for")
            if stood is not None and seq < stood:
                self.fault(f"a snapshot at {seq}, before {stood}")
        elif stood is None or (before > stood if joined else before != stood):
            self.fault(f"a gap: it stood at {stood}, the frame goes from {before} to {seq}")
        return True

    def apply(self, frame: Frame) -> None:
        """Keep what this kind of channel is about."""

    def fault(self, what: str) -> None:
        """Something that must not be."""
        self._faults.append(f"{self.channel}: {what}")


class TradeTrail(Trail):
    """The tape: numbers without gaps, but for those that a snapshot may leave out."""

    last: int | None = None
    left_out = 0

    def apply(self, frame: Frame) -> None:
        """See that the numbers go on."""
        for trade in frame["trades"]:
            number = trade["trade_no"]
            if self.last is not None and number > self.last + 1 and frame["prev_seq"] is None:
                self.left_out += number - self.last - 1
            elif self.last is not None and number != self.last + 1 and frame["prev_seq"] is not None:
                self.fault(f"trade {number} after {self.last}")
            self.last = max(number, self.last or 0)


class BookTrail(Trail):
    """The book, level by level, proved by its checksum."""

    def __init__(self, channel: str, faults: list[str]) -> None:
        super().__init__(channel, faults)
        self.book = LocalBook(channel.partition(":")[2])

    def apply(self, frame: Frame) -> None:
        """Change the copy, and prove it."""
        message = read_message(frame)
        assert isinstance(message, BookMessage)
        if not self.book.apply(message):
            self.fault(f"the copy at {message.seq} is not the book: {self.book.fault}")


class AccountTrail(Trail):
    """The own account: open orders by id, balances by asset, both as the newest frame that has them wrote them."""

    def __init__(self, channel: str, faults: list[str]) -> None:
        super().__init__(channel, faults)
        self.orders: dict[str, Frame] = {}
        self.balances: dict[str, Frame] = {}
        self.fills = 0

    def apply(self, frame: Frame) -> None:
        """Keep what changed."""
        if frame["prev_seq"] is None:
            self.orders.clear()
            self.balances.clear()
        for order in frame["orders"]:
            if order["status"] in WORKING:
                self.orders[order["id"]] = order
            else:
                self.orders.pop(order["id"], None)
        self.balances.update((balance["asset"], balance) for balance in frame["balances"])
        self.fills += len(frame.get("fills", ()))


_TRAILS: Final[dict[str, type[Trail]]] = {"book": BookTrail, "trades": TradeTrail, PRIVATE: AccountTrail}


def trail_of(channel: str, faults: list[str]) -> Trail:
    """The trail of a channel, by its kind."""
    return _TRAILS.get(channel.partition(":")[0], Trail)(channel, faults)


class Socket(WsConnection):
    """One connection that asks and is answered; what the service says by itself goes to its reader."""

    def __init__(self, reader: Reader | None = None) -> None:
        super().__init__()
        self._reader = reader
        self._names = itertools.count(1)
        self._asked: dict[str, asyncio.Future[Frame]] = {}
        self.over = asyncio.Event()

    @classmethod
    async def open(cls, port: int, token: str = "", reader: Reader | None = None) -> Socket:
        """Connect, as somebody or as nobody."""
        _, connection = await asyncio.get_running_loop().create_connection(lambda: cls(reader), HOST, port)
        try:
            await connection.shake_hands(token)
        except BaseException:
            connection.close()
            raise
        return connection

    async def ask(self, op: str, **fields: Any) -> Frame:
        """Send a request and wait for its answer.

        Raises:
            ConnectionError: when the connection is lost before.
        """
        name = f"a{next(self._names)}"
        answer = self._asked[name] = asyncio.get_running_loop().create_future()
        if not self.write(text_frame(orjson.dumps({"id": name, "op": op, **fields}))):
            raise ConnectionError("the connection is gone")
        return await asyncio.wait_for(answer, ANSWER_SECONDS)

    def frame(self, payload: bytes) -> None:
        """An answer, or a message for the reader."""
        document = orjson.loads(payload)
        if document["type"] == "answer":
            answer = self._asked.pop(document["id"])
            if not answer.done():
                answer.set_result(document)
        elif self._reader is not None and document["type"] != "heartbeat":
            self._reader.take(document, self)

    def lost(self) -> None:
        """Tell whoever waits."""
        self.over.set()
        waiting, self._asked = self._asked, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection was lost"))
                answer.exception()  # nobody may be waiting any more, which is no news

    # --- ways to be a bad client -------------------------------------------------------------------------------------

    def say_goodbye(self) -> None:
        """Close as the protocol wants it."""
        self.write(_GOODBYE)

    def reset(self) -> None:
        """Break off without a word (a TCP reset)."""
        if self._transport is not None:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()

    def stop_reading(self) -> None:
        """Take nothing any more, with little room on the way; pings are not answered either."""
        if self._transport is not None:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW)
            self._transport.pause_reading()

    def read_again(self) -> None:
        """Take what is there."""
        if self._transport is not None and not self._transport.is_reading():
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WIDE)
            self._transport.resume_reading()


class Reader:
    """Follows channels through all the connections that it has one after the other."""

    def __init__(self, port: int, channels: list[str], token: str, faults: list[str]) -> None:
        self.trails = {channel: trail_of(channel, faults) for channel in channels}
        self.frames = 0
        self.connections = 0
        self.socket: Socket | None = None
        self.token = token
        self._port = port
        self._faults = faults

    async def connect(self) -> None:
        """Connect and go on where each channel was left."""
        self.connections += 1
        self.socket = None
        for trail in self.trails.values():
            trail.join()
        connection = self.socket = await Socket.open(self._port, self.token, self)
        wanted = [
            {"channel": channel} | ({} if trail.seq is None else {"after_seq": trail.seq})
            for channel, trail in self.trails.items()
        ]
        answer = await connection.ask("subscribe", channels=wanted)
        if answer["status"] != 200:
            self._faults.append(f"a subscription was answered {answer}")

    def take(self, frame: Frame, source: Socket) -> None:
        """A message came; those of a connection that was left behind are not missed, the next one has them again."""
        if source is not self.socket:
            return
        self.frames += 1
        self.trails[frame["channel"]].take(frame)

    def close(self) -> None:
        """Go home."""
        if self.socket is not None:
            self.socket.close()
