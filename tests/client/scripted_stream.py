"""The other end of a stream, which says what a test tells it to, when it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zlib import crc32

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from exchange.client import Patience
from exchange.client.stream import StreamClient

Frame = dict[str, Any]

SECONDS = 20.0
"""How long something that must happen may take on a busy machine."""


class Peer:
    """One connection of the client, seen from the exchange."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.done = asyncio.Event()

    async def take(self, operation: str) -> Frame:
        """The next frame, which must be a request of this operation."""
        async with asyncio.timeout(SECONDS):
            frame: Frame = json.loads(await self.socket.recv())
        assert frame["op"] == operation, frame
        return frame

    async def send(self, **frame: Any) -> None:
        """Say something."""
        await self.socket.send(json.dumps(frame))

    async def answer(
        self,
        request: Frame,
        status: int = 200,
        /,
        replayed: bool | None = None,
        retry_after: int | None = None,
        **body: Any,
    ) -> None:
        """Answer a request."""
        said = {"id": request["id"], "status": status, "replayed": replayed, "retry_after": retry_after, "body": body}
        await self.send(type="answer", **{name: value for name, value in said.items() if value is not None})

    async def agree(self, operation: str) -> Frame:
        """Take a request and answer it with nothing but success."""
        request = await self.take(operation)
        await self.answer(request)
        return request

    async def close(self, code: int = 1001, reason: str = "") -> None:
        """Close the connection in order."""
        await self.socket.close(code, reason)
        self.done.set()

    def cut(self) -> None:
        """Lose the connection, as when a cable is pulled out."""
        self.socket.transport.abort()
        self.done.set()


class ScriptedStream:
    """Where clients connect; ``refuse`` gives the answer to a handshake that is no stream."""

    def __init__(self) -> None:
        self.url = ""
        self.refusals: list[Response] = []
        self.handshakes: list[Request] = []
        self._peers: asyncio.Queue[Peer] = asyncio.Queue()

    async def peer(self) -> Peer:
        """The next connection."""
        async with asyncio.timeout(SECONDS):
            return await self._peers.get()

    async def greeted(self) -> Peer:
        """The next connection, after its login."""
        peer = await self.peer()
        await peer.agree("login")
        return peer

    async def handle(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self._peers.put_nowait(peer)
        closed = asyncio.ensure_future(socket.wait_closed())
        done = asyncio.ensure_future(peer.done.wait())
        await asyncio.wait((closed, done), return_when=asyncio.FIRST_COMPLETED)
        for task in (closed, done):
            task.cancel()

    def judge(self, _socket: ServerConnection, request: Request) -> Response | None:
        self.handshakes.append(request)
        return self.refusals.pop(0) if self.refusals else None


@asynccontextmanager
async def scripted_stream() -> AsyncIterator[ScriptedStream]:
    """A server on a port of its own."""
    stream = ScriptedStream()
    server: Server
    async with serve(stream.handle, "127.0.0.1", 0, process_request=stream.judge, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        stream.url = f"http://127.0.0.1:{port}"
        yield stream


QUICK = Patience(attempts=4, first_wait=0.0, longest_wait=0.0)
TRADES = "trades:ins-1"
BOOK = "book:ins-1"


@asynccontextmanager
async def both(patience: Patience = QUICK, **options: Any) -> AsyncIterator[tuple[ScriptedStream, StreamClient, Peer]]:
    """A client that is connected and logged in, and the other end."""
    async with scripted_stream() as server:
        client = StreamClient(server.url, "key-1-1.secret", patience=patience, **options)
        entering = asyncio.ensure_future(client.__aenter__())
        peer = await server.greeted()
        await entering
        try:
            yield server, client, peer
        finally:
            await client.close()


async def soon(awaited: Any) -> Any:
    """What must come, or the test fails instead of waiting for ever."""
    async with asyncio.timeout(SECONDS):
        return await awaited


async def subscribed(client: StreamClient, peer: Peer, channel: str) -> None:
    joining = asyncio.ensure_future(client.subscribe(channel))
    request = await peer.agree("subscribe")
    assert request["channels"] == [{"channel": channel}]
    await soon(joining)


def trades(seq: int, prev_seq: int | None) -> Frame:
    """A message of the tape whose only trade has the number of its entry."""
    trade = {
        "trade_no": seq,
        "id": f"trd-{seq}-1",
        "instrument": "ins-1",
        "seq": seq,
        "price": "30.00",
        "quantity": 5,
        "aggressor": "BUY",
        "at": "2026-11-20T01:02:03.000004Z",
        "day": "2026-11-20",
    }
    kind = "snapshot" if prev_seq is None else "update"
    place = {"channel": TRADES, "type": kind, "seq": seq, "prev_seq": prev_seq, "at": trade["at"]}
    return {**place, "instrument": "ins-1", "trades": [trade]}


def book(seq: int, prev_seq: int | None, quantity: int, checked: int | None = None) -> Frame:
    """A message about the only level of a book; the checksum is of ``checked`` tonnes there, if it is not the same."""
    kind = "snapshot" if prev_seq is None else "update"
    place: Frame = {"channel": BOOK, "type": kind, "seq": seq, "prev_seq": prev_seq, "at": None}
    if prev_seq is not None:
        place["first_seq"] = seq
    checksum = crc32(f"30.00:{quantity if checked is None else checked}:1|".encode())
    bids = [{"price": "30.00", "quantity": quantity, "orders": 1}]
    return {**place, "instrument": "ins-1", "bids": bids, "asks": [], "checksum": checksum}


def order_answer() -> Frame:
    order = {
        "id": "ord-1",
        "instrument": "ins-1",
        "side": "BUY",
        "price": "30.00",
        "quantity": 5,
        "cumulative": 0,
        "leaves": 5,
        "status": "NEW",
    }
    unknown = ["average_price", "fee", "kind", "time_in_force", "client_order_id", "cancel_reason", "post_only"]
    unknown += ["self_trade_prevention", "good_til", "placed_at", "updated_at"]
    return {"order": order | dict.fromkeys(unknown), "trades": [], "as_of_seq": 7}
