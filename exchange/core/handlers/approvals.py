"""Proposing, approving and rejecting; what each action does when is one row of a table here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from exchange.core.approvals import (
    Proposal,
    ProposalStatus,
    approvers_of,
    close_proposal,
    evidence_of,
    hash_of,
    subject_of,
)
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff, ReplaceKeys
from exchange.core.commands.instruments import ResumeTrading
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.events.governance import ActionApproved, ActionProposed, ProposalRejected
from exchange.core.handlers import (
    cash,
    credits,
    encumbering,
    facilities,
    governance,
    imports,
    keys,
    markets,
    participants,
    plans,
    projects,
    registry,
    releases,
    reversals,
    uses,
)
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_TEXT, ProposalId

MAX_OPEN_PROPOSALS = 100
"""Of one person; a flood of them would bury what must be decided."""

Check = Callable[[ExchangeState, Any], Refusal | None]
Recheck = Callable[[ExchangeState, Proposal], Refusal | None]
Act = Callable[[Step, Any], None]


def _nothing(step: Step, action: Any) -> None:
    """For actions that hold nothing while they wait."""


def _no_objection(state: ExchangeState, proposal: Proposal) -> Refusal | None:
    """For actions whose proposal reserved all that the execution needs."""
    return None


@dataclass(slots=True, frozen=True)
class ActionSteps:
    """What an action does: checked when proposed and again when approved, since the world moves between the two.

    ``recheck`` is for actions that have reserved something; all others are checked as they were the first time.
    """

    check: Check
    execute: Act
    recheck: Recheck | None = None
    reserve: Act = _nothing
    release: Act = _nothing

    def refuse_again(self, state: ExchangeState, proposal: Proposal) -> Refusal | None:
        """Why what was proposed cannot be done by now, or None."""
        return self.check(state, proposal.action) if self.recheck is None else self.recheck(state, proposal)


ACTIONS: Final[dict[type, ActionSteps]] = {
    WithdrawCash: ActionSteps(
        cash.refuse_withdrawal, cash.pay_withdrawal, _no_objection, cash.hold_withdrawal, cash.release_withdrawal
    ),
    RegisterProject: ActionSteps(projects.refuse_project, projects.register_project),
    SetFacility: ActionSteps(facilities.refuse_facility, facilities.set_facility),
    RecordIssuance: ActionSteps(projects.refuse_issuance, projects.record_issuance),
    AdmitLot: ActionSteps(credits.refuse_lot, credits.admit_lot),
    ReturnUnits: ActionSteps(credits.refuse_return, credits.return_units),
    CommitImport: ActionSteps(imports.refuse_commit, imports.commit_import),
    AnswerOnPaper: ActionSteps(registry.refuse_receipt, registry.answer_on_paper),
    UseUnits: ActionSteps(uses.refuse_use, uses.approve_use, uses.refuse_claim, uses.reserve_use, uses.withdraw_use),
    ReleaseUnits: ActionSteps(
        releases.refuse_release,
        releases.approve_release,
        releases.refuse_leaving,
        releases.reserve_release,
        releases.withdraw_release,
    ),
    RevokeClaim: ActionSteps(uses.refuse_revoking, uses.revoke_claim),
    SetObligation: ActionSteps(plans.refuse_obligation, plans.set_obligation),
    SetBudget: ActionSteps(plans.refuse_budget, plans.set_budget),
    LiftEncumbrance: ActionSteps(encumbering.refuse_lifting, encumbering.lift_encumbrance),
    ReportReversal: ActionSteps(reversals.refuse_reversal, reversals.report_reversal),
    ForceCancellation: ActionSteps(reversals.refuse_forcing, reversals.force_cancellation),
    WithdrawReversal: ActionSteps(reversals.refuse_withdrawal, reversals.withdraw_reversal),
    AdoptRulebook: ActionSteps(governance.refuse_rulebook, governance.adopt_rulebook),
    RegisterStaff: ActionSteps(governance.refuse_staff, governance.register_staff),
    ResumeTrading: ActionSteps(markets.refuse_resume, markets.resume_trading),
    RegisterTrader: ActionSteps(participants.refuse_trader, participants.register_trader),
    ReplaceKeys: ActionSteps(keys.refuse_replacement, keys.replace_keys),
}


def propose(step: Step, command: Propose) -> Refusal | None:
    """Put an action before a second person; what it will need is held from now on."""
    action = command.action
    steps = ACTIONS[type(action)]
    refusal = steps.check(step.state, action)
    person = step.state.register.persons[command.actor]
    if person.open_proposals >= MAX_OPEN_PROPOSALS:
        crowded = Refusal(RejectReason.TOO_MANY_OPEN_PROPOSALS, (("highest", MAX_OPEN_PROPOSALS),))
        refusal = first_of(refusal, crowded)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    subject = subject_of(step.state.register, action)
    proposal = Proposal(
        ProposalId(step.new_id()), command.actor, step.key, subject, action, hash_of(action), ProposalStatus.OPEN
    )
    step.state.proposals[proposal.proposal] = proposal
    person.open_proposals += 1
    step.emit(ActionProposed(proposal.proposal, command.actor, step.key, subject, action, proposal.action_hash))
    step.proposal = proposal.proposal
    steps.reserve(step, action)
    step.created = proposal.proposal
    return None


def approve(step: Step, command: Approve) -> Refusal | None:
    """Execute exactly what was proposed, once, because a second entitled person says so (INV-61)."""
    proposal = step.state.proposals.get(command.proposal)
    if proposal is None:
        return Refusal(RejectReason.PROPOSAL_NOT_FOUND)
    if proposal.status is not ProposalStatus.OPEN:
        return Refusal(RejectReason.PROPOSAL_CLOSED)
    steps = ACTIONS[type(proposal.action)]
    refusal = first_of(steps.refuse_again(step.state, proposal), _refuse_approval(step.state, proposal, command))
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    close_proposal(step.state.register, proposal, ProposalStatus.APPROVED)
    step.emit(ActionApproved(proposal.proposal, command.actor))
    step.proposal = proposal.proposal
    steps.execute(step, proposal.action)
    return None


def _refuse_approval(state: ExchangeState, proposal: Proposal, command: Approve) -> Refusal | None:
    """The four-eyes rule itself, apart from whether the action could still be done."""
    if proposal.proposer == command.actor:
        return Refusal(RejectReason.SAME_PERSON)
    if state.register.persons[command.actor].role not in _approvers(state, proposal):
        return Refusal(RejectReason.APPROVER_NOT_ENTITLED)
    if proposal.action_hash != command.action_hash:
        return Refusal(RejectReason.HASH_MISMATCH)
    if evidence_of(proposal.action) != command.evidence:
        return Refusal(RejectReason.EVIDENCE_MISMATCH)
    key = state.register.keys[proposal.key]
    if key.revoked or state.register.is_line_revoked(key):
        return Refusal(RejectReason.PROPOSER_KEY_REVOKED)
    return None


def _approvers(state: ExchangeState, proposal: Proposal) -> tuple[PersonRole, ...]:
    projects, held = state.credits.projects, state.encumbrances
    return approvers_of(state.register, projects, state.imports, held, proposal.action)


def reject_proposal(step: Step, command: RejectProposal) -> Refusal | None:
    """End a proposal: its own participant's traders, its proposer or anybody who could approve it may do so."""
    state = step.state
    proposal = state.proposals.get(command.proposal)
    person = state.register.persons[command.actor]
    foreign = person.role is PersonRole.TRADER and proposal is not None and proposal.participant != person.participant
    if proposal is None or foreign:
        return Refusal(RejectReason.PROPOSAL_NOT_FOUND)
    if proposal.status is not ProposalStatus.OPEN:
        return Refusal(RejectReason.PROPOSAL_CLOSED)
    if len(command.reason) > MAX_TEXT:
        return Refusal(RejectReason.INVALID_FIELD)
    own = proposal.proposer == command.actor or person.role is PersonRole.TRADER
    if not own and person.role not in _approvers(state, proposal):
        return Refusal(RejectReason.APPROVER_NOT_ENTITLED)
    # -- everything is checked; nothing below may fail --
    close_proposal(step.state.register, proposal, ProposalStatus.REJECTED)
    step.emit(ProposalRejected(proposal.proposal, command.actor, command.reason))
    step.proposal = proposal.proposal
    ACTIONS[type(proposal.action)].release(step, proposal.action)
    return None
