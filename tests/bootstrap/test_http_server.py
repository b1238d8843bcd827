"""The HTTP server's bounds, seen through a socket as a client with bad intentions sees them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, Request

from exchange.bootstrap import http_server as bounds
from exchange.bootstrap.http_server import HttpServer, http_server, listening_socket

Address = tuple[str, int]

HOPELESS_S = 15.0


def an_app() -> FastAPI:
    app = FastAPI()

    @app.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    return app


@asynccontextmanager
async def serving() -> AsyncIterator[Address]:
    server: HttpServer = http_server(an_app())
    with listening_socket("127.0.0.1", 0) as listening:
        address: Address = listening.getsockname()
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listening.wait()
        try:
            yield address
        finally:
            server.finish()
            await running


async def talk(address: Address, *parts: bytes) -> bytes:
    """Send the parts, then read until the server closes; one that never does fails the test instead of hanging it."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        async with asyncio.timeout(HOPELESS_S):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.read()
    finally:
        writer.close()


async def test_a_request_is_answered_and_names_no_server() -> None:
    async with serving() as address:
        answer = await talk(
            address, b"POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"
        )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"3")
    assert b"uvicorn" not in answer


async def test_a_head_that_grows_for_ever_is_cut_off() -> None:
    async with serving() as address:
        answer = await talk(address, b"GET /count HTTP/1.1\r\nx: ", *[b"a" * 8192] * 5)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_request_that_does_not_arrive_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "REQUEST_SECONDS", 0.05)
    async with serving() as address:
        assert (await talk(address)).startswith(b"HTTP/1.1 408 ")
        assert (await talk(address, b"GET / HTT")).startswith(b"HTTP/1.1 408 ")
        started = b"POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na"
        assert await talk(address, started) == b""


async def test_a_body_that_goes_on_for_ever_is_cut_off() -> None:
    async with serving() as address:
        head = b"POST /count HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        try:
            answer = await talk(address, head, *[chunk] * 40)
        except ConnectionError:  # it closed while we were still sending
            answer = b""
    assert answer == b""


async def test_a_connection_that_is_used_again_has_its_time_from_the_new_request_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounds, "REQUEST_SECONDS", 0.3)
    whole = b"POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"
    async with serving() as address:
        reader, writer = await asyncio.open_connection(*address)
        for _ in range(3):
            writer.write(whole)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n0")
            await asyncio.sleep(0.2)
        writer.close()


def test_an_address_in_use_is_told_before_anything_starts() -> None:
    with listening_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            listening_socket("127.0.0.1", port)
