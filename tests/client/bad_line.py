"""A TCP line between a client and the service, which can be cut at any byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class BadLine:
    """Made by :func:`bad_line`; ``cuts`` counts the connections that were lost by it."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._links: set[asyncio.Task[None]] = set()
        self.url = ""
        self.cuts = 0

    async def link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            try:
                ways = [_pump(reader, far_writer), _pump(far_reader, writer)]
                await asyncio.wait([asyncio.ensure_future(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
            finally:
                far_writer.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._links.discard(task)

    def cut(self) -> None:
        """Lose every connection, with whatever is on its way."""
        for task in list(self._links):
            task.cancel()
            self.cuts += 1


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def bad_line(target: str) -> AsyncIterator[BadLine]:
    """A line to the service at ``target``."""
    line = BadLine(target)
    server = await asyncio.start_server(line.link, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        line.cut()
        server.close()
