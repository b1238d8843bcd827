"""The life of a unit over HTTP: what is shown of it to whom, and the codes with which a second count is refused."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from exchange.client import ExchangeClient, ExchangeProblem, Pick, Selection
from exchange.client.models import Issuance, Use
from exchange.core.credits.states import TRANSITIONS
from exchange.store.queries import tenures
from tests.api.stack import Firm, Stack, World, agreed, brought_by_the_buyer, issuance_of, project_of
from tests.support import keyring
from tests.support.market import FIRM

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEEL = {"beneficiary_en": "Baotou Steel", "beneficiary_zh": "包钢集团"}
BAOTOU = {**STEEL, "league": "BAOTOU"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bought(world: World) -> World:
    """A market in which the buyer has bought 600 tonnes."""
    await world.trade(600)
    return world


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def grown(bought: World) -> World:
    """The same, and the buyer has brought in a tonne of the project too, so that it answers for its losses."""
    await brought_by_the_buyer(bought)
    return bought


def as_(world: World, firm: Firm) -> ExchangeClient:
    """The firm's client."""
    return world.doors.client(firm.token)


async def approve(world: World, proposal: str, action_hash: str) -> None:
    """The venue's second word."""
    body = {"action_hash": action_hash}
    path = f"/v1/proposals/{proposal}/approve"
    answer = await world.stack.ask("POST", path, world.doors.staff["SECOND"], body)
    assert answer.is_success, answer.text


async def used(world: World, pick: Pick, details: dict[str, str] | None = None, purpose: str = "VOLUNTARY") -> Use:
    """Serials of the buyer's that were used for good."""
    async with as_(world, world.buyer) as buyer:
        made = await buyer.uses.propose(purpose, details or BAOTOU, picks=[pick])
        await approve(world, made.proposal, made.action_hash)
        await world.registry.answer_all()
        return await buyer.uses.get(made.id)


async def refused(stack: Stack, path: str, token: str, body: dict[str, Any]) -> str:
    """The code with which a change is refused."""
    answer = await stack.ask("POST", path, token, body)
    assert answer.status_code >= 400, answer.text
    return str(answer.json()["code"])


async def issuance_in(world: World, client: ExchangeClient) -> Issuance:
    """The issuance that the lot is of."""
    lot = await client.units.lot(world.lot)
    return await anext(each async for each in client.units.issuances() if each.id == lot.issuance)


def auditor_of(world: World) -> str:
    """The auditor's key."""
    return world.doors.staff["AUDITOR"]


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
            assert (request.kind, request.lot, request.serial_text) == ("LOCK", number, "CCER-000001-000010")
            await world.registry.answer(request, "REFUSED")
            assert (await owner.requests.get(request.id)).status == "REFUSED"
        again = await operator.units.ask_lock(number)
        await world.registry.answer_all()
        async with as_(world, world.stranger) as owner:
            (holding,) = [each async for each in owner.units.holdings() if each.lot == number]
            confirmed = await owner.requests.get(again.requests[0])
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
        await agreed(operator, regulator, "FACILITY", {**works, "covered_from": 2024})
        early = await buyer.budgets.offset_cap("WORKS-1", 2023, due=1_000_019)
        assert (early.covered, early.cap, early.why) == (False, None, "FACILITY_NOT_COVERED")
        asked = await buyer.budgets.offset_cap("WORKS-1", 2025)
        assert (asked.covered, asked.cap, asked.why) == (True, None, "OBLIGATION_NOT_SET")
        tried = await buyer.budgets.offset_cap("WORKS-1", 2025, due=1_000_019)
        assert (tried.cap, tried.left, tried.why) == (50_000, 50_000, None)
        due = {"facility": "WORKS-1", "year": 2025, "due": 619}
        await agreed(operator, regulator, "OBLIGATION", due)
        details = {**STEEL, "beneficiary_code": FIRM, "facility": "Works-1", "year": 2025}
        made = await buyer.uses.propose("NATIONAL_SURRENDER", details, instrument=bought.instrument, quantity=20)
        asked = await buyer.budgets.offset_cap("WORKS-1", 2025)
        assert (asked.covered, asked.due, asked.cap, asked.claimed, asked.left) == (True, 619, 30, 20, 10)
        with pytest.raises(ExchangeProblem) as problem:
            await buyer.uses.propose("NATIONAL_SURRENDER", details, instrument=bought.instrument, quantity=11)
        assert (problem.value.code, problem.value.facts["highest"]) == ("OFFSET_CAP", 10)
        (obligation,) = [each async for each in operator.budgets.obligations()]
        assert (obligation.cap, obligation.left) == (30, 10)
        await operator.proposals.reject(await operator.proposals.get(made.proposal), "a test")
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
        with pytest.raises(ExchangeProblem) as problem:
            await buyer.releases.call_off(made.id)
        assert problem.value.code == "RELEASE_NOT_CALLABLE"
        assert [each.id async for each in other.releases.every()] == []


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
            await agreed(operator, second, "LIFT", {"encumbrance": made.id})
        assert (await operator.encumbrances.get(made.id)).lifted_at is not None
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


async def test_a_firm_replaces_of_its_own_accord_what_it_owes(grown: World) -> None:
    bought = grown
    staff = bought.doors.staff
    lost: dict[str, object] = {"project": bought.project, "responsible": bought.buyer.id, "cause": "fire"}
    operator, second = bought.doors.client(staff["OPERATOR"]), bought.doors.client(staff["SECOND"])
    async with operator, second, as_(bought, bought.buyer) as buyer:
        reversal = await agreed(operator, second, "REVERSAL", {**lost, "quantity": 15})
        pick = Pick(bought.lot, 201, 211)
        others = await agreed(operator, second, "REVERSAL", {**lost, "responsible": bought.seller.id, "quantity": 15})
        with pytest.raises(ExchangeProblem, match="REVERSAL_NOT_FOUND"):
            await buyer.uses.replace(others, picks=[pick])
        with pytest.raises(ExchangeProblem, match="QUANTITY_OUT_OF_RANGE"):
            await buyer.uses.replace(reversal, picks=[Pick(bought.lot, 201, 217)])
        made = await buyer.uses.replace(reversal, picks=[pick])
        proposal = await second.proposals.get(made.proposal)
        assert (proposal.action["purpose"], proposal.action["reversal"]) == ("VOLUNTARY", reversal)
        await second.proposals.approve(proposal)
        shown = await buyer.encumbrances.reversal(reversal)
        assert (shown.pending, shown.replaced, shown.shortfall, shown.uses) == (10, 0, 15, (made.id,))
        await bought.registry.answer_all()
        shown, use = await buyer.encumbrances.reversal(reversal), await buyer.uses.get(made.id)
        with pytest.raises(ExchangeProblem, match="CLAIM_NOT_FOUND"):
            await buyer.uses.certificate(made.id)
    assert (shown.pending, shown.replaced, shown.shortfall) == (0, 10, 5)
    assert (use.status, use.reversal, use.purpose) == ("FULFILLED", reversal, "VOLUNTARY")


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


# --- afterwards ------------------------------------------------------------------------------------------------------


async def test_everybody_who_ever_held_a_range_is_found_in_one_query(bought: World) -> None:
    await used(bought, Pick(bought.lot, 301, 303))
    async with bought.doors.client(bought.doors.staff["AUDITOR"]) as auditor:
        chain = [each async for each in auditor.audit.holders(bought.lot, 301, 303)]
        steps = [each async for each in auditor.audit.steps(bought.lot, 301, 303)]
    assert [(each.source, each.target) for each in chain] == [
        ("REGISTRY", bought.seller.id),
        (bought.seller.id, bought.buyer.id),
        (bought.buyer.id, "GONE"),
    ]
    assert {(each.serial_lo, each.serial_hi) for each in chain} == {(301, 303)}
    assert (chain[1].source_code, chain[1].target_code) == ("SELLER", "BUYER")
    assert [each.cause for each in steps] == [
        "ADMITTED_FOR_LOCK", "LOCK_REQUESTED", "LOCK_CONFIRMED", "USE_PROPOSED", "CANCELLED",
    ]  # fmt: skip
    assert steps[0].state_before is None and steps[-1].subject.startswith("req-")


async def test_every_firm_that_ever_held_serials_of_a_space_is_found_in_one_query(bought: World) -> None:
    await used(bought, Pick(bought.lot, 321, 323))
    async with bought.doors.client(bought.doors.staff["AUDITOR"]) as auditor:
        space = (await issuance_in(bought, auditor)).space
        serials: dict[str, Any] = {"serial_lo": 320, "serial_hi": 324}
        found = [each async for each in auditor.audit.tenures(Selection(space=space.lower(), **serials))]
        of_project = [each async for each in auditor.audit.tenures(Selection(project=bought.project))]
        assert [each async for each in auditor.audit.tenures(Selection(project=bought.project, vintage=1999))] == []
    seller, buyer = bought.seller.id, bought.buyer.id
    assert {(each.serial_lo, each.serial_hi, each.participant, each.left, each.went_to) for each in found} == {
        (320, 324, seller, "TRANSFERRED", buyer),
        (320, 321, buyer, None, None),
        (321, 323, buyer, "CANCELLED", None),
        (323, 324, buyer, None, None),
    }
    assert [each.since_seq for each in found] == sorted(each.since_seq for each in found)
    assert found[0].came_from == "REGISTRY" and found[0].participant_code == "SELLER"
    assert found[0].until == found[1].since and found[0].until_seq == found[1].since_seq
    assert {each.lot for each in of_project} == {bought.lot}
    now = sum(each.quantity for each in of_project if each.until is None)
    gone = sum(each.quantity for each in of_project if each.left in ("CANCELLED", "RELEASED"))
    assert now + gone == 10_000


async def test_who_asks_for_holders_says_of_what(bought: World, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = bought.doors.staff["AUDITOR"]

    async def code(query: str) -> tuple[str, str]:
        answer = await bought.stack.get(f"/v1/audit/holders{query}", auditor)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        return error["pointer"], error["code"]

    assert await code("") == ("query", "NAME_UNITS")
    assert await code("?serial_lo=5") == ("query/serial_lo", "SERIALS_OF_WHAT")
    assert await code(f"?project={bought.project}&serial_hi=5") == ("query/serial_hi", "SERIALS_OF_WHAT")
    assert await code("?space=CCER&serial_lo=5&serial_hi=5") == ("query/serial_hi", "NUMBER")
    assert await code(f"?lot={bought.lot}&cursor=bm8") == ("query/cursor", "CURSOR")
    monkeypatch.setattr(tenures, "MOST_MOVEMENTS", 1)
    assert await code(f"?lot={bought.lot}") == ("query", "TOO_WIDE")
    assert (await bought.stack.get(f"/v1/audit/holders?lot={bought.lot}", bought.buyer.token)).status_code == 403


async def test_the_uses_of_a_project_vintage_lot_or_range_are_found(bought: World) -> None:
    first, second = await used(bought, Pick(bought.lot, 331, 333)), await used(bought, Pick(bought.lot, 335, 336))
    async with bought.doors.client(bought.doors.staff["AUDITOR"]) as auditor, as_(bought, bought.stranger) as stranger:
        of_lot = await issuance_in(bought, auditor)
        spelt = of_lot.space.lower().replace("-", "_")

        async def found(client: ExchangeClient, status: str | None = None, **units: Any) -> list[str]:
            return [each.id async for each in client.uses.every(status, units=Selection(**units))]

        of_this = [each.id async for each in auditor.uses.every() if {part.lot for part in each.units} == {bought.lot}]
        for units in ({"project": bought.project}, {"lot": bought.lot}, {"space": spelt}):
            assert await found(auditor, **units) == of_this
        assert set(await found(auditor, vintage=of_lot.vintage)) >= set(of_this)
        assert await found(auditor, lot=bought.lot, serial_lo=332, serial_hi=335) == [first.id]
        assert await found(auditor, space=spelt, serial_lo=332, serial_hi=336) == [first.id, second.id]
        assert await found(auditor, "ended", lot=bought.lot, serial_lo=332, serial_hi=336) == []
        assert await found(auditor, lot=bought.lot, serial_lo=333, serial_hi=335) == []
        assert await found(auditor, project=bought.project, vintage=1999) == []
        assert await found(auditor, space="NOWHERE") == await found(auditor, lot="lot-999") == []
        assert await found(stranger, project=bought.project) == []
    assert first.disputed is False
    unnamed = await bought.stack.get("/v1/uses?serial_lo=5", bought.buyer.token)
    assert unnamed.json()["errors"][0]["code"] == "SERIALS_OF_WHAT"


async def test_the_uses_of_a_range_come_in_pages(bought: World) -> None:
    made = [(await used(bought, Pick(bought.lot, serial, serial + 1))).id for serial in (341, 343, 345)]
    path = f"/v1/uses?limit=2&lot={bought.lot}&serial_lo=341&serial_hi=346"
    page = (await bought.stack.get(path, auditor_of(bought))).json()
    rest = (await bought.stack.get(f"{path}&cursor={page['next_cursor']}", auditor_of(bought))).json()
    assert [each["id"] for each in (*page["items"], *rest["items"])] == made
    assert rest["next_cursor"] is None


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
    assert problem.value.errors[0].code == "PLAN_PERIOD"
    path, token = f"/v1/reports/leagues?first_year={year}&format=csv-bom", bought.doors.staff["REGULATOR"]
    assert "\n自治区合计," in (await bought.stack.get(path, token, accept_language="zh-CN")).text
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
