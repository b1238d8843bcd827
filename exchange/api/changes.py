"""A change that a client asks for, whatever it came by: from its decoded body to a submission, and to its answer.

HTTP requests (:mod:`exchange.api.pipeline`) and frames of the stream both end here, so that an order is checked,
drafted, identified and answered in one way only. Everything up to the submission is plain code without waiting:
:func:`permit`, then :func:`prepare`; :func:`carry_out` has it sequenced.

The request that an idempotency key stands for is method, address and the *values* of the body, not its bytes: a client
that loses its connection may ask again by the other way, or with other blanks, and gets the answer of the first time.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from exchange.access.principal import Principal
from exchange.api.answers import Rendering
from exchange.api.headers import RequestHeaders
from exchange.api.language import Language
from exchange.api.operations import Call, Change, GroupDraft
from exchange.api.ports import Services
from exchange.api.problem_tables import OVERLOADED, STOPPED
from exchange.api.problems import ProblemError, need_scope, problem_answer
from exchange.api.signed import MAY_NEED_ONE, SignedBytes, demand_signature
from exchange.api.validation import validate
from exchange.core.rejections import RejectReason
from exchange.sequencer.journal import Answer
from exchange.sequencer.submission import Group, OverloadedError, Receipt, StoppedError, Submission

_NO_HEADERS: Final = RequestHeaders(())
_LENGTHS: Final = struct.Struct(">QQQ")


@dataclass(slots=True)
class Wanted:
    """One change as it was asked for, by a principal who may ask (:func:`permit`).

    ``path`` has the names in the address (``{"order": "ord-17"}``), ``query`` the validated query, ``fields`` the
    decoded body (None where the operation takes none), ``target`` the address with its query as it was sent or as
    :func:`target_of` makes it. ``signed`` is the request as its signature has to cover it; on a way without it nothing
    can be asked for that needs a signature.
    """

    change: Change
    principal: Principal
    language: Language
    idempotency_key: str
    path: Mapping[str, str]
    query: Any
    fields: dict[str, Any] | None
    target: bytes
    signed: SignedBytes | None = None


@dataclass(slots=True)
class Prepared:
    """What goes to the sequencer, and the renderer that knows what only the first caller may see, if anything."""

    submission: Submission | Group
    rendering: Rendering | None


@dataclass(slots=True)
class Outcome:
    """The answer for the client; ``headers`` are what HTTP adds to it."""

    answer: Answer
    replayed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def permit(change: Change, principal: Principal) -> None:
    """Refuse with 403 whom the role or the key's scopes do not let ask; raises :class:`ProblemError`."""
    if principal.role not in change.roles:
        raise ProblemError(RejectReason.NOT_AUTHORISED)
    need_scope(principal, change.scopes)


def prepare(services: Services, wanted: Wanted) -> Prepared:
    """The submission of a change; raises :class:`ProblemError` naming each field that is wrong, or what is wrong with
    its signature.
    """
    change, principal = wanted.change, wanted.principal
    body = None if change.body is None else validate(change.body, wanted.fields or {})
    call = Call(services, change, _NO_HEADERS, wanted.language, wanted.path, "", principal, wanted.query, body)
    draft = change.draft(call)
    scope, hashed = principal.idempotency_scope, fingerprint(change.method, wanted.target, wanted.fields)
    key, once = principal.key, wanted.idempotency_key
    if isinstance(draft, GroupDraft):
        assert MAY_NEED_ONE.isdisjoint(map(type, draft.commands)), "a group is of orders, which nobody signs"
        return Prepared(Group(draft.commands, key, scope, once, hashed, draft.rendering), None)
    demand_signature(services, draft.command, principal.key, wanted.signed)
    rendering = Rendering(change, draft, wanted.language, services.view)
    return Prepared(Submission(draft.command, key, scope, once, hashed, rendering), rendering)


async def carry_out(services: Services, prepared: Prepared) -> Outcome:
    """Have it sequenced, and give back its durable answer.

    The submission is in the queue before this first waits: who calls it in an order is sequenced in that order. Raises
    :class:`ProblemError` when the sequencer takes nothing now.
    """
    try:
        receipt = await services.sequencer.submit(prepared.submission)
    except (OverloadedError, StoppedError) as error:
        raise problem_of(error) from None
    return outcome_of(prepared, receipt)


def problem_of(error: OverloadedError | StoppedError) -> ProblemError:
    """503, where the sequencer takes nothing now."""
    if isinstance(error, OverloadedError):
        return ProblemError(OVERLOADED, headers={"retry-after": str(error.retry_after)})
    return ProblemError(STOPPED, headers={"retry-after": "1"})


def outcome_of(prepared: Prepared, receipt: Receipt) -> Outcome:
    """The answer for the client whose request it is."""
    if receipt.replayed:
        return Outcome(receipt.answer, True, {"idempotency-replayed": "true"})
    first = None if prepared.rendering is None else prepared.rendering.first
    return Outcome(first or receipt.answer)


def problem_outcome(problem: ProblemError, language: Language) -> Outcome:
    """The answer to a request that never became a command."""
    return Outcome(problem_answer(problem, language), False, problem.headers)


def target_of(change: Change, path: Mapping[str, str], parameters: Mapping[str, str]) -> bytes:
    """The address at which this change would have been asked for by HTTP."""
    address = change.path.format_map(path)
    return f"{address}?{urlencode(parameters)}".encode()


def fingerprint(method: str, target: bytes, fields: dict[str, Any] | None) -> bytes:
    """What an idempotency key stands for: SHA-256 over three lengths, then method, target and the body's values."""
    body = b"" if fields is None else orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    verb = method.encode()
    lengths = _LENGTHS.pack(len(verb), len(target), len(body))
    return hashlib.sha256(b"%b%b%b%b" % (lengths, verb, target, body)).digest()
