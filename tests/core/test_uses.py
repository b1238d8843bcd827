"""Using units: what they cover, whose budget they leave, what turns into quota, and what a revocation takes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal
from exchange.core.commands.governance import AdoptRulebook, Rule, Verified
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import FacilityTerms, ProjectTerms, RegisterProject, Sector, SetFacility
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Intensity, Pick, Purpose, RevokeClaim, SetBudget, UseUnits
from exchange.core.credits.claims import NEEDS, Claim, ClaimStatus, covered, offset_cap
from exchange.core.credits.states import ABSORBING
from exchange.core.events.credits import ParcelState, UnitsChanged
from exchange.core.events.governance import Rejected
from exchange.core.events.uses import BudgetAdjusted
from exchange.core.handlers import choosing
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.rejections import RejectReason as R
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, IssuanceId, LotId, ProjectId, ReversalId, Tonnes
from tests.core.units_world import FIRM_2, HOME, SURRENDERS, UNITS_WORLD, ccer_terms, sink_terms
from tests.core.wrong_uses import exception_made, mill_covered
from tests.support.market import FIRM, Market, rules

U = UNITS_WORLD


@pytest.fixture
def market() -> Market:
    """The world once more."""
    return U.copy()


def used(market: Market, action: UseUnits) -> Claim:
    """A use that was approved."""
    return market.state.claims.claims[ClaimId(market.agree(action, market.second))]


def registered(market: Market, terms: ProjectTerms) -> ProjectId:
    """A project of quota that the regulator approved."""
    return ProjectId(market.agree(RegisterProject(market.operator, terms), market.regulator))


def state_of(market: Market, lot: LotId, serial: int) -> str:
    """Where one serial stands."""
    ((parcel, _),) = market.state.parcels.pieces(lot, SerialRange(serial, serial + 1))
    return parcel.state.name


def offset(*picks: Pick, intensity: Intensity = Intensity.HIGH, **given: object) -> UseUnits:
    """Quota for a new project."""
    named = {"project": "New mill", "facility": "MILL-3", "year": 2025, "beneficiary_code": FIRM_2, **given}
    return U.use(*picks, purpose=Purpose.NEW_PROJECT_OFFSET, intensity=intensity, **named)


def adjusted(market: Market, since: int) -> list[tuple[League, League, str, int]]:
    """What was booked in leagues' budgets since then."""
    events = [event for event in market.told[since:] if isinstance(event, BudgetAdjusted)]
    return [(event.source, event.used_in, event.province, event.quantity) for event in events]


def rulebook(rule: str, value: int) -> tuple[Rule, ...]:
    """The rules with one that rests on an article."""
    book = rules()
    return tuple(replace(one, value=value, verified=Verified.SECONDARY) if one.rule == rule else one for one in book)


@pytest.mark.parametrize(("days_ahead", "reason"), [(0, R.OLD_CCER), (1, None)])
def test_old_ccer_are_ruled_out_from_the_very_day_of_the_rule(
    market: Market, days_ahead: int, reason: R | None
) -> None:
    """Not from the day after: "from 2025-01-01 on", RULEBOOK OLD-CCER (S20). The day before they still count."""
    day = market.state.session.day + days_ahead
    market.agree(AdoptRulebook(market.operator, "ruled out", rulebook("OLD-CCER", day)), market.regulator)
    old = U.use(Pick(U.old_ccer, 201, 211), purpose=Purpose.NATIONAL_SURRENDER, league=League.NONE, **SURRENDERS)
    assert market.give(Propose(old.actor, old)).reason is reason


@pytest.mark.parametrize(("tonnes", "covers"), [(2, 1), (5, 4), (6, 5), (11, 9), (12, 10)])
def test_a_ratio_above_one_asks_for_more_units_and_what_is_left_of_a_tonne_is_lost(
    market: Market, tonnes: int, covers: int
) -> None:
    market.agree(AdoptRulebook(market.operator, "stricter", rulebook("DIFF-HIGH", 1_200_000)), market.regulator)
    assert used(market, offset(Pick(U.local, 421, 421 + tonnes))).covers == covers
    low = offset(Pick(U.local, 441, 441 + tonnes), intensity=Intensity.LOW)
    assert used(market, low).covers == tonnes


@pytest.mark.parametrize(("ratio", "least"), [(1_000_000, 1), (1_000_001, 2), (2_000_000, 2), (2_000_001, 3)])
def test_a_use_that_covers_less_than_a_tonne_is_refused(market: Market, ratio: int, least: int) -> None:
    """Its units would be gone for nothing; the refusal says how many cover one."""
    market.agree(AdoptRulebook(market.operator, "stricter", rulebook("DIFF-HIGH", ratio)), market.regulator)
    for tonnes in range(1, least):
        action = offset(Pick(U.local, 421, 421 + tonnes))
        (refused,) = market.give(Propose(action.actor, action)).events
        assert isinstance(refused, Rejected)
        assert refused == Rejected(R.COVERS_NOTHING, 2, ("lowest",), (least,))
    assert used(market, offset(Pick(U.local, 421, 421 + least))).covers == 1


def test_a_use_of_which_a_part_is_refused_may_cover_nothing(market: Market) -> None:
    """What the registry has cancelled is gone, and the claim must say so: two tonnes were to cover one."""
    market.agree(AdoptRulebook(market.operator, "stricter", rulebook("DIFF-HIGH", 2_000_000)), market.regulator)
    claim = used(market, offset(U.pick(71, 72), U.pick(131, 132)))
    requests = [market.state.requests.by_id[number] for number in market.state.requests.of_subject[claim.claim]]
    market.done(market.answer(requests[0], RegistryOutcome.REFUSED))
    market.registry_confirms()
    assert (claim.quantity, claim.covers) == (1, 0)


def test_a_ratio_is_that_of_the_day_of_the_proposal(market: Market) -> None:
    proposal, action_hash = market.propose(offset(Pick(U.local, 421, 433)))
    market.agree(AdoptRulebook(market.operator, "stricter", rulebook("DIFF-HIGH", 1_200_000)), market.regulator)
    number = ClaimId(market.done(Approve(market.second, proposal, action_hash, "")).created)
    assert market.state.claims.claims[number].covers == 12


@pytest.mark.parametrize("refused", [0, 1])
def test_what_is_left_of_a_tonne_is_lost_once_when_a_part_was_refused(market: Market, refused: int) -> None:
    """As much is covered as if what is gone had been chosen alone: 11 t and 19 t at 1.1 are 10 t and 17 t, not less."""
    market.agree(AdoptRulebook(market.operator, "stricter", rulebook("DIFF-HIGH", 1_100_000)), market.regulator)
    claim = used(market, offset(U.pick(71, 82), U.pick(131, 150)))
    assert (claim.quantity, claim.ratio, claim.covers) == (30, 1_100_000, 27)
    requests = [market.state.requests.by_id[number] for number in market.state.requests.of_subject[claim.claim]]
    market.done(market.answer(requests[refused], RegistryOutcome.REFUSED))
    market.registry_confirms()
    assert (claim.quantity, claim.covers) == ((19, 17), (11, 10))[refused]
    assert claim.covers == covered(claim.quantity, claim.ratio)


def test_a_covered_facility_can_use_quota_only_by_an_article(market: Market) -> None:
    use = offset(Pick(U.local, 421, 431), **SURRENDERS, league=League.BAOTOU)
    assert market.give(Propose(use.actor, use)).reason is R.BUYER_COVERED
    exception_made(market)
    assert used(market, use).status is ClaimStatus.FULFILLED


def test_a_firm_that_is_covered_names_another_plant_once_it_is_known_as_its_own(market: Market) -> None:
    use = offset(Pick(U.local, 421, 431), beneficiary_code=FIRM, league=League.BAOTOU)
    assert market.give(Propose(use.actor, use)).reason is R.FACILITY_NOT_THE_FIRMS
    terms = FacilityTerms("Mill-3.", "Mill 3", "三厂", f"{FIRM} ", Sector.STEEL, League.BAOTOU, 0, 0)
    market.agree(SetFacility(market.operator, terms), market.regulator)
    assert used(market, use).status is ClaimStatus.FULFILLED


def test_ccer_may_offset_for_a_covered_facility(market: Market) -> None:
    use = offset(U.pick(71, 81), **SURRENDERS, league=League.BAOTOU)
    assert used(market, use).status is ClaimStatus.PENDING


def test_quota_is_retired_with_the_approval_and_ccer_with_the_receipt(market: Market) -> None:
    quota, ccer = used(market, U.use(Pick(U.local, 421, 426))), used(market, U.use(U.pick(71, 76)))
    assert (quota.status, ccer.status) == (ClaimStatus.FULFILLED, ClaimStatus.PENDING)
    assert [state_of(market, U.ccer, 71), state_of(market, U.local, 421)] == ["PENDING_CANCEL", "RETIRED"]
    market.registry_confirms()
    assert (ccer.status, ccer.quantity) == (ClaimStatus.FULFILLED, 5)


def test_every_tonne_that_ends_here_is_booked_in_the_entry_in_which_it_ends(market: Market) -> None:
    """So quota, which ends at once, is in no use that waits for a registry."""
    use = U.use(U.pick(71, 81), Pick(U.local, 421, 426), league=League.WUHAI)
    assert market.give(Propose(use.actor, use)).reason is R.MIXED_UNITS
    alone = U.use(Pick(U.local, 421, 426), league=League.WUHAI)
    proposal, action_hash = market.propose(alone)
    events = market.done(Approve(market.second, proposal, action_hash, "")).events
    ends = [event.state for event in events if isinstance(event, UnitsChanged)]
    booked = [event.quantity for event in events if isinstance(event, BudgetAdjusted)]
    assert (ends, booked) == ([ParcelState.RETIRED], [5])


def replacing(*picks: Pick, reversal: ReversalId = U.fire) -> UseUnits:
    """Units in place of what was lost, of the firm's own accord."""
    return replace(U.use(*picks), details=NO_DETAILS, reversal=reversal)


def test_a_replacement_is_for_the_project_that_has_lost_its_tonnes(market: Market) -> None:
    claim = used(market, replacing(U.pick(71, 74)))
    lost = market.state.credits.projects.projects[U.new].terms
    told = claim.details
    assert (told.beneficiary_en, told.beneficiary_code, told.league) == (lost.name_en, lost.code, HOME)
    assert (claim.purpose, claim.proposal > 0, claim.reversal) == (Purpose.VOLUNTARY, True, U.fire)


def test_a_replacement_is_owed_until_it_is_approved_and_short_until_it_is_done(market: Market) -> None:
    reversal = market.state.encumbrances.reversals[U.fire]
    proposal, action_hash = market.propose(replacing(U.pick(71, 73)))
    assert (reversal.owed, reversal.shortfall) == (3, 3)
    market.done(Approve(market.second, proposal, action_hash, ""))
    assert (reversal.owed, reversal.shortfall) == (1, 3)
    market.registry_confirms()
    assert (reversal.owed, reversal.shortfall) == (1, 1)


def test_of_two_replacements_that_are_too_much_together_the_second_is_refused(market: Market) -> None:
    first, second = (market.propose(replacing(U.pick(lo, lo + 2))) for lo in (71, 73))
    market.done(Approve(market.second, *first, ""))
    late = Approve(market.second, *second, "")
    refused = market.give(late)
    assert refused.reason is R.MORE_THAN_OWED
    market.registry_confirms()
    market.agree(replacing(U.pick(75, 76)), market.second)
    assert market.give(late).reason is R.NOTHING_TO_REPLACE


def test_what_takes_the_place_of_a_loss_leaves_its_league(market: Market) -> None:
    """Quota of another league makes good for the league that has lost."""
    terms = replace(market.project_terms("Q9", Family.REDUCTION_QUOTA), league=League.ALXA)
    project = registered(market, terms)
    issued = IssuanceId(market.agree(U.issuance(project, 9_001, 9_011), market.regulator))
    market.bring_in(issued, U.wood, 9_001, 9_011, "lock-9001")
    lost = ReportReversal(market.operator, project, 2023, U.wood, Tonnes(4), "false")
    reversal = ReversalId(market.agree(lost, market.second))
    since = len(market.told)
    assert used(market, replacing(Pick(U.local, 421, 425), reversal=reversal)).status is ClaimStatus.FULFILLED
    assert adjusted(market, since) == [(League.BAOTOU, League.ALXA, "", 4)]


@pytest.mark.parametrize("league", [HOME, League.WUHAI])
def test_a_use_at_home_changes_no_budget(market: Market, league: League) -> None:
    since = len(market.told)
    used(market, U.use(U.pick(71, 81), league=league))
    assert adjusted(market, since) == []
    market.registry_confirms()
    expected = [(HOME, league, "", 10)] if league is not HOME else []
    assert [row for row in adjusted(market, since) if row[3] == 10 and row[1] is league] == expected


def test_units_for_another_province_leave_their_leagues_by_name(market: Market) -> None:
    since = len(market.told)
    away: dict[str, Any] = {"purpose": Purpose.INTER_PROVINCE, "league": League.NONE, "province": "山西"}
    used(market, U.use(Pick(U.local, 421, 431), **away))
    claim = used(market, U.use(U.pick(71, 76), **away))
    (request,) = market.state.requests.of_subject[claim.claim]
    market.done(market.answer(market.state.requests.by_id[request]))
    assert adjusted(market, since) == [(League.BAOTOU, League.NONE, "山西", 10), (HOME, League.NONE, "山西", 5)]
    assert [state_of(market, U.local, 421), state_of(market, U.ccer, 71)] == ["EXPORTED", "CANCELLED"]


def test_a_forced_cancellation_is_adjusted_like_a_use(market: Market) -> None:
    since = len(market.told)
    market.agree(ForceCancellation(market.operator, U.fire), market.regulator)
    market.registry_confirms()
    assert not [row for row in adjusted(market, since) if row[3] == 3]


def test_a_revoked_claim_gives_back_the_share_and_the_budget_but_no_unit(market: Market) -> None:
    market.done(Approve(market.second, U.surrender, U.surrender_hash, ""))
    claim = next(one for one in market.state.claims.claims.values() if one.proposal == U.surrender)
    market.registry_confirms()
    assert market.state.claims.surrendered == {("mill1", 2025): 10}
    since = len(market.told)
    market.agree(RevokeClaim(market.operator, claim.claim, "false"), market.regulator)
    assert market.state.claims.surrendered == {}
    assert adjusted(market, since) == [(HOME, League.NONE, "", -10)]
    pieces = market.state.parcels.pieces(U.ccer, SerialRange(61, 71))
    assert all(parcel.state in ABSORBING for parcel, _ in pieces)
    again = RevokeClaim(market.operator, claim.claim, "twice")
    assert market.give(Propose(again.actor, again)).reason is R.CLAIM_CLOSED


def test_what_is_proposed_takes_nothing_of_a_share_and_the_approval_is_asked_again(market: Market) -> None:
    first, second = (
        market.propose(U.use(U.pick(*of), purpose=Purpose.NATIONAL_SURRENDER, league=League.NONE, **SURRENDERS))
        for of in ((71, 91), (131, 171))
    )
    assert market.state.claims.surrendered == {}
    market.done(Approve(market.second, *first, ""))
    assert market.state.claims.surrendered == {("mill1", 2025): 20}
    assert market.give(Approve(market.second, *second, "")).reason is R.OFFSET_CAP
    market.done(RejectProposal(market.second, second[0], "too much"))
    assert market.state.claims.surrendered == {("mill1", 2025): 20}


def test_a_share_counts_from_the_approval_on_and_what_is_refused_is_free_again(market: Market) -> None:
    surrender = U.use(U.pick(131, 181), purpose=Purpose.NATIONAL_SURRENDER, league=League.NONE, **SURRENDERS)
    claim = used(market, surrender)
    one = U.use(U.pick(71, 72), purpose=Purpose.NATIONAL_SURRENDER, league=League.NONE, **SURRENDERS)
    assert market.give(Propose(one.actor, one)).reason is R.OFFSET_CAP
    (request,) = market.state.requests.of_subject[claim.claim]
    market.done(market.answer(market.state.requests.by_id[request], RegistryOutcome.REFUSED))
    assert claim.status is ClaimStatus.ENDED
    assert market.give(Propose(one.actor, one)).reason is None


def test_what_is_refused_of_a_surrender_is_free_again_in_the_share(market: Market) -> None:
    surrender = U.use(
        U.pick(71, 76),
        U.pick(131, 166),
        purpose=Purpose.NATIONAL_SURRENDER,
        league=League.NONE,
        **SURRENDERS,
    )
    claim = used(market, surrender)
    first, second = market.state.requests.of_subject[claim.claim]
    market.done(market.answer(market.state.requests.by_id[second], RegistryOutcome.REFUSED))
    assert market.state.claims.surrendered == {("mill1", 2025): 40}
    market.done(market.answer(market.state.requests.by_id[first]))
    assert market.state.claims.surrendered == {("mill1", 2025): 5}


@pytest.mark.parametrize(("due", "cap"), [(0, 0), (19, 0), (20, 1), (39, 1), (40, 2), (10**9, 5 * 10**7)])
def test_five_percent_are_rounded_down(due: int, cap: int) -> None:
    assert offset_cap(due, 500) == cap


def test_every_purpose_but_the_forced_one_says_what_it_needs() -> None:
    assert set(Purpose) - set(NEEDS) == {Purpose.FORCED}
    assert all(needs.families for needs in NEEDS.values())


# -- conversion: guard 5 --


def converted(market: Market, lo: int, hi: int) -> IssuanceId:
    """Sink quota against the CCER that were cancelled for it."""
    action = replace(U.issuance(U.sink, lo, hi), converted=U.conversion)
    return IssuanceId(market.agree(action, market.regulator))


def test_cancelled_ccer_become_quota_tonne_for_tonne_and_never_twice(market: Market) -> None:
    issuance = converted(market, 7_001, 7_016)
    more = replace(U.issuance(U.sink, 7_016, 7_022), converted=U.conversion)
    assert market.give(Propose(more.actor, more)).reason is R.CONVERSION_EXCEEDED
    converted(market, 7_016, 7_021)
    admit = AdmitLot(market.operator, issuance, U.wood, 7_001, 7_016, "sink-1")
    lot = LotId(market.agree(admit, market.second, "sink-1"))
    assert market.tonnes(U.wood, lot) == (15, 15)
    since = len(market.told)
    assert used(market, U.use(Pick(lot, 7_001, 7_011))).status is ClaimStatus.FULFILLED
    assert adjusted(market, since) == [(HOME, League.HOHHOT, "", 10)]


def test_converted_quota_takes_no_ground_and_leaves_that_of_its_ccer_taken(market: Market) -> None:
    converted(market, 7_001, 7_002)
    again = U.issuance(U.above, 8_001, 8_002)
    assert market.give(Propose(again.actor, again)).reason is R.GROUND_TAKEN


def test_the_ground_of_converted_quota_can_still_be_taken_by_what_grows_there(market: Market) -> None:
    elsewhere = RegisterProject(market.operator, sink_terms(market, "S9", parcel="INM/S9"))
    sink = ProjectId(market.agree(elsewhere, market.regulator))
    market.agree(replace(U.issuance(sink, 7_001, 7_002), converted=U.conversion), market.regulator)
    grown = RegisterProject(market.operator, ccer_terms(market, "U9", "INM/S9"))
    forest = ProjectId(market.agree(grown, market.second))
    market.agree(U.issuance(forest, 8_001, 8_002), market.second)


# -- what stands in the way --


def test_a_facility_that_comes_to_be_covered_yields_no_more_quota(market: Market) -> None:
    issue = U.issuance(U.quota, 9_001, 9_011, 2024)
    proposal, action_hash = market.propose(issue)
    terms = replace(market.state.credits.projects.facilities["mill1"], code="PLANT ", covered_from=2024)
    market.agree(SetFacility(market.operator, terms), market.regulator)
    assert market.give(Approve(market.regulator, proposal, action_hash, "")).reason is R.SOURCE_COVERED
    earlier = U.issuance(U.quota, 9_001, 9_011, 2022)
    assert market.give(Propose(earlier.actor, earlier)).reason is None


def test_what_was_proposed_before_its_facility_was_covered_is_not_approved(market: Market) -> None:
    mill_covered(market)
    approve = Approve(market.second, U.offset, U.offset_hash, "")
    assert market.give(approve).reason is R.BUYER_COVERED
    exception_made(market)
    assert market.give(approve).reason is None


def test_named_serials_in_too_many_pieces_are_not_taken_at_once(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MAX_RANGES", 1)
    in_two = U.use(U.pick(72, 91), U.pick(131, 135))
    assert market.give(Propose(in_two.actor, in_two)).reason is R.TOO_MANY_RANGES
    by_rule = replace(in_two, picks=(), instrument=U.instrument, quantity=Tonnes(23))
    assert market.give(Propose(by_rule.actor, by_rule)).reason is R.TOO_MANY_RANGES
    in_one = U.use(U.pick(72, 91))
    assert market.give(Propose(in_one.actor, in_one)).reason is None


def test_a_use_by_the_rule_takes_the_lowest_serials_that_can_be_sold(market: Market) -> None:
    use = replace(U.use(), instrument=U.instrument, quantity=Tonnes(25))
    claim = used(market, use)
    assert [(part.lot, part.ranges) for part in claim.units] == [(U.ccer, (SerialRange(71, 91), SerialRange(131, 136)))]


def test_a_plan_takes_the_place_of_an_earlier_one_for_the_same_years(market: Market) -> None:
    for planned in (10, 20):
        market.agree(SetBudget(market.operator, League.WUHAI, 2026, 2030, Tonnes(planned)), market.regulator)
    market.agree(SetBudget(market.operator, League.WUHAI, 2026, 2026, Tonnes(5)), market.regulator)
    plans = {years[1:]: plan.planned for years, plan in market.state.budgets.plans.items()}
    assert plans == {(2026, 2030): 20, (2026, 2026): 5}


def test_no_family_is_left_without_a_use() -> None:
    assert {family for needs in NEEDS.values() for family in needs.families} == set(Family)
