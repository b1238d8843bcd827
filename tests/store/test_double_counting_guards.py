"""No tonne twice, in the database alone: the guards of where tonnes come from and of what they are used for.

Each is reached by events made by hand. What a guard refuses leaves nothing behind; beside each refusal stands what it
lets pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from exchange.core.commands.governance import Rule, Verified
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, FacilityTerms, Sector
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import Purpose
from exchange.core.credits.states import CANCELLED, ENDING, RETIRED
from exchange.core.events import Event
from exchange.core.events.credits import Cause, FacilitySet, IssuanceRecorded
from exchange.core.events.governance import RulebookAdopted
from exchange.core.events.uses import ClaimApproved, ClaimMade, ClaimRevoked
from exchange.core.ledger import chart
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    Day,
    ProjectId,
    Tonnes,
)
from tests.store.bypass import ANNA, Bypass, moved_leader
from tests.support.entries import (
    admission,
    changed,
    issuance,
    post,
    project,
    reshaped,
    transaction,
)

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

from tests.store.unit_events import (
    USE,
    Range,
    asked,
    cancelled,
    chosen,
    claimed,
    confirmed,
    free,
    freed,
    suspended_source,
)
from tests.support.market import FIRM

QUOTA = Family.REDUCTION_QUOTA

# --- (2) ground -------------------------------------------------------------------------------------------------------


def of(number: int, **given: Any) -> IssuanceRecorded:
    """An issuance of a project for 2023, in serials of its own."""
    return issuance(number, 10_000 * number, 10_000 * number + 100, project=ProjectId(number), **given)


TAKEN = [
    ("INM/1/1",),  # the same parcel
    ("inm / １ / 1.",),  # in another spelling
    ("INM/(1)/01",),  # with other signs, and a zero more
    ("INM/-/1/1",),  # with a sign alone between its names
    ("INM\\1＼1",),  # with other strokes
    ("INM/1/1/7",),  # a part of it
    ("INM/1",),  # what it is a part of
    ("INM/5", "INM/1/2"),  # another one of the project's
]
FREE = [("INM/1/11",), ("INM/1/3",), ("INM/11",)]


@pytest.mark.parametrize("site", TAKEN)
async def test_ground_is_issued_once_for_a_time(bypass: Bypass, site: tuple[str, ...]) -> None:
    other = project(2, site_parcels=site, registry="another", activity=Activity.AFFORESTATION)
    await bypass.refuse("period_sites_never_overlap", (other, of(2)))


@pytest.mark.parametrize("site", FREE)
async def test_other_ground_is_free(bypass: Bypass, site: tuple[str, ...]) -> None:
    await bypass.send((project(2, site_parcels=site), of(2)))


@pytest.mark.parametrize(
    ("start", "end", "is_free"),
    [(20230101, 20230101, False), (20231231, 20231231, False), (20220101, 20221231, True), (20240101, 20240630, True)],
)
async def test_ground_is_free_for_another_time(bypass: Bypass, start: int, end: int, is_free: bool) -> None:
    other = project(2, site_parcels=("INM/1/1",))
    made = of(2, monitoring_start=Day(start), monitoring_end=Day(end), vintage=start // 10_000)
    if is_free:
        await bypass.send((other, made))
    else:
        await bypass.refuse("period_sites_never_overlap", (other, made))


@pytest.mark.parametrize("activity", [*list(Activity)[:5], Activity.OTHER])
async def test_ground_takes_carbon_up_once_whatever_it_is_called(bypass: Bypass, activity: Activity) -> None:
    other = project(2, site_parcels=("INM/1/1",), activity=activity)
    await bypass.refuse("period_sites_never_overlap", (other, of(2)))


@pytest.mark.parametrize("activity", list(Activity)[5:-1])
async def test_ground_is_free_for_another_activity_until_one_may_be_any(bypass: Bypass, activity: Activity) -> None:
    await bypass.send((project(2, site_parcels=("INM/1/1",), activity=activity, family=QUOTA), of(2)))
    for number, same in ((3, activity), (4, Activity.OTHER)):
        again = project(number, site_parcels=("INM/1/1/9",), activity=same, family=QUOTA)
        await bypass.refuse("period_sites_never_overlap", (again, of(number)))


SINKS: list[dict[str, Any]] = [
    {"family": Family.FORESTRY_CCER},
    {"family": Family.OTHER_SINK},
    {"family": QUOTA, "source_category": SourceCategory.ECOSYSTEM_SINK},
]
OTHERS: list[dict[str, Any]] = [
    {"family": QUOTA, "source_category": category}
    for category in SourceCategory
    if category is not SourceCategory.ECOSYSTEM_SINK
]


@pytest.mark.parametrize("kind", SINKS + OTHERS)
async def test_what_is_done_is_of_the_family(bypass: Bypass, kind: dict[str, Any]) -> None:
    land, plants = list(Activity)[:5], list(Activity)[5:-1]
    right, wrong = (land, plants) if kind in SINKS else (plants, land)
    for activity in wrong:
        await bypass.refuse("projects_activity_fits", (project(2, activity=activity, **kind),))
    for number, activity in enumerate((*right, Activity.OTHER), 2):
        await bypass.send((project(number, activity=activity, **kind),))


async def test_periods_of_one_project_do_not_overlap_either(bypass: Bypass) -> None:
    half = issuance(3, 5_001, 5_101, monitoring_end=Day(20230630))
    await bypass.refuse("period_sites_never_overlap", (half,))


async def test_a_project_without_ground_issues_nothing(bypass: Bypass) -> None:
    await bypass.refuse("issuances_on_ground", (project(2, site_parcels=()), of(2)))


async def test_no_more_is_issued_than_was_verified(bypass: Bypass) -> None:
    await bypass.send((project(2), of(2, verified=Tonnes(150))))
    more = issuance(3, 30_000, 30_051, project=ProjectId(2), verified=Tonnes(150))
    await bypass.refuse("monitoring_periods_not_exceeded", (more,))
    await bypass.send((replace(more, serials=SerialRange(30_000, 30_050)),))


async def test_a_period_has_one_figure(bypass: Bypass) -> None:
    await bypass.refuse("issuances_verified_alike", (issuance(3, 5_001, 5_101, verified=Tonnes(10**11)),))
    both = (of(2, verified=Tonnes(500)), replace(of(3, verified=Tonnes(600)), project=ProjectId(2)))
    await bypass.refuse("issuances_verified_alike", (project(2), *both))


async def test_an_issuance_is_of_one_year(bypass: Bypass) -> None:
    await bypass.refuse("issuances_of_one_year", (project(2), of(2, monitoring_end=Day(20240131))))
    await bypass.refuse("issuances_of_one_year", (project(2), of(2, vintage=2024)))


async def test_a_project_code_is_given_once(bypass: Bypass) -> None:
    await bypass.refuse("projects_code_once", (project(2, code="p 1"),))


# --- (3) facilities inside the national market ------------------------------------------------------------------------


def facility(covered_from: int = 2021, covered_to: int = 0, code: str = "PLANT 1", firm: str = FIRM) -> FacilitySet:
    """What is known of Plant 1, or of another one."""
    covered = (covered_from, covered_to)
    return FacilitySet(FacilityTerms(code, "Plant", "厂", firm, Sector.STEEL, League.BAOTOU, *covered))


PLANT = {"source_facility": "plant1", "family": QUOTA, "activity": Activity.ENERGY_SAVING}


@pytest.mark.parametrize(
    ("first", "last", "is_free"), [(2021, 0, False), (2023, 2023, False), (2024, 0, True), (0, 0, True)]
)
async def test_a_covered_facility_yields_nothing(bypass: Bypass, first: int, last: int, is_free: bool) -> None:
    await bypass.send((facility(first, last),))
    if is_free:
        await bypass.send((project(2, **PLANT), of(2)))
    else:
        await bypass.refuse("issuances_source_not_covered", (project(2, **PLANT), of(2)))


async def test_what_was_said_last_of_a_facility_counts(bypass: Bypass) -> None:
    await bypass.send((facility(2021),), (facility(2021, 2022),), (project(2, **PLANT), of(2)))
    await bypass.send((facility(2021), suspended_source(90)))
    await bypass.refuse("issuances_source_not_covered", (project(3, **PLANT), of(3)))


def covered_use(number: int, **given: Any) -> ClaimMade:
    """A claim of lot 9 for Plant 1 in Baotou in 2024."""
    plant = {"facility": "Plant1", "year": 2024, "beneficiary_code": OTHER_FIRM, "league": League.BAOTOU}
    details = replace(USE, **{**plant, **given})
    return claimed(number, (30_000, 30_010), lot=9, purpose=Purpose.NEW_PROJECT_OFFSET, details=details)


OTHER_FIRM = "91150200MA0N0MA11R"


async def quota_lot(bypass: Bypass) -> None:
    """Lot 9 is reduction quota, and Plant 1 is covered."""
    quota = project(3, family=QUOTA, activity=Activity.ENERGY_SAVING)
    await bypass.send((facility(), quota, of(3)), admission(bypass.seq + 1, 9, 3, ANNA, 30_000, 30_100))


async def test_quota_serves_no_covered_facility(bypass: Bypass) -> None:
    await quota_lot(bypass)
    await bypass.refuse("claim_ranges_buyer_not_covered", (covered_use(50),))
    await bypass.refuse("claim_ranges_facility_is_known", (covered_use(50, year=2020),))
    await bypass.send((covered_use(50, year=2020, beneficiary_code=FIRM),))


@pytest.mark.parametrize("given", [{"facility": ""}, {"facility": "。"}, {"year": 0}, {"beneficiary_code": ""}])
async def test_an_offset_names_facility_year_and_firm(bypass: Bypass, given: dict[str, Any]) -> None:
    await quota_lot(bypass)
    await bypass.refuse("claims_for_a_facility", (covered_use(50, **given),))


@pytest.mark.parametrize(
    ("others", "is_refused"),
    [
        ((), True),
        ((facility(0, 0, "Plant 2", OTHER_FIRM),), True),
        ((facility(0, 0, "Plant 2"), facility(0, 0, "plant2", OTHER_FIRM)), True),
        ((facility(0, 0, "Plant 2"),), False),
        ((facility(2025, 0),), False),
        ((facility(firm=OTHER_FIRM),), False),
    ],
)
async def test_a_firm_of_a_covered_facility_names_what_is_known_as_its_own(
    bypass: Bypass, others: tuple[FacilitySet, ...], is_refused: bool
) -> None:
    await quota_lot(bypass)
    for other in others:
        await bypass.send((other,))
    use = covered_use(50, facility="plant ２", beneficiary_code=f" {FIRM.lower()}")
    if is_refused:
        await bypass.refuse("claim_ranges_facility_is_known", (use,))
    else:
        await bypass.send((use,))


async def test_what_is_covered_by_the_time_of_the_approval_is_not_approved(bypass: Bypass) -> None:
    await quota_lot(bypass)
    await bypass.send((covered_use(50, facility="Plant 2"),), (facility(2021, 0, "PLANT 2", OTHER_FIRM),))
    await bypass.refuse("claim_ranges_buyer_not_covered", (ClaimApproved(ClaimId(50)),))
    await bypass.send((facility(2025, 0, "PLANT 2", OTHER_FIRM),), (ClaimApproved(ClaimId(50)),))


def rulebook(version: int, allowed: int) -> RulebookAdopted:
    """A rulebook that lets covered facilities use quota, or does not."""
    rule = Rule("ETS-BUYER", allowed, "", "basis", Verified.OPERATOR_SET, Day(20240101), "rule", "规则")
    return RulebookAdopted(version, "test", (rule,))


async def test_a_rulebook_with_a_legal_basis_lets_quota_serve_one(bypass: Bypass) -> None:
    await quota_lot(bypass)
    await bypass.send((rulebook(1, 1),), (rulebook(2, 0),))
    await bypass.refuse("claim_ranges_buyer_not_covered", (covered_use(50),))
    await bypass.send((rulebook(3, 1),))
    await bypass.refuse("claim_ranges_facility_is_known", (covered_use(50),))
    await bypass.send((covered_use(50, beneficiary_code=FIRM),))


@pytest.mark.parametrize(
    ("stands_in", "used_in", "is_refused"),
    [
        (League.BAOTOU, League.HOHHOT, True),
        (League.BAOTOU, League.BAOTOU, False),
        (League.BAOTOU, League.NONE, False),
        (League.NONE, League.HOHHOT, False),
    ],
)
async def test_a_facility_uses_where_it_stands(
    bypass: Bypass, stands_in: League, used_in: League, is_refused: bool
) -> None:
    """Whatever the units are: here sink units of lot 7, of a firm that nobody covers."""
    known = facility(0, 0)
    await bypass.send((FacilitySet(replace(known.terms, league=stands_in)),))
    details = replace(USE, facility="plant 1", year=2024, beneficiary_code=FIRM, league=used_in)
    use = claimed(50, (1, 11), details=details)
    if is_refused:
        await bypass.refuse("claim_ranges_facility_of_the_league", (use,))
    else:
        await bypass.send((use,))


async def test_where_a_facility_stands_by_the_time_of_the_approval_counts_too(bypass: Bypass) -> None:
    details = replace(USE, facility="Plant 1", year=2024, beneficiary_code=FIRM)
    await bypass.send((claimed(50, (1, 11), details=details),), (facility(0, 0),))
    await bypass.refuse("claim_ranges_facility_of_the_league", (ClaimApproved(ClaimId(50)),))
    await bypass.send(
        (FacilitySet(replace(facility(0, 0).terms, league=League.HOHHOT)),), (ClaimApproved(ClaimId(50)),)
    )


# --- (4) one claim a tonne --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("serials", [(1, 11), (5, 8), (10, 20)])
async def test_a_tonne_has_one_claim(bypass: Bypass, serials: Range) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    await bypass.refuse("claim_ranges_one_claim_a_tonne", (claimed(51, serials),))


async def test_two_claims_at_once_are_one_too_many(bypass: Bypass) -> None:
    await bypass.refuse("claim_ranges_one_claim_a_tonne", (claimed(50, (1, 11)),), (claimed(51, (10, 20)),))


async def test_what_is_cancelled_serves_no_other_claim(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), cancelled(bypass.seq + 1, 50))
    await bypass.refuse("claim_ranges_one_claim_a_tonne", (claimed(51, (1, 11)),))
    await bypass.send((ClaimRevoked(ClaimId(50), "measured wrongly"),))
    await bypass.refuse("claim_ranges_one_claim_a_tonne", (claimed(51, (1, 11)),))


async def test_what_was_freed_can_be_claimed_again(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    await bypass.send(freed(bypass.seq, 50), chosen(bypass.seq + 1, 51), freed(bypass.seq + 2, 51))
    await bypass.send(chosen(bypass.seq, 52))


async def test_an_ended_claim_is_not_fulfilled(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), freed(bypass.seq + 1, 50))
    *_, fulfilled = cancelled(bypass.seq, 50)
    await bypass.refuse("status 4 of claims is not followed by 3", (fulfilled,))


FIXED = {
    "claims": ("purpose = 5", "participant_id = 12", "league = 3", "chosen = chosen + 1", "claim_id = 9"),
    "claim_ranges": ("lo = lo + 1", "claim_id = 51", "lot_id = 9"),
    "registry_requests": ("reference = 'other'", "lo = lo + 1", "kind = 2", "account = 'N-7'"),
}


@pytest.mark.parametrize(("table", "change"), [(table, one) for table, changes in FIXED.items() for one in changes])
async def test_what_was_written_of_a_claim_or_request_stays(
    national: Bypass, service: Connection, table: str, change: str
) -> None:
    await national.send(chosen(national.seq, 50))
    async with moved_leader(service):
        with pytest.raises(asyncpg.PostgresError, match="stays as it was written"):
            await service.execute(f"UPDATE {table} SET {change}, last_seq = $1", national.seq)


@pytest.mark.parametrize(
    "change", ["UPDATE claim_ranges SET status = 1", "UPDATE claims SET status = 1", "UPDATE claims SET status = 2"]
)
async def test_a_fulfilled_claim_does_not_open_again(bypass: Bypass, service: Connection, change: str) -> None:
    await bypass.send(chosen(bypass.seq, 50), cancelled(bypass.seq + 1, 50))
    async with moved_leader(service):
        with pytest.raises(asyncpg.PostgresError, match="is not followed by"):
            await service.execute(f"{change}, last_seq = $1", bypass.seq)


# --- (5) sinks --------------------------------------------------------------------------------------------------------


SINK = project(5, family=QUOTA, source_category=SourceCategory.ECOSYSTEM_SINK)


CONVERTED = (3_001, 3_011)
"""Ten tonnes of lot 8, which are CCER."""


def conversion(seq: int, number: int = 50) -> tuple[tuple[Event, ...], ...]:
    """They are cancelled so that quota can be issued against them."""
    details = replace(USE, league=League.NONE)
    approved, *_, fulfilled = cancelled(seq + 1, number, CONVERTED, 8)
    return (
        chosen(seq, number, CONVERTED, 8, purpose=Purpose.CONVERSION, details=details),
        (approved, asked(80, CONVERTED, 8, RequestKind.CANCEL, number)),
        (
            confirmed(80, "r-80", CONVERTED, RequestKind.CANCEL),
            reshaped(8, [CONVERTED], [(*CONVERTED, ANNA)], CANCELLED),
            transaction(seq + 2, free(ANNA, 10, 8), post(ANNA, chart.CANCELLED, 10, 8)),
            changed(8, ANNA, CONVERTED, ENDING, Cause.CANCELLED, 80),
            fulfilled,
        ),
    )


def sink(number: int, tonnes: int, claim: int = 50) -> IssuanceRecorded:
    """Quota of a sink that is issued against a claim."""
    lo = 10_000 * number
    return issuance(number, lo, lo + tonnes, project=ProjectId(5), converted=ClaimId(claim))


async def test_sink_quota_stands_on_a_cancelled_unit_tonne_for_tonne(forest: Bypass) -> None:
    await forest.send((SINK,))
    await forest.refuse("issuances_sink_is_converted", (sink(6, 10, claim=0),))
    await forest.refuse("issuances_converted_of_a_cancelled_claim", (sink(6, 10),))
    await forest.send(*conversion(forest.seq))
    await forest.refuse("issuances_converted_once", (sink(6, 11),))
    await forest.send((sink(6, 4),))
    await forest.refuse("issuances_converted_once", (sink(7, 7),))
    await forest.send((sink(7, 6),))
    await forest.refuse("issuances_converted_once", (sink(8, 1),))


@pytest.mark.parametrize("change", [{"vintage": 2022}, {"project": ProjectId(6)}])
async def test_sink_quota_is_of_the_year_and_league_of_what_was_cancelled(
    forest: Bypass, change: dict[str, Any]
) -> None:
    await forest.send((SINK,), (project(6, league=League.ALXA, source_category=SourceCategory.ECOSYSTEM_SINK),))
    await forest.send(*conversion(forest.seq))
    if "vintage" in change:
        change = {**change, "monitoring_start": Day(20220101), "monitoring_end": Day(20221231)}
    await forest.refuse("issuances_converted_alike", (replace(sink(6, 10), **change),))


async def test_another_claim_converts_nothing(forest: Bypass) -> None:
    await forest.send((SINK,))
    await forest.send(chosen(forest.seq, 50), cancelled(forest.seq + 1, 50))
    await forest.refuse("issuances_converted_of_a_cancelled_claim", (sink(6, 10),))


async def test_a_conversion_converts_when_it_is_fulfilled(forest: Bypass) -> None:
    await forest.send((SINK,))
    first, *_ = conversion(forest.seq)
    await forest.send(first)
    await forest.refuse("issuances_converted_of_a_cancelled_claim", (sink(6, 10),))
    _, *others = conversion(forest.seq - 1)
    await forest.send(*others, (sink(6, 10),))


async def test_a_revoked_conversion_converts_nothing_more(forest: Bypass) -> None:
    await forest.send((SINK,))
    await forest.send(*conversion(forest.seq), (sink(6, 4),), (ClaimRevoked(ClaimId(50), "wrong"),))
    await forest.refuse("issuances_converted_of_a_cancelled_claim", (sink(7, 6),))


async def test_a_conversion_is_cancelled_by_the_registry(forest: Bypass) -> None:
    await forest.send(chosen(forest.seq, 50, CONVERTED, 8, purpose=Purpose.CONVERSION))
    approved, *_, fulfilled = cancelled(forest.seq, 50, CONVERTED, 8)
    retired = (
        reshaped(8, [CONVERTED], [(*CONVERTED, ANNA)], RETIRED),
        transaction(forest.seq, free(ANNA, 10, 8), post(ANNA, chart.RETIRED, 10, 8)),
        changed(8, ANNA, CONVERTED, ENDING, Cause.RETIRED, 50),
    )
    await forest.refuse("parcel_changes_end_as_their_kind", (approved, *retired, fulfilled))
    await forest.send(cancelled(forest.seq, 50, CONVERTED, 8))


async def test_other_units_than_ccer_are_not_converted(forest: Bypass) -> None:
    await quota_lot(forest)
    for lot, serials in ((7, (1, 11)), (9, (30_000, 30_010))):
        other = claimed(50, serials, lot, purpose=Purpose.CONVERSION, details=replace(USE, league=League.NONE))
        await forest.refuse("claim_ranges_converted_of_ccer", (other,))
        await forest.send((replace(other, purpose=Purpose.VOLUNTARY, claim=ClaimId(50 + lot)),))


async def test_nothing_else_is_converted(forest: Bypass) -> None:
    await forest.send(*conversion(forest.seq))
    await forest.refuse("issuances_sink_is_converted", (issuance(6, 60_000, 60_005, converted=ClaimId(50)),))
