"""The four-eyes rule, generic: propose → approve by another person → execute exactly what was proposed.

Which action needs whom is a table here; what an action does is its handler's business.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from exchange.core.codec import ACTIONS
from exchange.core.commands.approvals import Action
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, RecordIssuance
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff
from exchange.core.commands.instruments import Family, ResumeTrading
from exchange.core.values import ParticipantId, PersonId, ProposalId


class ProposalStatus(IntEnum):
    """OPEN until another person approves it or somebody entitled rejects it."""

    OPEN = 1
    APPROVED = 2
    REJECTED = 3


@dataclass(slots=True)
class Proposal:
    """A proposed action and its hash; ``participant`` is whose matter it is, 0 for the venue's own."""

    proposal: ProposalId
    proposer: PersonId
    participant: ParticipantId
    action: Action
    action_hash: bytes
    status: ProposalStatus


TRADER, OPERATOR, REGULATOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR

PROPOSERS: Final[dict[type, tuple[PersonRole, ...]]] = {
    WithdrawCash: (TRADER,),
    RecordIssuance: (OPERATOR,),
    AdmitLot: (TRADER, OPERATOR),
    AdoptRulebook: (OPERATOR, REGULATOR),
    RegisterStaff: (OPERATOR,),
    ResumeTrading: (OPERATOR, REGULATOR),
}
"""Who may propose what; a trader only for the own participant."""

APPROVERS: Final[dict[type, tuple[PersonRole, ...]]] = {
    WithdrawCash: (OPERATOR,),
    RecordIssuance: (OPERATOR,),
    AdmitLot: (OPERATOR,),
    AdoptRulebook: (REGULATOR,),
    RegisterStaff: (OPERATOR, REGULATOR),
    ResumeTrading: (OPERATOR, REGULATOR),
}
"""Who may approve what, always another person than the proposer."""


def approvers_of(action: Action) -> tuple[PersonRole, ...]:
    """The roles that may approve this action; a reduction quota is issued only with the regulator's approval."""
    if isinstance(action, RecordIssuance) and action.family is Family.REDUCTION_QUOTA:
        return (REGULATOR,)
    return APPROVERS[type(action)]


def subject_of(action: Action) -> ParticipantId:
    """Whose matter an action is; 0 for the venue's own."""
    if isinstance(action, WithdrawCash):
        return action.participant
    if isinstance(action, AdmitLot):
        return action.owner
    return ParticipantId(0)


def evidence_of(action: Action) -> str:
    """What the second person must enter again from the document in front of them; "" where there is none."""
    return action.lock_reference if isinstance(action, AdmitLot) else ""


def hash_of(action: Action) -> bytes:
    """SHA-256 of the action's canonical bytes: what is seen is what is approved is what is executed."""
    return hashlib.sha256(ACTIONS.encode(action)).digest()
