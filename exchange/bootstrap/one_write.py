"""An answer leaves in one write: head and body together, instead of a system call and a packet for each.

uvicorn writes the head when an application starts an answer, and the body when it sends it. Here the start is held back
until the next message. When that is the whole body, which is so for all but downloads, both go out as one; else
everything takes uvicorn's own way. A system call is the largest single cost of a small answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_LENGTH: Final = b"content-length"
_TOLD_BY_THE_SERVER: Final = (b"connection", b"transfer-encoding")


class OneWrite:
    """Sends the answer of one request; takes the place of ``send`` of uvicorn's ``cycle``."""

    __slots__ = ("_cycle", "_send", "_start")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._send: Any = cycle.send
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Send a message of the application, or hold it back."""
        start = self._start
        if start is None:
            if message["type"] == "http.response.start" and not self._cycle.response_started:
                self._start = message
            else:
                await self._send(message)
                self._let_go()
            return
        self._start = None
        if self._is_plain() and message["type"] == "http.response.body" and not message.get("more_body", False):
            whole = _whole(start, self._cycle.default_headers, message.get("body", b""))
            if whole is not None:
                self._finish(whole)
                return
        await self._send(start)
        await self._send(message)
        self._let_go()

    def _let_go(self) -> None:
        """After the end of an answer, let the cycle not know this any more, which knows it: nobody collects circles."""
        if self._cycle.response_complete:
            vars(self._cycle).pop("send", None)

    def write(self, status: int, lines: bytes, body: bytes) -> bool:
        """Write a whole answer now, whose headers are ``lines`` and tell its length; False where it has to go uvicorn's
        own way, which is :func:`sending`.
        """
        if not self._is_plain():
            return False
        added = _lines(self._cycle.default_headers)
        self._finish(b"%b%b%b\r\n%b" % (STATUS_LINE[status], added, lines, body))
        return True

    def _is_plain(self) -> bool:
        cycle = self._cycle
        waits = cycle.flow.write_paused or cycle.disconnected
        return cycle.keep_alive and not waits and cycle.scope["method"] != "HEAD"

    def _finish(self, whole: bytes) -> None:
        """What uvicorn does when the last byte of an answer is written."""
        cycle = self._cycle
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(whole)
        cycle.response_complete = True
        cycle.message_event.set()
        self._let_go()
        cycle.on_response()


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def sending(status: int, lines: bytes, body: bytes) -> ASGIApp:
    """An application that has one answer."""
    headers = [tuple(line.split(b": ", 1)) for line in lines.split(b"\r\n") if line]

    async def send_both(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return send_both


def _whole(start: Message, added: list[tuple[bytes, bytes]], body: bytes) -> bytes | None:
    """The answer's bytes, with the headers that the server adds; None for one that uvicorn shall look at: of a
    length that is not told or not true, or with headers that change how it is sent.
    """
    headers = [*added, *start.get("headers", ())]
    lines = [STATUS_LINE[start["status"]]]
    told = None
    for name, value in headers:
        if name == _LENGTH:
            told = value
        elif name in _TOLD_BY_THE_SERVER:
            return None
        lines.append(b"%b: %b\r\n" % (name, value))
    head = b"".join(lines)
    # An end of a line inside of a header would begin another one; uvicorn refuses such an answer.
    clean = head.count(b"\n") == head.count(b"\r") == len(lines)
    return b"%b\r\n%b" % (head, body) if clean and told == b"%d" % len(body) else None
