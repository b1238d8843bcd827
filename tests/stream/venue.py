"""An exchange that listens on a socket, in the event loop of the test, and can be stopped and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from exchange.api.app import create_app
from exchange.bootstrap.connections import Bounds
from exchange.bootstrap.database import Database
from exchange.bootstrap.http_server import HttpServer, http_server, listening_socket
from exchange.bootstrap.service import Running, running
from exchange.client import ExchangeClient
from exchange.config import Settings
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.api.stack import World, build_world
from tests.stream.talker import Talker
from tests.support import keyring
from tests.support.database import fresh_database

_numbers = count(1)


async def until(happened: Callable[[], bool | Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait for something that must happen."""
    async with asyncio.timeout(seconds):
        while True:
            answer = happened()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)


@dataclass
class Open:
    """A served exchange: its parts and its server."""

    parts: Running
    server: HttpServer
    address: tuple[str, int]


class Venue:
    """The exchange behind its socket; ``world`` is the market on it."""

    staff: dict[str, str]
    world: World

    def __init__(self, urls: DatabaseUrls, folder: Path, bounds: Bounds) -> None:
        self.urls = urls
        self._folder = folder
        self._bounds = bounds
        self._open: Open | None = None
        self._stack = contextlib.AsyncExitStack()

    @property
    def now(self) -> Open:
        """What is served at present."""
        assert self._open is not None
        return self._open

    @property
    def url(self) -> str:
        """Where REST is."""
        host, port = self.now.address
        return f"http://{host}:{port}"

    async def start(self) -> None:
        """Open the exchange and listen."""
        settings = Settings.from_environment(
            {"EXCHANGE_DATA_DIR": str(self._folder), "EXCHANGE_DATABASE_URL": self.urls.service}
        )
        database = Database(self.urls.service, self.urls.owner, "the test's server")
        parts = await self._stack.enter_async_context(running(settings, database, lambda _: None))
        self.staff = keyring.tokens_by_role(parts.keys.read())
        server = http_server(create_app(parts.services), self._bounds, parts.streams.receive)
        listening = self._stack.enter_context(listening_socket("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listening.wait()
        self._stack.push_async_callback(self._finish, parts, server, serving)
        self._open = Open(parts, server, listening.getsockname())

    async def _finish(self, parts: Running, server: HttpServer, serving: asyncio.Task[None]) -> None:
        server.finish()
        await serving
        await parts.streams.finish()

    async def stop(self) -> None:
        """Stop as a service does that is asked to."""
        await self._stack.aclose()
        self._open = None

    def client(self, token: str) -> ExchangeClient:
        """The project's own client over the socket."""
        return ExchangeClient(self.url, token, private_key=keyring.private_key_of(token))

    @asynccontextmanager
    async def stream(self, token: str | None = None, **options: Any) -> AsyncIterator[Talker]:
        """A connection of the stream, logged in by the handshake when a key is given."""
        async with Talker.connect(self.now.address, token, **options) as talker:
            yield talker

    async def rest(
        self, method: str, path: str, token: str | None = None, body: Any = None, key: str = ""
    ) -> httpx.Response:
        """One request over REST."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if method != "GET":
            headers["idempotency-key"] = key or f"rest-{next(_numbers)}"
        content = None
        if body is not None:
            content, headers["content-type"] = json.dumps(body).encode(), "application/json"
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            return await http.request(method, path, content=content, headers=headers)

    async def open_orders(self, token: str) -> list[dict[str, Any]]:
        """A participant's open orders by REST."""
        answer = await self.rest("GET", "/v1/orders?limit=1000", token)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@asynccontextmanager
async def open_venue(postgres: EmbeddedServer, folder: Path, bounds: Bounds | None = None) -> AsyncIterator[Venue]:
    """A fresh exchange with the small market of the API's tests."""
    with fresh_database(postgres) as urls:
        venue = Venue(urls, folder, bounds or Bounds())
        await venue.start()
        try:
            venue.world = await build_world(venue)
            yield venue
        finally:
            await venue.stop()
