"""What every request goes through: who asks, whether they may, what exactly they ask; then a read or a command.

The order of the checks is the order of the answers: no valid key 401, more than the rate limit 429, wrong role or scope
403, no idempotency key 400, a body that is too large or of another type 413 or 415, no JSON 400, wrong fields 422, and
where one is needed no good signature (:mod:`exchange.api.signed`). Only then does a command exist
(:mod:`exchange.api.changes`, which the stream uses as well).

It is plain ASGI, because a framework's request and response objects would cost more than everything else here.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from exchange.access.authority import READ
from exchange.access.principal import Principal
from exchange.access.rate_limits import Headers
from exchange.api.answers import JSON_TYPE
from exchange.api.changes import Outcome, Prepared, Wanted, carry_out, permit, prepare, problem_outcome
from exchange.api.decoder import Incomplete, TooLarge, Undecodable, collect, decode
from exchange.api.headers import RequestHeaders
from exchange.api.language import Language, language_of
from exchange.api.limits import (
    charge_ranges,
    deposit_for,
    group_of,
    limit_batch,
    limit_bytes,
    limit_change,
    limit_read,
    limit_refused,
    limit_stranger,
)
from exchange.api.operations import Call, Change, Operation, Read
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    BODY_NOT_ALLOWED,
    BODY_TOO_LARGE,
    HISTORY_UNAVAILABLE,
    IDEMPOTENCY_KEY_REQUIRED,
    UNSUPPORTED_MEDIA_TYPE,
    VIEW_BEHIND,
)
from exchange.api.problems import ProblemError, need_scope, unauthenticated
from exchange.api.read_log import log_document
from exchange.api.validation import invalid, malformed, validate_query
from exchange.api.wire import json_bytes
from exchange.core.rejections import RejectReason
from exchange.core.values import Seq
from exchange.sequencer.journal import Answer
from exchange.store.queries import BadCursorError

SMALL_PAGE: Final = 100
"""Rows that a read of memory may show without waiting for its turn (:mod:`exchange.api.turns`)."""

LONGEST_WAIT: Final = 2.0
"""How many seconds a read waits for ``min_seq``."""


@dataclass(slots=True)
class Incoming:
    """An HTTP request on its way. ``path`` has the names in the address, ``limits`` the headers that tell what its rate
    limit left over; they go with every answer once it was drawn from.
    """

    services: Services
    scope: Scope
    path: Mapping[str, str]
    headers: RequestHeaders
    language: Language
    limits: Headers = ()


async def respond(
    services: Services, operation: Operation, path: Mapping[str, str], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer one request for an operation of the table."""
    incoming = incoming_of(services, path, scope)
    outcome: Outcome | Response
    if isinstance(operation, Change):
        outcome = await _answer_change(incoming, operation, receive)
    else:
        outcome = await _answer_read(incoming, operation)
    if isinstance(outcome, Response):
        outcome.raw_headers.extend(incoming.limits)
        await outcome(scope, receive, send)
    else:
        await send_answer(send, outcome.answer, outcome.headers, incoming.limits)


def incoming_of(services: Services, path: Mapping[str, str], scope: Scope) -> Incoming:
    """A request whose address is known."""
    headers = RequestHeaders(scope["headers"])
    return Incoming(services, scope, path, headers, language_of(headers.text(headers.accept_language)))


async def send_answer(send: Send, answer: Answer, named: Mapping[str, str], more: Headers = ()) -> None:
    """An answer's bytes, with further headers."""
    headers = headers_of(answer, named, more)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def headers_of(answer: Answer, named: Mapping[str, str], more: Headers = ()) -> list[tuple[bytes, bytes]]:
    """The headers of an answer: its own, those of its rate limit, and what HTTP adds to it."""
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-language", answer.language.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        *more,
    ]
    if named:
        headers += [(name.encode(), value.encode()) for name, value in named.items()]
    return headers


@lru_cache(maxsize=64)
def _type_lines(content_type: str, language: str) -> bytes:
    return f"content-type: {content_type}\r\ncontent-language: {language}\r\n".encode()


def lines_of(answer: Answer, named: Mapping[str, str], more: Headers = ()) -> bytes:
    """What :func:`headers_of` gives, as it stands in an answer's head."""
    lines = b"%bcontent-length: %d\r\n" % (_type_lines(answer.content_type, answer.language), len(answer.body))
    for header in more:
        lines += b"%b: %b\r\n" % header
    for name, value in named.items():
        # An end of a line in a value would begin another header; there is none, and there must never be one.
        assert value.isprintable(), "a header of more than one line"
        lines += f"{name}: {value}\r\n".encode()
    return lines


# --- reads ------------------------------------------------------------------------------------------------------------


async def _answer_read(incoming: Incoming, read: Read) -> Outcome | Response:
    """Answer a read from what is committed."""
    language = incoming.language
    try:
        return await _read(incoming, read)
    except ProblemError as problem:
        return problem_outcome(problem, language)
    except BadCursorError:
        return problem_outcome(invalid("query/cursor", "CURSOR"), language)
    except ConnectionError:
        return problem_outcome(ProblemError(HISTORY_UNAVAILABLE, headers={"retry-after": "1"}), language)


async def _read(incoming: Incoming, read: Read) -> Outcome | Response:
    services, headers, language = incoming.services, incoming.headers, incoming.language
    principal = _reader(incoming, read)
    query = validate_query(read.query, incoming.scope["query_string"])
    await _wait(services, Seq(query.min_seq))
    call = Call(services, read, headers, language, incoming.path, _asked(incoming), principal, query)
    if read.weight == 1 and getattr(query, "limit", 0) <= SMALL_PAGE:
        return await _shown(call, read)
    who = group_of(services.gate.address_of(incoming.scope)) if principal is None else principal.idempotency_scope
    async with services.turns.of(who):
        await asyncio.sleep(0)  # others first: orders do not wait for several pages in a row
        return await _shown(call, read)


def _asked(incoming: Incoming) -> str:
    """What stands in the place of an address's names, and the query; no longer than a request's head may be."""
    named = [f"{name}={value}" for name, value in incoming.path.items()]
    query = incoming.scope["query_string"].decode("ascii", "replace")
    return "&".join([*named, query] if query else named)


async def _wait(services: Services, min_seq: Seq) -> None:
    """Wait until the view has an entry that is decided. To ask for one that is not is the client's mistake: 422."""
    # Whoever could wait for what may never be would keep a place that others need, and needs no key for it.
    if min_seq > services.sequencer.decided:
        raise invalid("query/min_seq", "NO_SUCH_ENTRY_YET")
    if await services.view.wait_for(min_seq, LONGEST_WAIT):
        return
    raise ProblemError(VIEW_BEHIND, headers={"retry-after": "1"})


async def _shown(call: Call, read: Read) -> Outcome | Response:
    """What a read finds, as it is answered."""
    as_of = call.services.view.seq
    document = read.handle(call)
    if inspect.isawaitable(document):
        document = await document
    if isinstance(document, Response):
        return document
    await log_document(call, document, as_of)
    document["as_of_seq"] = as_of
    return Outcome(Answer(200, JSON_TYPE, call.language, json_bytes(document)))


def _reader(incoming: Incoming, read: Read) -> Principal | None:
    if not read.roles:
        limit_stranger(incoming, read.weight)
        return None
    principal = _principal(incoming)
    limit_read(incoming, principal, read)
    if not read.audience.admits(principal):
        raise ProblemError(RejectReason.NOT_AUTHORISED)
    need_scope(principal, READ)
    return principal


def _principal(incoming: Incoming) -> Principal:
    services, headers = incoming.services, incoming.headers
    authorization = headers.text(headers.authorization)
    principal = services.gate.authenticate(authorization, services.view.people, services.clock(), incoming.scope)
    if principal is None:
        limit_stranger(incoming, 1)
        raise unauthenticated()
    return principal


# --- changes ----------------------------------------------------------------------------------------------------------


async def _answer_change(incoming: Incoming, change: Change, receive: Receive) -> Outcome:
    """Make the command that a request asks for, have it sequenced, and give back its durable answer."""
    try:
        principal, key = admitted(incoming, change)
        raw = await _body(incoming, change, receive)
        prepared = prepared_of(incoming, change, principal, key, raw)
        outcome = await carry_out(incoming.services, prepared)
        charge_moved(incoming, prepared)
        return outcome
    except ProblemError as problem:
        return problem_outcome(problem, incoming.language)


def charge_moved(incoming: Incoming, prepared: Prepared) -> None:
    """Draw for what a change has cost beside its request, now that it is known."""
    if prepared.rendering is not None:
        charge_ranges(incoming, prepared.submission.scope, prepared.rendering.ranges)


def prepared_at_once(incoming: Incoming, change: Change, raw: bytes) -> Prepared:
    """What a request asks for whose body is there as a whole; raises :class:`ProblemError`."""
    principal, key = admitted(incoming, change)
    if len(raw) > change.largest:
        raise ProblemError(BODY_TOO_LARGE)
    return prepared_of(incoming, change, principal, key, raw)


def admitted(incoming: Incoming, change: Change) -> tuple[Principal, str]:
    """Who asks, and the idempotency key: everything that is looked at before the body."""
    principal = _principal(incoming)
    if change.weigh is None:
        limit_change(incoming, principal, change)
        return principal, _permitted(incoming, change, principal)
    try:
        return principal, _permitted(incoming, change, principal)
    except ProblemError:
        limit_refused(incoming, principal)
        raise


def _permitted(incoming: Incoming, change: Change, principal: Principal) -> str:
    """The idempotency key of a request that may be made, and whose headers are right."""
    permit(change, principal)
    key = incoming.headers.valid_idempotency_key()
    if key is None:
        raise ProblemError(IDEMPOTENCY_KEY_REQUIRED)
    if change.body is not None and not incoming.headers.carries_json():
        raise ProblemError(UNSUPPORTED_MEDIA_TYPE)
    return key


def _fields(incoming: Incoming, change: Change, principal: Principal, raw: bytes) -> dict[str, Any] | None:
    """The body, which is decoded when there is room for it in the rate limit."""
    if change.body is None:
        if raw:
            raise ProblemError(BODY_NOT_ALLOWED)
        return None
    if change.weigh is None:
        limit_bytes(incoming, principal, change, len(raw))
        return _json_object(raw, change.largest)
    deposit = deposit_for(incoming, principal, raw)
    fields = _json_object(raw, change.largest)
    limit_batch(incoming, deposit, len(raw), *change.weigh(fields))
    return fields


def prepared_of(incoming: Incoming, change: Change, principal: Principal, key: str, raw: bytes) -> Prepared:
    """What goes to the sequencer for a request with this body."""
    fields = _fields(incoming, change, principal, raw)
    scope = incoming.scope
    query = validate_query(change.query, scope["query_string"])
    target = scope["path"].encode() + b"?" + scope["query_string"]
    gate = incoming.services.gate
    wanted = Wanted(
        change,
        principal,
        incoming.language,
        key,
        incoming.path,
        query,
        fields,
        target,
        lambda: gate.signed_request(scope, raw),
    )
    return prepare(incoming.services, wanted)


async def _body(incoming: Incoming, change: Change, receive: Receive) -> bytes:
    """The body's bytes, counted while they come."""
    headers = incoming.headers
    try:
        return await collect(receive, headers.text(headers.content_length), change.largest)
    except TooLarge:
        raise ProblemError(BODY_TOO_LARGE) from None
    except Incomplete:
        # Nobody is there to read the answer, but the request is over and must not become a command.
        raise malformed("INCOMPLETE") from None


def _json_object(raw: bytes, largest: int) -> dict[str, Any]:
    try:
        return decode(raw, largest)
    except Undecodable as error:
        raise malformed(error.code) from None


def response_of(answer: Answer, more: Mapping[str, str] | None = None) -> Response:
    """An answer's bytes as a response of the framework, for addresses outside of the table."""
    headers = {"content-type": answer.content_type, "content-language": answer.language, **(more or {})}
    return Response(answer.body, answer.status, headers)
