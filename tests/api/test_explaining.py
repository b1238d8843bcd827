"""A refusal that says only that something does not fit names the field: each of them, and none where all fits."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from exchange.api.explaining import explained, purpose_errors
from exchange.api.resources.uses import UseIn
from exchange.api.use_examples import USES
from exchange.api.validation import validate
from exchange.client import ExchangeProblem
from exchange.core.commands.uses import Neutrality, Purpose
from exchange.core.credits.claims import NEEDS, fits_purpose
from exchange.core.rejections import RejectReason
from exchange.sequencer.committed_view import CommittedView
from tests.api.stack import Stack, World, agreed, issuance_of, project_of
from tests.docs.test_purposes import BODIES, TRADER
from tests.support.market import FIRM

DETAILS: dict[str, tuple[Any, ...]] = {
    "facility": ("MILL-1", "。", "M\N{CYRILLIC CAPITAL LETTER I}LL-1"),
    "year": (2025,),
    "beneficiary_code": (FIRM, "S1"),
    "offset_project": ("New mill",),
    "intensity": ("LOW",),
    "neutrality": ("MEETING",),
    "event": ("零碳会议",),
    "event_day": ("2026-10-01", "1999-01-01"),
    "province": ("山西", "火星"),
    "league": ("BAOTOU",),
}
"""Field of the details → what may stand there, right and wrong."""


def variations(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The body, and it with up to two of its details left out, filled in or made wrong."""
    single = [(name, value) for name, values in DETAILS.items() for value in (None, *values)]
    found = []
    for changes in itertools.combinations(single, 2):
        changed = {**body, **dict(changes)}
        found.append({name: value for name, value in changed.items() if value is not None})
    return found


@pytest.mark.parametrize("purpose", NEEDS, ids=lambda purpose: purpose.name)
def test_a_field_is_named_when_and_only_when_the_core_refuses_the_details(purpose: Purpose) -> None:
    refused = 0
    for body in (BODIES[purpose], *variations(BODIES[purpose])):
        use = validate(UseIn, body).use(TRADER)
        errors = list(purpose_errors(use))
        assert bool(errors) is not fits_purpose(use.purpose, use.details), (body, errors)
        refused += bool(errors)
    assert refused > 10


def test_what_is_missing_and_what_is_unwanted_is_named() -> None:
    body = {key: value for key, value in BODIES[Purpose.NATIONAL_SURRENDER].items() if key != "year"}
    use = validate(UseIn, {**body, "province": "山西", "beneficiary_code": "S1"}).use(TRADER)
    assert {(error.pointer, error.code) for error in purpose_errors(use, "/action")} == {
        ("/action/year", "MISSING"),
        ("/action/province", "NOT_OF_PURPOSE"),
        ("/action/beneficiary_code", "FIRM_CODE"),
    }


@pytest.mark.parametrize("name", ["河北", "河北省", "Hebei", "Hebei Province"])
def test_a_province_is_proposed_under_one_name(name: str) -> None:
    use = validate(UseIn, {**BODIES[Purpose.INTER_PROVINCE], "province": name}).use(TRADER)
    assert use.details.province == "河北" and not list(purpose_errors(use))


def test_the_refusal_of_a_province_lists_those_that_there_are() -> None:
    use = validate(UseIn, {**BODIES[Purpose.INTER_PROVINCE], "province": "火星"}).use(TRADER)
    (error,) = purpose_errors(use)
    assert (error.pointer, error.code) == ("/province", "PROVINCE") and {"河北", "澳门"} <= set(error.allowed)


def test_a_replacement_takes_no_details_at_all() -> None:
    (body,) = [use.body for use in USES.values() if "reversal" in use.body]
    assert not list(purpose_errors(validate(UseIn, body).use(TRADER)))
    use = validate(UseIn, {**body, "league": "BAOTOU"}).use(TRADER)
    assert [(error.pointer, error.code) for error in purpose_errors(use)] == [("/league", "NOT_OF_PURPOSE")]


def test_a_firm_that_may_not_sell_is_told_which_purpose_it_cannot_have() -> None:
    use = validate(UseIn, BODIES[Purpose.CONVERSION]).use(TRADER)
    (error,) = explained(use, CommittedView(), "/action")[RejectReason.ROLE_CANNOT_SELL]
    assert (error.pointer, error.code) == ("/action/purpose", "OF_SELLER")


# --- over HTTP --------------------------------------------------------------------------------------------------------

STAGE = pytest.mark.asyncio(loop_scope="module")
WORKS = {"code": "WORKS-9", "name_en": "Works", "name_zh": "钢厂", "sector": "STEEL"}


async def refused(stack: Stack, token: str, path: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The code of a refusal, and its document."""
    answer = await stack.ask("POST", path, token, body)
    document = answer.json()
    assert answer.status_code >= 400, document
    return document["code"], document


def named(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields that a problem is about, with their codes."""
    return [(error["pointer"], error["code"]) for error in document["errors"]]


@STAGE
async def test_a_use_and_a_proposal_of_one_name_the_fields(world: World) -> None:
    use = {"purpose": "VOLUNTARY", "instrument": world.instrument, "quantity": 1, "province": "山西"}
    use |= {"beneficiary_en": "Steel", "beneficiary_zh": "钢铁"}
    for path, body, place in (
        ("/v1/uses", use, ""),
        ("/v1/proposals", {"action": {"type": "USE", **use}}, "/action"),
    ):
        code, document = await refused(world.stack, world.seller.token, path, body)
        assert code == "PURPOSE_DETAILS"
        assert named(document) == [(f"{place}/province", "NOT_OF_PURPOSE"), (f"{place}/league", "MISSING")]
        assert f"The field `{place[1:] + '/' if place else ''}league` is missing." in document["detail"]


@STAGE
async def test_the_first_serial_that_is_not_there_is_named(world: World) -> None:
    picks = [{"lot": world.lot, "serial_lo": 9_990, "serial_hi": 10_005}]
    body = {"purpose": "VOLUNTARY", "picks": picks, "league": "BAOTOU"}
    body |= {"beneficiary_en": "Steel", "beneficiary_zh": "钢铁"}
    code, document = await refused(world.stack, world.seller.token, "/v1/uses", body)
    assert (code, document["facts"]) == ("UNITS_NOT_THERE", {"serial": 10_001})
    assert "serial 10001." in document["detail"]


@STAGE
async def test_a_project_and_a_period_name_what_does_not_fit(world: World) -> None:
    operator = world.doors.staff["OPERATOR"]
    quota = {"type": "PROJECT", **project_of("ODD", family="REDUCTION_QUOTA", league="NONE")}
    code, document = await refused(world.stack, operator, "/v1/proposals", {"action": quota})
    assert code == "PROJECT_INVALID"
    assert dict(named(document)) == {
        "/action/mechanism": "NOT_OF_PROJECT",
        "/action/source_category": "MISSING",
        "/action/league": "MISSING",
        "/action/source_facility": "MISSING",
        "/action/activity": "NOT_OF_PROJECT",
    }
    days = {"started": "2022-01-01", "crediting_end": "2020-01-01"}
    body = {"action": {"type": "PROJECT", **project_of("ODD", **days)}}
    code, document = await refused(world.stack, operator, "/v1/proposals", body)
    assert [name for name, _ in named(document)] == ["/action/started", "/action/crediting_end"]

    period = {"monitoring_start": "2019-01-01", "monitoring_end": "2020-12-31", "applied_on": "2020-06-30"}
    issuance = {"type": "ISSUANCE", **issuance_of(world.project, space="ODD", **period)}
    code, document = await refused(world.stack, operator, "/v1/proposals", {"action": issuance})
    assert code == "PERIOD_INVALID"
    assert set(named(document)) == {
        ("/action/monitoring_end", "ONE_YEAR"),
        ("/action/applied_on", "BEFORE_PERIOD_ENDS"),
        ("/action/monitoring_start", "OUTSIDE_CREDITING"),
    }


@STAGE
async def test_a_facility_names_what_does_not_fit_and_shows_what_it_replaces(world: World) -> None:
    staff = world.doors.staff
    wrong = {"type": "FACILITY", **WORKS, "operating_firm": "S1", "covered_to": 2025}
    code, document = await refused(world.stack, staff["OPERATOR"], "/v1/proposals", {"action": wrong})
    assert code == "INVALID_FIELD"
    assert named(document) == [("/action/operating_firm", "FIRM_CODE"), ("/action/covered_from", "MISSING")]
    early = {"type": "FACILITY", **WORKS, "operating_firm": FIRM, "covered_from": 2021}
    code, document = await refused(world.stack, staff["OPERATOR"], "/v1/proposals", {"action": early})
    assert (code, document["errors"][0]["lowest"]) == ("SECTOR_NOT_COVERED_YET", 2024)

    operator, regulator = world.doors.client(staff["OPERATOR"]), world.doors.client(staff["REGULATOR"])
    async with operator, regulator:
        await agreed(operator, regulator, "FACILITY", {**WORKS, "operating_firm": FIRM, "covered_from": 2024})
        other = {**WORKS, "code": "works-9", "operating_firm": "91150200MA0N0MA11R", "covered_from": 2024}
        made = await operator.proposals.propose("FACILITY", other)
        shown = await regulator.proposals.get(made.id)
        approved = await regulator.proposals.approve(shown)
        assert (await regulator.proposals.get(made.id)).facility_before is None
    for told in (made.facility_before, shown.facility_before, approved.facility_before):
        assert told is not None and (told["code"], told["operating_firm"]) == ("WORKS-9", FIRM)


@STAGE
async def test_what_is_held_fast_is_a_project_or_a_lot(world: World) -> None:
    lot, project = {"lot": world.lot}, {"project": world.project}
    for units in (
        {},
        {**lot, **project},
        {**lot, "vintage": 2023},
        {**lot, "serial_lo": 1},
        {**project, "serial_lo": 1, "serial_hi": 2},
        {"vintage": 2023},
    ):
        body = {"kind": "FREEZE", "reference": "F-1", **units}
        code, document = await refused(world.stack, world.doors.staff["REGULATOR"], "/v1/encumbrances", body)
        assert (code, named(document)) == ("VALIDATION", [("", "PROJECT_OR_LOT")]), units


@STAGE
@pytest.mark.parametrize(
    ("project", "vintage", "code"),
    [("NOPE", 2023, "PROJECT_NOT_FOUND"), ("p1", 2024, "PROJECT_NOT_FOUND"), ("P1", 2051, "VALIDATION")],
)
async def test_no_book_is_opened_for_what_no_project_makes(world: World, project: str, vintage: int, code: str) -> None:
    async with world.doors.client(world.doors.staff["OPERATOR"]) as operator:
        with pytest.raises(ExchangeProblem, match=code) as problem:
            await operator.instruments.list_new(
                symbol="ODD", family="FORESTRY_CCER", project=project, vintage=vintage, reference_price="30.00"
            )
    assert code == "PROJECT_NOT_FOUND" or problem.value.errors[0].pointer == "/vintage"


@STAGE
async def test_a_use_that_is_not_fulfilled_has_no_certificate_and_says_how_far_it_is(world: World) -> None:
    async with world.doors.client(world.seller.token) as seller:
        details = {"beneficiary_en": "Steel", "beneficiary_zh": "钢铁", "league": "BAOTOU"}
        made = await seller.uses.propose("VOLUNTARY", details, instrument=world.instrument, quantity=1)
        with pytest.raises(ExchangeProblem, match="NO_CERTIFICATE") as problem:
            await seller.uses.certificate(made.id)
        with pytest.raises(ExchangeProblem, match="CLAIM_NOT_FOUND"):
            await seller.uses.certificate("use-999999")
    assert (problem.value.status, problem.value.facts) == (404, {"status": "PROPOSED"})
    assert problem.value.detail.endswith(" Its status is PROPOSED.")
    assert problem.value.title == "No certificate yet"
    async with world.doors.client(world.buyer.token) as other:
        with pytest.raises(ExchangeProblem, match="CLAIM_NOT_FOUND"):
            await other.uses.certificate(made.id)


@STAGE
async def test_who_names_a_wrong_neutrality_is_not_offered_none(world: World) -> None:
    body = {"purpose": "EVENT_NEUTRALITY", "instrument": world.instrument, "quantity": 1, "neutrality": "FAIR"}
    code, document = await refused(world.stack, world.seller.token, "/v1/uses", body)
    (error,) = document["errors"]
    assert (code, error["code"]) == ("VALIDATION", "NOT_ONE_OF")
    assert error["allowed"] == [one.name for one in Neutrality if one is not Neutrality.NONE]
    assert "NONE" not in error["detail"]


@STAGE
async def test_ground_that_is_taken_is_told_with_the_project_and_the_site_parcel(world: World) -> None:
    staff = world.doors.staff
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        first = await agreed(operator, second, "PROJECT", project_of("GT-1", site_parcels=["GT/7", "GT/8"]))
        await agreed(operator, second, "ISSUANCE", issuance_of(first, space="GT1", verified=10_000))
        other = await agreed(operator, second, "PROJECT", project_of("GT-2", site_parcels=["gt/8/1"]))
    again = {"action": {"type": "ISSUANCE", **issuance_of(other, space="GT2", verified=10_000)}}
    code, document = await refused(world.stack, staff["OPERATOR"], "/v1/proposals", again)
    assert code == "GROUND_TAKEN"
    period = {"period_start": "2023-01-01", "period_end": "2023-12-31"}
    named = {"project_code": "GT-1", "site_parcel": "GT/8"}
    assert document["facts"] == {"project": first, "parcel": 2, **period, **named}
    assert document["detail"].endswith(
        f" It is taken by project {first}, by its site parcel no. 2, from 2023-01-01, to 2023-12-31."
        " Its code is GT-1, the site parcel is GT/8."
    )
    answer = await world.stack.ask("POST", "/v1/proposals", staff["OPERATOR"], again, {"accept-language": "zh"})
    told = answer.json()["detail"]
    days = "其监测期起于：2023-01-01，止于：2023-12-31"
    assert told.endswith(f"占用该地块的项目：{first}，其地块序号：2，{days}。该项目编号为 GT-1，地块为 GT/8。")


@STAGE
async def test_serials_outside_of_a_lot_are_told_with_its_bounds(world: World) -> None:
    staff = world.doors.staff["OPERATOR"]
    freeze = {"kind": "FREEZE", "lot": world.lot, "serial_lo": 10_000, "serial_hi": 10_002, "reference": "F-1"}
    code, document = await refused(world.stack, staff, "/v1/encumbrances", freeze)
    assert (code, document["facts"]) == ("SERIALS_INVALID", {"lowest_serial": 1, "highest_serial": 10_001})
    assert document["detail"].endswith(" Of this lot: lowest serial_lo 1, highest serial_hi 10001.")
    answer = await world.stack.ask("POST", "/v1/encumbrances", staff, freeze, {"accept-language": "zh"})
    assert answer.json()["detail"].endswith("该批次的 serial_lo 最小为：1，serial_hi 最大为：10001。")


@STAGE
async def test_serials_that_came_in_before_are_told_with_the_lot_to_its_firm_alone(world: World) -> None:
    lot: dict[str, object] = {"type": "LOT_ADMISSION", "issuance": world.issuance, "lock_reference": "L-9"}
    lot |= {"serial_lo": 9_000, "serial_hi": 10_002}
    for firm, named_lot in ((world.seller, {"lot": world.lot}), (world.stranger, {})):
        body = {"action": {**lot, "owner": firm.id}}
        code, document = await refused(world.stack, firm.token, "/v1/proposals", body)
        assert (code, document["facts"]) == ("SERIALS_OVERLAP", {"taken": 9_000, "taken_to": 10_000} | named_lot)
        assert (f"lot {world.lot}." in document["detail"]) is bool(named_lot)


@STAGE
async def test_of_a_serial_space_the_known_spelling_is_told(world: World) -> None:
    period = {"serial_lo": 500_001, "serial_hi": 500_011}
    body = {"action": {"type": "ISSUANCE", **issuance_of(world.project, **period, space="C-cer")}}
    code, document = await refused(world.stack, world.doors.staff["OPERATOR"], "/v1/proposals", body)
    (error,) = document["errors"]
    assert (code, error["pointer"], error["code"]) == ("SPACE_SPELT_OTHERWISE", "/action/space", "SPELT_OTHERWISE")
    assert error["allowed"] == ["CCER"]
    # Whoever shows the detail alone has it too.
    assert document["detail"].endswith(
        " The field `action/space`: This is known here in another spelling. Allowed: CCER."
    )
    chinese = {"accept-language": "zh"}
    answer = await world.stack.ask("POST", "/v1/proposals", world.doors.staff["OPERATOR"], body, chinese)
    assert answer.json()["detail"].endswith("`action/space`：此项已按另一种写法登记。可用取值：CCER。")


@STAGE
async def test_what_is_set_aside_is_told_beside_what_is_free(world: World) -> None:
    await world.place(world.seller, "SELL", 40, "30.00")
    use = {"purpose": "VOLUNTARY", "picks": [{"lot": world.lot}], "quantity": 9_961, "league": "BAOTOU"}
    use |= {"beneficiary_en": "Steel", "beneficiary_zh": "钢铁"}
    code, document = await refused(world.stack, world.seller.token, "/v1/uses", use)
    free = document["facts"]["available"]
    assert code == "INSUFFICIENT_TONNES"
    assert document["facts"]["held"] >= 40
    assert document["facts"]["needed"] == 9_961 > free
