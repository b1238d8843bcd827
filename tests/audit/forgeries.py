"""What a forger of the log would write, each with the check that must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import Activity, FacilityTerms, Mechanism, Sector
from exchange.core.commands.uses import Purpose
from exchange.core.events.credits import (
    Cause,
    FacilitySet,
    IssuanceRecorded,
    LotAdmitted,
    MarketTag,
    Parcel,
    ParcelsMoved,
    ParcelsReshaped,
    ParcelState,
    ProjectRegistered,
    UnitsChanged,
)
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalReplaced,
    ReversalReported,
    UnitsEncumbered,
    UnitsFreed,
)
from exchange.core.events.participants import Booked
from exchange.core.events.registry import RegistryAnswered, RegistryAsked
from exchange.core.events.uses import (
    BudgetAdjusted,
    ClaimApproved,
    ClaimFulfilled,
    ClaimMade,
    LotRanges,
    ObligationSet,
)
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    Day,
    EncumbranceId,
    IssuanceId,
    LotId,
    ParticipantId,
    PersonId,
    ProjectId,
    RequestId,
    ReversalId,
    SpaceId,
    Tonnes,
    TransactionId,
)
from tests.audit.history import History
from tests.support.market import FIRM

Forge = Callable[[History], None]

FORGERIES: Final[dict[str, tuple[str, Forge]]] = {}
"""By name: the check that finds it, and what is done to the events."""


def found_by(check: str) -> Callable[[Forge], Forge]:
    """Enter a forgery."""

    def enter(forge: Forge) -> Forge:
        FORGERIES[forge.__name__] = (check, forge)
        return forge

    return enter


# --- origins ---------------------------------------------------------------------------------------------------------


@found_by("ISSUED-TWICE")
def an_issuance_is_there_again(history: History) -> None:
    event = history.only(IssuanceRecorded)
    history.append(replace(event, issuance=IssuanceId(event.issuance + 1), monitoring_start=Day(20230102)))


@found_by("SPACE-TWICE")
def a_space_has_a_second_name(history: History) -> None:
    events = [event for _, event in history.every(IssuanceRecorded) if event.space_name == "CCER"]
    events[1].space_name = "C-CER"


@found_by("SPACE-TWICE")
def a_name_has_a_second_space(history: History) -> None:
    events = [event for _, event in history.every(IssuanceRecorded) if event.space_name == "CCER"]
    events[1].space = SpaceId(77)


@found_by("GROUND-TWICE")
def a_period_overlaps_another(history: History) -> None:
    event = history.only(IssuanceRecorded)
    serials = SerialRange(90_001, 90_101)
    history.append(replace(event, issuance=IssuanceId(7), monitoring_start=Day(20230601), serials=serials))


@found_by("GROUND-TWICE")
def one_compartment_is_planted_and_managed(history: History) -> None:
    """Under another mechanism, whose registry has serials of its own."""
    event = history.only(IssuanceRecorded)
    registered = history.only(ProjectRegistered, project=event.project)
    terms = replace(registered.terms, code="V1", mechanism=Mechanism.VCS, activity=Activity.FOREST_MANAGEMENT)
    history.append(replace(registered, project=ProjectId(8), terms=terms))
    again = replace(event, issuance=IssuanceId(8), project=ProjectId(8))
    history.append(replace(again, space=SpaceId(78), space_name="VCS"))


@found_by("ACTIVITY-WRONG")
def a_forest_is_called_methane(history: History) -> None:
    event = history.only(ProjectRegistered)
    event.terms = replace(event.terms, activity=Activity.METHANE)


@found_by("OVER-VERIFIED")
def less_was_verified(history: History) -> None:
    for _, event in history.every(IssuanceRecorded):
        event.verified = Tonnes(10)


@found_by("PERIOD-WRONG")
def a_vintage_is_newer(history: History) -> None:
    history.only(IssuanceRecorded).vintage += 1


@found_by("SOURCE-COVERED")
def a_source_is_in_the_national_market(history: History) -> None:
    terms = FacilityTerms("Plant", "Plant", "电厂", FIRM, Sector.POWER, League.BAOTOU, 2021, 0)
    history.entries[0].append(FacilitySet(terms))


@found_by("CONVERSION-WRONG")
def sink_quota_has_no_cancellation(history: History) -> None:
    for _, event in history.every(IssuanceRecorded):
        event.converted = ClaimId(0)


@found_by("CONVERSION-WRONG")
def sink_quota_is_more_than_was_cancelled(history: History) -> None:
    converted = next(event for _, event in history.every(IssuanceRecorded) if event.converted)
    history.append(replace(converted, issuance=IssuanceId(7), serials=SerialRange(90_001, 90_006)))


@found_by("PAPER-TWICE")
def a_paper_serves_two_lots(history: History) -> None:
    first, second = [event for _, event in history.every(LotAdmitted)][:2]
    second.lock_reference = f" {first.lock_reference.upper()}".replace("-", "_0")


@found_by("ADMITTED-TWICE")
def a_block_is_admitted_again(history: History) -> None:
    event = history.only(LotAdmitted)
    history.append(replace(event, lot=LotId(event.lot + 1), lock_reference="another"))


@found_by("OUTSIDE-ISSUANCE")
def a_lot_is_larger_than_its_issuance(history: History) -> None:
    history.only(LotAdmitted).serials.hi += 5


# --- places ----------------------------------------------------------------------------------------------------------


@found_by("TWO-PLACES")
def a_parcel_grows(history: History) -> None:
    (event,) = [event for _, event in history.every(ParcelsReshaped) if event.closed][:1]
    event.opened[0].hi += 1


@found_by("TWO-PLACES")
def a_parcel_is_split_with_an_overlap(history: History) -> None:
    event = next(event for _, event in history.every(ParcelsReshaped) if len(event.opened) > 1)
    event.opened[0].hi += 1


@found_by("TWO-PLACES")
def a_parcel_comes_from_nowhere(history: History) -> None:
    event = next(event for _, event in history.every(ParcelsReshaped) if event.closed)
    history.append(ParcelsReshaped(event.lot, (), event.opened))


@found_by("MOVED-UNTOLD")
def a_parcel_changes_hands_silently(history: History) -> None:
    whole = _standing(history, history.only(LotAdmitted).lot)
    parcel = next(parcel for parcel in whole.opened if parcel.state is ParcelState.ACTIVE)
    parcel.owner = ParticipantId(parcel.owner + 1)
    history.append(whole)


@found_by("MOVED-UNTOLD")
def a_movement_is_missing(history: History) -> None:
    entry, event = next(found for found in history.every(ParcelsMoved) if found[1].source)
    entry.remove(event)


@found_by("MOVED-UNTOLD")
def a_movement_names_another_buyer(history: History) -> None:
    event = next(event for _, event in history.every(ParcelsMoved) if event.source and event.target)
    event.target = ParticipantId(event.target + 1)


@found_by("SOLD-UNSELLABLE")
def units_are_sold_while_they_leave(history: History) -> None:
    _sell(history, ParcelState.PENDING_OUT)


@found_by("HELD-MOVED")
def frozen_units_are_sold(history: History) -> None:
    _sell(history, ParcelState.ACTIVE, encumbered=1)


@found_by("STEP-UNTOLD")
def a_change_of_state_is_missing(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.RETIRED)


@found_by("STEP-UNTOLD")
def a_change_of_state_is_told_twice(history: History) -> None:
    entry, event = history.first(UnitsChanged, cause=Cause.RETIRED)
    entry.append(event)


@found_by("STEP-FORBIDDEN")
def retired_units_are_active_again(history: History) -> None:
    event = history.only(UnitsChanged, cause=Cause.RETIRED)
    event.tag_before, event.state_before, event.state = 1, ParcelState.RETIRED, ParcelState.ACTIVE


@found_by("NOT-LOCKED")
def national_units_come_in_without_a_lock(history: History) -> None:
    event = history.only(UnitsChanged, cause=Cause.ADMITTED_FOR_LOCK)
    event.cause, event.tag, event.state = Cause.ADMITTED_HERE, MarketTag.REGIONAL, ParcelState.ACTIVE


# --- ends ------------------------------------------------------------------------------------------------------------


@found_by("TWO-CLAIMS")
def a_second_claim_on_the_same_tonnes(history: History) -> None:
    event = history.only(ClaimMade)
    history.append(replace(event, claim=ClaimId(event.claim + 5)))


@found_by("TWO-CLAIMS")
def a_claim_on_what_is_released(history: History) -> None:
    changed = history.only(UnitsChanged, cause=Cause.RELEASED)
    claim = history.only(ClaimMade)
    units = (LotRanges(changed.lot, changed.ranges),)
    history.append(replace(claim, claim=ClaimId(claim.claim + 5), units=units, quantity=Tonnes(10)))


@found_by("CLAIM-WRONG")
def a_claim_is_missing(history: History) -> None:
    history.drop(ClaimMade, purpose=Purpose.INTER_PROVINCE)


@found_by("CLAIM-WRONG")
def a_claim_says_more_than_it_has(history: History) -> None:
    event = history.only(ClaimMade)
    event.quantity = Tonnes(event.quantity + 1)


@found_by("CLAIM-WRONG")
def a_fulfilled_claim_has_what_was_refused(history: History) -> None:
    made, done = history.only(ClaimMade), history.only(ClaimFulfilled)
    done.units, done.quantity = made.units, made.quantity


@found_by("PURPOSE-WRONG")
def quota_is_surrendered_nationally(history: History) -> None:
    history.only(ClaimMade, purpose=Purpose.INTER_PROVINCE).purpose = Purpose.CONVERSION


@found_by("PURPOSE-WRONG")
def quota_offsets_a_project_of_no_facility(history: History) -> None:
    event = history.only(ClaimMade, purpose=Purpose.INTER_PROVINCE)
    event.purpose, event.details.project, event.details.league = Purpose.NEW_PROJECT_OFFSET, "New", League.BAOTOU
    event.details.facility, event.details.year, event.details.beneficiary_code = "。", 2025, FIRM


@found_by("BUYER-COVERED")
def quota_is_used_for_a_covered_facility_under_another_name(history: History) -> None:
    details = history.only(ClaimMade, purpose=Purpose.INTER_PROVINCE).details
    details.facility, details.year, details.beneficiary_code = "Furnace 2", 2025, f" {FIRM.lower()}"


@found_by("BUYER-COVERED")
def quota_is_approved_for_a_facility_that_is_covered_by_then(history: History) -> None:
    made = history.only(ClaimMade, purpose=Purpose.INTER_PROVINCE)
    made.details.facility, made.details.year = "Plant-9", 2025
    terms = FacilityTerms("PLANT-9", "Plant", "电厂", FIRM, Sector.POWER, League.BAOTOU, 2021, 0)
    history.first(ClaimApproved, claim=made.claim)[0].insert(0, FacilitySet(terms))


@found_by("BUYER-COVERED")
def quota_is_used_for_a_covered_facility(history: History) -> None:
    details = history.only(ClaimMade, purpose=Purpose.INTER_PROVINCE).details
    details.facility, details.year = "icp-1", 2025


@found_by("OVER-CAP")
def less_was_to_be_surrendered(history: History) -> None:
    history.only(ObligationSet).due = Tonnes(99)


@found_by("OVER-CAP")
def less_was_to_be_surrendered_when_it_was_approved(history: History) -> None:
    duty, made = history.only(ObligationSet), history.only(ClaimMade, purpose=Purpose.NATIONAL_SURRENDER)
    less = ObligationSet(duty.facility, duty.year, Tonnes(99))
    history.first(ClaimApproved, claim=made.claim)[0].insert(0, less)


@found_by("OVER-CAP")
def a_surrender_counts_beside_one_that_was_approved(history: History) -> None:
    made, later = history.only(ClaimMade, purpose=Purpose.NATIONAL_SURRENDER), history.only(ClaimMade, quantity=4)
    later.purpose, later.details = made.purpose, made.details


@found_by("REPLACED-WRONG")
def a_loss_is_replaced_by_somebody_else(history: History) -> None:
    history.only(ReversalReported).responsible = ParticipantId(99)


@found_by("REPLACED-WRONG")
def a_loss_is_replaced_by_other_units(history: History) -> None:
    reversals = [event for _, event in history.every(ReversalReported)]
    reversals[1].project = reversals[0].project


@found_by("REPLACED-WRONG")
def less_was_lost(history: History) -> None:
    *_, (_, event) = history.every(ReversalReported)
    event.quantity = Tonnes(event.quantity - 1)


@found_by("REPLACED-WRONG")
def what_was_replaced_is_not_told(history: History) -> None:
    history.drop(ReversalReplaced)


@found_by("REPLACED-WRONG")
def more_is_told_than_was_replaced(history: History) -> None:
    event = history.only(ReversalReplaced)
    event.quantity, event.shortfall = Tonnes(event.quantity + 1), Tonnes(event.shortfall - 1)


@found_by("REPLACED-WRONG")
def a_use_replaces_a_loss_besides(history: History) -> None:
    history.only(ClaimMade, purpose=Purpose.INTER_PROVINCE).reversal = history.only(ReversalReported).reversal


@found_by("REPLACED-WRONG")
def a_forced_cancellation_replaces_nothing(history: History) -> None:
    history.only(ClaimMade, purpose=Purpose.FORCED).reversal = ReversalId(0)


@found_by("BUDGET-WRONG")
def an_adjustment_is_missing(history: History) -> None:
    history.drop(BudgetAdjusted)


@found_by("BUDGET-WRONG")
def an_adjustment_is_of_another_league(history: History) -> None:
    history.only(BudgetAdjusted).source = League.WUHAI


# --- registry --------------------------------------------------------------------------------------------------------


@found_by("NO-STATEMENT")
def a_cancellation_without_the_registrys_word(history: History) -> None:
    entry, _ = history.first(UnitsChanged, cause=Cause.CANCELLED)
    entry[:] = [event for event in entry if not isinstance(event, RegistryAnswered)]


@found_by("NO-STATEMENT")
def a_lock_of_other_serials_than_were_asked_for(history: History) -> None:
    history.only(RegistryAsked).serials.hi -= 1


@found_by("RECEIPT-TWICE")
def a_receipt_serves_twice(history: History) -> None:
    first, second = [event for _, event in history.every(RegistryAnswered) if event.receipt][:2]
    second.receipt = f"{first.receipt.upper()} ".replace("-", " / ")


@found_by("ANSWER-WRONG")
def an_answer_comes_twice(history: History) -> None:
    history.append(history.only(RegistryAnswered))


@found_by("ANSWER-WRONG")
def an_answer_to_nothing(history: History) -> None:
    history.append(replace(history.only(RegistryAnswered), request=RequestId(7), receipt="another"))


@found_by("REQUEST-TWICE")
def a_reference_serves_two_requests(history: History) -> None:
    first, second = [event for _, event in history.every(RegistryAsked)][:2]
    second.reference = first.reference


# --- held fast, booked -----------------------------------------------------------------------------------------------


@found_by("HELD-MISCOUNTED")
def an_encumbrance_holds_nothing(history: History) -> None:
    history.drop(UnitsEncumbered)


@found_by("ONE-PERSON")
def a_freeze_is_lifted_by_nobody(history: History) -> None:
    standing = [event for _, event in history.every(UnitsEncumbered)][-1]
    history.append(EncumbranceLifted(standing.encumbrance))


@found_by("ONE-PERSON")
def a_part_of_a_freeze_is_let_go_by_nobody(history: History) -> None:
    standing = [event for _, event in history.every(UnitsEncumbered)][-1]
    history.append(UnitsFreed(standing.encumbrance, standing.lot, standing.ranges[:1]))


@found_by("HELD-MISCOUNTED")
def what_a_lifted_freeze_lets_go_is_not_told(history: History) -> None:
    history.drop(UnitsFreed)


@found_by("HELD-MOVED")
def a_use_is_approved_after_its_units_were_frozen(history: History) -> None:
    frozen, (proposed, made) = history.only(UnitsEncumbered), history.first(ClaimMade)
    scope = (ProjectId(0), 0, frozen.lot, 0, 0)
    proposed.append(EncumbranceSet(EncumbranceId(7), EncumbranceKind.FREEZE, *scope, "order 9", PersonId(1)))
    proposed += [replace(frozen, encumbrance=EncumbranceId(7), lot=u.lot, ranges=u.ranges) for u in made.units]


@found_by("LEDGER-DIFFERS")
def the_ledger_has_a_tonne_more(history: History) -> None:
    for _, event in history.every(Booked):
        for posting in event.postings:
            if posting.asset and posting.debit == -2:
                posting.amount += 1
                return


@found_by("LEDGER-DIFFERS")
def what_is_set_aside_is_not_held(history: History) -> None:
    entry, _ = [found for found in history.every(UnitsChanged) if found[1].cause is Cause.USE_PROPOSED][-1]
    entry[:] = [event for event in entry if not isinstance(event, Booked)]


# --- helpers ---------------------------------------------------------------------------------------------------------


def _standing(history: History, lot: LotId) -> ParcelsReshaped:
    """The parcels of a lot as they are at the end: as if all were closed and opened again."""
    there: dict[int, Parcel] = {}
    for _, event in history.every(ParcelsReshaped):
        if event.lot == lot:
            for serials in event.closed:
                del there[serials.lo]
            there.update((parcel.lo, parcel) for parcel in event.opened)
    parcels = tuple(replace(there[lo]) for lo in sorted(there))
    return ParcelsReshaped(lot, tuple(SerialRange(parcel.lo, parcel.hi) for parcel in parcels), parcels)


def _sell(history: History, state: ParcelState, encumbered: int = 0) -> None:
    """Somebody else has a parcel that stands so, and a movement tells it; otherwise all is as it should be."""
    for _, event in list(history.every(LotAdmitted)):
        whole = _standing(history, event.lot)
        for parcel in whole.opened:
            if (parcel.state, parcel.encumbered) == (state, encumbered):
                seller, parcel.owner = parcel.owner, ParticipantId(parcel.owner + 1)
                serials = (SerialRange(parcel.lo, parcel.hi),)
                history.append(whole, ParcelsMoved(TransactionId(7), event.lot, seller, parcel.owner, serials))
                return
    raise LookupError(state)
