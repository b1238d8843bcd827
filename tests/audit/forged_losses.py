"""What a forger of the log would write of losses and of the leagues of facilities; beside all the others."""

from __future__ import annotations

from dataclasses import replace

from exchange.core.commands.instruments import League
from exchange.core.commands.projects import FacilityTerms, Sector
from exchange.core.commands.uses import Purpose
from exchange.core.events import Event
from exchange.core.events.credits import (
    Cause,
    FacilitySet,
    IssuanceRecorded,
    LotAdmitted,
    MarketTag,
    ParcelState,
    ProjectRegistered,
    UnitsChanged,
)
from exchange.core.events.encumbrances import ReversalOwedAgain, ReversalReplaced, ReversalReported, ReversalWithdrawn
from exchange.core.events.uses import (
    BudgetAdjusted,
    ClaimApproved,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ObligationSet,
)
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, ParticipantId, ReversalId, Tonnes
from tests.audit.forged_answers import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History
from tests.support.market import FIRM

__all__ = ("FORGERIES", "stands_in", "used_for_a_plant")


def _withdrawn(history: History) -> ReversalReported:
    """The loss that was a mistake: all that was left of its vintage."""
    return history.only(ReversalReported, reversal=history.only(ReversalWithdrawn).reversal)


def _brought_in(history: History, loss: ReversalReported) -> int:
    """How many tonnes of the project, of whatever vintage, became units of the firm's lots before they were lost."""
    (reported,) = (n for n, entry in enumerate(history.entries) if loss in entry)
    came = [event for entry in history.entries[:reported] for event in entry]
    ours = {event.issuance for event in came if isinstance(event, IssuanceRecorded) and event.project == loss.project}
    admitted = [event for event in came if isinstance(event, LotAdmitted) and event.issuance in ours]
    lots = {event.lot for event in admitted if event.owner == loss.responsible}
    steps = [event for event in came if isinstance(event, UnitsChanged) and event.lot in lots]
    first = (0, ParcelState.LOCK_REQUESTED, ParcelState.LOCK_UNKNOWN)
    became = [event for event in steps if event.state is ParcelState.ACTIVE and event.state_before in first]
    return sum(serials.tonnes for event in became for serials in event.ranges)


# --- what can be lost ------------------------------------------------------------------------------------------------


@found_by("LOSS-WRONG")
def a_tonne_more_is_lost_than_is_left(history: History) -> None:
    loss = _withdrawn(history)
    loss.quantity = Tonnes(loss.quantity + 1)


@found_by("LOSS-WRONG")
def a_tonne_more_is_lost_of_no_vintage_than_is_left_of_all(history: History) -> None:
    """It would fit if what was lost of single vintages did not count."""
    first, loss = history.only(ReversalReported, project=_withdrawn(history).project), _withdrawn(history)
    first.responsible, first.quantity = loss.responsible, Tonnes(1)
    loss.vintage, loss.quantity = 0, Tonnes(_brought_in(history, loss))


@found_by("LOSS-WRONG")
def a_loss_was_no_mistake(history: History) -> None:
    """So what is lost of it afterwards is lost twice."""
    history.drop(ReversalWithdrawn)


@found_by("LOSS-WRONG")
def what_is_lost_comes_in_in_the_same_entry(history: History) -> None:
    entry, loss = history.first(ReversalReported, reversal=_withdrawn(history).reversal)
    issued = history.only(IssuanceRecorded, project=loss.project, vintage=loss.vintage)
    came = history.only(LotAdmitted, issuance=issued.issuance, owner=loss.responsible)
    serials = SerialRange(90_001, 90_002)
    entry.insert(0, replace(came, lot=LotId(7), serials=serials))
    here = (MarketTag.REGIONAL, ParcelState.ACTIVE, Cause.ADMITTED_HERE, 7)
    entry.insert(1, UnitsChanged(LotId(7), came.owner, (serials,), 0, 0, *here))
    loss.quantity = Tonnes(loss.quantity + 1)


def _locked(history: History) -> UnitsChanged:
    """The lock of something that is lost afterwards."""
    loss = _withdrawn(history)
    issued = history.only(IssuanceRecorded, project=loss.project, vintage=loss.vintage)
    lot = history.only(LotAdmitted, issuance=issued.issuance, owner=loss.responsible)
    return history.only(UnitsChanged, lot=lot.lot, cause=Cause.LOCK_CONFIRMED)


@found_by("LOSS-WRONG")
def what_is_lost_was_never_locked(history: History) -> None:
    step = _locked(history)
    step.tag, step.state, step.cause = MarketTag.NATIONAL, ParcelState.ADMITTED, Cause.LOCK_REFUSED


@found_by("LOSS-WRONG")
def what_is_lost_had_only_come_back(history: History) -> None:
    """It was there once, and is not twice as much for having been away."""
    _locked(history).state_before = ParcelState.RETURN_REQUESTED


@found_by("LOSS-WRONG")
def the_quota_is_lost_with_the_ccer_behind_it(history: History) -> None:
    """No more of it than came in; but some of that is the tonnes of CCER that their own firm answers for."""
    loss = _withdrawn(history)
    quota = [event for _, event in history.every(IssuanceRecorded) if event.converted]
    loss.project, loss.vintage = quota[0].project, quota[0].vintage
    loss.responsible = history.only(LotAdmitted, issuance=quota[0].issuance).owner
    loss.quantity = Tonnes(_brought_in(history, loss))


@found_by("LOSS-WRONG")
def a_firm_owes_what_another_one_brought_in(history: History) -> None:
    """It has brought some tonnes in, and is to owe all that the other one had."""
    loss = _withdrawn(history)
    loss.responsible = history.only(ReversalReported, project=loss.project).responsible


@found_by("LOSS-WRONG")
def who_only_bought_owes_a_loss(history: History) -> None:
    _withdrawn(history).responsible = ParticipantId(99)


@found_by("LOSS-WRONG")
def who_brought_in_another_vintage_owes_a_loss(history: History) -> None:
    loss = history.only(ReversalReported)
    history.append(replace(loss, reversal=ReversalId(7), vintage=2022, quantity=Tonnes(1)))


@found_by("ONE-PERSON")
def another_loss_is_withdrawn_than_was_agreed(history: History) -> None:
    *_, (_, last) = history.every(ReversalReported)
    history.only(ReversalWithdrawn).reversal = last.reversal


@found_by("ONE-PERSON")
def less_is_lost_than_was_agreed(history: History) -> None:
    loss = _withdrawn(history)
    loss.quantity = Tonnes(loss.quantity - 1)


@found_by("ONE-PERSON")
def a_loss_has_another_cause_than_was_agreed(history: History) -> None:
    _withdrawn(history).cause += ", and pests"


@found_by("ONE-PERSON")
def a_loss_is_withdrawn_for_another_reason_than_was_agreed(history: History) -> None:
    history.only(ReversalWithdrawn).reason += "!"


@found_by("ONE-PERSON")
def a_claim_is_revoked_for_another_reason_than_was_agreed(history: History) -> None:
    history.only(ClaimRevoked).reason += "!"


@found_by("ONE-PERSON")
def another_claim_is_revoked_than_was_agreed(history: History) -> None:
    """One whose units are gone as well, so that nothing else is wrong with it."""
    revoked = {event.claim for _, event in history.every(ClaimRevoked)}
    other = next(event.claim for _, event in history.every(ClaimFulfilled) if event.claim not in revoked)
    history.only(ClaimRevoked).claim = other


@found_by("ONE-PERSON")
def another_duty_is_entered_than_was_agreed(history: History) -> None:
    duty = history.only(ObligationSet)
    duty.due = Tonnes(duty.due + 1_000)


# --- what is owed again ----------------------------------------------------------------------------------------------


@found_by("REPLACED-WRONG")
def a_revoked_claim_replaces_a_loss_still(history: History) -> None:
    history.drop(ReversalOwedAgain)


@found_by("REPLACED-WRONG")
def a_loss_is_owed_again_whose_replacement_stands(history: History) -> None:
    history.drop(ClaimRevoked, claim=history.only(ReversalOwedAgain).claim)


@found_by("REPLACED-WRONG")
def less_is_owed_again_than_was_replaced(history: History) -> None:
    event = history.only(ReversalOwedAgain)
    event.quantity, event.shortfall = Tonnes(event.quantity - 1), Tonnes(event.shortfall - 1)


@found_by("REPLACED-WRONG")
def another_loss_is_owed_again(history: History) -> None:
    again = history.only(ReversalOwedAgain)
    again.reversal = history.only(ReversalReplaced).reversal


# --- where a replacement counts --------------------------------------------------------------------------------------


def _replaced_far_away(history: History) -> tuple[list[Event], ClaimFulfilled]:
    """What replaces a loss of a project of no league, and the entry in which it is gone."""
    far = next(event.project for _, event in history.every(ProjectRegistered) if event.terms.code == "FAR")
    *_, lost = (event for _, event in history.every(ReversalReported) if event.project == far)
    return history.first(ClaimFulfilled, claim=history.only(ClaimMade, reversal=lost.reversal).claim)


@found_by("BUDGET-WRONG")
def what_replaced_a_loss_of_no_league_went_to_the_national_market(history: History) -> None:
    entry, done = _replaced_far_away(history)
    entry.append(BudgetAdjusted(League.BAOTOU, League.NONE, "", done.day // 10_000, done.quantity, done.claim))


@found_by("BUDGET-WRONG")
def what_replaced_a_loss_of_no_league_was_used_in_a_league(history: History) -> None:
    """And the claim says so too."""
    entry, done = _replaced_far_away(history)
    history.only(ClaimMade, claim=done.claim).details.league = League.WUHAI
    entry.append(BudgetAdjusted(League.BAOTOU, League.WUHAI, "", done.day // 10_000, done.quantity, done.claim))


# --- where a facility stands -----------------------------------------------------------------------------------------


def used_for_a_plant(history: History) -> ClaimMade:
    """A use in Hohhot that names a plant."""
    made = history.only(ClaimMade, purpose=Purpose.VOLUNTARY)
    made.details.facility, made.details.year, made.details.beneficiary_code = "Plant-9", 2025, FIRM
    assert made.details.league is League.HOHHOT
    return made


def stands_in(league: League) -> FacilitySet:
    """The plant as it is known from an entry on."""
    return FacilitySet(FacilityTerms("PLANT-9", "Plant", "电厂", FIRM, Sector.POWER, league, 0, 0))


@found_by("LEAGUE-WRONG")
def units_are_used_for_a_facility_in_another_league(history: History) -> None:
    """By what was known when it was proposed; the second person knew better."""
    made = used_for_a_plant(history)
    history.entries[0].append(stands_in(League.BAOTOU))
    history.first(ClaimApproved, claim=made.claim)[0].insert(0, stands_in(League.HOHHOT))


@found_by("LEAGUE-WRONG")
def a_use_is_approved_for_a_facility_that_stands_in_another_league_by_then(history: History) -> None:
    made = used_for_a_plant(history)
    history.entries[0].append(stands_in(League.HOHHOT))
    history.first(ClaimApproved, claim=made.claim)[0].insert(0, stands_in(League.BAOTOU))
