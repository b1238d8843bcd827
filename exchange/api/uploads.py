"""Files that come in as the body of a change, and are taken in portion by portion.

A body is counted while it arrives, so it costs no more than the limit of its operation. What is read out of it becomes
one command for each portion, under a key of its own that is made of the request's idempotency key and the portion's
number. So a client that loses its connection, or is told to come again later, sends the whole file again under the same
key: what was taken is not taken twice, and the rest follows. Where the file means something else by now, since a firm
that it names was admitted meanwhile, say, its portions are others, and the key is refused as one of another request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.types import Receive, Scope, Send

from exchange.access.principal import Principal
from exchange.api.answers import JSON_TYPE, Rendering
from exchange.api.changes import Outcome, Prepared, carry_out, fingerprint, problem_outcome
from exchange.api.decoder import Incomplete, TooLarge, collect
from exchange.api.limits import limit_bytes
from exchange.api.operations import Call, Draft, Upload
from exchange.api.pipeline import Incoming, admitted, incoming_of, send_answer
from exchange.api.ports import Services
from exchange.api.problem_tables import BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from exchange.api.problems import ProblemError
from exchange.api.validation import malformed, validate_query
from exchange.api.wire import json_bytes
from exchange.core.codec import encode_command
from exchange.core.commands import Command
from exchange.core.rejections import RejectReason
from exchange.sequencer.journal import Answer
from exchange.sequencer.submission import Submission

_ERROR: Final = 400


class RefusedError(Exception):
    """A portion was refused as a whole; the answer says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("a portion was refused")
        self.outcome: Final = outcome

    @property
    def reason(self) -> RejectReason | None:
        """Why, where it was the exchange that refused it."""
        return RejectReason.__members__.get(orjson.loads(self.outcome.answer.body)["code"])


async def respond_upload(
    services: Services, upload: Upload, path: Mapping[str, str], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer one request with a file."""
    incoming = incoming_of(services, path, scope)
    try:
        outcome = await _taken(incoming, upload, receive)
    except ProblemError as problem:
        outcome = problem_outcome(problem, incoming.language)
    except RefusedError as refused:
        outcome = refused.outcome
    await send_answer(send, outcome.answer, outcome.headers, incoming.limits)


async def _taken(incoming: Incoming, upload: Upload, receive: Receive) -> Outcome:
    principal, key = admitted(incoming, upload)
    if not incoming.headers.carries_csv():
        raise ProblemError(UNSUPPORTED_MEDIA_TYPE)
    query = validate_query(upload.query, incoming.scope["query_string"])
    content = await _content(incoming, upload, receive)
    limit_bytes(incoming, principal, upload, len(content))
    call = Call(incoming.services, upload, incoming.headers, incoming.language, incoming.path, "", principal, query)
    document = await upload.take(call, content, _Portions(incoming, upload, principal, key, content))
    return Outcome(Answer(upload.status, JSON_TYPE, incoming.language, json_bytes(document)))


async def _content(incoming: Incoming, upload: Upload, receive: Receive) -> bytes:
    headers = incoming.headers
    try:
        return await collect(receive, headers.text(headers.content_length), upload.largest)
    except TooLarge:
        raise ProblemError(BODY_TOO_LARGE) from None
    except Incomplete:
        raise malformed("INCOMPLETE") from None


@dataclass(slots=True)
class _Portions:
    """Has the portions of one request sequenced, each once, however often the request comes."""

    incoming: Incoming
    upload: Upload
    principal: Principal
    key: str
    content: bytes
    number: int = 0

    async def __call__(self, draft: Draft) -> dict[str, Any]:
        """Have the next portion sequenced, and give what its draft rendered.

        Raises:
            ProblemError: when nothing can be sequenced now.
            RefusedError: when it was refused.
        """
        self.number += 1
        rendering = Rendering(self.upload, draft, self.incoming.language, self.incoming.services.view)
        who = self.principal
        submission = Submission(
            draft.command, who.key, who.idempotency_scope, self._key(), self._fingerprint(draft.command), rendering
        )
        outcome = await carry_out(self.incoming.services, Prepared(submission, None))
        if outcome.answer.status >= _ERROR:
            raise RefusedError(outcome)
        document: dict[str, Any] = orjson.loads(outcome.answer.body)
        return document

    def _key(self) -> str:
        """The idempotency key of a portion: the request's, which may be as long as a key can be, and the number."""
        return f"{hashlib.sha256(self.key.encode()).hexdigest()}-{self.number}"

    def _fingerprint(self, command: Command) -> bytes:
        """What it stands for: another file, the same one to be read in another way, or read into another portion than
        before, is another request.
        """
        scope = self.incoming.scope
        target = scope["path"].encode() + b"?" + scope["query_string"]
        hashes = {"file": self.content, "portion": encode_command(command)}
        return fingerprint(
            self.upload.method, target, {name: hashlib.sha256(what).hexdigest() for name, what in hashes.items()}
        )
