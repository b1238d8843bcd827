"""HTTP/1.1 as cheap as Python can speak it: requests are bytes that somebody else made, of answers only what is needed.

One connection has one request under way. An answer goes to a callback with its status and its body, out of the very
call in which its last byte came, so a closed loop costs neither a task nor a future a request. That is a tenth of what
the server spends on an order, which it has to be for a load client that shares the machine with the server.

It reads what uvicorn sends: a status line, headers, a ``content-length``. Anything else is a ``ConnectionError``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

Done = Callable[[int, bytes], None]
"""Called with an answer: its status and its body. Status 0 is a connection that was lost before the answer came."""

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"\r\ncontent-length: "
LOST: Final = 0


class HttpConnection(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._wanted = 0
        self._done: Done | None = None
        self.reused = 0

    @classmethod
    async def open(cls, host: str, port: int) -> HttpConnection:
        """Connect.

        Raises:
            OSError: when nobody listens there.
        """
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    def send(self, request: bytes, done: Done) -> None:
        """Send a whole request; ``done`` is called once, perhaps before this returns when the connection is lost."""
        assert self._done is None, "an answer is still to come"
        if self._transport is None or self._transport.is_closing():
            done(LOST, b"")
            return
        self._done = done
        self._transport.write(request)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and wait for its status and body."""
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()

        def done(status: int, body: bytes) -> None:
            if not answer.done():
                answer.set_result((status, body))

        self.send(request, done)
        return await answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; whoever waits for an answer is told."""
        self._transport = None
        if self._done is not None:
            self._answer(LOST, b"")

    def data_received(self, data: bytes) -> None:
        """Some bytes of an answer. What nobody asked for is the service's last word to who is idle: hang up."""
        if self._done is None:
            self.close()
            return
        self._received = received = self._received + data if self._received else data
        if len(received) < self._wanted:
            return
        head = received.find(_END)
        if head < 0:
            return
        at = received.find(_LENGTH, 0, head)
        if at < 0:
            raise ConnectionError("an answer without a length")
        length_end = received.find(b"\r", at + 2, head + 2)
        self._wanted = head + len(_END) + int(received[at + len(_LENGTH) : length_end])
        if len(received) < self._wanted:
            return
        if len(received) > self._wanted:
            raise ConnectionError("two answers to one request")
        self._received = b""
        self._wanted = 0
        self._answer(int(received[9:12]), received[head + len(_END) :])

    def _answer(self, status: int, body: bytes) -> None:
        done, self._done = self._done, None
        assert done is not None, "an answer to nothing"
        done(status, body)


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A whole request; made once where it is sent many times."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
