"""What a forger of the log would write of what a use or release was chosen for, and of who agreed to it."""

from __future__ import annotations

from exchange.core.commands.uses import Purpose
from exchange.core.events.credits import Cause, IssuanceRecorded, UnitsChanged
from exchange.core.events.governance import ActionApproved, ActionProposed, ProposalRejected
from exchange.core.events.uses import ClaimApproved, ClaimMade, ReleaseApproved, ReleaseMade
from exchange.core.values import NOBODY, ParticipantId, PersonId, ProposalId, ReversalId
from tests.audit.forged_persons import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _approved(history: History, nth: int) -> ClaimMade:
    """A use that a second person has approved."""
    approved = [event.claim for _, event in history.every(ClaimApproved)]
    made = [event for _, event in history.every(ClaimMade) if event.proposal and event.claim in approved]
    return made[nth]


@found_by("ONE-PERSON")
def another_use_is_approved_than_that_agreed_to(history: History) -> None:
    """Both were proposed and approved, each by the other's agreement."""
    first, second = _approved(history, 0).claim, _approved(history, 1).claim
    approvals = {event.claim: event for _, event in history.every(ClaimApproved)}
    approvals[first].claim, approvals[second].claim = second, first


@found_by("ONE-PERSON")
def a_use_belongs_to_a_proposal_that_is_none(history: History) -> None:
    _approved(history, 0).proposal = ProposalId(999_999)


@found_by("ONE-PERSON")
def a_use_is_made_as_if_the_regulator_had_ordered_it(history: History) -> None:
    _approved(history, 0).proposal = ProposalId(0)


@found_by("ONE-PERSON")
def a_use_serves_another_purpose_than_proposed(history: History) -> None:
    made = next(event for _, event in history.every(ClaimMade) if event.purpose is Purpose.VOLUNTARY)
    made.purpose = Purpose.ECO_COMPENSATION


@found_by("ONE-PERSON")
def a_use_has_another_beneficiary_than_proposed(history: History) -> None:
    made = next(event for _, event in history.every(ClaimMade) if event.proposal and not event.reversal)
    made.details.beneficiary_en = "Somebody Else"


@found_by("ONE-PERSON")
def a_forced_use_replaces_another_loss_than_ordered(history: History) -> None:
    made = next(event for _, event in history.every(ClaimMade) if event.purpose is Purpose.FORCED)
    made.reversal = ReversalId(made.reversal + 1)


@found_by("ONE-PERSON")
def a_release_is_of_another_firm_than_the_one_that_proposed_it(history: History) -> None:
    made = history.only(ReleaseMade)
    made.participant = ParticipantId(made.participant + 1)


@found_by("ONE-PERSON")
def a_release_goes_to_another_account_than_proposed(history: History) -> None:
    history.only(ReleaseMade).national_account = "another account"


@found_by("ONE-PERSON")
def a_release_is_approved_by_the_agreement_to_another(history: History) -> None:
    first, second = (event for _, event in list(history.every(ReleaseApproved))[:2])
    first.release, second.release = second.release, first.release


@found_by("ONE-PERSON")
def somebody_approves_the_own_proposal(history: History) -> None:
    approved = history.only(ActionApproved)
    approved.approver = history.only(ActionProposed, proposal=approved.proposal).proposer


def _open(history: History) -> ProposalId:
    """The proposal of a use that waits for its second person."""
    approved = {event.proposal for _, event in history.every(ActionApproved)}
    ended = {event.proposal for _, event in history.every(ProposalRejected)}
    claims = (event.proposal for _, event in history.every(ClaimMade) if event.proposal)
    return next(proposal for proposal in claims if proposal not in approved | ended)


@found_by("ONE-PERSON")
def a_proposal_is_ended_by_nobody(history: History) -> None:
    _, rejected = next((entry, event) for entry, event in history.every(ProposalRejected) if event.by)
    rejected.by = PersonId(NOBODY)


@found_by("ONE-PERSON")
def the_order_ends_what_another_firm_has_proposed(history: History) -> None:
    history.only(ProposalRejected, by=NOBODY).proposal = _open(history)


@found_by("ONE-PERSON")
def what_has_ended_is_approved_all_the_same(history: History) -> None:
    approver = history.only(ActionApproved).approver
    history.append(ActionApproved(history.only(ProposalRejected, by=NOBODY).proposal, approver))


@found_by("ONE-PERSON")
def a_proposal_ends_twice(history: History) -> None:
    history.append(history.only(ProposalRejected))


@found_by("CLAIM-WRONG")
def a_proposal_ends_and_its_units_stay_set_aside(history: History) -> None:
    history.append(ProposalRejected(_open(history), history.only(ActionApproved).approver, "no"))


@found_by("ONE-PERSON")
def something_else_is_done_than_was_agreed(history: History) -> None:
    history.only(IssuanceRecorded).serials.hi += 1


@found_by("ONE-PERSON")
def nobody_agreed_to_a_return(history: History) -> None:
    entry, _ = history.first(UnitsChanged, cause=Cause.RETURN_REQUESTED)
    entry[:] = [event for event in entry if not isinstance(event, ActionApproved)]
