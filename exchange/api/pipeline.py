"""What every request goes through: who asks, whether they may, what exactly they ask; then a read or a command.

The order of the checks is the order of the answers: no valid key 401, wrong role or scope 403, no idempotency key 400,
a body that is too large or of another type 413 or 415, no JSON 400, wrong fields 422. Only then does a command exist
(:mod:`exchange.api.changes`, which the stream uses as well).
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from exchange.access.authority import READ
from exchange.access.principal import Principal, authenticate
from exchange.api.answers import JSON_TYPE
from exchange.api.changes import Prepared, Wanted, carry_out, permit, prepare, problem_outcome
from exchange.api.decoder import TooLarge, Undecodable, collect, decode
from exchange.api.headers import RequestHeaders
from exchange.api.language import Language, language_of
from exchange.api.operations import Call, Change, Document, Read
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    BODY_NOT_ALLOWED,
    BODY_TOO_LARGE,
    HISTORY_UNAVAILABLE,
    IDEMPOTENCY_KEY_REQUIRED,
    UNSUPPORTED_MEDIA_TYPE,
    VIEW_BEHIND,
)
from exchange.api.problems import ProblemError, problem_answer, unauthenticated
from exchange.api.read_log import log_document
from exchange.api.validation import invalid, malformed, validate_query
from exchange.api.wire import json_bytes
from exchange.core.rejections import RejectReason
from exchange.core.values import Seq
from exchange.sequencer.journal import Answer
from exchange.store.queries import BadCursorError

LONGEST_WAIT: Final = 2.0
"""How many seconds a read waits for ``min_seq``."""


async def answer_read(services: Services, read: Read, request: Request) -> Response:
    """Answer a read from what is committed."""
    headers = RequestHeaders(request.scope["headers"])
    language = language_of(headers.text(headers.accept_language))
    try:
        principal = _reader(services, read, headers)
        query = validate_query(read.query, request.scope["query_string"])
        await _wait(services, Seq(query.min_seq))
        as_of = services.view.seq
        asked = _asked(request)
        call = Call(services, read, headers, language, request.path_params, asked, principal, query)
        document = read.handle(call)
        if inspect.isawaitable(document):
            document = await document
        if not isinstance(document, Response):
            await log_document(call, document, as_of)
    except ProblemError as problem:
        return _problem_response(problem, language)
    except BadCursorError:
        return _problem_response(invalid("query/cursor", "CURSOR"), language)
    except ConnectionError:
        return _problem_response(ProblemError(HISTORY_UNAVAILABLE, headers={"retry-after": "1"}), language)
    if isinstance(document, Response):
        return document
    return _document_response(document, as_of, language)


def _asked(request: Request) -> str:
    """What stands in the place of an address's names, and the query; no longer than a request's head may be."""
    named = [f"{name}={value}" for name, value in request.path_params.items()]
    query = request.scope["query_string"].decode("ascii", "replace")
    return "&".join([*named, query] if query else named)


async def _wait(services: Services, min_seq: Seq) -> None:
    """Wait until the view has an entry that is decided. To ask for one that is not is the client's mistake: 422."""
    # Whoever could wait for what may never be would keep a place that others need, and needs no key for it.
    if min_seq > services.sequencer.decided:
        raise invalid("query/min_seq", "NO_SUCH_ENTRY_YET")
    if await services.view.wait_for(min_seq, LONGEST_WAIT):
        return
    raise ProblemError(VIEW_BEHIND, headers={"retry-after": "1"})


def _document_response(document: Document, as_of: Seq, language: Language) -> Response:
    document["as_of_seq"] = as_of
    return response_of(Answer(200, JSON_TYPE, language, json_bytes(document)))


def _reader(services: Services, read: Read, headers: RequestHeaders) -> Principal | None:
    if not read.roles:
        return None
    principal = _principal(services, headers)
    if not read.audience.admits(principal):
        raise ProblemError(RejectReason.NOT_AUTHORISED)
    if not principal.has_any(READ):
        raise ProblemError(RejectReason.SCOPE_MISSING)
    return principal


def _principal(services: Services, headers: RequestHeaders) -> Principal:
    principal = authenticate(headers.text(headers.authorization), services.view.people, services.clock())
    if principal is None:
        raise unauthenticated()
    return principal


async def answer_change(services: Services, change: Change, request: Request) -> Response:
    """Make the command that a request asks for, have it sequenced, and give back its durable answer."""
    headers = RequestHeaders(request.scope["headers"])
    language = language_of(headers.text(headers.accept_language))
    try:
        prepared = await _prepared(services, change, request, headers, language)
        outcome = await carry_out(services, prepared)
    except ProblemError as problem:
        outcome = problem_outcome(problem, language)
    return response_of(outcome.answer, outcome.headers)


async def _prepared(
    services: Services, change: Change, request: Request, headers: RequestHeaders, language: Language
) -> Prepared:
    principal = _principal(services, headers)
    permit(change, principal)
    key = headers.valid_idempotency_key()
    if key is None:
        raise ProblemError(IDEMPOTENCY_KEY_REQUIRED)
    raw = await _body(change, request, headers)
    fields = None if change.body is None else _json_object(raw)
    scope = request.scope
    query = validate_query(change.query, scope["query_string"])
    target = scope["path"].encode() + b"?" + scope["query_string"]
    return prepare(services, Wanted(change, principal, language, key, request.path_params, query, fields, target))


async def _body(change: Change, request: Request, headers: RequestHeaders) -> bytes:
    """The body's bytes, counted while they come; none at all for an operation that takes no body."""
    if change.body is not None and not headers.carries_json():
        raise ProblemError(UNSUPPORTED_MEDIA_TYPE)
    try:
        raw = await collect(_chunks(request), headers.text(headers.content_length), change.largest)
    except TooLarge:
        raise ProblemError(BODY_TOO_LARGE) from None
    if raw and change.body is None:
        raise ProblemError(BODY_NOT_ALLOWED)
    return raw


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        # Nobody is there to read the answer, but the request is over and must not become a command.
        raise malformed("INCOMPLETE") from None


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        return decode(raw)
    except Undecodable as error:
        raise malformed(error.code) from None


def _problem_response(problem: ProblemError, language: Language) -> Response:
    return response_of(problem_answer(problem, language), problem.headers)


def response_of(answer: Answer, more: Any = None) -> Response:
    """An answer's bytes as an HTTP response."""
    headers = {"content-type": answer.content_type, "content-language": answer.language}
    if more:
        headers.update(more)
    return Response(answer.body, answer.status, headers)
