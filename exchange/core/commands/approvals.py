"""Commands of the four-eyes rule: propose, approve by another person, execute exactly what was proposed."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.governance import AdoptRulebook, RegisterStaff, ReplaceKeys
from exchange.core.commands.instruments import ResumeTrading
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.values import PersonId, ProposalId

Action = (
    WithdrawCash
    | RecordIssuance
    | AdmitLot
    | AdoptRulebook
    | RegisterStaff
    | ResumeTrading
    | RegisterTrader
    | ReplaceKeys
    | RegisterProject
    | SetFacility
    | ReturnUnits
    | CommitImport
    | AnswerOnPaper
    | UseUnits
    | ReleaseUnits
    | RevokeClaim
    | SetObligation
    | SetBudget
    | LiftEncumbrance
    | ReportReversal
    | WithdrawReversal
    | ForceCancellation
)
"""What can be proposed: everything that nobody may do alone. The actor inside is the proposer."""


@dataclass(slots=True)
class Propose:
    """Propose an action; its canonical bytes are hashed, and the hash is what the second person approves."""

    actor: PersonId
    action: Action


@dataclass(slots=True)
class Approve:
    """Approve a proposal by its hash; ``evidence`` is entered again by the second person where the action has one."""

    actor: PersonId
    proposal: ProposalId
    action_hash: bytes
    evidence: str


@dataclass(slots=True)
class RejectProposal:
    """End a proposal without executing it: by its proposer, or by anybody who could approve it."""

    actor: PersonId
    proposal: ProposalId
    reason: str
