"""What can be asked about units over HTTP: everybody who ever held a range, and every use of it."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Any

import pytest

from exchange.api.list_headings import list_headings
from exchange.client import ExchangeClient, Pick, Selection
from exchange.client.models import Issuance
from exchange.store.queries import history, tenures
from tests.api.stack import World
from tests.api.unit_steps import as_, used

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def issuance_in(world: World, client: ExchangeClient) -> Issuance:
    """The issuance that the lot is of."""
    lot = await client.units.lot(world.lot)
    return await anext(each async for each in client.units.issuances() if each.id == lot.issuance)


def auditor_of(world: World) -> str:
    """The auditor's key."""
    return world.doors.staff["AUDITOR"]


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


async def test_who_ever_held_is_a_table_too(bought: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, whatever a page is, in each of the three ways to ask for it."""
    monkeypatch.setattr(history, "ROWS_OF_A_DOWNLOAD", 1)
    path, auditor = f"/v1/audit/holders?lot={bought.lot}&serial_lo=320&serial_hi=324", auditor_of(bought)
    listed = (await bought.stack.get(path, auditor)).json()["items"]
    plain = await bought.stack.get(f"{path}&format=csv", auditor)
    assert (await bought.stack.get(path, auditor, accept="text/csv")).content == plain.content
    rows = list(csv.DictReader(io.StringIO(plain.text)))
    assert len(rows) >= 2
    assert rows == [{name: "" if value is None else str(value) for name, value in row.items()} for row in listed]
    assert plain.headers["content-disposition"] == 'attachment; filename="holders.csv"'
    for_excel = await bought.stack.get(f"{path}&format=csv-bom", auditor, accept_language="zh")
    heads, _, below = for_excel.content.removeprefix(codecs.BOM_UTF8).partition(b"\r\n")
    assert heads.decode().split(",") == list_headings(list(rows[0]), "zh")
    assert below == plain.content.partition(b"\r\n")[2]
    async with bought.doors.client(auditor) as client:
        selection = Selection(lot=bought.lot, serial_lo=320, serial_hi=324)
        assert [line async for line in client.audit.tenures_csv(selection)] == plain.text.splitlines()
    read = (await bought.stack.get("/v1/audit/reads?format=csv", auditor)).text.splitlines()
    assert any("/v1/audit/holders" in line and ",csv," in line for line in read)


async def test_a_table_of_holders_is_refused_as_the_list_is(bought: World, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = auditor_of(bought)

    async def code(query: str) -> tuple[str, str]:
        answer = await bought.stack.get(f"/v1/audit/holders?format=csv{query}", auditor)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        return error["pointer"], error["code"]

    assert await code("") == ("query", "NAME_UNITS")
    assert await code(f"&lot={bought.lot}&limit=5") == ("query/limit", "NOT_WITH_CSV")
    assert await code(f"&lot={bought.lot}&cursor=AAAA") == ("query/cursor", "NOT_WITH_CSV")
    monkeypatch.setattr(tenures, "MOST_MOVEMENTS", 1)
    assert await code(f"&lot={bought.lot}") == ("query", "TOO_WIDE")


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
    assert await code("?space=CCER&serial_lo=5&serial_hi=5") == ("query/serial_hi", "ABOVE_SERIAL_LO")
    assert await code(f"?lot={bought.lot}&cursor=bm8") == ("query/cursor", "CURSOR")
    for name, unknown in (("space", "CCRE"), ("lot", "lot-999999"), ("project", "prj-999999")):
        assert await code(f"?{name}={unknown}") == (f"query/{name}", "NOT_ENTERED_HERE")
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
