"""Who may give which command: one table of roles and ownership, checked at ``seq`` in the core (INV-60).

The API asks the same table before it takes a request, so that a refusal is early; the answer here is the one that
counts, because roles may change between the request and its place in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.approvals import PROPOSERS, subject_of
from exchange.core.commands import Command
from exchange.core.commands.agreements import AffirmAgreement, ConfirmAgreement, DeclineAgreement, ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.governance import Genesis, PersonRole, RegisterKey, RevokeKey
from exchange.core.commands.instruments import AttestSnapshot, ContinueJob, EndOfDay, HaltTrading, ListInstrument
from exchange.core.commands.orders import AmendOrder, CancelAllOrders, CancelOrder, PlaceOrder
from exchange.core.commands.participants import AdmitParticipant, RegisterTrader
from exchange.core.participants import Person, Register
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.values import NOBODY, ParticipantId

TRADER, OPERATOR, REGULATOR, AUDITOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.AUDITOR


@dataclass(slots=True, frozen=True)
class Authority:
    """The roles that may give a command; ``own`` means that a trader may do it for the own participant only."""

    roles: tuple[PersonRole, ...]
    own: bool = False


SYSTEM: Final = Authority(())
"""Only the program itself (actor 0)."""

AUTHORITY: Final[dict[type, Authority]] = {
    Genesis: SYSTEM,
    ContinueJob: SYSTEM,
    AttestSnapshot: SYSTEM,
    RegisterKey: Authority((TRADER, OPERATOR, REGULATOR, AUDITOR)),
    RevokeKey: Authority((TRADER, OPERATOR, REGULATOR, AUDITOR)),
    AdmitParticipant: Authority((OPERATOR,)),
    RegisterTrader: Authority((OPERATOR,)),
    ListInstrument: Authority((OPERATOR,)),
    HaltTrading: Authority((OPERATOR, REGULATOR)),
    EndOfDay: Authority((OPERATOR,)),
    DepositCash: Authority((OPERATOR,)),
    PlaceOrder: Authority((TRADER,), own=True),
    CancelOrder: Authority((TRADER,), own=True),
    AmendOrder: Authority((TRADER,), own=True),
    CancelAllOrders: Authority((TRADER, OPERATOR), own=True),
    ProposeAgreement: Authority((TRADER,), own=True),
    AffirmAgreement: Authority((TRADER,), own=True),
    DeclineAgreement: Authority((TRADER,), own=True),
    ConfirmAgreement: Authority((OPERATOR,)),
    Propose: Authority((TRADER, OPERATOR, REGULATOR)),
    Approve: Authority((OPERATOR, REGULATOR)),
    RejectProposal: Authority((TRADER, OPERATOR, REGULATOR)),
}

_NOT_AUTHORISED: Final = Refusal(RejectReason.NOT_AUTHORISED)
_NOT_FOUND: Final = Refusal(RejectReason.PARTICIPANT_NOT_FOUND)


def refuse_actor(register: Register, command: Command) -> Refusal | None:
    """Why this person may not give this command, or None. Not the own participant looks like no participant at all."""
    authority = AUTHORITY[type(command)]
    if command.actor == NOBODY:
        return None if authority is SYSTEM else _NOT_AUTHORISED
    person = register.persons.get(command.actor)
    if person is None or person.role not in authority.roles:
        return _NOT_AUTHORISED
    if isinstance(command, Propose):
        return _refuse_proposer(person, command)
    if authority.own and person.role is TRADER and person.participant != _subject(command):
        return _NOT_FOUND
    return None


def _subject(command: Command) -> ParticipantId:
    """The participant that a command of an ``own`` row names."""
    participant: ParticipantId = command.participant  # type: ignore[union-attr]
    return participant


def _refuse_proposer(person: Person, command: Propose) -> Refusal | None:
    action = command.action
    if person.role not in PROPOSERS[type(action)] or action.actor != person.person:
        return _NOT_AUTHORISED
    if person.role is TRADER and subject_of(action) != person.participant:
        return _NOT_FOUND
    return None
