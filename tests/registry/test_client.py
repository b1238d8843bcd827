"""What the client makes of answers that no registry should give, over a real connection."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from exchange.registry.client import LARGEST_ANSWER, RegistryClient, RegistryUnavailableError


@asynccontextmanager
async def answering(*headers: str, body: bytes) -> AsyncIterator[tuple[RegistryClient, list[bytes]]]:
    """A client of a registry that answers everything with these bytes, and what that registry was asked."""
    asked: list[bytes] = []
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(head + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield RegistryClient(http, list), asked


async def test_an_answer_is_asked_for_and_taken_as_it_is_only() -> None:
    """A packed page of a thousand bytes can be a gigabyte in memory, in one step that nothing interrupts."""
    packed = gzip.compress(b'{"status": "PENDING"}')
    async with answering("Content-Encoding: gzip", body=packed) as (client, asked):
        with pytest.raises(RegistryUnavailableError, match="packed"):
            await client.look_up("req-1")
    assert b"accept-encoding: identity" in asked[0].lower()


async def test_an_answer_that_is_waited_for() -> None:
    async with answering(body=b'{"status": "PENDING"}') as (client, _):
        assert await client.look_up("req-1") is None


async def test_an_answer_without_an_end_is_left() -> None:
    async with answering(body=b" " * (LARGEST_ANSWER + 1)) as (client, _):
        with pytest.raises(RegistryUnavailableError, match="more than"):
            await client.look_up("req-1")
