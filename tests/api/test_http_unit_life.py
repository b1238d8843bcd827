"""The life of a unit over HTTP: what is shown of it to whom, and the codes with which a second count is refused."""

from __future__ import annotations

import pytest

from exchange.client import ExchangeProblem, Pick
from exchange.core.credits.states import TRANSITIONS
from exchange.core.rejections import TEXTS, RejectReason
from tests.api.stack import World, agreed, issuance_of, project_of
from tests.api.unit_steps import BAOTOU, STEEL, approve, as_, refused, used
from tests.support import keyring
from tests.support.market import FIRM

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- what there is ---------------------------------------------------------------------------------------------------


async def test_a_project_is_shown_with_its_periods_and_its_estimate_apart_from_units(world: World) -> None:
    staff = world.doors.staff
    terms = project_of("EST", estimate_kg=22_514_200, estimate_years=30)
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        number = await agreed(operator, second, "PROJECT", terms)
    async with as_(world, world.stranger) as anybody:
        estimated, known = await anybody.projects.get(number), await anybody.projects.get(world.project)
        assert [each.id async for each in anybody.projects.every("est")] == [number]
    assert (str(estimated.estimate_per_year), estimated.issued, estimated.periods) == ("750.5", 0, ())
    (period,) = known.periods
    assert (period.verified, period.issued, known.issued) == (50_000, 10_000, 10_000)


async def test_the_table_of_steps_is_that_of_the_core(world: World) -> None:
    table = (await world.stack.get("/v1/transitions")).json()["items"]
    assert [(step["tag"], step["state"], step["cause"]) for step in table] == [
        (step.after[0].name, step.after[1].name, step.cause.name) for step in TRANSITIONS
    ]


async def test_a_lot_shows_where_each_serial_stands_to_staff_all_and_to_a_firm_its_own(bought: World) -> None:
    async with bought.doors.client(bought.doors.staff["AUDITOR"]) as auditor, as_(bought, bought.buyer) as buyer:
        everything = [parcel async for parcel in auditor.units.parcels(bought.lot)]
        own = [parcel async for parcel in buyer.units.parcels(bought.lot)]
    assert sum(parcel.quantity for parcel in everything) == 10_000
    assert {parcel.owner for parcel in own} == {bought.buyer.id}
    assert everything[0].serial_text is not None and everything[0].serial_text.startswith("CCER-000001-")
    async with as_(bought, bought.stranger) as stranger:
        with pytest.raises(ExchangeProblem) as problem:
            await anext(stranger.units.parcels(bought.lot))
    assert problem.value.code == "LOT_NOT_FOUND"


# --- the lock --------------------------------------------------------------------------------------------------------


async def test_ccer_cannot_be_sold_before_the_registry_has_locked_it(world: World) -> None:
    staff = world.doors.staff
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        project = await agreed(operator, second, "PROJECT", project_of("LCK"))
        issuance = await agreed(operator, second, "ISSUANCE", issuance_of(project, space="LCK", serial_hi=11))
        lot = {"issuance": issuance, "owner": world.stranger.id, "serial_lo": 1, "serial_hi": 11}
        number = await agreed(operator, second, "LOT_ADMISSION", {**lot, "lock_reference": "LCK-1"}, "LCK-1")
        async with as_(world, world.stranger) as owner:
            (holding,) = [each async for each in owner.units.holdings() if each.lot == number]
            assert (holding.quantity, holding.set_aside, holding.available, holding.held) == (10, 10, 0, 0)
            (request,) = [each async for each in owner.requests.every("open")]
            assert (request.kind, request.lot, request.serial_text) == ("LOCK", number, "LCK-000001-000010")
            await world.registry.answer(request, "REFUSED")
            assert (await owner.requests.get(request.id)).status == "REFUSED"
        again = await operator.units.ask_lock(number)
        await world.registry.answer_all()
        async with as_(world, world.stranger) as owner:
            (holding,) = [each async for each in owner.units.holdings() if each.lot == number]
            confirmed = await owner.requests.get(again.requests[0])
            of_lot = [each.id async for each in owner.requests.every(lot=number)]
            of_another = [each.id async for each in owner.requests.every(lot=world.lot)]
        assert len([each async for each in operator.requests.every()]) > len(of_lot)
    assert (of_lot, of_another) == ([request.id, confirmed.id], [])
    assert (holding.available, confirmed.status, confirmed.receipt is not None) == (10, "CONFIRMED", True)


async def test_a_request_of_others_is_not_there(bought: World) -> None:
    async with bought.doors.client(bought.doors.staff["OPERATOR"]) as operator:
        request = await anext(operator.requests.every())
    async with as_(bought, bought.buyer) as buyer:
        with pytest.raises(ExchangeProblem) as problem:
            await buyer.requests.get(request.id)
    assert problem.value.code == "REQUEST_NOT_FOUND"


# --- use -------------------------------------------------------------------------------------------------------------


async def test_a_use_sets_the_very_serials_aside_and_ends_with_the_registrys_receipt(bought: World) -> None:
    async with as_(bought, bought.buyer) as buyer:
        made = await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=[Pick(bought.lot, 1, 11)])
        assert [(part.serial_lo, part.serial_hi) for part in made.units] == [(1, 11)]
        assert made.units[0].serial_text == "CCER-000001-000010"
        (holding,) = [each async for each in buyer.units.holdings() if each.lot == bought.lot]
        assert holding.set_aside == 10
        assert (await buyer.proposals.get(made.proposal)).created == made.id
        await approve(bought, made.proposal, made.action_hash)
        assert (await buyer.uses.get(made.id)).status == "PENDING"
        await bought.registry.answer_all()
        done = await buyer.uses.get(made.id)
    assert (done.status, done.quantity, done.covers, len(done.receipts)) == ("FULFILLED", 10, 10, 1)
    assert done.fulfilled_on is not None


async def test_a_tonne_that_was_used_serves_nothing_else(bought: World) -> None:
    await used(bought, Pick(bought.lot, 11, 21))
    token, stack = bought.buyer.token, bought.stack
    pick = {"lot": bought.lot, "serial_lo": 15, "serial_hi": 25}
    again = {"purpose": "VOLUNTARY", "picks": [pick], **BAOTOU}
    assert await refused(stack, "/v1/uses", token, again) == "UNITS_NOT_THERE"
    body = {"picks": [pick], "national_account": "N-1"}
    assert await refused(stack, "/v1/releases", token, body) == "UNITS_NOT_THERE"


async def test_a_use_is_signed_and_needs_funds(bought: World) -> None:
    body = {"purpose": "VOLUNTARY", "picks": [{"lot": bought.lot, "serial_lo": 31, "serial_hi": 32}], **BAOTOU}
    async with as_(bought, bought.buyer) as buyer:
        weak = await buyer.keys.make("no signature", ["FUNDS"])
        narrow = await buyer.keys.make("trades only", ["TRADE", "MANAGE"])
    assert await refused(bought.stack, "/v1/uses", weak.token, body) == "KEY_CANNOT_SIGN"
    assert await refused(bought.stack, "/v1/uses", narrow.token, body) == "SCOPE_MISSING"
    unsigned = await bought.stack.ask("POST", "/v1/uses", bought.buyer.token, body, {"signature": "none"})
    assert unsigned.status_code in (400, 401) and keyring.private_key_of(bought.buyer.token) is not None


async def test_details_that_do_not_fit_the_purpose_are_refused(bought: World) -> None:
    body = {"purpose": "VOLUNTARY", "picks": [{"lot": bought.lot, "serial_lo": 31, "serial_hi": 32}], **BAOTOU}
    token = bought.buyer.token
    assert await refused(bought.stack, "/v1/uses", token, {**body, "province": "河北"}) == "PURPOSE_DETAILS"
    assert await refused(bought.stack, "/v1/uses", token, {**body, "purpose": "FORCED"}) == "VALIDATION"


async def test_the_five_percent_are_reckoned_and_held_to(bought: World) -> None:
    staff = bought.doors.staff
    works = {"code": "WORKS-1", "name_en": "Works", "name_zh": "钢厂", "sector": "STEEL", "operating_firm": FIRM}
    operator, regulator = bought.doors.client(staff["OPERATOR"]), bought.doors.client(staff["REGULATOR"])
    async with operator, regulator, as_(bought, bought.buyer) as buyer:
        asked = await buyer.budgets.offset_cap("works-1", 2025)
        assert (asked.covered, asked.recorded, asked.cap, asked.why) == (False, False, None, "FACILITY_NOT_COVERED")
        tried = await buyer.budgets.offset_cap("works-1", 2025, due=1_000_019)
        assert (tried.due, tried.cap, tried.left, tried.why) == (None, None, None, "FACILITY_NOT_COVERED")
        assert asked.detail == TEXTS[RejectReason.FACILITY_NOT_COVERED].en
        path, chinese = "/v1/offset-cap?facility=works-1&year=2025", {"accept-language": "zh"}
        told = await bought.stack.ask("GET", path, bought.buyer.token, headers=chinese)
        assert told.json()["detail"] == TEXTS[RejectReason.FACILITY_NOT_COVERED].zh
        await agreed(operator, regulator, "FACILITY", {**works, "covered_from": 2024})
        early = await buyer.budgets.offset_cap("WORKS-1", 2023, due=1_000_019)
        assert (early.covered, early.cap, early.why) == (False, None, "FACILITY_NOT_COVERED")
        asked = await buyer.budgets.offset_cap("WORKS-1", 2025)
        assert (asked.covered, asked.cap, asked.why) == (True, None, "OBLIGATION_NOT_SET")
        tried = await buyer.budgets.offset_cap("WORKS-1", 2025, due=1_000_019)
        assert (tried.cap, tried.left, tried.why, tried.detail) == (50_000, 50_000, None, None)
        due = {"facility": "WORKS-1", "year": 2025, "due": 619}
        await agreed(operator, regulator, "OBLIGATION", due)
        details = {**STEEL, "beneficiary_code": FIRM, "facility": "Works-1", "year": 2025}
        made = await buyer.uses.propose("NATIONAL_SURRENDER", details, picks=[Pick(bought.lot, 301, 321)])
        late = await buyer.uses.propose("NATIONAL_SURRENDER", details, picks=[Pick(bought.lot, 321, 332)])
        asked = await buyer.budgets.offset_cap("WORKS-1", 2025)
        assert (asked.covered, asked.due, asked.cap, asked.claimed, asked.left) == (True, 619, 30, 0, 30)
        shown = await operator.proposals.get(made.proposal)
        assert shown.participant == bought.buyer.id
        assert shown.facility_named is not None
        assert (shown.facility_named["code"], shown.facility_named["operating_firm"]) == ("WORKS-1", FIRM)
        await operator.proposals.approve(shown)
        assert (await operator.proposals.get(made.proposal)).facility_named is None
        asked = await buyer.budgets.offset_cap("WORKS-1", 2025)
        assert (asked.claimed, asked.left) == (20, 10)
        with pytest.raises(ExchangeProblem) as problem:
            await operator.proposals.approve(await operator.proposals.get(late.proposal))
        assert (problem.value.code, problem.value.facts["highest"]) == ("OFFSET_CAP", 10)
        await operator.proposals.reject(await operator.proposals.get(late.proposal), "a test")
        with pytest.raises(ExchangeProblem) as problem:
            await buyer.uses.propose("NATIONAL_SURRENDER", details, instrument=bought.instrument, quantity=11)
        assert (problem.value.code, problem.value.facts["highest"]) == ("OFFSET_CAP", 10)
        (obligation,) = [each async for each in operator.budgets.obligations()]
        assert (obligation.cap, obligation.left) == (30, 10)
        (request,) = [each async for each in buyer.requests.every("open")]
        await bought.registry.answer(request, "REFUSED")
        assert (await buyer.budgets.offset_cap("WORKS-1", 2025)).left == 30
        assert [each.code async for each in buyer.projects.facilities()] == ["WORKS-1"]


async def test_a_revoked_use_says_so_and_its_units_stay_used(bought: World) -> None:
    done = await used(bought, Pick(bought.lot, 41, 43))
    staff = bought.doors.staff
    async with bought.doors.client(staff["OPERATOR"]) as operator, bought.doors.client(staff["REGULATOR"]) as regulator:
        await agreed(operator, regulator, "USE_REVOCATION", {"use": done.id, "reason": "counted elsewhere"})
        shown = await operator.uses.get(done.id)
        assert shown.id in [each.id async for each in operator.uses.every("revoked", "voluntary")]
    assert (shown.status, shown.reason) == ("REVOKED", "counted elsewhere")


# --- release ---------------------------------------------------------------------------------------------------------


async def test_a_release_can_be_called_off_by_its_firm_alone(bought: World) -> None:
    async with as_(bought, bought.buyer) as buyer, as_(bought, bought.seller) as other:
        made = await buyer.releases.propose([Pick(bought.lot, 101, 111)], "CCER-ACC-1")
        await approve(bought, made.proposal, made.action_hash)
        cooling = await buyer.releases.get(made.id)
        assert cooling.status == "COOLING" and cooling.leaves_at is not None and cooling.callable_until is not None
        assert cooling.callable_until < cooling.leaves_at
        with pytest.raises(ExchangeProblem) as problem:
            await other.releases.call_off(made.id)
        assert problem.value.code == "RELEASE_NOT_FOUND"
        assert (await buyer.releases.call_off(made.id)).status == "ENDED"
        assert (await buyer.releases.get(made.id)).ended_as == "CALLED_OFF"
        with pytest.raises(ExchangeProblem) as problem:
            await buyer.releases.call_off(made.id)
        assert problem.value.code == "RELEASE_NOT_CALLABLE"
        assert [each.id async for each in other.releases.every()] == []


async def test_a_release_that_a_second_person_rejected_says_so(bought: World) -> None:
    operator = bought.doors.client(bought.doors.staff["OPERATOR"])
    async with as_(bought, bought.buyer) as buyer, operator:
        made = await buyer.releases.propose([Pick(bought.lot, 101, 111)], "CCER-ACC-1")
        assert (await buyer.releases.get(made.id)).ended_as is None
        await operator.proposals.reject(await operator.proposals.get(made.proposal), "another account")
        shown = await buyer.releases.get(made.id)
    assert (shown.status, shown.ended_as) == ("ENDED", "REJECTED")


# --- what holds units fast -------------------------------------------------------------------------------------------


async def test_one_person_holds_units_fast_and_two_let_them_go(bought: World) -> None:
    staff = bought.doors.staff
    async with bought.doors.client(staff["OPERATOR"]) as operator, as_(bought, bought.buyer) as buyer:
        paper = "（2026）内01执118号"
        made = await operator.encumbrances.set("PLEDGE", paper, lot=bought.lot, serial_lo=201, serial_hi=221)
        assert made.quantity == 20
        (holding,) = [each async for each in buyer.units.holdings() if each.lot == bought.lot]
        assert holding.encumbered == 20
        assert holding.quantity == holding.held + holding.set_aside + holding.encumbered + holding.available
        (shown,) = [each async for each in buyer.encumbrances.every()]
        assert (shown.id, shown.reference, shown.set_by) == (made.id, paper, None)
        parcel = next(iter([each async for each in buyer.units.parcels(bought.lot) if each.encumbered]))
        assert parcel.encumbrances == (made.id,)
        assert [part.quantity async for part in operator.encumbrances.units(made.id)] == [20]
        pick = {"lot": bought.lot, "serial_lo": 201, "serial_hi": 202}
        body = {"purpose": "VOLUNTARY", "picks": [pick], **BAOTOU}
        assert await refused(bought.stack, "/v1/uses", bought.buyer.token, body) == "UNITS_NOT_THERE"
        async with as_(bought, bought.stranger) as stranger:
            assert [each async for each in stranger.encumbrances.every()] == []
        async with bought.doors.client(staff["SECOND"]) as second:
            assert (await operator.encumbrances.get(made.id)).lifted_by is None
            await agreed(operator, second, "LIFT", {"encumbrance": made.id})
        lifted = await operator.encumbrances.get(made.id)
        assert lifted.lifted_at is not None and lifted.lifted_by is not None
        by = await operator.proposals.get(lifted.lifted_by)
        assert (by.action["encumbrance"], by.proposer is None, by.approver is None) == (made.id, False, False)
        assert [each async for each in buyer.encumbrances.every()] == []


async def test_a_fire_is_replaced_by_force_and_the_shortfall_is_shown(grown: World) -> None:
    bought = grown
    staff = bought.doors.staff
    lost: dict[str, object] = {"project": bought.project, "responsible": bought.buyer.id, "cause": "fire"}
    operator, second = bought.doors.client(staff["OPERATOR"]), bought.doors.client(staff["SECOND"])
    async with operator, second, bought.doors.client(staff["REGULATOR"]) as regulator:
        reversal = await agreed(operator, second, "REVERSAL", {**lost, "quantity": 15})
        await agreed(operator, regulator, "FORCED_CANCELLATION", {"reversal": reversal})
        shown = await operator.encumbrances.reversal(reversal)
        assert (shown.quantity, shown.pending, shown.shortfall, shown.replaced) == (15, 15, 15, 0)
        await bought.registry.answer_all()
        async with as_(bought, bought.buyer) as buyer:
            (shown,) = [each async for each in buyer.encumbrances.reversals()]
            forced = await buyer.uses.get(shown.uses[0])
    assert (shown.pending, shown.shortfall, shown.replaced, forced.purpose) == (0, 0, 15, "FORCED")


async def test_quota_and_ccer_are_two_uses(bought: World) -> None:
    staff = bought.doors.staff
    terms = project_of(
        "SAVE", family="REDUCTION_QUOTA", mechanism="REGIONAL_QUOTA", ccer_generation="NONE", activity="ENERGY_SAVING",
        source_category="ENERGY_SAVING", source_facility="plant 7", uniqueness_declaration="",
    )  # fmt: skip
    operator, second = bought.doors.client(staff["OPERATOR"]), bought.doors.client(staff["SECOND"])
    async with operator, second, bought.doors.client(staff["REGULATOR"]) as regulator:
        project = await agreed(operator, regulator, "PROJECT", terms)
        issued = await agreed(operator, regulator, "ISSUANCE", issuance_of(project, space="SAVE", serial_hi=11))
        owned = {"issuance": issued, "owner": bought.buyer.id, "serial_lo": 1, "serial_hi": 11}
        quota = await agreed(operator, second, "LOT_ADMISSION", {**owned, "lock_reference": "S-1"}, "S-1")
    async with as_(bought, bought.buyer) as buyer:
        details = {**STEEL, "league": "BAOTOU"}
        with pytest.raises(ExchangeProblem, match="MIXED_UNITS") as problem:
            await buyer.uses.propose("VOLUNTARY", details, picks=[Pick(quota, 1, 3), Pick(bought.lot, 251, 253)])
        assert problem.value.status == 422
        for pick in (Pick(quota, 1, 3), Pick(bought.lot, 251, 253)):
            assert (await buyer.uses.propose("VOLUNTARY", details, picks=[pick])).quantity == 2


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"beneficiary_en": "Steel"},
        {"reversal": "rev-7", "beneficiary_en": "Steel", "beneficiary_zh": "钢铁"},
        {"reversal": "rev-7", "beneficiary_zh": "钢铁"},
    ],
)
async def test_a_use_is_for_somebody_or_replaces_something(bought: World, given: dict[str, str]) -> None:
    body = {"purpose": "VOLUNTARY", "picks": [{"lot": bought.lot}], "quantity": 1, "league": "BAOTOU", **given}
    async with as_(bought, bought.buyer) as buyer:
        with pytest.raises(ExchangeProblem) as problem:
            await buyer.uses.propose("VOLUNTARY", body, quantity=1)
    assert "BENEFICIARY_OR_REVERSAL" in str(problem.value.errors)


async def test_a_beneficiarys_code_is_a_right_one_and_kept_in_one_spelling(bought: World) -> None:
    """Whatever the purpose: a slip of the pen would stand on the certificate, or take the code off it."""
    event = {**BAOTOU, "neutrality": "EVENT", "event": "Naadam", "event_day": "2026-07-11"}
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in FIRM)
    async with as_(bought, bought.buyer) as buyer:
        for wrong in ("911501", FIRM.replace("0X", "1X")):
            details = {**event, "beneficiary_code": wrong}
            with pytest.raises(ExchangeProblem, match="PURPOSE_DETAILS") as problem:
                await buyer.uses.propose("EVENT_NEUTRALITY", details, instrument=bought.instrument, quantity=1)
            assert "FIRM_CODE" in str(problem.value.errors)
        for spelt in (FIRM.lower(), wide, f"{FIRM[:8]} {FIRM[8:]}"):
            details = {**BAOTOU, "beneficiary_code": spelt}
            made = await buyer.uses.propose("VOLUNTARY", details, instrument=bought.instrument, quantity=1)
            assert (await buyer.uses.get(made.id)).beneficiary_code == FIRM


# --- afterwards ------------------------------------------------------------------------------------------------------


async def test_the_league_report_agrees_and_is_a_table_too(bought: World) -> None:
    async with bought.doors.client(bought.doors.staff["REGULATOR"]) as regulator:
        status = await regulator.venue.status()
        assert status.trading_day is not None
        year = status.trading_day.year
        report = await regulator.budgets.league_report(year)
        table = [line async for line in regulator.budgets.league_report_csv(year)]
        with pytest.raises(ExchangeProblem) as problem:
            await regulator.budgets.league_report(2026, 2028)
    assert report.agrees and len(report.items) == 13
    assert table[0].startswith("league,first_year,last_year,planned") and len(table) == 14
    assert table[0].endswith(",net,agrees") and all(line.endswith(",true") for line in table[1:])
    assert problem.value.errors[0].code == "PLAN_PERIOD"
    path, token = f"/v1/reports/leagues?first_year={year}&format=csv-bom", bought.doors.staff["REGULATOR"]
    shown = (await bought.stack.get(path, token, accept_language="zh-CN")).text
    (region,) = [line for line in shown.splitlines() if line.startswith("自治区合计,")]
    assert region.split(",")[-2:] == ["是", ""]
    reads = (await bought.stack.get("/v1/audit/reads?limit=1000", bought.doors.staff["AUDITOR"])).json()["items"]
    # How many rows a download gave out is written down behind it.
    assert next(read["rows"] for read in reads if read["operation"] == "/v1/reports/leagues") == 13


async def test_a_firm_finds_the_life_of_its_units_in_its_feed(bought: World) -> None:
    async with as_(bought, bought.buyer) as buyer, as_(bought, bought.stranger) as stranger:
        own = {event.type async for event in buyer.feed.every()}
        others = {event.type async for event in stranger.feed.every()}
    assert own >= {
        "UnitsChanged", "RegistryAsked", "RegistryAnswered", "ClaimMade", "ClaimApproved", "ClaimFulfilled",
        "ClaimRevoked", "ReleaseMade", "ReleaseApproved", "ReleaseEnded", "UnitsEncumbered", "UnitsFreed",
        "EncumbranceLifted", "ReversalReported", "ReversalReplaced",
    }  # fmt: skip
    assert not others & {"ClaimMade", "ReleaseMade", "UnitsEncumbered", "ReversalReported"}


async def test_what_held_units_fast_stays_in_the_feed_of_the_one_who_had_them(bought: World) -> None:
    async with bought.doors.client(bought.doors.staff["OPERATOR"]) as operator:
        made = await operator.encumbrances.set("FREEZE", "F-9", lot=bought.lot, serial_lo=9_001, serial_hi=9_011)
        async with bought.doors.client(bought.doors.staff["SECOND"]) as second:
            await agreed(operator, second, "LIFT", {"encumbrance": made.id})
    await bought.trade(9_300)  # the buyer has these serials now
    for kind in ("UnitsEncumbered", "UnitsFreed"):
        for firm, expected in ((bought.seller, [(9_001, 9_011)]), (bought.buyer, [])):
            async with as_(bought, firm) as client:
                told = [event.fields async for event in client.feed.every() if event.type == kind]
            mine = [fields["units"] for fields in told if fields["encumbrance"] == made.id]
            parts = [part for units in mine for part in units]  # type: ignore[attr-defined]
            assert [(part["serial_lo"], part["serial_hi"]) for part in parts] == expected, kind


async def test_a_firm_reads_why_what_it_had_proposed_has_ended(grown: World) -> None:
    """It had set aside all that it has of CCER, and owes some of it; it takes what the other tests use."""
    staff = grown.doors.staff
    lost: dict[str, object] = {"project": grown.project, "responsible": grown.buyer.id, "cause": "fire", "quantity": 5}
    operator, second = grown.doors.client(staff["OPERATOR"]), grown.doors.client(staff["SECOND"])
    async with operator, second, grown.doors.client(staff["REGULATOR"]) as regulator, as_(grown, grown.buyer) as buyer:
        reversal = await agreed(operator, second, "REVERSAL", lost)
        held = [each async for each in buyer.units.holdings()]
        units = [each for each in held if each.family == "FORESTRY_CCER" and each.available]
        everything = sum(each.available for each in units)
        picks = [Pick(each.lot) for each in units]
        kept = await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=picks, quantity=everything)
        await agreed(operator, regulator, "FORCED_CANCELLATION", {"reversal": reversal})
        proposal = await buyer.proposals.get(kept.proposal)
        assert (proposal.status, proposal.rejected_by, proposal.reason) == ("REJECTED", None, "FORCED_CANCELLATION")
        ended = await buyer.uses.get(kept.id)
        assert (ended.status, ended.ended_as) == ("ENDED", "FORCED_CANCELLATION")
        assert (await buyer.encumbrances.reversal(reversal)).pending == 5
        told = [event.fields async for event in buyer.feed.every() if event.type == "ProposalRejected"]
    assert told[-1] == {"proposal": kept.proposal, "by": None, "reason": "FORCED_CANCELLATION"}
