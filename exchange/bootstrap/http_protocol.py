"""uvicorn's HTTP protocol on httptools, with the bounds that an exchange needs and with problem documents of its own.

A request to open the stream leaves here with its connection and its place (:mod:`exchange.bootstrap.stream_protocol`).

What uvicorn does not bound: how large a head is, how long a request may take to arrive or an answer to be read, and how
many requests are sent without waiting for an answer. :class:`BoundedProtocol` adds these, and it tells
:mod:`exchange.bootstrap.connections` whose turn it is, so that a client who keeps us waiting makes place for others.
The size of bodies is counted by the API itself, which knows what each route takes.
"""

from __future__ import annotations

import asyncio
import http
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from exchange.api.at_once import AtOnce
from exchange.api.language import DEFAULT, Language, language_of
from exchange.api.problem_tables import (
    BODY_TOO_LARGE,
    HEAD_TOO_LARGE,
    MALFORMED_HTTP,
    REQUEST_TIMEOUT,
    TOO_MANY_CONNECTIONS,
    WRONG_HOST,
    ApiProblem,
)
from exchange.api.problems import ProblemError, problem_answer
from exchange.api.stream.wire import Visitor, Wire
from exchange.api.urgent import UrgentOnly
from exchange.bootstrap.addressed import is_addressed
from exchange.bootstrap.connections import Connections, Place, Wait
from exchange.bootstrap.handshake import shake_hands
from exchange.bootstrap.one_write import OneWrite, sending
from exchange.bootstrap.stream_protocol import StreamProtocol
from exchange.bootstrap.understood import is_understood

LARGEST_HEAD: Final = 32 * 1024
"""Bytes of a request's line and headers, however they are cut; all that this API reads fits in a fraction of it."""

LARGEST_REQUEST: Final = 1024 * 1024
"""Bytes of a whole request: more than any route reads, head and all."""

MOST_PIPELINED: Final = 16
"""Requests that may wait on one connection behind the one that is being answered. Those that were sent after them are
not read: the connection is closed behind the last answer, which HTTP allows at any time (RFC 9112, 9.3.2).
"""

STREAM: Final = b"/v1/stream"
"""The only address that speaks WebSocket; an upgrade that is asked for elsewhere is not granted (RFC 9110, 7.8)."""

Receive = Callable[[Wire, Scope], Visitor]
"""Makes the session of a stream, of the ASGI scope of the request that opens it; raises ProblemError to refuse it."""

_SEPARATORS: Final = 4
"""What a header has beside name and value: colon, blank and the end of the line."""

_LOGGER: Final = logging.getLogger("uvicorn.error.connection")
_LOGGER.setLevel(logging.ERROR)  # else each malformed request of anybody is a line in the log


class _RefusedError(Exception):
    """Ends the parsing of what a client sent; never leaves this module."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. What it waits for is derived in one place, :meth:`_turn`, after whatever has happened."""

    def __init__(
        self,
        connections: Connections,
        receive: Receive | None,
        *arguments: Any,
        at_once: AtOnce | None = None,
        authority: str | None = None,
        **options: Any,
    ) -> None:
        """``connections`` are those of the server, ``receive`` welcomes streams, ``at_once`` may answer requests that
        are there as a whole, ``authority`` is that of the venue's public origin; the rest is as uvicorn gives it.
        """
        super().__init__(*arguments, **options)
        self._connections = connections
        self._receive = receive
        self._at_once = at_once
        self._authority = authority
        self._is_parsing = False
        self._held: tuple[RequestResponseCycle, Any] | None = None
        self._opens_stream = False
        self._place: Place | None = None
        self._in_head = False
        self._in_body = False
        self._is_full = False
        self._head = 0
        self._received = 0
        self._taken_up_to: int | None = None
        self._why = MALFORMED_HTTP
        self._last: ApiProblem | None = None
        self._is_over = False
        self._hung_up = False
        self.logger = _LOGGER

    # --- what happens to a connection --------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection is there; it stays if there is a place."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        self._place = self._connections.admit(self, address, self.loop.time())
        if self._place is None:
            self._refuse(TOO_MANY_CONNECTIONS)
        elif self._place.reserved:
            self.app = UrgentOnly(self.app)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone. It and its last request know each other, and nobody collects circles: let go."""
        if self._place is not None:
            self._connections.leave(self._place)
        super().connection_lost(exc)
        self.cycle = None  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Bytes came. What is too large is refused by the parser's callbacks, or here when it is not complete yet."""
        if self.transport.is_closing() or self._is_full or self._last is not None:
            return
        self._received += len(data)
        self._is_parsing = True
        super().data_received(data)
        self._is_parsing = False
        if self._opens_stream:
            return  # another one has the connection now
        if self._held is not None:
            (cycle, app), self._held = self._held, None
            self._begin(cycle, app)
        if self._received > (LARGEST_HEAD if self._in_head else LARGEST_REQUEST):
            self._refuse_rest(HEAD_TOO_LARGE if self._in_head else BODY_TOO_LARGE)
        self._turn()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn says None, which asyncio takes as False
        """The client sends no more, and perhaps still reads: what is being answered is answered, then it is over."""
        if self._in_body:
            self._refuse_rest(MALFORMED_HTTP)
        self._hung_up = self._is_answering() and not (self._is_over or self.transport.is_closing())
        return self._hung_up

    def pause_writing(self) -> None:
        """More waits to be read by the client than it should."""
        super().pause_writing()
        self._taken_up_to = self.transport.get_write_buffer_size()
        self._turn()

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        self._taken_up_to = None
        self._turn()

    def on_response_complete(self) -> None:
        """An answer is on its way as a whole: all that uvicorn does then, but for its timer for idle connections, which
        costs 6 µs each time. :meth:`_turn` begins the time that they have.
        """
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())
            elif self._last is not None:
                self._say_last(self._last)
            elif self._hung_up:
                self.transport.close()
        self._turn()

    # --- what the parser finds ---------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._received = self._head = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        """A part of the request's line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header as a whole, or a trailer. A trailer counts for the size and for nothing else: whoever is in front
        of the venue vouches for headers, and the request is being answered already (RFC 9110, 6.5.1: never merged).
        """
        self._count(len(name) + len(value) + _SEPARATORS)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head of a request is there."""
        if len(self.pipeline) >= MOST_PIPELINED:
            self._is_full, self._in_head = True, False
            raise _RefusedError
        version = self.parser.get_http_version()
        if not is_understood(self.headers, version):
            raise _RefusedError
        if not is_addressed(self.url, self.headers, version, self._authority):
            self._why = WRONG_HOST
            raise _RefusedError
        self._in_head, self._in_body = False, True
        self._opens_stream = self._asks_for_stream()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is there. One whose trailers end the connection is no good, as with those that tell another
        length: the parser would swallow the next requests, perhaps of others behind the same proxy.
        """
        if not self._opens_stream and self.cycle.keep_alive and not self.parser.should_keep_alive():
            raise _RefusedError
        self._in_body = False
        super().on_message_complete()

    # --- the stream --------------------------------------------------------------------------------------------------

    def _asks_for_stream(self) -> bool:
        """Whether this request opens the stream. It does not where others wait for their answer, nor in the reserve."""
        if self._receive is None or self._place is None or self._place.reserved:
            return False
        is_first = not (self.pipeline or self._is_answering())
        return is_first and self.url.partition(b"?")[0] == STREAM and self._get_upgrade() == b"websocket"

    def _should_upgrade(self) -> bool:
        """uvicorn asks this several times for one request."""
        return self._opens_stream

    def _unsupported_upgrade_warning(self) -> None:
        """An upgrade may be left ungranted, and the request has been answered as what it is; nobody need know."""

    def handle_websocket_upgrade(self) -> None:
        """Give connection and place to the stream's own protocol, or say why not."""
        place, receive = self._place, self._receive
        assert place is not None and receive is not None
        scope: Scope = {**self.scope}
        try:
            accepted = shake_hands(self.parser.get_method(), self.url, self.parser.get_http_version(), self.headers)
            address = self.client[0] if self.client else ""
            stream = StreamProtocol(self.server_state, self._connections, place, self.transport, address)
            if not self._connections.become_stream(place, stream):
                raise ProblemError(TOO_MANY_CONNECTIONS, headers={"retry-after": "1"})
            stream.prepare(lambda wire: receive(wire, scope))
        except ProblemError as problem:
            self.transport.write(_last_word(problem, self._language()))
            self.transport.close()
            return
        self.connections.discard(self)
        self._place = None
        self.transport.write(accepted)
        self.transport.set_protocol(stream)
        self.parser = None  # type: ignore[assignment]  # it knows this protocol, which nobody needs any more
        stream.begin()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > LARGEST_HEAD:
            self._why = HEAD_TOO_LARGE
            raise _RefusedError

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """A request is to be answered, when it is known how much of it has come already."""
        if self._is_parsing:
            self._held = (cycle, app)
        else:
            self._begin(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answer a request at once, or give it to the application."""
        answer = OneWrite(cycle)
        if self._at_once is None or not self._is_whole(cycle) or not self._answers_at_once(cycle, answer):
            cycle.send = answer.send  # type: ignore[method-assign, assignment]
            super()._start_asgi_task(cycle, app)

    def _is_whole(self, cycle: RequestResponseCycle) -> bool:
        """Whether a request is there to its end, and nothing has to be said about the connection beside its answer."""
        is_plain = cycle.keep_alive and not (cycle.disconnected or cycle.waiting_for_100_continue)
        is_regular = self._place is not None and not self._place.reserved
        return is_plain and is_regular and not cycle.more_body and not self.transport.is_closing()

    def _answers_at_once(self, cycle: RequestResponseCycle, answer: OneWrite) -> bool:
        assert self._at_once is not None
        send_otherwise = super()._start_asgi_task

        def reply(status: int, lines: bytes, body: bytes) -> None:
            if not answer.write(status, lines, body):
                send_otherwise(cycle, sending(status, lines, body))  # type: ignore[arg-type]

        return self._at_once.take(cast("dict[str, Any]", cycle.scope), bytes(cycle.body), reply)

    def send_400_response(self, msg: str) -> None:
        """uvicorn asks for this when the parser stopped, by itself or by one of the callbacks above."""
        if self._is_full:
            self.cycle.keep_alive = False  # the newest of those that wait; nothing is read any more
        else:
            self._refuse_rest(self._why)

    # --- whose turn it is --------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        """Tell whether this connection waits for its client, and for what. Time runs on while that is the same."""
        place = self._place
        if place is None or place.left:
            return
        wait = self._waits_for()
        if wait is None:
            self._connections.work(place)
        elif wait is not place.wait:
            self._connections.wait(place, wait, self.loop.time())

    def _waits_for(self) -> Wait | None:
        if self._taken_up_to is not None:
            return Wait.READING
        if self._is_over:
            return Wait.HEAD
        if self.pipeline:
            return None  # what the client sends after them is not read before they are answered
        if self._in_body:
            return Wait.BODY
        if self._is_answering():
            return None
        return Wait.HEAD if self._in_head or self._is_new() else Wait.IDLE

    def _is_new(self) -> bool:
        """Whether no head was complete yet; uvicorn's types do not say that there is no cycle then."""
        cycle: object = self.cycle
        return cycle is None

    def _is_answering(self) -> bool:
        return not self._is_new() and not self.cycle.response_complete

    # --- the end -----------------------------------------------------------------------------------------------------

    def make_place(self) -> None:
        """Another connection needs the place."""
        self._refuse(TOO_MANY_CONNECTIONS)

    def overdue(self, wait: Wait) -> None:
        """The client took too long; one who took a part of what is sent to it has more time for the rest."""
        before = self._taken_up_to
        if wait is Wait.READING and before is not None:
            self._taken_up_to = self.transport.get_write_buffer_size()
            if self._taken_up_to < before:
                self._turn()
                return
        self._refuse(REQUEST_TIMEOUT)

    def _refuse_rest(self, problem: ApiProblem) -> None:
        """What came is no good from here on. The requests before it are, and their answers come first: what they asked
        for may have been done already. Nothing that comes later is read.
        """
        if self._last is not None:
            return
        self._connections.malformed += 1
        if self._in_body and self.pipeline:
            self.pipeline.popleft()  # the newest: it is the one that is no good
        elif self._in_body or not self._is_answering():
            self._refuse(problem)
            return
        self._last, self._in_head, self._in_body = problem, False, False

    def _say_last(self, problem: ApiProblem) -> None:
        """Behind the last answer, say why there are no more, and give the client a little time to close by itself: a
        connection that is closed on bytes that nobody read is reset, and what was sent on it is lost.
        """
        self._is_over = True
        self.transport.write(_last_word(_refusal(problem), self._language()))
        if self._hung_up:
            self.transport.close()
        else:
            self.transport.write_eof()

    def shutdown(self) -> None:
        """The server stops: answer what is being answered, then close."""
        if self._is_over:
            self.transport.close()
        else:
            super().shutdown()

    def _refuse(self, problem: ApiProblem) -> None:
        """Close, with a last word where the client waits for one."""
        speaks = self._may_speak() and not self.transport.is_closing()
        if self._is_answering():
            self.cycle.disconnected = True  # the application need not send anything any more
        if speaks:
            self.transport.write(_last_word(_refusal(problem), self._language()))
            self.transport.close()
        if not speaks or self.transport.get_write_buffer_size():
            self.transport.abort()

    def _may_speak(self) -> bool:
        """Whether a last word would be taken for the answer to the request that is coming in, and to no other."""
        if self.pipeline or self._last is not None:
            return False
        if self._is_new():
            return True
        if self._in_body:
            return not self.cycle.response_started
        return self._in_head and self.cycle.response_complete

    def _language(self) -> Language:
        """The language that the part of the head asks for that has come."""
        headers: Iterable[tuple[bytes, bytes]] = self.headers or ()
        wanted = next((value for name, value in headers if name == b"accept-language"), None)
        return DEFAULT if wanted is None else language_of(wanted.decode("latin-1"))


def _refusal(problem: ApiProblem) -> ProblemError:
    return ProblemError(problem, headers={"retry-after": "1"} if problem is TOO_MANY_CONNECTIONS else {})


def _last_word(problem: ProblemError, language: Language) -> bytes:
    """A problem document as a whole HTTP answer, for where no application has a say."""
    answer = problem_answer(problem, language)
    lines = [
        f"HTTP/1.1 {answer.status} {http.HTTPStatus(answer.status).phrase}",
        f"content-type: {answer.content_type}",
        f"content-language: {answer.language}",
        f"content-length: {len(answer.body)}",
        *(f"{name}: {value}" for name, value in problem.headers.items()),
        "connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + answer.body
