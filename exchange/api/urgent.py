"""What must get through when every connection is taken: whether the exchange lives, the way out, and the halt."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.api.headers import RequestHeaders
from exchange.api.language import language_of
from exchange.api.pipeline import response_of
from exchange.api.problem_tables import TOO_MANY_CONNECTIONS
from exchange.api.problems import ProblemError, problem_answer

_SIGNS_OF_LIFE: Final = ("/health", "/ready")
_CLOSE: Final = (b"connection", b"close")


def is_urgent(method: str, path: str) -> bool:
    """Whether a request may take a place of the reserve. Every DELETE of orders is a cancel; a halt must too."""
    if method == "POST":
        return path.startswith("/v1/") and path.endswith("/halt")
    if method == "DELETE":
        return path.startswith("/v1/") and "orders" in path.split("/")
    return method == "GET" and path in _SIGNS_OF_LIFE


class UrgentOnly:
    """The application for a connection in the reserve: one urgent request is answered, then its place is free again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that there is no place."""

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), _CLOSE]
            await send(message)

        if is_urgent(scope["method"], scope["path"]):
            await self._app(scope, receive, send_and_close)
            return
        headers = RequestHeaders(scope["headers"])
        problem = ProblemError(TOO_MANY_CONNECTIONS)
        answer = problem_answer(problem, language_of(headers.text(headers.accept_language)))
        await response_of(answer, {"retry-after": "1"})(scope, receive, send_and_close)
