"""What every request goes through: who asks, whether they may, what exactly they ask; then a read or a command.

The order of the checks is the order of the answers: no valid key 401, wrong role or scope 403, no idempotency key 400,
a body that is too large or of another type 413 or 415, no JSON 400, wrong fields 422. Only then does a command exist.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from exchange.access.authority import READ
from exchange.access.principal import Principal, authenticate
from exchange.api.answers import JSON_TYPE, Rendering
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
    OVERLOADED,
    STOPPED,
    UNSUPPORTED_MEDIA_TYPE,
    VIEW_BEHIND,
)
from exchange.api.problems import ProblemError, problem_answer, unauthenticated
from exchange.api.read_log import log_document
from exchange.api.validation import invalid, malformed, validate, validate_query
from exchange.api.wire import json_bytes
from exchange.core.rejections import RejectReason
from exchange.core.values import Seq
from exchange.sequencer.journal import Answer
from exchange.sequencer.submission import OverloadedError, StoppedError, Submission
from exchange.store.queries import BadCursorError

LONGEST_WAIT: Final = 2.0
"""How many seconds a read waits for ``min_seq``."""

REPLAYED: Final = {"idempotency-replayed": "true"}


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
        submission, rendering = await _submission(services, change, request, headers, language)
        receipt = await services.sequencer.submit(submission)
    except ProblemError as problem:
        return _problem_response(problem, language)
    except OverloadedError as overload:
        retry_after = {"retry-after": str(overload.retry_after)}
        return _problem_response(ProblemError(OVERLOADED, headers=retry_after), language)
    except StoppedError:
        return _problem_response(ProblemError(STOPPED, headers={"retry-after": "1"}), language)
    if receipt.replayed:
        return response_of(receipt.answer, REPLAYED)
    return response_of(rendering.first or receipt.answer)


async def _submission(
    services: Services, change: Change, request: Request, headers: RequestHeaders, language: Language
) -> tuple[Submission, Rendering]:
    principal = _commander(services, change, headers)
    key = headers.valid_idempotency_key()
    if key is None:
        raise ProblemError(IDEMPOTENCY_KEY_REQUIRED)
    raw = await _body(change, request, headers)
    body = None if change.body is None else validate(change.body, _json_object(raw))
    query = validate_query(change.query, request.scope["query_string"])
    asked = _asked(request)
    draft = change.draft(Call(services, change, headers, language, request.path_params, asked, principal, query, body))
    rendering = Rendering(change, draft, language)
    scope = principal.idempotency_scope
    return Submission(draft.command, principal.key, scope, key, _body_hash(request.scope, raw), rendering), rendering


def _commander(services: Services, change: Change, headers: RequestHeaders) -> Principal:
    principal = _principal(services, headers)
    if principal.role not in change.roles:
        raise ProblemError(RejectReason.NOT_AUTHORISED)
    if not principal.has_any(change.scopes):
        raise ProblemError(RejectReason.SCOPE_MISSING)
    return principal


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


def _body_hash(scope: Any, raw: bytes) -> bytes:
    """What an idempotency key stands for: SHA-256 over method, path with query, and body, each behind its length."""
    parts = (scope["method"].encode(), scope["path"].encode() + b"?" + scope["query_string"], raw)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def _problem_response(problem: ProblemError, language: Language) -> Response:
    return response_of(problem_answer(problem, language), problem.headers)


def response_of(answer: Answer, more: Any = None) -> Response:
    """An answer's bytes as an HTTP response."""
    headers = {"content-type": answer.content_type, "content-language": answer.language}
    if more:
        headers.update(more)
    return Response(answer.body, answer.status, headers)
