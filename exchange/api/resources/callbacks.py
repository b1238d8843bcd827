"""Where the national registry says what became of a request: its statement, signed with the key that it has here.

Two signatures come with it. That of the request (RFC 9421) says that the registry sends this now to this venue, and
sends it once. That of the statement stays in the log, so that everybody can check it who has nothing else.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from exchange.access.ids import Kind, id_text
from exchange.api.answers import Rendering
from exchange.api.changes import fingerprint, target_of
from exchange.api.fields import Body, FromText, OptionalText, Serial, StatementNumber, Text, Whole, named
from exchange.api.operations import ALWAYS, Call, Change, Document, Draft
from exchange.api.outputs import Dated, RequestOut, name_of
from exchange.api.problems import FieldError, ProblemError
from exchange.api.validation import invalid
from exchange.core.commands.registry import AnswerRequest, RegistryOutcome, RequestKind
from exchange.core.credits.registry_lock import CLOCKS_APART
from exchange.core.events.registry import RegistryContradicted
from exchange.core.rejections import RejectReason
from exchange.core.values import LATEST_INSTANT, NOBODY, KeyId, Micros
from exchange.registry.answers import NO_REQUEST, command_of, request_of
from exchange.registry.statements import EARLIEST, Signed, StatementError, read_statement
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided, Submission

PATH: Final = "/v1/registry/callbacks"
_SIGNATURE: Final = r"^[A-Za-z0-9+/]{86}==$"


class StatementIn(Body):
    """What the registry states about one request of this venue. The signature is Ed25519 over all the other fields and
    a ``purpose``, ``carbon-registry-statement/1``, as canonical JSON (RFC 8785), in base64. Use the number of the
    statement, ``message``, as the idempotency key.
    """

    reference: Text
    kind: Annotated[RequestKind, named(RequestKind)]
    account: OptionalText
    outcome: Annotated[RegistryOutcome, named(RegistryOutcome)]
    space: Text
    serial_lo: Serial
    serial_hi: Serial
    receipt: OptionalText
    message: StatementNumber
    stated_at: Annotated[int, Whole(EARLIEST, LATEST_INSTANT, 1_795_000_000_000_000)]
    signature: Annotated[
        str,
        FromText(
            lambda text: text if re.fullmatch(_SIGNATURE, text, re.ASCII) else None,
            "SIGNATURE_TEXT",
            {"pattern": _SIGNATURE, "examples": ["A" * 86 + "=="]},
        ),
    ]

    def document(self) -> dict[str, Any]:
        """The statement as it came."""
        return {**self.model_dump(), "kind": self.kind.name, "outcome": self.outcome.name}


class StatementAnswer(Dated):
    """What a statement came to: the request is answered by it, or ``contradicted`` where it was answered otherwise."""

    request: RequestOut
    outcome: Annotated[str, name_of(RegistryOutcome)]
    contradicted: bool


def command_for(view: CommittedView, signed: Signed, key: KeyId, now: Micros) -> AnswerRequest:
    """The command for a statement that the owner of a key has signed.

    What the core refuses is refused under the statement's number for ever. So one that is only too early, of a registry
    whose clock is ahead, does not come before the core: it can be sent again as it is when its time has come.

    Raises:
        ProblemError: when it is of a time to come, or speaks of another serial space than the request; the core looks
            at everything else.
    """
    statement = signed.statement
    if statement.at > now + CLOCKS_APART:
        raise ProblemError(RejectReason.STATEMENT_OUT_OF_TIME)
    request = request_of(statement.reference)
    row = view.requests.by_id.get(request)
    if row is None or row.terms.reference != statement.reference:
        request = NO_REQUEST
    elif _space_of(view, row.terms.lot) != statement.space:
        raise ProblemError(RejectReason.STATEMENT_OF_OTHER_SERIALS)
    return command_of(signed, request, view.people.keys[key].terms.person)


def _space_of(view: CommittedView, lot: int) -> str:
    units = view.units
    return units.issuances[units.lots[lot].issuance].space_name  # type: ignore[index]  # a request names a lot


def take(call: Call) -> Draft:
    """Take a statement of the national registry about a request; the first one counts, and every repetition of it gets
    the same answer.
    """
    key = call.who.key
    public_key = call.services.view.people.keys[key].terms.public_key
    try:
        signed = read_statement(call.body.document(), [public_key])
    except StatementError:
        raise invalid("/signature", "STATEMENT_SIGNATURE") from None
    return _draft(command_for(call.services.view, signed, key, call.services.clock()))


def _draft(command: AnswerRequest) -> Draft:
    def render(decision: Decided) -> Document:
        contradicted = any(isinstance(event, RegistryContradicted) for event in decision.events)
        request = id_text(Kind.REQUEST, command.request)
        return {"request": request, "outcome": command.outcome.name, "contradicted": contradicted}

    is_bare = command.outcome is RegistryOutcome.CONFIRMED and not command.receipt
    wrong = {RejectReason.INVALID_FIELD: (FieldError("/receipt", "MISSING"),)} if is_bare else {}
    return Draft(command, render, wrong=wrong)


CALLBACK: Final = Change(
    method="POST",
    path=PATH,
    command=AnswerRequest,
    body=StatementIn,
    draft=take,
    answer=StatementAnswer,
    status=200,
    signed=ALWAYS,
)


def submission_of(view: CommittedView, document: dict[str, Any], signed: Signed, key: KeyId, now: Micros) -> Submission:
    """A statement that came as the answer to a question, as if the registry had called back with it: the same request,
    so that whichever is first counts and the other one gets its answer. Raises as :func:`command_for` does.
    """
    command = command_for(view, signed, key, now)
    scope = view.people.persons[command.actor].participant or command.actor
    assert scope != NOBODY
    hashed = fingerprint(CALLBACK.method, target_of(CALLBACK, {}, {}), document)
    rendering = Rendering(CALLBACK, _draft(command), "en")
    return Submission(command, key, scope, signed.statement.message, hashed, rendering)


OPERATIONS = (CALLBACK,)
