"""An answer in one write is the same bytes that uvicorn sends in two, and what is not plain goes uvicorn's way."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from exchange.bootstrap.connections import Bounds, Connections
from exchange.bootstrap.http_protocol import BoundedProtocol
from exchange.bootstrap.http_server import listening_socket

HEADERS = [(b"content-length", b"2"), (b"x-a", b"b")]
PLAIN: Message = {"type": "http.response.start", "status": 200, "headers": HEADERS}
BODY = {"type": "http.response.body", "body": b"ok"}


class Recorder(asyncio.Transport):
    """A connection that remembers what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Both ends."""
        return {"peername": ("192.0.2.1", 5), "sockname": ("192.0.2.2", 80)}.get(name, default)

    def write(self, data: Any) -> None:
        """Remember."""
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def close(self) -> None:
        """Close."""
        self.closed = True

    def abort(self) -> None:
        """Close at once."""
        self.closed = True

    def write_eof(self) -> None:
        """Close for writing."""
        self.closed = True

    def get_write_buffer_size(self) -> int:
        """Everything is sent."""
        return 0

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    def resume_reading(self) -> None:
        """Nothing comes by itself."""


def sending(*messages: Any) -> ASGIApp:
    """An application that sends these messages."""

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for message in messages:
            await send(message)

    return app


async def answered(bounded: bool, app: ASGIApp, request: bytes) -> Recorder:
    """What a protocol writes on a request."""
    config = uvicorn.Config(app, loop="none", log_config=None, access_log=False, lifespan="off")
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"today")]
    options: dict[str, Any] = {"config": config, "server_state": state, "app_state": {}}
    protocol = BoundedProtocol(Connections(Bounds()), None, **options) if bounded else HttpToolsProtocol(**options)
    transport = Recorder()
    protocol.connection_made(transport)
    protocol.data_received(request)
    await asyncio.gather(*state.tasks)
    protocol.connection_lost(None)
    return transport


GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
APPS: dict[str, tuple[list[Message], bytes, int]] = {
    "plain": ([PLAIN, BODY], GET, 1),
    "nothing in it": ([{**PLAIN, "headers": [(b"content-length", b"0")]}, {"type": "http.response.body"}], GET, 1),
    "in two parts": ([PLAIN, {**BODY, "body": b"o", "more_body": True}, {**BODY, "body": b"k"}], GET, 3),
    "of no told length": ([{**PLAIN, "headers": []}, BODY], GET, 2),
    "without its body": ([PLAIN, BODY], b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n", 1),
    "to an old client": ([PLAIN, BODY], b"GET / HTTP/1.0\r\nhost: x\r\n\r\n", 2),
    "that closes": ([{**PLAIN, "headers": [*HEADERS, (b"connection", b"close")]}, BODY], GET, 2),
    "longer than told": ([PLAIN, {**BODY, "body": b"long"}], GET, 1),
    "shorter than told": ([PLAIN, {**BODY, "body": b"o"}], GET, 2),
    "with a line in a header": (
        [{**PLAIN, "headers": [(b"content-length", b"2"), (b"a", b"b\r\nc: d")]}, BODY],
        GET,
        0,
    ),
    "with half a line in a header": (
        [{**PLAIN, "headers": [(b"content-length", b"2"), (b"a", b"b\nc")]}, BODY],
        GET,
        0,
    ),
    "twice": ([PLAIN, BODY, PLAIN], GET, 1),
    "body first": ([BODY, PLAIN], GET, 2),
    "nothing": ([], GET, 2),
}


@pytest.mark.parametrize("name", APPS)
async def test_it_is_what_uvicorn_sends(name: str, caplog: pytest.LogCaptureFixture) -> None:
    messages, request, writes = APPS[name]
    ours = await answered(True, sending(*messages), request)
    theirs = await answered(False, sending(*messages), request)
    assert b"".join(ours.writes) == b"".join(theirs.writes)
    assert ours.closed == theirs.closed
    assert len(ours.writes) == writes


async def test_two_requests_of_one_connection_are_answered_one_after_the_other() -> None:
    transport = await answered(True, sending(PLAIN, BODY), GET + GET)
    assert transport.writes and b"".join(transport.writes) == transport.writes[0] * len(transport.writes)


def test_no_answer_waits_for_the_client_to_acknowledge_a_part_of_it() -> None:
    with listening_socket("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
