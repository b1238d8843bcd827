"""uvicorn with the bounds that an exchange needs: how many connections there are, and how long they keep us waiting.

What becomes of a single connection is in :mod:`exchange.bootstrap.http_protocol`, who has to make place for whom in
:mod:`exchange.bootstrap.connections`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import resource
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from exchange.api.at_once import AtOnce
from exchange.bootstrap.connections import Bounds, Connections
from exchange.bootstrap.http_protocol import BoundedProtocol, Receive

logger = logging.getLogger(__name__)

BACKLOG: Final = 1_024
"""Connections that may wait to be accepted."""

OWN_FILES: Final = 200
"""Files that the process needs for everything that is not a connection of a client."""

FEWEST_CONNECTIONS: Final = 16

SEND_BUFFER: Final = 128 * 1024
"""Bytes that the system keeps of what is sent to one client; left to itself it would keep megabytes for a slow one."""

FAREWELL_SECONDS: Final = 15
"""How long requests that are being answered may take when the service stops."""


class HttpServer(uvicorn.Server):
    """uvicorn's server as a part of the service: the service listens to signals, not uvicorn."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        """``listening`` is set when requests are answered."""
        super().__init__(config)
        self.listening: Final = asyncio.Event()
        self.connections: Final = connections

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.listening.set()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, until the end: see to those who take too long."""
        self.connections.tell_overdue(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

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
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    # Accepted ones inherit both. asyncio switches Nagle's algorithm off only for sockets that it made;
    # with it the second part of an answer waits for the client to acknowledge the first, which takes 40 ms.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def fit_open_files(bounds: Bounds) -> Bounds:
    """Let this process have the open files that its connections need, or have fewer connections where it may not."""
    others = bounds.reserve + BACKLOG + OWN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = bounds.most + others
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    most = max(FEWEST_CONNECTIONS, allowed - others)
    if most < bounds.most:
        logger.warning(
            "this process may open %s files only: at most %s connections instead of %s", hard, most, bounds.most
        )
    return replace(bounds, most=most)


def http_server(
    app: FastAPI,
    bounds: Bounds,
    receive: Receive | None = None,
    at_once: AtOnce | None = None,
    authority: str | None = None,
) -> HttpServer:
    """The server for an application, not started yet; its ``serve`` is given a listening socket.

    ``receive`` welcomes streams; without it there are none. ``at_once`` answers what it can before the application.
    ``authority`` is that of the venue's public origin, if it has one.
    """
    connections = Connections(bounds)
    protocol: Any = functools.partial(BoundedProtocol, connections, receive, at_once=at_once, authority=authority)
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",  # the one address that speaks WebSocket has a protocol of our own
        loop="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FAREWELL_SECONDS,
    )
    return HttpServer(config, connections)
