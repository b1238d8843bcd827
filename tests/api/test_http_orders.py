"""Orders over HTTP: what the answer says is what a read says, and what the books say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from exchange.core.values import Seq
from tests.api.stack import Stack, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def send(world: World, method: str, path: str, token: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """A change, and its answer's document."""
    answer = await world.stack.ask(method, path, token, body, headers=headers)
    document: dict[str, Any] = answer.json()
    return document


def bid(world: World, quantity: int, price: str, **more: Any) -> dict[str, Any]:
    """A bid."""
    return {"instrument": world.instrument, "side": "BUY", "quantity": quantity, "price": price, **more}


async def read(world: World, order: str, token: str) -> dict[str, Any]:
    """The order as a read shows it."""
    document: dict[str, Any] = (await world.stack.get(f"/v1/orders/{order}", token)).json()
    return document


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """The document without some fields."""
    return {name: value for name, value in document.items() if name not in names}


async def test_an_order_rests_and_is_read_as_it_was_answered(world: World) -> None:
    placed = await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 10, "29.5", client_order_id="a-1"))
    order = placed["order"]
    assert (order["status"], order["leaves"], order["cumulative"], order["price"]) == ("NEW", 10, 0, "29.50")
    assert order["average_price"] is None and order["fee"] == "0.00" and order["client_order_id"] == "a-1"
    assert placed["trades"] == []
    shown = await read(world, order["id"], world.buyer.token)
    assert without(shown, "as_of_seq") == order
    found = (await world.stack.get("/v1/orders?client_order_id=a-1", world.buyer.token)).json()["items"]
    assert found == [order]
    book = (await world.stack.get(f"/v1/instruments/{world.instrument}/book")).json()
    assert book["bids"] == [{"price": "29.50", "quantity": 10, "orders": 1}]


async def test_a_fill_is_told_to_both_sides(world: World) -> None:
    resting = (await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 10, "30.00")))["order"]
    sell = {**bid(world, 15, "29.90"), "side": "SELL"}
    sold = await send(world, "POST", "/v1/orders", world.seller.token, sell)
    assert (sold["order"]["status"], sold["order"]["leaves"]) == ("PARTIALLY_FILLED", 5)
    assert (sold["order"]["cumulative"], sold["order"]["average_price"]) == (10, "30.00")
    (trade,) = sold["trades"]
    assert (trade["side"], trade["price"], trade["quantity"], trade["aggressor"]) == ("SELL", "30.00", 10, "SELL")
    assert (trade["counterparty"], trade["order"]) == ("BUYER", sold["order"]["id"])
    filled = await read(world, resting["id"], world.buyer.token)
    assert (filled["status"], filled["leaves"], filled["average_price"]) == ("FILLED", 0, "30.00")
    bought = (await world.stack.get("/v1/trades", world.buyer.token)).json()["items"][0]
    assert (bought["id"], bought["side"], bought["aggressor"]) == (trade["id"], "BUY", "SELL")
    open_sell = await read(world, sold["order"]["id"], world.seller.token)
    assert without(open_sell, "as_of_seq") == sold["order"]
    await send(world, "DELETE", f"/v1/orders/{sold['order']['id']}", world.seller.token)


async def test_an_amendment_and_a_cancel_say_what_had_been_filled(world: World) -> None:
    sell = {**bid(world, 20, "30.10"), "side": "SELL"}
    order = (await send(world, "POST", "/v1/orders", world.seller.token, sell))["order"]
    await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 4, "30.10"))
    path = f"/v1/orders/{order['id']}"
    smaller = (await send(world, "PATCH", path, world.seller.token, {"quantity": 15}))["order"]
    assert (smaller["status"], smaller["quantity"], smaller["leaves"]) == ("PARTIALLY_FILLED", 15, 11)
    assert (smaller["cumulative"], smaller["average_price"], smaller["fee"]) == (4, None, None)
    assert (smaller["kind"], smaller["time_in_force"]) == ("LIMIT", "GFD")
    await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 5, "30.05"))
    moved = await send(world, "PATCH", path, world.seller.token, {"price": "30.05", "quantity": 16})
    assert (moved["order"]["leaves"], moved["order"]["cumulative"], moved["order"]["price"]) == (7, 9, "30.05")
    assert [trade["quantity"] for trade in moved["trades"]] == [5]
    ended = (await send(world, "DELETE", path, world.seller.token))["order"]
    assert (ended["status"], ended["quantity"], ended["cumulative"], ended["leaves"]) == ("CANCELLED", 16, 9, 0)
    assert ended["cancel_reason"] == "REQUESTED"
    shown = await read(world, order["id"], world.seller.token)
    unknown = ("average_price", "fee", "placed_at")
    assert without(shown, "as_of_seq", *unknown) == without(ended, *unknown)
    assert shown["average_price"] == "30.07"


async def test_an_order_that_must_trade_at_once_ends_with_what_is_left(world: World) -> None:
    await send(world, "DELETE", "/v1/orders", world.buyer.token)
    await send(world, "DELETE", "/v1/orders", world.seller.token)
    await send(world, "POST", "/v1/orders", world.seller.token, {**bid(world, 3, "30.00"), "side": "SELL"})
    market = {**without(bid(world, 5, ""), "price"), "kind": "MARKET", "time_in_force": "IOC"}
    order = (await send(world, "POST", "/v1/orders", world.buyer.token, market))["order"]
    assert (order["status"], order["cumulative"], order["leaves"]) == ("CANCELLED", 3, 0)
    assert (order["cancel_reason"], order["price"]) == ("IMMEDIATE_REMAINDER", "33.00")
    kill = {**market, "time_in_force": "FOK"}
    assert (await send(world, "POST", "/v1/orders", world.buyer.token, kill))["code"] == "NOT_FILLABLE"


async def test_a_self_trade_is_prevented_and_shows_as_that(world: World) -> None:
    await send(world, "POST", "/v1/orders", world.seller.token, {**bid(world, 3, "30.00"), "side": "SELL"})
    async with world.stack.client(world.stack.staff["OPERATOR"]) as operator:
        await operator.deposits.credit(world.seller.id, "100000.00", "SIM-STP")
    own = await send(world, "POST", "/v1/orders", world.seller.token, bid(world, 2, "30.00"))
    assert (own["order"]["status"], own["order"]["cancel_reason"]) == ("CANCELLED", "SELF_TRADE")
    oldest = bid(world, 2, "30.00", self_trade_prevention="CANCEL_OLDEST")
    kept = await send(world, "POST", "/v1/orders", world.seller.token, oldest)
    assert (kept["order"]["status"], kept["order"]["leaves"]) == ("NEW", 2)


async def test_cancelling_all_leaves_other_books_and_other_firms_alone(world: World) -> None:
    for price in ("29.00", "29.10", "29.20"):
        await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 1, price))
    other = await send(world, "DELETE", "/v1/orders?instrument=ins-999999", world.buyer.token)
    assert other["code"] == "INSTRUMENT_NOT_FOUND"
    done = await send(world, "DELETE", f"/v1/orders?instrument={world.instrument}", world.buyer.token)
    assert (done["cancelled"], done["finished"], done["participant"]) == (3, True, world.buyer.id)
    assert (await world.stack.get("/v1/orders", world.seller.token)).json()["items"] != []
    path = f"/v1/participants/{world.seller.id}/orders"
    by_operator = await send(world, "DELETE", path, world.stack.staff["OPERATOR"])
    assert by_operator["participant"] == world.seller.id and by_operator["cancelled"] >= 1
    assert (await world.stack.get("/v1/orders", world.seller.token)).json()["items"] == []


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"price": "33.01"}, "PRICE_OUTSIDE_BAND", "BAND-LISTED"),
    ({"price": "26.99"}, "PRICE_OUTSIDE_BAND", "BAND-LISTED"),
    ({"quantity": 10**9}, "INSUFFICIENT_CASH", "COVER"),
    ({"side": "SELL"}, "INSUFFICIENT_TONNES", "COVER"),
    ({"kind": "MARKET", "time_in_force": "GFD"}, "TIME_IN_FORCE_INVALID", "TIF-DAY"),
    ({"time_in_force": "GTD"}, "GOOD_TIL_INVALID", "TIF-DAY"),
    ({"post_only": True, "time_in_force": "IOC"}, "POST_ONLY_INVALID", ""),
]


@pytest.mark.parametrize(("change", "code", "rule"), REFUSALS)
async def test_a_refusal_names_the_rule_in_both_languages(
    change: dict[str, Any], code: str, rule: str, world: World
) -> None:
    body = {**bid(world, 1, "30.00"), **change}
    english = await send(world, "POST", "/v1/orders", world.stranger.token, body)
    if code == "INSUFFICIENT_TONNES":
        assert english["facts"] == {"needed": 1, "available": 0}
    chinese = await send(world, "POST", "/v1/orders", world.stranger.token, body, **{"accept-language": "zh-CN"})
    assert english["code"] == chinese["code"] == code
    assert english["detail"].isascii() and not chinese["detail"].isascii()
    assert english.get("rule", {}).get("id", "") == rule
    if rule:
        assert english["rule"]["article"] and english["rule"]["version"] == 1
    assert english["as_of_seq"] < chinese["as_of_seq"]


@pytest.mark.parametrize("price", [{}, {"price": None}, {"price": None, "kind": "LIMIT"}])
async def test_a_limit_order_without_a_price_is_told_so_at_the_price(price: dict[str, Any], world: World) -> None:
    body = {name: value for name, value in bid(world, 1, "30.00").items() if name != "price"} | price
    alone = await send(world, "POST", "/v1/orders", world.stranger.token, body)
    batch = {"commands": [{"do": "place", **bid(world, 1, "30.00")}, {"do": "place", **body}]}
    second = await send(world, "POST", "/v1/orders/batch", world.stranger.token, batch)
    for refused, pointer in ((alone, "/price"), (second, "/commands/1/price")):
        assert (refused["status"], refused["code"]) == (422, "VALIDATION")
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [(pointer, "MISSING")]


async def test_a_market_order_is_ioc_and_a_limit_order_gfd_unless_it_says_otherwise(world: World) -> None:
    body = bid(world, 1, "27.00")
    market = await send(world, "POST", "/v1/orders", world.buyer.token, {**body, "kind": "MARKET"})
    limit = await send(world, "POST", "/v1/orders", world.buyer.token, body)
    assert (market["order"]["time_in_force"], limit["order"]["time_in_force"]) == ("IOC", "GFD")
    await send(world, "DELETE", f"/v1/orders/{limit['order']['id']}", world.buyer.token)


async def test_the_band_is_told_as_prices(world: World) -> None:
    refused = await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 1, "40.00"))
    assert refused["facts"] == {"lowest_price": "27.00", "highest_price": "33.00"}


async def test_a_halt_is_lifted_by_two_and_the_day_ends(world: World) -> None:
    stack = world.stack
    operator, second = stack.staff["OPERATOR"], stack.staff["SECOND"]
    halted = await send(world, "POST", f"/v1/instruments/{world.instrument}/halt", operator, {"reason": "news"})
    assert halted["instrument"] == world.instrument and halted["halted"]
    shown = (await stack.get(f"/v1/instruments/{world.instrument}")).json()
    assert shown["halted"] and shown["halt_reason"] == "news"
    refused = await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 1, "30.00"))
    assert (refused["code"], refused["status"], refused["rule"]["id"]) == ("INSTRUMENT_HALTED", 409, "HALT")
    resume = {"action": {"type": "RESUME", "instrument": world.instrument}}
    proposal = await send(world, "POST", "/v1/proposals", operator, resume)
    approval = {"action_hash": proposal["action_hash"]}
    path = f"/v1/proposals/{proposal['id']}/approve"
    assert (await send(world, "POST", path, operator, approval))["code"] == "SAME_PERSON"
    assert (await send(world, "POST", path, second, {"action_hash": "0" * 64}))["code"] == "HASH_MISMATCH"
    approved = await send(world, "POST", path, second, approval)
    assert approved["status"] == "APPROVED" and approved["action"]["type"] == "RESUME"
    everywhere = await send(world, "POST", "/v1/market/halt", stack.staff["REGULATOR"], {"reason": "storm"})
    assert everywhere["instrument"] is None
    assert (await stack.get("/v1/status")).json()["halt_reason"] == "storm"
    assert (await stack.get("/v1/instruments")).json()["items"][0]["halted"]
    far = await send(world, "POST", "/v1/market/end-of-day", operator, {"next_day": "9999-12-31"})
    assert (far["code"], far["facts"]) == ("NEXT_DAY_TOO_FAR", {"highest": 31})
    today = date.fromisoformat((await stack.get("/v1/status")).json()["trading_day"])
    next_day = (today + timedelta(days=1)).isoformat()
    ended = await send(world, "POST", "/v1/market/end-of-day", operator, {"next_day": next_day})
    assert ended["phase"] == "CLOSING" and ended["next_day"] == next_day
    assert await stack.sequencer.view.wait_for(Seq(ended["as_of_seq"] + 2), 10)  # the job goes on by itself
    status = (await stack.get("/v1/status")).json()
    assert (status["trading_day"], status["phase"]) == (next_day, "OPEN")
    row = (await stack.get(f"/v1/instruments/{world.instrument}")).json()
    assert (row["reference_basis"] in ("VWAP", "CARRIED"), row["volume"], row["reference_day"]) == (
        True,
        0,
        next_day,
    )
    lifted = await send(world, "POST", "/v1/proposals", second, {"action": {"type": "RESUME"}})
    path, approval = f"/v1/proposals/{lifted['id']}/approve", {"action_hash": lifted["action_hash"]}
    assert (await send(world, "POST", path, operator, approval))["status"] == "APPROVED"
    assert (await stack.get("/v1/status")).json()["halted"] is False


async def test_the_parties_of_an_agreed_trade_and_the_venue_settle_it(world: World) -> None:
    stack = world.stack
    terms = {"quantity": 18_000, "total": "1000000.00"}
    deal = {**terms, "counterparty": world.buyer.id, "side": "SELL", "kind": "PRE_ISSUANCE", "family": "FORESTRY_CCER"}
    proposed = await send(world, "POST", "/v1/agreements", world.seller.token, {**deal, "project": "突泉造林"})
    assert proposed["status"] == "PROPOSED" and proposed["unit_price"]["value"] == "55.56"
    path = f"/v1/agreements/{proposed['id']}"
    wrong = await send(world, "POST", f"{path}/affirm", world.buyer.token, {**terms, "quantity": 1})
    assert wrong["code"] == "TERMS_MISMATCH"
    affirmed = await send(world, "POST", f"{path}/affirm", world.buyer.token, terms)
    assert (affirmed["status"], affirmed["project"]) == ("AGREED", "突泉造林")
    confirmed = await send(world, "POST", f"{path}/confirm", stack.staff["OPERATOR"], {"accept": True})
    assert (confirmed["code"], confirmed["rule"]["id"]) == ("NOT_DELIVERABLE", "UNIT")
    assert (await send(world, "POST", f"{path}/decline", world.seller.token, {}))["code"] == "AGREEMENT_BINDING"
    for token in (world.seller.token, world.buyer.token, stack.staff["AUDITOR"]):
        shown = (await stack.get(path, token)).json()
        assert shown["status"] == "AGREED" and shown["own_fee"] is None
    listed = (await stack.get("/v1/agreements?status=AGREED", world.buyer.token)).json()["items"]
    assert [item["id"] for item in listed] == [proposed["id"]]
    assert (await stack.get("/v1/agreements?status=PROPOSED", world.buyer.token)).json()["items"] == []


async def test_money_goes_out_by_two_persons(stack: Stack, world: World) -> None:
    before = (await stack.get("/v1/account", world.buyer.token)).json()
    asked = await send(world, "POST", "/v1/withdrawals", world.buyer.token, {"amount": "100", "bank_account": "acc-1"})
    held = (await stack.get("/v1/account", world.buyer.token)).json()
    assert float(held["available"]) == float(before["available"]) - 100 and held["balance"] == before["balance"]
    path = f"/v1/proposals/{asked['id']}/approve"
    approved = await send(world, "POST", path, stack.staff["OPERATOR"], {"action_hash": asked["action_hash"]})
    assert approved["status"] == "APPROVED" and approved["created"] is None
    after = (await stack.get("/v1/account", world.buyer.token)).json()
    assert float(after["balance"]) == float(before["balance"]) - 100 and after["held"] == before["held"]
    again = {"participant": world.buyer.id, "amount": "1.00", "bank_reference": "SIM-1"}
    twice = await send(world, "POST", "/v1/deposits", stack.staff["OPERATOR"], again)
    assert twice["code"] == "BANK_REFERENCE_USED"


async def test_each_side_pays_and_sees_its_own_fee(stack: Stack, world: World) -> None:
    """Fees are of an order's cumulative value: 0.3 fen, then 0.6 fen, so the second fill costs the bid 0.01."""
    rulebook = (await stack.get("/v1/rulebook")).json()
    rules = [{**rule, "value": 100 if rule["id"] == "FEE" else rule["value"]} for rule in rulebook["rules"]]
    action = {"action": {"type": "RULEBOOK", "profile": rulebook["profile"], "rules": rules}}
    proposed = await send(world, "POST", "/v1/proposals", stack.staff["OPERATOR"], action)
    approval = {"action_hash": proposed["action_hash"]}
    path = f"/v1/proposals/{proposed['id']}/approve"
    assert (await send(world, "POST", path, stack.staff["SECOND"], approval))["code"] == "APPROVER_NOT_ENTITLED"
    assert (await send(world, "POST", path, stack.staff["REGULATOR"], approval))["status"] == "APPROVED"
    assert (await stack.get("/v1/rulebook")).json()["version"] == 2
    await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 2, "30.00"))
    sold = [
        await send(world, "POST", "/v1/orders", world.seller.token, {**bid(world, 1, "30.00"), "side": "SELL"})
        for _ in range(2)
    ]
    assert [answer["trades"][0]["fee"] for answer in sold] == ["0.00", "0.00"]
    bought = (await stack.get("/v1/trades?limit=2", world.buyer.token)).json()["items"]
    assert [trade["fee"] for trade in bought] == ["0.01", "0.00"]
    order = await read(world, bought[0]["order"], world.buyer.token)
    assert (order["fee"], order["status"]) == ("0.01", "FILLED")
    assert (await stack.get("/v1/account", world.buyer.token)).json()["fees_paid"] == "0.01"
    assert (await stack.get("/v1/account", world.seller.token)).json()["fees_paid"] == "0.00"
    audited = (await stack.get("/v1/audit/trades?limit=1000", stack.staff["AUDITOR"])).json()["items"][-1]
    assert (audited["buy_fee"], audited["sell_fee"]) == ("0.01", "0.00")
    refused = await send(world, "POST", "/v1/orders", world.buyer.token, bid(world, 1, "99.00"))
    assert refused["rule"]["version"] == 2
