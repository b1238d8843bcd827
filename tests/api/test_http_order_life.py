"""Orders found by filters, and everything that happened to one: through pages, and for its owner alone."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from exchange.api.resources import trading
from tests.api.stack import Stack, World
from tests.api.test_http_days import close

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def change(world: World, method: str, path: str, token: str, body: Any = None) -> dict[str, Any]:
    """A change, whatever becomes of it."""
    document: dict[str, Any] = (await world.stack.ask(method, path, token, body)).json()
    return document


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def life(world: World) -> str:
    """A sell order that lived through everything: traded, changed, refused, replaced and ended."""
    token = world.seller.token
    order = (await world.place(world.seller, "SELL", 20, "30.50", client_order_id="long")).order.id
    path = f"/v1/orders/{order}"
    await world.place(world.buyer, "BUY", 2, "30.50")
    await change(world, "PATCH", path, token, {"quantity": 18})
    await change(world, "PATCH", path, token, {"price": "99.00"})
    await change(world, "DELETE", path, world.buyer.token)
    for _ in range(3):
        await world.place(world.buyer, "BUY", 1, "30.20")
    await change(world, "PATCH", path, token, {"price": "30.20"})
    await world.place(world.buyer, "BUY", 1, "30.20")
    await change(world, "DELETE", path, token)
    await change(world, "DELETE", path, token)
    return order


TYPES = [
    "OrderAccepted",
    "OrderRested",
    "Traded",
    "OrderReduced",
    "Rejected",
    "OrderReplaced",
    "Traded",
    "Traded",
    "Traded",
    "OrderRested",
    "Traded",
    "OrderCancelled",
    "Rejected",
]


async def events(stack: Stack, order: str, token: str, limit: int = 100) -> list[list[dict[str, Any]]]:
    """The pages of an order's events."""
    pages, cursor = [], ""
    while True:
        page = (await stack.get(f"/v1/orders/{order}/events?limit={limit}{cursor}", token)).json()
        pages.append(page["items"])
        if page["next_cursor"] is None:
            return pages
        cursor = f"&cursor={page['next_cursor']}"


async def test_the_whole_life_of_an_order_is_told_in_its_order(life: str, stack: Stack, world: World) -> None:
    (page,) = await events(stack, life, world.seller.token)
    assert [item["type"] for item in page] == TYPES
    assert [item["seq"] for item in page] == sorted(item["seq"] for item in page)
    assert page[0]["client_order_id"] == "long" and page[0]["quantity"] == 20
    assert page[-2]["reason"] == "REQUESTED" and page[-2]["cancelled"] == 12
    refused_change, refused_cancel = page[4], page[-1]
    assert (refused_change["code"], refused_change["command"]) == ("PRICE_OUTSIDE_BAND", "AmendOrder")
    assert (refused_cancel["code"], refused_cancel["order"]) == ("ORDER_NOT_FOUND", life)
    trades = [item for item in page if item["type"] == "Traded"]
    assert all((item["side"], item["counterparty"], item["order"]) == ("SELL", "BUYER", life) for item in trades)
    assert sum(item["quantity"] for item in trades) == 6


async def test_the_events_are_those_of_the_feed(life: str, stack: Stack, world: World) -> None:
    (page,) = await events(stack, life, world.seller.token)
    feed = (await stack.get("/v1/events", world.seller.token)).json()["items"]
    told = [{**item, "n": 0} for item in feed if item.get("order") == life or item["type"] == "Rejected"]
    assert [{**item, "n": 0} for item in page] == told


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_neither_skip_nor_repeat_nor_cut_an_entry(
    limit: int, life: str, stack: Stack, world: World
) -> None:
    (whole,) = await events(stack, life, world.seller.token)
    pages = await events(stack, life, world.seller.token, limit)
    assert [item for page in pages for item in page] == whole
    assert [len({item["seq"] for item in page}) for page in pages[:-1]] == [limit] * (len(pages) - 1)


async def test_anothers_order_is_not_there(life: str, stack: Stack, world: World) -> None:
    nothing = await stack.get("/v1/orders/ord-999999/events", world.buyer.token)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "ORDER_NOT_FOUND")
    for order in (life, "ord-0", "x"):
        answer = await stack.get(f"/v1/orders/{order}/events", world.buyer.token)
        assert (answer.status_code, answer.content) == (404, nothing.content)


async def test_who_is_refused_about_anothers_order_leaves_nothing_in_its_life(
    life: str, stack: Stack, world: World
) -> None:
    (page,) = await events(stack, life, world.seller.token)
    assert [item["code"] for item in page if item["type"] == "Rejected"] == ["PRICE_OUTSIDE_BAND", "ORDER_NOT_FOUND"]


async def test_a_cursor_of_another_list_is_refused(life: str, stack: Stack, world: World) -> None:
    cursor = (await stack.get("/v1/trades?limit=1", world.seller.token)).json()["next_cursor"]
    answer = await stack.get(f"/v1/orders/{life}/events?cursor={cursor}", world.seller.token)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "CURSOR")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def many(life: str, stack: Stack, world: World) -> dict[str, Any]:
    """Orders of two days in all states, the name "twice" used twice: ids, the days, and when one was placed."""
    first_day = (await stack.get("/v1/status")).json()["trading_day"]
    gone = await world.place(world.buyer, "BUY", 1, "28.00", client_order_id="twice")
    await change(world, "DELETE", f"/v1/orders/{gone.order.id}", world.buyer.token)
    expired = await world.place(world.buyer, "BUY", 1, "28.10")
    kept = await world.place(world.buyer, "BUY", 3, "28.20", time_in_force="GTC", client_order_id="kept")
    second_day = await close(stack, first_day)
    new = await world.place(world.buyer, "BUY", 1, "28.30", client_order_id="twice")
    part = await world.place(world.buyer, "BUY", 4, "29.00")
    await world.place(world.seller, "SELL", 1, "29.00")
    placed_at = new.order.placed_at
    assert placed_at is not None
    ids = {"gone": gone, "expired": expired, "kept": kept, "new": new, "part": part}
    return {
        **{name: placed.order.id for name, placed in ids.items()},
        "days": (first_day, second_day),
        "placed_at": placed_at.isoformat().replace("+00:00", "Z"),
    }


async def found(stack: Stack, world: World, query: str, limit: int = 100) -> list[str]:
    """The ids of the buyer's orders that a query finds, through all pages."""
    ids, cursor = [], ""
    while True:
        answer = await stack.get(f"/v1/orders?{query}&limit={limit}{cursor}", world.buyer.token)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return ids
        cursor = f"&cursor={page['next_cursor']}"


async def test_orders_are_found_by_their_state(stack: Stack, world: World, many: dict[str, Any]) -> None:
    assert await found(stack, world, "status=open") == [many["kept"], many["new"], many["part"]]
    assert await found(stack, world, "status=new") == [many["kept"], many["new"]]
    assert await found(stack, world, "status=partially_filled") == [many["part"]]
    assert await found(stack, world, "status=expired") == [many["expired"]]
    assert await found(stack, world, "status=cancelled") == [many["gone"]]
    filled = await found(stack, world, "status=filled")
    assert len(filled) == 5
    closed = await found(stack, world, "status=closed")
    assert closed == [many["expired"], many["gone"], *filled]
    everything = await found(stack, world, "status=all")
    assert everything == [many["part"], many["new"], many["kept"], *closed]
    for lower, other in (("cancelled", "CANCELLED"), ("new", "New"), ("all", "ALL"), ("open", "OPEN")):
        assert await found(stack, world, f"status={other}") == await found(stack, world, f"status={lower}")
    assert await found(stack, world, "side=buy") == await found(stack, world, "side=BUY") != []


async def test_the_filters_say_what_is_shown_without_a_status(stack: Stack) -> None:
    listed = (await stack.http.get("/openapi.json")).json()["paths"]["/v1/orders"]["get"]["parameters"]
    told = {each["name"]: each for each in listed}
    for name, english, chinese in (
        ("status", "Without it only open orders are shown", "不填时仅列未结申报"),
        ("client_order_id", "status=all finds ended ones too", "status=all 兼列已终结的申报"),
    ):
        assert english in told[name]["description"] and chinese in told[name]["x-description-zh"]


@pytest.mark.parametrize("status", ["open", "all"])
async def test_orders_are_found_by_name_side_day_and_time(
    status: str, stack: Stack, world: World, many: dict[str, Any]
) -> None:
    everything = await found(stack, world, f"status={status}")
    first, second = many["days"]
    of_second = [order for order in everything if order in (many["new"], many["part"])]
    of_first = [order for order in everything if order not in of_second]
    assert await found(stack, world, f"status={status}&day={second}") == of_second
    assert await found(stack, world, f"status={status}&day={first}") == of_first
    assert await found(stack, world, f"status={status}&day=2001-01-01") == []
    assert await found(stack, world, f"status={status}&since={many['placed_at']}") == of_second
    assert await found(stack, world, f"status={status}&until={many['placed_at']}") == of_first
    assert await found(stack, world, f"status={status}&side=SELL") == []
    assert await found(stack, world, f"status={status}&side=BUY&instrument={world.instrument}") == everything
    twice = [many["new"]] if status == "open" else [many["new"], many["gone"]]
    assert await found(stack, world, f"status={status}&client_order_id=twice") == twice
    assert await found(stack, world, f"status={status}&client_order_id=twice&day={first}") == twice[1:]
    assert await found(stack, world, f"status={status}&client_order_id=unknown") == []
    for limit in (1, 2):
        assert await found(stack, world, f"status={status}&day={first}", limit) == of_first


@pytest.mark.parametrize("at_a_time", [1, 2])
async def test_a_page_of_open_orders_is_looked_for_among_a_few_of_them(
    at_a_time: int, stack: Stack, world: World, many: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter that nothing passes would otherwise look at a hundred thousand orders while everybody waits."""
    everything = await found(stack, world, "status=open")
    assert len(everything) == 3
    monkeypatch.setattr(trading, "MOST_LOOKED_AT", at_a_time)
    page = (await stack.get("/v1/orders?side=SELL", world.buyer.token)).json()
    assert page["items"] == [] and page["next_cursor"] is not None
    assert await found(stack, world, "status=open&side=SELL") == []
    assert await found(stack, world, "status=partially_filled") == [many["part"]]
    for limit in (1, 2, 100):
        assert await found(stack, world, "status=open", limit) == everything
