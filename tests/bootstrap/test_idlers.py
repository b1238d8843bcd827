"""The whole exchange behind its HTTP server, while thousands of connections keep it waiting (slow loris).

Loopback addresses 127.0.0.2, 127.0.0.3, ... stand for attackers at many addresses.
"""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from exchange.bootstrap.connections import Bounds
from exchange.bootstrap.http_server import HttpServer, http_server, listening_socket
from exchange.store.embedded import EmbeddedServer
from tests.api.stack import Stack, build_world, running_stack

IDLERS = 4_100
AT_ONCE = 200
SPARE_FILES = 3_000

NEVER_ENDING = (
    b"",
    b"GET /v1/status HTT",
    b"GET /v1/status HTTP/1.1\r\nhost: x\r\nx-slow: ",
    b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n",  # and then nothing more
    b"POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
)


@pytest.fixture
def many_files() -> Iterator[int]:
    """As many open files as this process may have; gives how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield 1_000_000 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def serving(stack: Stack, bounds: Bounds) -> AsyncIterator[tuple[HttpServer, tuple[str, int]]]:
    """The exchange at a port of this machine."""
    server = http_server(stack.app, bounds)
    with listening_socket("127.0.0.1", 0) as listening:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listening.wait()
        try:
            yield server, listening.getsockname()
        finally:
            server.finish()
            await running


@contextmanager
def closing(sockets: list[socket.socket]) -> Iterator[None]:
    """Close them at the end."""
    try:
        yield
    finally:
        for each in sockets:
            each.close()


async def keep_waiting(address: tuple[str, int], sources: list[str], sockets: list[socket.socket]) -> None:
    """Open a connection from each source and say something that is not all."""

    async def one(n: int, source: str) -> None:
        idler = socket.socket()
        sockets.append(idler)
        idler.setblocking(False)
        idler.bind((source, 0))
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(idler, address)
            await loop.sock_sendall(idler, NEVER_ENDING[n % len(NEVER_ENDING)])
        except ConnectionError:
            pass  # it was closed already, which is what is wanted

    for begin in range(0, len(sources), AT_ONCE):
        await asyncio.gather(*(one(begin + n, source) for n, source in enumerate(sources[begin : begin + AT_ONCE])))


@pytest.mark.slow
@pytest.mark.parametrize("addresses", [1, 20], ids=["one address", "twenty addresses"])
async def test_thousands_who_never_finish_keep_nobody_out(
    addresses: int, postgres: EmbeddedServer, tmp_path: Path, many_files: int
) -> None:
    most = min(Bounds().most, (many_files - SPARE_FILES) // 2)
    idlers = most + IDLERS - Bounds().most
    sources = [f"127.0.0.{2 + n % addresses}" if addresses > 1 else "127.0.0.1" for n in range(idlers)]
    sockets: list[socket.socket] = []
    async with running_stack(postgres, tmp_path) as stack:
        world = await build_world(stack)
        placed = await world.place(world.buyer, "BUY", 1, "29.00")
        with closing(sockets):
            async with serving(stack, Bounds(most=most)) as (server, address):
                await keep_waiting(address, sources, sockets)
                connections = server.connections
                assert len(connections) <= most
                assert connections.made_place >= idlers - (most if addresses > 1 else Bounds().each)
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{address[1]}", timeout=30) as client:
                    for path in ("/health", "/ready", "/v1/status"):
                        assert (await client.get(path)).status_code == 200
                    headers = {"authorization": f"Bearer {world.buyer.token}", "idempotency-key": "get-me-out"}
                    cancelled = await client.delete(f"/v1/orders/{placed.order.id}", headers=headers)
                    assert cancelled.status_code == 200, cancelled.text
                assert connections.refused == 0
