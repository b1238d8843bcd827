"""Attempts at the end of a tonne's life: used twice, used and released, used for what it cannot serve, brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.core.commands.approvals import Approve
from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.encumbrances import ForceCancellation, LiftEncumbrance, ReportReversal, WithdrawReversal
from exchange.core.commands.governance import AdoptRulebook, Verified
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import CcerGeneration
from exchange.core.commands.uses import Intensity, Pick, Purpose, ReleaseUnits, SetObligation, UseUnits
from exchange.core.rejections import RejectReason as R
from exchange.core.rulebook import OLD_CCER_RULE
from exchange.core.values import ClaimId, Day, IssuanceId, Tonnes
from tests.double_counting import careless as off
from tests.double_counting.attempts import Off, Steps, agreeing, attempt, giving
from tests.double_counting.scene import FOR_MILL, Scene
from tests.support.market import FIRM, rules

FOLLOW = "parcel_changes_follow_one_another"
ONE_CLAIM = "claim_ranges_one_claim_a_tonne"
SPENT = "parcels_spent_for_good"
HAVE = "balances_available_not_negative"
FREE = "parcel_changes_of_free_units"
AS_OWED = "reversals_replaced_as_owed"
STAND = "parcels_stand_where_told"
ASKED_ONCE = "registry_requests_one_at_a_time"

UNITS: tuple[Off, ...] = (off.NAMED, *off.STANDING, off.INVARIANTS)
"""Serials are taken as they are named, wherever they stand."""

DOUBLE_USE = "double use; the Measures, article 28 (注销)"


# --- used twice ------------------------------------------------------------------------------------------------------


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, STAND, ONE_CLAIM, source=DOUBLE_USE)
def two_uses_at_once(scene: Scene) -> Steps:
    """Two uses of the same serials are proposed before either is approved."""
    scene.propose(scene.use(scene.serials(1, 31)))
    return agreeing(scene.use(scene.serials(21, 41), purpose=Purpose.ECO_COMPENSATION), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, ONE_CLAIM, ASKED_ONCE, source=DOUBLE_USE)
def a_second_use_before_the_receipt(scene: Scene) -> Steps:
    """A use is approved and waits for the registry; the same serials are used again."""
    scene.used(scene.serials(1, 31))
    return agreeing(scene.use(scene.serials(1, 31)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source="recycled CER, Hungary, March 2010")
def a_use_of_what_the_registry_cancelled(scene: Scene) -> Steps:
    """Cancelled CCER neutralise a second event."""
    scene.used(scene.serials(1, 31))
    scene.registry_confirms()
    return agreeing(scene.use(scene.serials(1, 31)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source=DOUBLE_USE)
def a_use_of_quota_that_is_retired(scene: Scene) -> Steps:
    """Retired quota meets the need of a second project."""
    scene.used(scene.quota(101, 131))
    return agreeing(scene.use(scene.quota(111, 121)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source="a claim that proved wrong")
def a_use_of_what_a_revoked_claim_had(scene: Scene) -> Steps:
    """A certificate is revoked; its units are taken for another one."""
    scene.revoked(scene.used(scene.quota(101, 131)))
    return agreeing(scene.use(scene.quota(101, 131)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source="used in another province and here")
def a_use_of_what_was_exported(scene: Scene) -> Steps:
    """Quota went to another province and is used here."""
    scene.used(scene.quota(101, 131), purpose=Purpose.INTER_PROVINCE, league=League.NONE, province="Hebei")
    return agreeing(scene.use(scene.quota(101, 131)), scene.second)


@attempt(R.INVALID_FIELD, (off.NAMED_ONCE, *UNITS), ONE_CLAIM, FOLLOW, STAND, source="splits that only have to add up")
def one_use_with_overlapping_serials(scene: Scene) -> Steps:
    """One use names two ranges that overlap, and counts the tonnes between twice."""
    return agreeing(scene.use(scene.quota(101, 121), scene.quota(111, 131)), scene.second)


@attempt(R.INSUFFICIENT_TONNES, (off.NAMED, off.INVARIANTS), HAVE, source="retired and sold at once")
def a_use_of_what_is_in_an_order(scene: Scene) -> Steps:
    """All tonnes are offered in the book; some of them are used meanwhile."""
    scene.offer(100)
    return agreeing(scene.use(scene.serials(1, 31)), scene.second)


@attempt(
    R.LOT_NOT_FOUND,
    (Off(f"{off.HANDLERS}.choosing:refuse_foreign_lots", off.no_objection), *UNITS),
    STAND,
    source="another firm's units used for one's own steel",
)
def a_use_of_somebody_elses_units(scene: Scene) -> Steps:
    """The mill uses the forest firm's serials without having bought them."""
    action = scene.use(scene.quota(101, 131))
    action.actor, action.participant = scene.traders[scene.steel], scene.steel
    return agreeing(action, scene.second)


# --- in place of what was lost ---------------------------------------------------------------------------------------

LOSSES = "buffer and replacement after a fire; FRAUD: an equal quantity"


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source=LOSSES)
def one_replacement_of_two_losses(scene: Scene) -> Steps:
    """Two savings proved wrong; the same thirty tonnes of quota replace the first and then the second."""
    first, second = scene.lost(30, "P1-QUOTA"), scene.lost(30, "P1-QUOTA")
    scene.agree(scene.replacing(first, scene.quota(101, 131)), scene.second)
    return agreeing(scene.replacing(second, scene.quota(101, 131)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source=LOSSES)
def a_use_of_what_has_replaced_a_loss(scene: Scene) -> Steps:
    """Cancelled in place of burnt wood, the same CCER neutralise an event."""
    scene.agree(scene.replacing(scene.lost(30), scene.serials(1, 31)), scene.second)
    scene.registry_confirms()
    return agreeing(scene.use(scene.serials(1, 31)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, ONE_CLAIM, ASKED_ONCE, source=LOSSES)
def a_replacement_by_what_is_being_used(scene: Scene) -> Steps:
    """CCER on their way out for an event are to replace burnt wood as well."""
    scene.used(scene.serials(1, 31))
    return agreeing(scene.replacing(scene.lost(30), scene.serials(21, 31)), scene.second)


@attempt(R.FAMILY_CANNOT_SERVE, (off.REPLACING,), AS_OWED, source=LOSSES)
def a_replacement_by_another_kind_of_units(scene: Scene) -> Steps:
    """Burnt wood is replaced by savings of a plant, which the buyers of the wood never bought."""
    return agreeing(scene.replacing(scene.lost(30), scene.quota(101, 131)), scene.second)


@attempt(R.NOTHING_TO_REPLACE, (off.REPLACING, off.INVARIANTS), AS_OWED, "reversals_add_up", source=LOSSES)
def a_loss_replaced_by_order_and_freely(scene: Scene) -> Steps:
    """A replacement was proposed; the regulator ordered it meanwhile; then it is approved, and counts twice."""
    lost = scene.lost(30, "P1-QUOTA")
    proposal, action_hash = scene.propose(scene.replacing(lost, scene.quota(101, 131)))
    scene.agree(ForceCancellation(scene.operator, lost), scene.regulator)
    return giving(Approve(scene.second, proposal, action_hash, ""))


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, ONE_CLAIM, source="a claim that proved wrong")
def a_replacement_by_what_a_revoked_one_had(scene: Scene) -> Steps:
    """A replacement proved wrong and was revoked; the loss that is owed again is replaced by the same units."""
    lost = scene.lost(30, "P1-QUOTA")
    scene.revoked(ClaimId(scene.agree(scene.replacing(lost, scene.quota(101, 131)), scene.second)))
    return agreeing(scene.replacing(lost, scene.quota(101, 131)), scene.second)


@attempt(R.REVERSAL_EXCEEDED, (off.LOST,), "reversals_of_who_brought_in", source=LOSSES)
def one_fire_reported_twice(scene: Scene) -> Steps:
    """All that a firm brought in burnt; the fire is reported again, and the firm is to owe another one's wood."""
    scene.lot(scene.steel, 100)
    scene.lost(100)
    again = ReportReversal(scene.operator, scene.project("P1"), 2023, scene.wood, Tonnes(100), "fire")
    return agreeing(again, scene.second)


@attempt(R.REVERSAL_REPLACED, (off.REPLACED,), "reversals_withdrawn_unreplaced", AS_OWED, source=LOSSES)
def a_debt_let_off_as_a_mistake(scene: Scene) -> Steps:
    """A loss is replaced in part; what is still owed is let off, as if nothing had been lost."""
    lost = scene.lost(30, "P1-QUOTA")
    scene.agree(scene.replacing(lost, scene.quota(101, 111)), scene.second)
    return agreeing(WithdrawReversal(scene.operator, lost, "a mistake"), scene.regulator)


@attempt(R.REVERSAL_REPLACED, (off.REPLACED,), AS_OWED, source=LOSSES)
def a_loss_taken_back_while_it_is_being_replaced(scene: Scene) -> Steps:
    """The registry is about to cancel CCER in place of burnt wood, and the fire is said never to have been."""
    lost = scene.lost(30)
    scene.agree(scene.replacing(lost, scene.serials(1, 31)), scene.second)
    return agreeing(WithdrawReversal(scene.operator, lost, "a mistake"), scene.regulator)


@attempt(R.SAME_PERSON, (off.FOUR_EYES,), "proposals_decided_by_another", source=LOSSES)
def a_loss_taken_back_by_one_person(scene: Scene) -> Steps:
    """The regulator proposes and approves that a firm owes nothing."""
    proposal, action_hash = scene.propose(WithdrawReversal(scene.regulator, scene.lost(30), "a mistake"))
    return giving(Approve(scene.regulator, proposal, action_hash, ""))


# --- used and released -----------------------------------------------------------------------------------------------

TWO_MARKETS = "double selling: here and in the national market"


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, STAND, source=TWO_MARKETS)
def a_use_during_a_release(scene: Scene) -> Steps:
    """Units are in the cool-down of a release to the national market, and are used here."""
    scene.agree(scene.release(1, 31), scene.second)
    return agreeing(scene.use(scene.serials(1, 31)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, source=TWO_MARKETS)
def a_release_during_a_use(scene: Scene) -> Steps:
    """Units wait for the receipt of their cancellation, and are released to the national market."""
    scene.used(scene.serials(1, 31))
    return agreeing(scene.release(1, 31), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, STAND, "release_ranges_one_release_at_a_time", source=TWO_MARKETS)
def two_releases_at_once(scene: Scene) -> Steps:
    """The same serials are released to two national accounts."""
    scene.agree(scene.release(1, 31), scene.second)
    return agreeing(scene.release(21, 41), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, FOLLOW, STAND, source=TWO_MARKETS)
def a_use_of_what_is_in_the_national_market(scene: Scene) -> Steps:
    """Units went to the national market, and are used here as if they were still locked for it."""
    scene.sent_out(1, 31)
    return agreeing(scene.use(scene.serials(1, 31)), scene.second)


@attempt(R.UNITS_NOT_THERE, UNITS, SPENT, FOLLOW, STAND, source="recycled CER, Hungary, March 2010")
def a_release_of_what_was_cancelled(scene: Scene) -> Steps:
    """Cancelled units are swapped into another market, where nobody knows them."""
    scene.used(scene.serials(1, 31))
    scene.registry_confirms()
    return agreeing(scene.release(1, 31), scene.second)


@attempt(
    R.NOT_OF_NATIONAL_REGISTRY,
    (off.NATIONAL_RELEASE,),
    "release_ranges_of_national_units",
    source="regional quota sold as an allowance",
)
def a_release_of_quota_to_the_national_market(scene: Scene) -> Steps:
    """Regional quota, which no national registry has, is sent to the national market."""
    action = ReleaseUnits(scene.trader, scene.wood, (scene.quota(101, 131),), "N-1")
    return agreeing(action, scene.second)


# --- brought back ----------------------------------------------------------------------------------------------------

BACK = "the market tag is a state under constraint, not a promise: BlueNext, 2010"


@attempt(R.UNITS_NOT_THERE, (off.NOT_OUT, *off.STANDING, off.INVARIANTS), FOLLOW, source=BACK)
def more_comes_back_than_went_out(scene: Scene) -> Steps:
    """Thirty tonnes went out; forty are brought back."""
    scene.sent_out(1, 31)
    return agreeing(ReturnUnits(scene.operator, scene.forest, scene.steel, 1, 41, "back"), scene.second, "back")


@attempt(R.UNITS_NOT_THERE, (off.NOT_OUT, *off.STANDING, off.INVARIANTS), SPENT, FOLLOW, STAND, source=BACK)
def what_was_cancelled_comes_back(scene: Scene) -> Steps:
    """Units that were used are brought back as if they had been released."""
    scene.used(scene.serials(1, 31))
    scene.registry_confirms()
    return agreeing(ReturnUnits(scene.operator, scene.forest, scene.steel, 1, 31, "back"), scene.second, "back")


@attempt(
    R.UNITS_NOT_THERE,
    (off.NOT_OUT, *off.STANDING, off.INVARIANTS),
    FOLLOW,
    ASKED_ONCE,
    source=BACK,
)
def it_comes_back_twice(scene: Scene) -> Steps:
    """Two firms say that they hold the same units in the national market, and both bring them back."""
    scene.sent_out(1, 31)
    first = ReturnUnits(scene.operator, scene.forest, scene.steel, 1, 31, "back-1")
    scene.agree(first, scene.second, "back-1")
    second = ReturnUnits(scene.operator, scene.forest, scene.wood, 1, 31, "back-2")
    return agreeing(second, scene.second, "back-2")


@attempt(R.LOCK_REFERENCE_USED, (off.PAPER,), "lock_papers_entered_once", source=BACK)
def it_comes_back_on_the_first_lock(scene: Scene) -> Steps:
    """The lock under which units first came in is shown again when they come back."""
    paper = scene.state.credits.lots[scene.forest].lock_reference
    scene.sent_out(1, 31)
    return agreeing(ReturnUnits(scene.operator, scene.forest, scene.steel, 1, 31, paper), scene.second, paper)


# --- held fast -------------------------------------------------------------------------------------------------------

FROZEN = "stolen units: Holcim Romania 2010, Czech Republic 2011"
SINK = "sources/003: the ecosystem-sink category is certified CCER"
COVERED = "Interim Regulations on carbon trading, article 29; a plant that is entered late"


@attempt(R.UNITS_NOT_THERE, (*UNITS, off.HELD_USE), FREE, source=FROZEN)
def a_use_of_what_is_frozen(scene: Scene) -> Steps:
    """Frozen serials are used before the court has decided whose they are."""
    scene.freeze_quota(101, 131)
    return agreeing(scene.use(scene.quota(111, 121)), scene.second)


@attempt(R.UNITS_ENCUMBERED, (off.HELD_USE,), FREE, "claims_of_free_units", source=FROZEN)
def a_use_approved_after_the_freeze(scene: Scene) -> Steps:
    """A use was proposed; then its serials were frozen; then it is approved."""
    proposal, action_hash = scene.propose(scene.use(scene.quota(101, 131)))
    scene.freeze_quota(111, 121)
    return giving(Approve(scene.second, proposal, action_hash, ""))


@attempt(R.UNITS_ENCUMBERED, (off.HELD_USE,), "claims_of_free_units", source=FROZEN)
def a_cancellation_approved_after_the_freeze(scene: Scene) -> Steps:
    """The same of CCER, which the registry would only then be asked to cancel."""
    proposal, action_hash = scene.propose(scene.use(scene.serials(1, 31)))
    scene.freeze(11, 21)
    return giving(Approve(scene.second, proposal, action_hash, ""))


@attempt(R.UNITS_ENCUMBERED, (off.HELD_RELEASE,), "releases_of_free_units", source=FROZEN)
def a_release_approved_after_the_freeze(scene: Scene) -> Steps:
    """A release was proposed; then its serials were frozen; then it is approved."""
    proposal, action_hash = scene.propose(scene.release(1, 31))
    scene.freeze(11, 21)
    return giving(Approve(scene.second, proposal, action_hash, ""))


@attempt(R.UNITS_NOT_THERE, (*UNITS, off.HELD_RELEASE), FREE, source=FROZEN)
def a_release_of_what_is_frozen(scene: Scene) -> Steps:
    """Frozen serials are sent to another registry, where nobody freezes them."""
    scene.freeze(1, 31)
    return agreeing(scene.release(1, 31), scene.second)


@attempt(R.SAME_PERSON, (off.FOUR_EYES,), "proposals_decided_by_another", source=FROZEN)
def a_freeze_lifted_by_one_person(scene: Scene) -> Steps:
    """One operator proposes and approves to let frozen units go."""
    proposal, action_hash = scene.propose(LiftEncumbrance(scene.operator, scene.freeze(1, 31)))
    return giving(Approve(scene.operator, proposal, action_hash, ""))


@attempt(R.CONVERSION_INVALID, (off.FOR_GOOD,), "freed_ranges_of_sound_conversions", source=SINK)
def sink_quota_let_go_after_its_cancellation_was_revoked(scene: Scene) -> Steps:
    """Quota was issued against CCER that were never cancelled; their claim was revoked, and the quota is to be free."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    scene.quota_on(claim)
    suspension = scene.contradicts(claim)
    scene.revoked(claim)
    return agreeing(LiftEncumbrance(scene.operator, suspension), scene.regulator)


@attempt(R.UNITS_NOT_THERE, (*UNITS, off.HELD_USE), FREE, source=COVERED)
def a_use_of_quota_whose_plant_is_covered_since(scene: Scene) -> Steps:
    """Quota came in and is used, after the regulator has entered its plant as covered for that year."""
    lot, _ = scene.plant_covered()
    return agreeing(scene.use(Pick(lot, 1, 31)), scene.second)


@attempt(R.UNITS_ENCUMBERED, (off.HELD_USE,), FREE, "claims_of_free_units", source=COVERED)
def a_use_approved_after_the_plant_was_covered(scene: Scene) -> Steps:
    """A use of quota was proposed; then its plant was entered as covered; then the use is approved."""
    lot = scene.admit(scene.plant_issued(), scene.wood, 1, 51)
    proposal, action_hash = scene.propose(scene.use(Pick(lot, 1, 31)))
    scene.facility("LATE")
    return giving(Approve(scene.second, proposal, action_hash, ""))


@attempt(R.SOURCE_COVERED, (off.COVERED_SINCE,), "freed_ranges_of_uncovered_sources", source=COVERED)
def quota_let_go_whose_plant_is_covered(scene: Scene) -> Steps:
    """What holds such quota is lifted by two persons, and the plant is still inside the national market."""
    _, suspension = scene.plant_covered()
    return agreeing(LiftEncumbrance(scene.operator, suspension), scene.regulator)


@attempt(R.SAME_PERSON, (off.FOUR_EYES,), "proposals_decided_by_another", source="one person issues and sells")
def an_issuance_by_one_person(scene: Scene) -> Steps:
    """One operator proposes and approves an issuance."""
    proposal, action_hash = scene.propose(scene.issuing(scene.new_project("P2"), 1, 101))
    return giving(Approve(scene.operator, proposal, action_hash, ""))


# --- whom it serves --------------------------------------------------------------------------------------------------

ETS = "Interim Regulations on carbon trading, article 29; 避免重复交易"


def offset(scene: Scene, facility: str = "ICP-1") -> UseUnits:
    """Quota for a new furnace of the mill's in 2025."""
    furnace: dict[str, Any] = {
        "project": "Furnace 2",
        "intensity": Intensity.LOW,
        "year": 2025,
        "beneficiary_code": FIRM,
        "league": League.BAOTOU,
    }
    return scene.use(scene.quota(101, 131), purpose=Purpose.NEW_PROJECT_OFFSET, facility=facility, **furnace)


def surrender(scene: Scene, lo: int, hi: int, **given: object) -> Steps:
    """A surrender by the mill for 2025."""
    action = scene.use(scene.serials(lo, hi), purpose=Purpose.NATIONAL_SURRENDER, **{**FOR_MILL, **given})
    return agreeing(action, scene.second)


@attempt(R.BUYER_COVERED, (off.COVERED_BUYER,), "claim_ranges_buyer_not_covered", source=ETS)
def quota_for_a_facility_of_the_national_market(scene: Scene) -> Steps:
    """A covered plant uses regional quota for a year for which it surrenders national allowances."""
    scene.facility("ICP-1")
    return agreeing(offset(scene, facility="icp-1"), scene.second)


@attempt(R.PURPOSE_DETAILS, (off.DETAILS,), "claims_for_a_facility", source=ETS)
def quota_for_a_project_of_no_facility(scene: Scene) -> Steps:
    """The same, and the plant is left out, so that nothing can be compared."""
    scene.facility("ICP-1")
    return agreeing(offset(scene, facility=""), scene.second)


@attempt(R.FACILITY_NOT_THE_FIRMS, (off.COVERED_BUYER,), "claim_ranges_facility_is_known", source=ETS)
def quota_for_a_covered_facility_under_another_name(scene: Scene) -> Steps:
    """The same, and the plant has a name that nobody knows; the firm's credit code is right."""
    scene.facility("ICP-1")
    return agreeing(offset(scene, facility="Furnace 2"), scene.second)


@attempt(R.BUYER_COVERED, (off.COVERED_BUYER,), "claim_ranges_buyer_not_covered", source=ETS)
def quota_for_a_facility_that_is_covered_since(scene: Scene) -> Steps:
    """A use was proposed; then the regulator entered its plant as covered; then it is approved."""
    proposal, action_hash = scene.propose(offset(scene))
    scene.facility("ICP-1")
    return giving(Approve(scene.second, proposal, action_hash, ""))


@attempt(R.OFFSET_CAP, (off.PURPOSE,), "claims_within_the_share", source="管理办法, article 29: 5 %")
def the_cap_split_over_two_requests(scene: Scene) -> Steps:
    """Five tonnes may be surrendered; two requests ask for four each; the first is approved, and then the second."""
    scene.facility("ICP-1")
    scene.agree(SetObligation(scene.operator, "ICP-1", 2025, Tonnes(100)), scene.regulator)
    first, second = (
        scene.propose(scene.use(scene.serials(lo, lo + 4), purpose=Purpose.NATIONAL_SURRENDER, **FOR_MILL))
        for lo in (1, 11)
    )
    scene.done(Approve(scene.second, *first, ""))
    return giving(Approve(scene.second, *second, ""))


@attempt(R.OFFSET_CAP, (off.PURPOSE,), "claims_within_the_share", source="管理办法, article 29: 5 %")
def the_cap_under_two_spellings(scene: Scene) -> Steps:
    """The first of them is approved; then the second one writes the facility's code in small letters."""
    scene.facility("ICP-1")
    scene.agree(SetObligation(scene.operator, "ICP-1", 2025, Tonnes(100)), scene.regulator)
    first = scene.use(scene.serials(1, 5), purpose=Purpose.NATIONAL_SURRENDER, **FOR_MILL)
    scene.agree(first, scene.second)
    return surrender(scene, 11, 15, facility="icp -1")


@attempt(R.OLD_CCER, (off.PURPOSE,), "claims_of_no_old_ccer", source="old CCER end with 2024")
def old_ccer_surrendered(scene: Scene) -> Steps:
    """CCER of the old generation are surrendered after their last day."""
    return agreeing(_surrender_of_old(scene), scene.second)


@attempt(R.OLD_CCER, (off.PURPOSE,), "claims_of_no_old_ccer", source="old CCER end with 2024")
def old_ccer_whose_surrender_is_approved_too_late(scene: Scene) -> Steps:
    """Their surrender was proposed while a rulebook let it; it is approved when the rule is as it was before."""
    surrender = _surrender_of_old(scene)
    later = [replace(one, value=20991231, verified=Verified.SECONDARY) for one in rules() if one.rule == OLD_CCER_RULE]
    book = (*(one for one in rules() if one.rule != OLD_CCER_RULE), *later)
    scene.agree(AdoptRulebook(scene.operator, "later", book), scene.regulator)
    proposal, action_hash = scene.propose(surrender)
    scene.agree(AdoptRulebook(scene.operator, "as before", rules()), scene.regulator)
    return giving(Approve(scene.second, proposal, action_hash, ""))


def _surrender_of_old(scene: Scene) -> UseUnits:
    """Ten tonnes of old CCER for the mill, which has to surrender a thousand."""
    scene.facility("ICP-1")
    scene.agree(SetObligation(scene.operator, "ICP-1", 2025, Tonnes(1_000)), scene.regulator)
    project = scene.new_project("OLD", ccer_generation=CcerGeneration.OLD)
    old = scene.issuing(project, 701, 801, space="CCER", monitoring_start=Day(20160101), monitoring_end=Day(20161231))
    lot = scene.admit(IssuanceId(scene.agree(old, scene.second)), scene.wood, 701, 801)
    return scene.use(Pick(lot, 701, 711), purpose=Purpose.NATIONAL_SURRENDER, **FOR_MILL)


@attempt(
    R.FAMILY_CANNOT_SERVE,
    (off.PURPOSE,),
    "claim_ranges_buyer_not_covered",
    "claims_of_national_units",
    source=ETS,
)
def regional_quota_surrendered_nationally(scene: Scene) -> Steps:
    """Regional quota is surrendered in the national market, which does not know it."""
    scene.facility("ICP-1")
    scene.agree(SetObligation(scene.operator, "ICP-1", 2025, Tonnes(1_000)), scene.regulator)
    action = scene.use(scene.quota(101, 111), purpose=Purpose.NATIONAL_SURRENDER, **FOR_MILL)
    return agreeing(action, scene.second)
