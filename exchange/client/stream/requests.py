"""Requests on the stream: each has an id, waits for one answer, and outlives the connection that it was sent on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Final

from exchange.client.patience import asks_again
from exchange.client.problem import ExchangeProblem, UnexpectedAnswerError, problem_of

Document = dict[str, object]

LONGEST_ASKED: Final = 86_400
"""Seconds, beyond which it makes no difference for how long the exchange asks to be left alone."""

_SUCCESS_ENDS: Final = 400


@dataclass(frozen=True, slots=True)
class StreamAnswer:
    """The answer to one request; ``replayed`` says that it is the stored answer of an earlier time.

    ``retry_after`` are the seconds after which it may be repeated, None where nothing is said about that.
    """

    status: int
    body: Document
    replayed: bool = False
    retry_after: float | None = None

    @property
    def asks_again(self) -> bool:
        """Whether the same request should be sent again later."""
        return asks_again(self.status)

    def problem(self) -> ExchangeProblem | None:
        """What the exchange has against it, if anything."""
        if self.status < _SUCCESS_ENDS:
            return None
        problem = problem_of(self.status, self.body)
        problem.retry_after = self.retry_after
        return problem

    def result(self) -> Document:
        """What was answered; raises :class:`ExchangeProblem` for a refusal."""
        problem = self.problem()
        if problem is not None:
            raise problem
        return self.body


@dataclass(eq=False, slots=True)
class Request:
    """One request; ``connection`` is the number of the one that it was last sent on, 0 for none.

    What is ``lasting`` is sent again on every new connection until it is answered.
    """

    id: str
    document: Document
    lasting: bool
    connection: int = 0
    answer: asyncio.Future[StreamAnswer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def text(self) -> str:
        """The frame; the same each time."""
        return json.dumps({"id": self.id, **self.document}, ensure_ascii=False, separators=(",", ":"))


class LostError(Exception):
    """The connection ended before a request that does not outlive it was answered."""


class Requests:
    """Those that wait for their answer, in the order in which they were made."""

    def __init__(self) -> None:
        self._waiting: dict[str, Request] = {}
        self._made = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def make(self, document: Document, *, lasting: bool = False) -> Request:
        """A new request, which waits from now on."""
        self._made += 1
        request = Request(f"r{self._made}", document, lasting)
        self._waiting[request.id] = request
        return request

    def renew(self, request: Request) -> None:
        """Have an answered request wait for another answer."""
        request.answer = asyncio.get_running_loop().create_future()
        request.connection = 0
        self._waiting[request.id] = request

    def forget(self, request: Request) -> None:
        """Nobody waits for it any more."""
        self._waiting.pop(request.id, None)

    def settle(self, frame: Document) -> None:
        """An answer came; one to a request that nobody waits for any more is passed over.

        Raises:
            UnexpectedAnswerError: when it is not of the form of an answer.
        """
        name, status, body = frame.get("id"), frame.get("status"), frame.get("body")
        if not isinstance(name, str | None) or not isinstance(status, int) or not isinstance(body, dict):
            raise UnexpectedAnswerError("an answer without id, status and body")
        request = self._waiting.pop(name or "", None)
        if request is not None and not request.answer.done():
            later = frame.get("retry_after")
            seconds = float(min(later, LONGEST_ASKED)) if isinstance(later, int) else None
            request.answer.set_result(StreamAnswer(status, body, frame.get("replayed") is True, seconds))

    def unanswered(self) -> list[Request]:
        """What has to be sent again on a new connection, oldest first."""
        return [request for request in self._waiting.values() if request.lasting]

    def lose(self) -> None:
        """The connection ended: what does not outlive it is told so."""
        for request in [request for request in self._waiting.values() if not request.lasting]:
            self._fail(request, LostError())

    def end(self, error: Exception) -> None:
        """There will be no further connection."""
        for request in list(self._waiting.values()):
            self._fail(request, error)

    def _fail(self, request: Request, error: Exception) -> None:
        self.forget(request)
        if not request.answer.done():
            request.answer.set_exception(error)
            request.answer.exception()  # whoever has gone away need not be told
