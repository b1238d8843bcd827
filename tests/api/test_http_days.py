"""The auditor asks by trading day, which is not the day of a clock: what was done before the close is of that day."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import pytest_asyncio

from exchange.client.resources.audit import Filter
from tests.api.stack import Stack, World
from tests.api.test_http_supervision import admit_sink

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTS = ("trades", "orders", "agreements", "refusals")
TERMS = {"side": "SELL", "kind": "SPOT", "family": "OTHER_SINK", "quantity": 7, "total": "210.00"}


@dataclass
class Days:
    """Three trading days that follow one another, and what happened on each: ids, and for refusals entries."""

    names: list[str]
    done: dict[str, list[list[str | int]]]


async def one_day(world: World) -> None:
    """A trade of the book, one that was agreed, and a refusal."""
    await world.trade(2, "30.00")
    async with world.stack.client(world.seller.token) as seller, world.stack.client(world.buyer.token) as buyer:
        agreed = await seller.agreements.propose(counterparty=world.buyer.id, **TERMS)  # type: ignore[arg-type]
        await buyer.agreements.affirm(agreed.id, 7, "210.00")
    async with world.stack.client(world.stack.staff["OPERATOR"]) as operator:
        await operator.agreements.confirm(agreed.id)
    await world.stack.ask("DELETE", "/v1/orders/ord-999999", world.buyer.token)


async def close(stack: Stack, day: str) -> str:
    """End the day; the name of the next one."""
    following = date.fromisoformat(day) + timedelta(days=1)
    while following.weekday() > 4:
        following += timedelta(days=1)
    async with stack.client(stack.staff["OPERATOR"]) as operator:
        await operator.venue.end_of_day(following.isoformat())
    while (status := (await stack.get("/v1/status")).json())["trading_day"] == day or status["phase"] != "OPEN":
        await rows(stack, "refusals")  # this asks the database; the status alone would let nobody else run
    return following.isoformat()


async def rows(stack: Stack, name: str, query: str = "") -> list[str | int]:
    """What a list shows, by id."""
    answer = await stack.get(f"/v1/audit/{name}?limit=1000{query}", stack.staff["AUDITOR"])
    assert answer.status_code == 200, answer.text
    return [item["id"] if "id" in item else item["seq"] for item in answer.json()["items"]]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def days(stack: Stack, world: World) -> Days:
    """Two days with business and a third without."""
    await admit_sink(world)
    day = (await stack.get("/v1/status")).json()["trading_day"]
    found = Days([day], {name: [] for name in LISTS})
    for _ in range(2):
        before = {name: await rows(stack, name) for name in LISTS}
        await one_day(world)
        for name in LISTS:
            found.done[name].append((await rows(stack, name))[len(before[name]) :])
        found.names.append(await close(stack, found.names[-1]))
    return found


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_of_one_trading_day(name: str, stack: Stack, days: Days) -> None:
    first, second, today = days.names
    assert await rows(stack, name, f"&day={first}") == days.done[name][0] != []
    assert await rows(stack, name, f"&day={second}") == days.done[name][1] != []
    for empty in (today, "2001-01-01", "2099-01-01"):
        assert await rows(stack, name, f"&day={empty}") == []


@pytest.mark.parametrize("name", LISTS)
async def test_a_download_is_of_one_trading_day(name: str, stack: Stack, days: Days) -> None:
    answer = await stack.get(f"/v1/audit/{name}?day={days.names[1]}&format=csv", stack.staff["AUDITOR"])
    shown = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["id"] if "id" in row else int(row["seq"]) for row in shown] == days.done[name][1]


async def test_a_day_goes_with_the_other_filters_and_with_pages(stack: Stack, world: World, days: Days) -> None:
    day = days.names[0]
    book, agreed = days.done["trades"][0]
    assert await rows(stack, "trades", f"&day={day}&origin=AGREED") == [agreed]
    assert await rows(stack, "trades", f"&day={day}&participant={world.buyer.id}") == [book, agreed]
    assert await rows(stack, "trades", f"&day={day}&since=2099-01-01T00:00:00Z") == []
    path = f"/v1/audit/trades?day={day}&limit=1"
    page = (await stack.get(path, stack.staff["AUDITOR"])).json()
    after = (await stack.get(f"{path}&cursor={page['next_cursor']}", stack.staff["AUDITOR"])).json()
    assert [item["id"] for item in page["items"] + after["items"]] == [book, agreed]
    assert after["next_cursor"] is None


async def test_the_day_of_a_trade_is_the_day_that_it_is_found_by(stack: Stack, world: World, days: Days) -> None:
    async with stack.client(stack.staff["AUDITOR"]) as auditor:
        for day in days.names[:2]:
            found = [trade async for trade in auditor.audit.trades(Filter(day=day))]
            assert [trade.day.isoformat() for trade in found] == [day, day]
            assert [trade.symbol for trade in found] == ["CCER-P1-2023", None]
            orders = [order async for order in auditor.audit.orders(Filter(day=day))]
            assert [order.symbol for order in orders] == ["CCER-P1-2023"] * 2


@pytest.mark.parametrize("name", ["trades", "orders"])
async def test_a_symbol_stands_beside_the_id_of_its_instrument(name: str, stack: Stack, days: Days) -> None:
    answer = await stack.get(f"/v1/audit/{name}?format=csv", stack.staff["AUDITOR"])
    columns = answer.text.splitlines()[0].split(",")
    assert columns[columns.index("instrument") + 1] == "symbol"


async def test_a_day_that_is_none_is_refused(stack: Stack) -> None:
    answer = await stack.get("/v1/audit/trades?day=2026-02-30", stack.staff["AUDITOR"])
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "query/day", "DAY")
