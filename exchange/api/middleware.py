"""Around every request: an id for the logs, headers that browsers heed, and the count and time of the metrics.

Plain ASGI, because the base classes for middleware break streaming and cancellation. The request id stands in a header
only: a stored answer must be the same bytes when it is given again.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import urandom
from time import perf_counter
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.api.headers import RequestHeaders
from exchange.api.language import language_of
from exchange.api.pipeline import response_of
from exchange.api.problem_tables import INTERNAL_ERROR
from exchange.api.problems import ProblemError, problem_answer
from exchange.telemetry import Telemetry

UNMATCHED: Final = "(none)"
"""The route of a request whose address is none, so that a scan does not fill the metrics."""

_KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
)


_ID_LENGTH: Final = 16
_IDS_AT_A_TIME: Final = 256
_FIXED_LINES: Final = b"".join([b"%b: %b\r\n" % header for header in _HEADERS])


def _request_ids() -> Iterator[bytes]:
    """Random ids, without end: counted ones would tell each client how many requests others send."""
    while True:
        ids = urandom(_IDS_AT_A_TIME * _ID_LENGTH // 2).hex().encode()
        yield from [ids[at : at + _ID_LENGTH] for at in range(0, len(ids), _ID_LENGTH)]


_next_id: Final = _request_ids().__next__


def headers_of_every_answer() -> tuple[tuple[bytes, bytes], ...]:
    """What each answer has beside its own headers; its id is another one each time."""
    return ((b"x-request-id", _next_id()), *_HEADERS)


def lines_of_every_answer() -> bytes:
    """The same as it stands in an answer's head."""
    return b"x-request-id: %b\r\n%b" % (_next_id(), _FIXED_LINES)


class Envelope:
    """The outermost layer of the application, for HTTP."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        """``telemetry`` counts what passes."""
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        started = perf_counter()
        status = 0
        added = headers_of_every_answer()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            # The client gets a problem that says nothing of the fault; the server above logs it with its traceback.
            if not status:
                await internal_problem(scope)(scope, receive, send_with_headers)
            raise
        finally:
            self._telemetry.request(_route_of(scope), _method_of(scope), status, perf_counter() - started)


def internal_problem(scope: Scope) -> Response:
    """500, in the client's language."""
    headers = RequestHeaders(scope["headers"])
    language = language_of(headers.text(headers.accept_language))
    return response_of(problem_answer(ProblemError(INTERNAL_ERROR), language))


def _route_of(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", UNMATCHED)


def _method_of(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _KNOWN_METHODS else "OTHER"
