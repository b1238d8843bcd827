"""What a registry without a line has written, over HTTP: two persons enter its receipt, or its refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from exchange.client import ExchangeProblem, Pick
from exchange.client.models import ProposedUse, RegistryRequest, Use
from tests.api.stack import World, agreed, issuance_of, sink_of
from tests.api.unit_steps import BAOTOU, approve, as_, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

_numbers = count(1)
REFUSED = {"outcome": "REFUSED", "reason": "Account is closed / 账户已注销"}


def today(days: int = 0) -> str:
    """The calendar day in China, or one so many days later."""
    return (datetime.now(timezone(timedelta(hours=8))) + timedelta(days=days)).date().isoformat()


def dated(said: dict[str, Any]) -> dict[str, Any]:
    """The paper is of today where nothing is said of its day, and of none where that is None."""
    return {name: value for name, value in {"stated_on": today(), **said}.items() if value is not None}


@dataclass
class Pending:
    """A use of ten tonnes of another sink that its registry has not cancelled yet, and what it was asked."""

    world: World
    lot: str
    use: ProposedUse
    request: RegistryRequest

    async def propose(self, **said: Any) -> dict[str, Any]:
        """An operator enters what the registry has written."""
        async with self.world.doors.client(self.world.doors.staff["OPERATOR"]) as operator:
            body: dict[str, object] = {"action": {"type": "RECEIPT", "request": self.request.id, **dated(said)}}
            return await operator.connection.change("POST", "/v1/proposals", body, f"paper-{next(_numbers)}")

    async def holding(self) -> tuple[int, int]:
        """What the firm has of the lot, and how much of it is set aside."""
        async with as_(self.world, self.world.stranger) as owner:
            (found,) = [each async for each in owner.units.holdings() if each.lot == self.lot]
        return found.quantity, found.set_aside

    async def ended(self) -> tuple[Use, RegistryRequest]:
        """What became of both."""
        async with as_(self.world, self.world.stranger) as owner:
            return await owner.uses.get(self.use.id), await owner.requests.get(self.request.id)


@pytest_asyncio.fixture(loop_scope="module")
async def pending(world: World) -> Pending:
    """One for each test."""
    staff, owner, code = world.doors.staff, world.stranger, f"PAPER{next(_numbers)}"
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        project = await agreed(operator, second, "PROJECT", sink_of(code))
        issuance = await agreed(operator, second, "ISSUANCE", issuance_of(project, space=code, serial_hi=51))
        lot = {"issuance": issuance, "owner": owner.id, "serial_lo": 1, "serial_hi": 51}
        number = await agreed(operator, second, "LOT_ADMISSION", {**lot, "lock_reference": code}, code)
    async with as_(world, owner) as firm:
        made = await firm.uses.propose("VOLUNTARY", BAOTOU, picks=[Pick(number, 1, 11)])
        await approve(world, made.proposal, made.action_hash)
        (asked,) = [each async for each in firm.requests.every("open") if each.lot == number]
    return Pending(world, number, made, asked)


async def test_a_refusal_that_two_persons_have_read_gives_the_units_back(pending: Pending) -> None:
    assert await pending.holding() == (50, 10)
    proposed = await pending.propose(**REFUSED)
    staff, approval = pending.world.doors.staff, f"/v1/proposals/{proposed['id']}/approve"
    body = {"action_hash": proposed["action_hash"]}
    assert await refused(pending.world.stack, approval, staff["OPERATOR"], body) == "SAME_PERSON"
    assert await refused(pending.world.stack, approval, staff["REGULATOR"], body) == "APPROVER_NOT_ENTITLED"
    assert await pending.holding() == (50, 10)
    await approve(pending.world, proposed["id"], proposed["action_hash"])
    use, request = await pending.ended()
    assert (use.status, use.ended_as, use.reason) == ("ENDED", "REFUSED", REFUSED["reason"])
    assert await pending.holding() == (50, 0)
    assert (request.status, request.receipt, request.message) == ("REFUSED", None, REFUSED["reason"])
    async with as_(pending.world, pending.world.stranger) as owner:
        with pytest.raises(ExchangeProblem) as problem:
            await owner.connection.read(f"/v1/uses/{pending.use.id}/certificate")
    assert problem.value.status == 404


async def test_a_proposal_shows_what_the_second_person_has_to_read(pending: Pending) -> None:
    day = today()
    shown = (await pending.propose(**REFUSED, stated_on=day))["action"]
    assert shown == {"type": "RECEIPT", "request": pending.request.id, "stated_on": day, "receipt": None, **REFUSED}
    confirmed = await pending.propose(receipt="VCS-77", stated_on=day)
    assert confirmed["action"] == {**shown, "outcome": "CONFIRMED", "receipt": "VCS-77", "reason": None}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [({}, "/action/receipt"), ({"outcome": "REFUSED"}, "/action/reason")],
)
async def test_a_confirmation_needs_its_receipt_and_a_refusal_its_reason(
    pending: Pending, said: dict[str, str], pointer: str
) -> None:
    with pytest.raises(ExchangeProblem) as problem:
        await pending.propose(**said)
    assert [(error.pointer, error.code) for error in problem.value.errors] == [(pointer, "MISSING")]


@pytest.mark.parametrize("said", [{"receipt": "VCS-77"}, REFUSED])
async def test_every_paper_has_a_day_that_exists(pending: Pending, said: dict[str, str]) -> None:
    for day, code in ((None, "MISSING"), ("2026-02-31", "DAY"), ("today", "DAY")):
        with pytest.raises(ExchangeProblem) as problem:
            await pending.propose(**said, stated_on=day)
        assert [(error.pointer, error.code) for error in problem.value.errors] == [("/action/stated_on", code)]


@pytest.mark.parametrize("said", [{"receipt": "VCS-77"}, REFUSED])
@pytest.mark.parametrize("days", [-400, -3, 2])
async def test_a_paper_is_of_a_possible_day_and_is_told_which(
    pending: Pending, said: dict[str, str], days: int
) -> None:
    before = today()
    with pytest.raises(ExchangeProblem) as problem:
        await pending.propose(**said, stated_on=today(days))
    told = problem.value
    assert (told.status, told.code) == (422, "STATEMENT_OUT_OF_TIME")
    assert before <= str(told.facts["latest"]) <= today()
    assert "at the earliest of" in told.detail


async def test_a_certificate_is_of_the_day_that_the_paper_bears(pending: Pending) -> None:
    day = today()
    proposed = await pending.propose(receipt="VCS-DAY", stated_on=day)
    async with pending.world.doors.client(pending.world.doors.staff["SECOND"]) as second:
        await second.connection.change(
            "POST",
            f"/v1/proposals/{proposed['id']}/approve",
            {"action_hash": proposed["action_hash"], "evidence": "VCS-DAY"},
            f"paper-{next(_numbers)}",
        )
    async with as_(pending.world, pending.world.stranger) as owner:
        found = await owner.uses.certificate(pending.use.id)
        made = await owner.connection.read(found.json_file)
        request = await owner.connection.read(f"/v1/registry/requests/{pending.request.id}")
    assert (_receipts_in(made), made["cancelled_on"]) == ([day], day)
    began = datetime.fromisoformat(f"{day}T00:00:00+08:00")
    assert datetime.fromisoformat(str(request["stated_at"])) == began


def _receipts_in(made: Any) -> list[str]:
    return [unit["receipt"]["stated_at"] for unit in made["units"]]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({**REFUSED, "receipt": "VCS-77"}, "/action/receipt"),
        ({"receipt": "VCS-77", "reason": "because"}, "/action/reason"),
    ],
)
async def test_nothing_is_confirmed_and_refused_at_once(pending: Pending, said: dict[str, str], pointer: str) -> None:
    with pytest.raises(ExchangeProblem) as problem:
        await pending.propose(**said)
    assert problem.value.code == "INVALID_FIELD"
    assert [(error.pointer, error.code) for error in problem.value.errors] == [(pointer, "NOT_OF_OUTCOME")]


async def test_another_paper_about_an_answered_request_is_not_called_a_repetition(pending: Pending) -> None:
    proposed = await pending.propose(**REFUSED)
    await approve(pending.world, proposed["id"], proposed["action_hash"])
    before = await pending.ended()
    with pytest.raises(ExchangeProblem) as problem:
        await pending.propose(receipt="VCS-77")
    assert problem.value.code == "REQUEST_CLOSED"
    assert "stays as it was answered: GET /v1/registry/requests/{request} shows how." in problem.value.detail
    assert await pending.ended() == before


@pytest.mark.parametrize("outcome", ["CONFIRMED", "REFUSED"])
async def test_the_national_registry_has_no_say_in_it(pending: Pending, outcome: str) -> None:
    with pytest.raises(ExchangeProblem) as problem:
        await pending.world.registry.answer(pending.request, outcome)
    assert (problem.value.status, problem.value.code) == (422, "REQUEST_OF_OTHER_REGISTRY")
    assert ((await pending.ended())[0].status, await pending.holding()) == ("PENDING", (50, 10))


async def test_nobody_enters_a_refusal_in_the_place_of_the_national_registry(bought: World) -> None:
    async with as_(bought, bought.buyer) as buyer:
        made = await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=[Pick(bought.lot, 1, 2)])
        await approve(bought, made.proposal, made.action_hash)
        (asked,) = [each async for each in buyer.requests.every("open") if each.lot == bought.lot]
    body = {"action": {"type": "RECEIPT", "request": asked.id, **dated(REFUSED)}}
    code = await refused(bought.stack, "/v1/proposals", bought.doors.staff["OPERATOR"], body)
    assert code == "REGISTRY_ANSWERS_ITSELF"
