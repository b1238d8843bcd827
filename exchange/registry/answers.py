"""From a statement of the registry to the command that puts it into the log, whichever way the statement came.

A callback and an answer to a question of ours become the same command with the same idempotency key, the statement's
own number. So a statement is one entry of the log, however often and by whichever way it comes, and everybody who
brings it gets the same answer.
"""

from __future__ import annotations

import re
from typing import Final

from exchange.core.commands.registry import AnswerRequest
from exchange.core.values import PersonId, RequestId, Seq, derived_id
from exchange.registry.statements import Signed

_REFERENCE: Final = re.compile(r".*-req-([0-9]{1,15})-([0-9]{1,7})-[0-9A-F]{8}", re.ASCII | re.DOTALL)
_MOST_CHILDREN: Final = 1 << 20
NO_REQUEST: Final = RequestId(0)


def request_of(reference: str) -> RequestId:
    """The request that a reference of ours may be of, to be held against its record; NO_REQUEST for any other text.

    See :func:`exchange.core.credits.registry_lock.reference_of`.
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return NO_REQUEST
    seq, n = int(found[1]), int(found[2])
    return RequestId(derived_id(Seq(seq), n)) if n < _MOST_CHILDREN else NO_REQUEST


def command_of(signed: Signed, request: RequestId, actor: PersonId) -> AnswerRequest:
    """The command by which ``actor``, who stands for the registry, answers a request with a signed statement."""
    statement = signed.statement
    return AnswerRequest(
        actor,
        request,
        statement.kind_stated,
        statement.account,
        statement.outcome_stated,
        statement.serial_lo,
        statement.serial_hi,
        statement.receipt,
        statement.message,
        statement.at,
        signed.signature,
    )
