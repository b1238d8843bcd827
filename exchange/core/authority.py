"""Who may give which command: one table of roles, key scopes and ownership, checked at ``seq`` in the core (INV-60).

The API asks the same table before it takes a request, so that a refusal is early; the answer here is the one that
counts, because a key may be revoked between the request and its place in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.approvals import PROPOSERS, subject_of
from exchange.core.commands import Command
from exchange.core.commands.agreements import AffirmAgreement, ConfirmAgreement, DeclineAgreement, ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, RequestLock, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import (
    ContinueEncumbering,
    Encumber,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.governance import (
    AdoptRulebook,
    Genesis,
    PersonRole,
    RegisterKey,
    RegisterStaff,
    ReplaceKeys,
    RevokeKey,
    RotateKey,
    Scope,
)
from exchange.core.commands.instruments import (
    AttestSnapshot,
    ContinueJob,
    EndOfDay,
    HaltTrading,
    ListInstrument,
    ResumeTrading,
)
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    PlaceOrder,
    SetCancelAfter,
)
from exchange.core.commands.participants import AdmitParticipant, RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest, GiveUpWaiting, SendRelease
from exchange.core.commands.uses import (
    CallOffRelease,
    ReleaseUnits,
    RevokeClaim,
    SetBudget,
    SetObligation,
    UseUnits,
)
from exchange.core.participants import Register
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.values import NOBODY, KeyId, Micros

TRADER, OPERATOR, REGULATOR, AUDITOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.AUDITOR
REGISTRY: Final = PersonRole.REGISTRY
READ, TRADE, FUNDS, MANAGE = Scope.READ, Scope.TRADE, Scope.FUNDS, Scope.MANAGE


@dataclass(slots=True, frozen=True)
class Authority:
    """The roles that may give a command and the scopes of which the key needs at least one.

    ``own`` means that a trader may do it for the own participant only, ``program`` that the program itself may do it
    too.
    """

    roles: tuple[PersonRole, ...]
    scopes: int = 0
    own: bool = False
    program: bool = False


SYSTEM: Final = Authority(())
"""Only the program itself (actor 0)."""

AUTHORITY: Final[dict[type, Authority]] = {
    Genesis: SYSTEM,
    ContinueJob: SYSTEM,
    AttestSnapshot: SYSTEM,
    CancelUnattended: SYSTEM,
    GiveUpWaiting: SYSTEM,
    SendRelease: SYSTEM,
    ContinueEncumbering: SYSTEM,
    RegisterKey: Authority((TRADER, OPERATOR, REGULATOR, AUDITOR, REGISTRY), MANAGE),
    RevokeKey: Authority((TRADER, OPERATOR, REGULATOR, AUDITOR, REGISTRY), MANAGE),
    RotateKey: Authority((TRADER, OPERATOR, REGULATOR, AUDITOR, REGISTRY), READ | TRADE | FUNDS | MANAGE),
    AdmitParticipant: Authority((OPERATOR,), MANAGE),
    ListInstrument: Authority((OPERATOR,), MANAGE),
    HaltTrading: Authority((OPERATOR, REGULATOR), MANAGE),
    EndOfDay: Authority((OPERATOR,), MANAGE),
    DepositCash: Authority((OPERATOR,), FUNDS),
    PlaceOrder: Authority((TRADER,), TRADE, own=True),
    CancelOrder: Authority((TRADER,), TRADE, own=True),
    AmendOrder: Authority((TRADER,), TRADE, own=True),
    CancelAllOrders: Authority((TRADER, OPERATOR), TRADE | MANAGE, own=True),
    SetCancelAfter: Authority((TRADER,), TRADE, own=True),
    ProposeAgreement: Authority((TRADER,), TRADE, own=True),
    AffirmAgreement: Authority((TRADER,), TRADE, own=True),
    DeclineAgreement: Authority((TRADER,), TRADE, own=True),
    ConfirmAgreement: Authority((OPERATOR,), MANAGE),
    Propose: Authority((TRADER, OPERATOR, REGULATOR), FUNDS | MANAGE),
    Approve: Authority((OPERATOR, REGULATOR), MANAGE),
    RejectProposal: Authority((TRADER, OPERATOR, REGULATOR), FUNDS | MANAGE),
    RequestLock: Authority((OPERATOR,), MANAGE),
    StageUnits: Authority((OPERATOR,), MANAGE),
    AnswerRequest: Authority((REGISTRY,), MANAGE),
    CallOffRelease: Authority((TRADER,), TRADE | FUNDS | MANAGE, own=True),
    # The program does it where a reconciliation finds that the registry says something else; it lets nothing go again.
    Encumber: Authority((OPERATOR, REGULATOR), MANAGE, program=True),
}

ACTION_SCOPES: Final[dict[type, int]] = {
    WithdrawCash: FUNDS,
    AdmitLot: FUNDS | MANAGE,
    RecordIssuance: MANAGE,
    AdoptRulebook: MANAGE,
    RegisterStaff: MANAGE,
    ResumeTrading: MANAGE,
    RegisterTrader: MANAGE,
    ReplaceKeys: MANAGE,
    RegisterProject: MANAGE,
    SetFacility: MANAGE,
    ReturnUnits: FUNDS | MANAGE,
    CommitImport: MANAGE,
    AnswerOnPaper: MANAGE,
    UseUnits: FUNDS,
    ReleaseUnits: FUNDS,
    RevokeClaim: MANAGE,
    SetObligation: MANAGE,
    SetBudget: MANAGE,
    LiftEncumbrance: MANAGE,
    ReportReversal: MANAGE,
    ForceCancellation: MANAGE,
    WithdrawReversal: MANAGE,
}
"""The same for what is proposed: value in and out needs FUNDS, the venue's own matters need MANAGE."""

_NOT_AUTHORISED: Final = Refusal(RejectReason.NOT_AUTHORISED)
_KEY_NOT_VALID: Final = Refusal(RejectReason.KEY_NOT_VALID)
_SCOPE_MISSING: Final = Refusal(RejectReason.SCOPE_MISSING)
_NOT_FOUND: Final = Refusal(RejectReason.PARTICIPANT_NOT_FOUND)


def refuse_actor(register: Register, command: Command, key: KeyId, at: Micros) -> Refusal | None:
    """Why this person with this key may not give this command, or None.

    An order for another participant is for none at all; a proposal for another is not this person's to make, whether
    that participant exists or not.
    """
    kind = type(command)
    authority = AUTHORITY[kind]
    if command.actor == NOBODY:
        by_itself = authority is SYSTEM or authority.program
        return None if by_itself and key == NOBODY else _NOT_AUTHORISED
    person = register.persons.get(command.actor)
    if person is None or person.role not in authority.roles:
        return _NOT_AUTHORISED
    scopes = authority.scopes
    if kind is Propose:
        action = command.action  # type: ignore[union-attr]
        if person.role not in PROPOSERS[type(action)] or action.actor != person.person:
            return _NOT_AUTHORISED
        if person.role is TRADER and subject_of(register, action) != person.participant:
            return _NOT_AUTHORISED
        scopes = ACTION_SCOPES[type(action)]
    used = register.keys.get(key)
    if used is None or used.person != person.person or not used.is_good(at):
        return _KEY_NOT_VALID
    if not used.scopes & scopes:
        return _SCOPE_MISSING
    # A trader acts for the own participant only, where a command names one.
    if person.role is not TRADER or not authority.own:
        return None
    own = command.participant == person.participant  # type: ignore[union-attr]
    return None if own else _NOT_FOUND
