"""The other end of a stream, which says what a test tells it to, when it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

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
