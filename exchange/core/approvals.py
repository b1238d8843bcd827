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
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff, ReplaceKeys
from exchange.core.commands.instruments import Family, ResumeTrading
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.credits.encumbrance import Encumbrances
from exchange.core.credits.project import Projects
from exchange.core.credits.spelling import folded
from exchange.core.credits.staged import Imports
from exchange.core.participants import Register
from exchange.core.values import KeyId, ParticipantId, PersonId, ProjectId, ProposalId

NO_PROJECT: Final = ProjectId(0)


class ProposalStatus(IntEnum):
    """OPEN until another person approves it or somebody entitled rejects it."""

    OPEN = 1
    APPROVED = 2
    REJECTED = 3


@dataclass(slots=True)
class Proposal:
    """A proposed action and its hash; ``participant`` is whose matter it is, 0 for the venue's own.

    ``key`` is what it was proposed with: what a stolen key proposed dies with the key.
    """

    proposal: ProposalId
    proposer: PersonId
    key: KeyId
    participant: ParticipantId
    action: Action
    action_hash: bytes
    status: ProposalStatus


def close_proposal(register: Register, proposal: Proposal, status: ProposalStatus) -> None:
    """It is decided, and no longer counts among those that its proposer has open."""
    proposal.status = status
    register.persons[proposal.proposer].open_proposals -= 1


TRADER, OPERATOR, REGULATOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR

PROPOSERS: Final[dict[type, tuple[PersonRole, ...]]] = {
    WithdrawCash: (TRADER,),
    RecordIssuance: (OPERATOR,),
    AdmitLot: (TRADER, OPERATOR),
    AdoptRulebook: (OPERATOR, REGULATOR),
    RegisterStaff: (OPERATOR, REGULATOR),
    ResumeTrading: (OPERATOR, REGULATOR),
    RegisterTrader: (TRADER, OPERATOR),
    ReplaceKeys: (TRADER, OPERATOR, REGULATOR),
    RegisterProject: (OPERATOR,),
    SetFacility: (OPERATOR, REGULATOR),
    ReturnUnits: (TRADER, OPERATOR),
    CommitImport: (OPERATOR,),
    AnswerOnPaper: (OPERATOR,),
    UseUnits: (TRADER,),
    ReleaseUnits: (TRADER,),
    RevokeClaim: (OPERATOR, REGULATOR),
    SetObligation: (OPERATOR, REGULATOR),
    SetBudget: (OPERATOR, REGULATOR),
    LiftEncumbrance: (OPERATOR, REGULATOR),
    ReportReversal: (OPERATOR, REGULATOR),
    ForceCancellation: (OPERATOR, REGULATOR),
    WithdrawReversal: (OPERATOR, REGULATOR),
}
"""Who may propose what; a trader only for the own participant."""

APPROVERS: Final[dict[type, tuple[PersonRole, ...]]] = {
    WithdrawCash: (OPERATOR,),
    RecordIssuance: (OPERATOR,),
    AdmitLot: (OPERATOR,),
    AdoptRulebook: (REGULATOR,),
    RegisterStaff: (OPERATOR, REGULATOR),
    ResumeTrading: (OPERATOR, REGULATOR),
    RegisterTrader: (OPERATOR,),
    ReplaceKeys: (OPERATOR, REGULATOR),
    RegisterProject: (OPERATOR,),
    SetFacility: (REGULATOR,),
    ReturnUnits: (OPERATOR,),
    CommitImport: (OPERATOR,),
    AnswerOnPaper: (OPERATOR,),
    UseUnits: (OPERATOR,),
    ReleaseUnits: (OPERATOR,),
    RevokeClaim: (REGULATOR,),
    SetObligation: (REGULATOR,),
    SetBudget: (REGULATOR,),
    LiftEncumbrance: (OPERATOR, REGULATOR),
    ReportReversal: (OPERATOR, REGULATOR),
    ForceCancellation: (REGULATOR,),
    WithdrawReversal: (REGULATOR,),
}
"""Who may approve what, always another person than the proposer; :func:`approvers_of` narrows some of it."""

SUPERVISORS: Final = (REGULATOR, PersonRole.AUDITOR, PersonRole.REGISTRY)
"""Those who watch the operators, and the registry whose word moves units: operators can neither appoint them nor get at
their keys.
"""


def may_revoke_of(role: PersonRole | None, owner: PersonRole | None) -> bool:
    """Whether persons of a role may find and revoke the keys of others, who are of the role ``owner``.

    A regulator may with anybody's, an operator with everybody's but those of the persons who watch operators.
    """
    return role is REGULATOR or (role is OPERATOR and owner not in SUPERVISORS)


def approvers_of(
    register: Register, projects: Projects, imports: Imports, encumbrances: Encumbrances, action: Action
) -> tuple[PersonRole, ...]:
    """The roles that may approve this action.

    A reduction quota is issued only with the regulator's approval, in a file of units too, and only a regulator lets a
    supervisor in: two operators who could make a regulator would hold every approval there is. What a regulator has
    held fast only a regulator lets go; and what is held because a registry contradicts itself or us, or because its
    source is inside the national market.
    """
    if _is_quota(projects, imports, action) or _role_given(register, action) in SUPERVISORS:
        return (REGULATOR,)
    if isinstance(action, LiftEncumbrance) and _is_of_regulator(register, encumbrances, action):
        return (REGULATOR,)
    return APPROVERS[type(action)]


def _is_of_regulator(register: Register, encumbrances: Encumbrances, action: LiftEncumbrance) -> bool:
    made = encumbrances.by_id.get(action.encumbrance)
    return made is not None and (made.is_of_registry or made.is_of_source or register.role_of(made.by) is REGULATOR)


def _is_quota(projects: Projects, imports: Imports, action: Action) -> bool:
    """Whether an action makes reduction quota, or the project that it can be issued for."""
    if isinstance(action, RegisterProject):
        return action.terms.family is Family.REDUCTION_QUOTA
    if isinstance(action, RecordIssuance):
        return projects.family_of(action.project) is Family.REDUCTION_QUOTA
    if not isinstance(action, CommitImport) or action.staged not in imports.by_id:
        return False
    named = {folded(row.project) for row in imports.by_id[action.staged].rows}
    return any(projects.family_of(projects.codes.get(code, NO_PROJECT)) is Family.REDUCTION_QUOTA for code in named)


def _role_given(register: Register, action: Action) -> PersonRole | None:
    """The role that somebody can act in once this action is executed."""
    if isinstance(action, RegisterStaff):
        return action.role
    return register.role_of(action.person) if isinstance(action, ReplaceKeys) else None


def subject_of(register: Register, action: Action) -> ParticipantId:
    """Whose matter an action is; 0 for the venue's own, and for a person who does not exist."""
    if isinstance(action, WithdrawCash | RegisterTrader | UseUnits | ReleaseUnits):
        return action.participant
    if isinstance(action, AdmitLot | ReturnUnits):
        return action.owner
    if isinstance(action, ReplaceKeys) and action.person in register.persons:
        return register.persons[action.person].participant
    return ParticipantId(0)


def evidence_of(action: Action) -> str:
    """What the second person must enter again from the document in front of them; "" where there is none."""
    if isinstance(action, AdmitLot | ReturnUnits):
        return action.lock_reference
    return action.receipt if isinstance(action, AnswerOnPaper) else ""


def hash_of(action: Action) -> bytes:
    """SHA-256 of the action's canonical bytes: what is seen is what is approved is what is executed."""
    return hashlib.sha256(ACTIONS.encode(action)).digest()
