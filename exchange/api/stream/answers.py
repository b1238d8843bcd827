"""The frames that are made here and not by market data: answers and heartbeats, and their published forms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from exchange.api.changes import Outcome
from exchange.api.fields import Model
from exchange.api.language import Language
from exchange.api.outputs import TimeOut
from exchange.api.problems import ProblemError, problem_answer
from exchange.api.wire import json_bytes, time_text
from exchange.core.values import Micros, Seq


class AnswerMessage(Model):
    """The one answer to a request. ``status`` and ``body`` are those of the REST operation, a problem document too.

    ``id`` is null only when that of the request could not be read. ``replayed`` stands, as true, when the idempotency
    key had its answer already; ``retry_after`` are the seconds after which a request may be repeated that was refused
    because of too much.
    """

    type: Literal["answer"]
    id: str | None
    status: Annotated[int, Field(ge=200, le=599)]
    replayed: Literal[True] | None = None
    retry_after: int | None = None
    body: dict[str, Any]


class HeartbeatMessage(Model):
    """Comes when nothing else came for five seconds: ``seq`` is the newest entry, ``at`` the time of the exchange."""

    type: Literal["heartbeat"]
    seq: Annotated[int, Field(ge=0)]
    at: TimeOut


def answer_frame(request: str | None, outcome: Outcome) -> bytes:
    """The answer to a request. The body's bytes are those that a repeat gets again, so they are not made anew."""
    answer, more = outcome.answer, b""
    if outcome.replayed:
        more = b'"replayed":true,'
    if "retry-after" in outcome.headers:
        more += b'"retry_after":%b,' % outcome.headers["retry-after"].encode()
    return b'{"type":"answer","id":%b,"status":%d,%b"body":%b}' % (
        orjson.dumps(request),
        answer.status,
        more,
        answer.body,
    )


def document_frame(request: str, document: dict[str, Any]) -> bytes:
    """The answer to a request that the stream itself fulfilled."""
    return json_bytes({"type": "answer", "id": request, "status": 200, "body": document})


def problem_frame(request: str | None, problem: ProblemError, language: Language) -> bytes:
    """The answer to a request that was refused before it became a command."""
    return answer_frame(request, Outcome(problem_answer(problem, language), False, problem.headers))


def heartbeat_frame(seq: Seq, at: Micros) -> bytes:
    """A heartbeat."""
    return json_bytes({"type": "heartbeat", "seq": seq, "at": time_text(at)})
