"""One WebSocket connection to the exchange: text frames of JSON, and how long silence may last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from exchange.client.connection import is_this_machine
from exchange.client.patience import asks_again, seconds_of
from exchange.client.problem import ClientError, StreamEndedError, UnexpectedAnswerError, problem_of
from exchange.client.trouble import why

PATH: Final = "/v1/stream"
LARGEST_FRAME: Final = 16 * 1024 * 1024
"""Bytes; a snapshot of a book with 100,000 levels is half of it."""

GONE_FOR_GOOD: Final = frozenset({1002, 1003, 1007, 1008, 1009})
"""Close codes after which another connection would end the same way (RFC 6455, section 7.4.1)."""

_FIRST_SERVER_ERROR: Final = 500


class BrokenLineError(Exception):
    """The connection ended, or there was none; another one may do. ``retry_after`` is what the exchange asked for."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(why)


class Line:
    """An open connection."""

    def __init__(self, socket: ClientConnection, silence: float) -> None:
        """``silence``: after so many seconds without a frame it counts as broken."""
        self._socket = socket
        self._silence = silence

    async def send(self, text: str) -> None:
        """Send a frame; raises :class:`BrokenLineError`."""
        try:
            await self._socket.send(text)
        except ConnectionClosed as closed:
            raise BrokenLineError(str(closed)) from None

    async def receive(self) -> dict[str, object]:
        """The next frame.

        Raises:
            BrokenLineError: the connection ended, or was silent for too long.
            StreamEndedError: it was closed for a reason that will not go away.
            UnexpectedAnswerError: a frame is no JSON object.
        """
        try:
            async with asyncio.timeout(self._silence):
                data = await self._socket.recv()
        except TimeoutError:
            raise BrokenLineError(f"silent for {self._silence} s") from None
        except ConnectionClosed as closed:
            raise _ending(closed) from None
        return _object(data)


def _ending(closed: ConnectionClosed) -> Exception:
    code = None if closed.rcvd is None else closed.rcvd.code
    if code is not None and code in GONE_FOR_GOOD:
        reason = closed.rcvd.reason if closed.rcvd is not None else ""
        return StreamEndedError(f"the exchange closed the stream: {reason or 'no reason given'}", code)
    return BrokenLineError(str(closed))


def _object(data: str | bytes) -> dict[str, object]:
    try:
        frame = json.loads(data)
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict):
        raise UnexpectedAnswerError("a frame that is no JSON object")
    return frame


class _Straight(connect):
    """A connection to the address that was asked for and to no other: the key is said on it, and it is for this one."""

    def process_redirect(self, exc: Exception) -> Exception:
        """Follow nobody elsewhere, as the client of REST does."""
        return exc


@asynccontextmanager
async def open_line(base_url: str, language: str, seconds: float, silence: float) -> AsyncIterator[Line]:
    """A connection, opened in at most so many seconds and closed at the end of the block.

    Raises:
        BrokenLineError: there is none now.
        ClientError: there will never be one at this address.
    """
    try:
        socket = await _Straight(
            stream_url(base_url),
            additional_headers={"Accept-Language": language},
            proxy=None if is_this_machine(base_url) else True,
            open_timeout=seconds,
            close_timeout=min(seconds, 2.0),
            max_size=LARGEST_FRAME,
            ping_interval=None,  # the exchange says something every few seconds; silence is what counts
        )
    except InvalidStatus as refused:
        raise _refusal(refused) from None
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise BrokenLineError(why(error)) from None
    try:
        yield Line(socket, silence)
    finally:
        await socket.close()


def _refusal(refused: InvalidStatus) -> Exception:
    """What an answer means that is not the beginning of a stream."""
    response = refused.response
    status = response.status_code
    if asks_again(status) or status >= _FIRST_SERVER_ERROR:
        return BrokenLineError(f"status {status}", seconds_of(response.headers.get("Retry-After")))
    try:
        document = json.loads(response.body or b"{}")
    except (ValueError, RecursionError):
        document = {}
    if isinstance(document, dict) and document.get("code"):
        return problem_of(status, document)
    return ClientError(f"there is no stream at this address (status {status})")


def stream_url(base_url: str) -> str:
    """The address of the stream beside the REST API."""
    parts = urlsplit(base_url)
    scheme = {"https": "wss", "http": "ws"}.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + PATH, "", ""))
