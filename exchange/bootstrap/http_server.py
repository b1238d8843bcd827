"""uvicorn with the bounds that an exchange needs: how large a request may be, and how long it may take to arrive.

uvicorn bounds how many connections there are and how long an idle one is kept between requests. What it does not bound
is a request that never ends: a head that grows for ever, or one byte a minute (slow loris). :class:`BoundedProtocol`
adds both bounds. The size of bodies is counted by the API itself, which knows what each route takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
from collections.abc import Iterator
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD: Final = 32 * 1024
"""Bytes of a request's line and headers; everything of this API fits in a fraction of it."""

LARGEST_REQUEST: Final = 1024 * 1024
"""Bytes of a whole request, far above what any route reads."""

REQUEST_SECONDS: Final = 20.0
"""A request must have arrived this long after its connection was made, or after its first byte."""

IDLE_SECONDS: Final = 30
"""A connection without a request is closed after this long."""

MOST_CONNECTIONS: Final = 4_000
"""Beyond it new requests get 503 at once."""

BACKLOG: Final = 2_048
"""Connections that may wait to be accepted."""

FAREWELL_SECONDS: Final = 15
"""How long requests that are being answered may take when the service stops."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol on httptools, with a bound on the size and the duration of a request."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As uvicorn makes it."""
        super().__init__(*arguments, **options)
        self._received = 0
        self._in_head = True
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection is there; its first request must come soon."""
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._end_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came; refuse when there are more than any request of this API has."""
        super().data_received(data)
        self._received += len(data)
        if self._deadline is not None and self._received > (LARGEST_HEAD if self._in_head else LARGEST_REQUEST):
            self._refuse(b"431 Request Header Fields Too Large" if self._in_head else b"413 Content Too Large")

    def on_message_begin(self) -> None:
        """The first byte of a request came."""
        super().on_message_begin()
        self._received, self._in_head = 0, True
        self._expect_request()

    def on_headers_complete(self) -> None:
        """The head of a request is there."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is there."""
        self._end_deadline()
        super().on_message_complete()

    def _expect_request(self) -> None:
        self._end_deadline()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._refuse, b"408 Request Timeout")

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        """Close, with a last word where no answer is on its way that it would be mixed with."""
        self._end_deadline()
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # it begins as None
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
        else:
            self.transport.abort()


class HttpServer(uvicorn.Server):
    """uvicorn's server as a part of the service: the service listens to signals, not uvicorn."""

    def __init__(self, config: uvicorn.Config) -> None:
        """``listening`` is set when requests are answered."""
        super().__init__(config)
        self.listening: Final = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone; the service asks for the end with :meth:`finish`."""
        yield

    def finish(self) -> None:
        """Take no new requests, answer those that are here, then return from ``serve``."""
        self.should_exit = True


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens, made before anything else is, so that an address in use is found at once.

    Raises:
        OSError: when the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def allow_many_connections() -> None:
    """Let this process have as many open files as it may: a connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def http_server(app: FastAPI) -> HttpServer:
    """The server for an application, not started yet; its ``serve`` is given a listening socket."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        loop="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=FAREWELL_SECONDS,
    )
    return HttpServer(config)
