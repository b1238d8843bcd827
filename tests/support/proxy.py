"""A TCP proxy in front of PostgreSQL that cuts the writer's connection exactly around a COMMIT.

It reads just enough of the protocol (PostgreSQL documentation, "Message Formats") to know what makes a batch durable: a
simple query COMMIT, or the Sync behind an Execute of the statement that moves the leader row while the server is not in
a transaction block, which is how a statement commits by itself. Only connections whose start names the writer are cut;
everything else passes untouched.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import Final
from urllib.parse import urlsplit, urlunsplit

WRITER: Final = b"application_name\x00exchange-writer\x00"
BATCH: Final = b"UPDATE leader SET seq"

_UNTYPED_REQUESTS: Final = (80877103, 80877104)  # SSLRequest and GSSENCRequest, answered with one byte


class Cut(Enum):
    """Where the connection breaks."""

    BEFORE = auto()
    """The commit never reaches the server."""
    AFTER = auto()
    """The server has committed; its answer never reaches the client."""
    LATE = auto()
    """The client loses its connection at once, the server gets the commit only when :meth:`CommitProxy.deliver` says
    so: as when a packet is held up on its way."""


class CommitProxy:
    """Made by :func:`commit_proxy`. ``cuts`` counts what it did; while ``refuse_connections`` is true no new client
    gets through, as when the server is not there.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._armed: Cut | None = None
        self._deliver = asyncio.Event()
        self._links: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cuts = 0
        self.refuse_connections = False

    def arm(self, cut: Cut) -> None:
        """Break the next commit of a writer. Once; arm it again for the next."""
        self._armed = cut
        self._deliver.clear()

    @property
    def is_armed(self) -> bool:
        """Whether the armed cut is still to come."""
        return self._armed is not None

    def deliver(self) -> None:
        """Let a commit that is held up go on to the server."""
        self._deliver.set()

    def url(self, dsn: str) -> str:
        """The same database through this proxy."""
        parts = urlsplit(dsn)
        credentials = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{self.port}"))

    def take_cut(self) -> Cut | None:
        """The armed cut, which is used up."""
        cut, self._armed = self._armed, None
        self.cuts += cut is not None
        return cut

    async def wait_for_delivery(self) -> None:
        """Until :meth:`deliver`."""
        await self._deliver.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        if self.refuse_connections:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                to_server = await asyncio.open_connection(*self._server)
                await _Link(self, (reader, writer), to_server).run()
        finally:
            self._links.discard(task)

    async def close(self) -> None:
        """End every connection."""
        for task in list(self._links):
            task.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Link:
    """One client's connection and the one to the server behind it."""

    def __init__(self, proxy: CommitProxy, client: Stream, server: Stream) -> None:
        self._proxy = proxy
        self._from_client, self._to_client = client
        self._from_server, self._to_server = server
        self._is_writer = False
        self._status = b"I"  # what the server's last ReadyForQuery said: idle, in a transaction, failed
        self._batches: dict[bytes, bool] = {}  # prepared statements by name, and whether each is of a batch
        self._bound = self._executed = False
        self._await_commit = False

    async def run(self) -> None:
        """Until one side goes away."""
        try:
            await self._start()
            sides = [asyncio.ensure_future(side()) for side in (self._client_side, self._server_side)]
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, return_exceptions=True)
        finally:
            self._to_client.transport.abort()
            self._to_server.transport.abort()

    async def _start(self) -> None:
        """The messages without a type at the beginning: perhaps a wish for encryption, then who connects."""
        while True:
            length = await self._from_client.readexactly(4)
            body = await self._from_client.readexactly(int.from_bytes(length, "big") - 4)
            self._to_server.write(length + body)
            if int.from_bytes(body[:4], "big") not in _UNTYPED_REQUESTS:
                self._is_writer = WRITER in body
                return
            self._to_client.write(await self._from_server.readexactly(1))

    async def _client_side(self) -> None:
        async for kind, message in _messages(self._from_client):
            if self._is_writer and self._is_commit(kind, message) and (cut := self._proxy.take_cut()):
                if await self._break(cut, message):
                    return
                continue
            self._to_server.write(message)
            await self._to_server.drain()

    def _is_commit(self, kind: bytes, message: bytes) -> bool:
        if kind == b"P":
            name, query, _ = message[5:].split(b"\0", 2)
            self._batches[name] = BATCH in query
        if kind == b"B":
            _, name, _ = message[5:].split(b"\0", 2)
            self._bound = self._batches.get(name, False)
        if kind == b"E":
            self._executed |= self._bound
        if kind == b"S":
            executed, self._executed = self._executed, False
            return executed and self._status == b"I"
        return kind == b"Q" and message[5:].upper().startswith(b"COMMIT")

    async def _break(self, cut: Cut, message: bytes) -> bool:
        """Do what was armed; True when the link is over."""
        if cut is Cut.LATE:
            self._to_client.transport.abort()
            await self._proxy.wait_for_delivery()
        if cut is Cut.BEFORE:
            return True
        self._await_commit = True
        self._to_server.write(message)
        await self._to_server.drain()
        return False

    async def _server_side(self) -> None:
        async for kind, message in _messages(self._from_server):
            if kind == b"Z":
                self._status = message[5:6]
                if self._await_commit:
                    return
            if not self._await_commit:
                self._to_client.write(message)
                await self._to_client.drain()


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    """Messages with a type: one byte, then a length that counts itself, then the rest."""
    while True:
        head = await reader.readexactly(5)
        yield head[:1], head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)


@asynccontextmanager
async def commit_proxy(dsn: str) -> AsyncIterator[CommitProxy]:
    """A proxy in front of the server of a URL; use it through :meth:`CommitProxy.url`."""
    parts = urlsplit(dsn)
    assert parts.hostname and parts.port
    proxy = CommitProxy(parts.hostname, parts.port)
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = proxy.serve
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
