"""Which changes need a signature of their request, and what is answered when there is no good one.

Needed is what cannot be taken back by the one who asks: the approval of a proposal, whatever brings money or units in
or out or lets them go, and whatever makes a key that can sign (decisions 0023 and 0029). It is asked for by the
command, when everything else about a request is good and before anything is sequenced, so neither an order nor a
request that would be refused anyway costs a signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.access.signature_base import SignedRequest
from exchange.access.signature_input import ALGORITHM, TAG
from exchange.access.signatures import Refused, SignatureRefusal, SigningKey
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    API_PROBLEMS,
    KEY_CANNOT_SIGN,
    UNAUTHORISED,
)
from exchange.api.problems import CHALLENGE, ProblemError
from exchange.api.wire import time_text
from exchange.core.commands import Command
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.governance import RegisterKey, RotateKey
from exchange.core.commands.registry import AnswerRequest
from exchange.core.commands.uses import ReleaseUnits, UseUnits
from exchange.core.values import KeyId

ACCEPT_SIGNATURE: Final = (
    'sig1=("@method" "@target-uri" "content-digest" "idempotency-key");created;expires;nonce;keyid;'
    f'alg="{ALGORITHM}";tag="{TAG}"'
)
"""What a signature must be like (RFC 9421, section 5.1). A parameter without a value is the client's to fill in."""

MAY_NEED_ONE: Final[frozenset[type[Command]]] = frozenset({AnswerRequest, Approve, Propose, RegisterKey, RotateKey})
"""The kinds of commands among which those are that need a signature; orders are told apart from them at once."""

SIGNED_ACTIONS: Final = (
    WithdrawCash, AdmitLot, CommitImport, ReturnUnits, UseUnits, ReleaseUnits, LiftEncumbrance,
)  # fmt: skip
"""Actions of which the proposal itself is signed: money out, units in, units out, and units let go."""

WHICH_ACTIONS: Final = "for a WITHDRAWAL, LOT_ADMISSION, IMPORT, RETURN, USE, RELEASE or LIFT"
"""The same for readers, by their types on the wire."""

_PROBLEMS: Final = {problem.code: problem for problem in API_PROBLEMS if problem.code in SignatureRefusal.__members__}
_PLAIN: Final = re.compile(r"[@a-z0-9_.*-]{1,64}", re.ASCII)

SignedBytes = Callable[[], SignedRequest]
"""Gives the request as its signature has to cover it; it is not made for requests that need none."""


def needs_signature(command: Command, public_key: bytes) -> bool:
    """Whether a command is one that cannot be taken back; ``public_key`` is that of the key that it is given with."""
    match command:
        case AnswerRequest() | Approve():
            return True
        case Propose(action=action):
            return isinstance(action, SIGNED_ACTIONS)
        case RegisterKey(public_key=made):
            return bool(made)
        case RotateKey(public_key=made):
            return bool(made or public_key)
    return False


def demand_signature(services: Services, command: Command, key: KeyId, request: SignedBytes | None) -> None:
    """Refuse a command whose request should be signed by the owner of the key, and is not.

    ``request`` is None for whatever comes on a way on which nothing can be signed. Raises :class:`ProblemError`.
    """
    if type(command) not in MAY_NEED_ONE:
        return
    public_key = services.view.people.keys[key].terms.public_key
    if not needs_signature(command, public_key):
        return
    if not public_key:
        raise ProblemError(KEY_CANNOT_SIGN)
    now = services.clock()
    if request is None:
        raise refused(Refused(SignatureRefusal.SIGNATURE_MISSING, "signature-input", now))
    verdict = services.gate.verifier.verify(request(), SigningKey(id_text(Kind.KEY, key), public_key), now)
    if isinstance(verdict, Refused):
        raise refused(verdict)


def refused(verdict: Refused) -> ProblemError:
    """The answer to a signature that is not good. It tells the time, so that a client can put its clock right."""
    problem = _PROBLEMS[verdict.reason.value]
    now = time_text(verdict.server_time)
    # The name of a part comes from the client; one that is not plain is not told, as with the names of fields.
    told = {"what": verdict.what} if _PLAIN.fullmatch(verdict.what) else {}
    headers: Mapping[str, str] = {"server-time": now, "accept-signature": ACCEPT_SIGNATURE}
    challenge = CHALLENGE if problem.status == UNAUTHORISED else {}
    return ProblemError(problem, headers={**headers, **challenge}, facts={**told, "server_time": now})
