"""Batches, orders named by their owner and the dead-man's switch over HTTP: a result for each command, or nothing."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from exchange.api.batch import LARGEST_BATCH, weigh
from exchange.api.field_texts import FIELD_TEXTS
from exchange.api.resources.orders import deadline_document
from exchange.core.events import Event
from exchange.core.events.orders import CancelAfterSet
from exchange.core.values import KeyId, Micros, ParticipantId, Seq
from exchange.sequencer.submission import Decided
from tests.api.stack import Stack, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bid(world: World, quantity: int = 1, price: str = "29.00", **more: Any) -> dict[str, Any]:
    """A bid of a batch."""
    terms = {"instrument": world.instrument, "side": "BUY", "quantity": quantity, "price": price}
    return {"do": "place", **terms, **more}


async def batch(world: World, token: str, *commands: dict[str, Any], **headers: str) -> httpx.Response:
    """Send a batch."""
    body = {"commands": list(commands)}
    return await world.stack.ask(
        "POST", "/v1/orders/batch", token, body, {k.replace("_", "-"): headers[k] for k in headers}
    )


async def results(world: World, token: str, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a batch."""
    answer = await batch(world, token, *commands)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


async def seq(stack: Stack) -> int:
    """The newest entry."""
    number: int = (await stack.get("/v1/status")).json()["as_of_seq"]
    return number


async def test_each_command_has_its_own_result_and_entry(world: World) -> None:
    await world.place(world.seller, "SELL", 5, "30.00")
    before = await seq(world.stack)
    rested, refused, filled, cancelled, amended = await results(
        world,
        world.buyer.token,
        bid(world, 10, "29.00", client_order_id="b-1"),
        bid(world, 1, "99.00"),
        bid(world, 5, "30.00"),
        {"do": "cancel", "order": "ord-999999"},
        {"do": "amend", "client_order_id": "b-1", "quantity": 7},
    )
    assert [each["seq"] for each in (rested, refused, filled, cancelled, amended)] == list(
        range(before + 1, before + 6)
    )
    assert [each["status"] for each in (rested, refused, filled, cancelled, amended)] == [201, 422, 201, 404, 200]
    order = rested["order"]
    assert (order["client_order_id"], order["status"], order["leaves"], order["cumulative"]) == ("b-1", "NEW", 10, 0)
    assert rested["trades"] == [] and "problem" not in rested
    assert refused["problem"]["code"] == "PRICE_OUTSIDE_BAND" and refused["problem"]["facts"] and "order" not in refused
    (trade,) = filled["trades"]
    assert (trade["price"], trade["quantity"], trade["fee"]) == ("30.00", 5, "0.00")
    assert (filled["order"]["status"], filled["order"]["cumulative"]) == ("FILLED", 5)
    assert cancelled["problem"]["code"] == "ORDER_NOT_FOUND"
    assert (amended["order"]["id"], amended["order"]["leaves"], amended["trades"]) == (order["id"], 7, [])
    assert await seq(world.stack) == before + 5
    (gone,) = await results(world, world.buyer.token, {"do": "cancel", "client_order_id": "b-1"})
    assert (gone["order"]["status"], gone["order"]["cancel_reason"], gone["order"]["leaves"]) == (
        "CANCELLED",
        "REQUESTED",
        0,
    )


async def test_the_answer_is_as_of_its_last_entry_and_repeated_to_the_byte(world: World) -> None:
    commands = (bid(world), bid(world, 1, "99.00"))
    first = await batch(world, world.buyer.token, *commands, idempotency_key="batch-1", accept_language="zh")
    again = await batch(world, world.buyer.token, *commands, idempotency_key="batch-1")
    assert first.json()["as_of_seq"] == first.json()["results"][-1]["seq"]
    assert first.content == again.content and again.headers["idempotency-replayed"] == "true"
    assert first.headers["content-language"] == "zh"
    other = await batch(world, world.buyer.token, commands[0], idempotency_key="batch-1")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_REUSED")


@pytest.mark.parametrize(
    ("item", "pointer", "code"),
    [
        ({"do": "place", "instrument": "ins-1", "side": "BUY", "quantity": 1, "price": 30}, "/price", "AS_TEXT"),
        ({"do": "place", "instrument": "ins-1", "side": "BUY"}, "/quantity", "MISSING"),
        ({"do": "cancel"}, "", "ORDER_OR_CLIENT_ORDER_ID"),
        ({"do": "cancel", "order": "ord-1", "client_order_id": "a"}, "", "ORDER_OR_CLIENT_ORDER_ID"),
        ({"do": "cancel", "order": "1"}, "/order", "ID"),
        ({"do": "amend", "order": "ord-1", "quantity": 0}, "/quantity", "OUT_OF_RANGE"),
        ({"do": "amend", "order": "ord-1", "place": 1}, "/place", "UNKNOWN_FIELD"),
        ({"do": "replace"}, "/do", "NOT_ONE_OF"),
        ({"order": "ord-1"}, "/do", "MISSING"),
        (7, "", "WRONG_TYPE"),
    ],
)
async def test_a_wrong_field_anywhere_is_named_and_nothing_is_done(
    item: Any, pointer: str, code: str, world: World
) -> None:
    before = await seq(world.stack)
    answer = await batch(world, world.buyer.token, bid(world), item, bid(world))
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/commands/1{pointer}", code)
    assert error["detail"].startswith(FIELD_TEXTS[code].en)
    assert await seq(world.stack) == before


async def test_a_batch_of_mistakes_is_looked_at_up_to_the_first(world: World) -> None:
    """Each mistake costs as much as a good order, and everybody else would wait while all are looked for."""
    wrong = bid(world) | {"quantity": 0, "lots": ["x"] * 100, "no_such": 1}
    answer = await batch(world, world.buyer.token, bid(world), *[wrong] * 200)
    assert answer.status_code == 422
    found = [error["pointer"] for error in answer.json()["errors"]]
    assert sorted(found) == ["/commands/1/lots/0", "/commands/1/no_such", "/commands/1/quantity"]


async def test_five_hundred_fit_and_no_more(world: World) -> None:
    before = await seq(world.stack)
    cancels = [{"do": "cancel", "order": f"ord-{number}"} for number in range(900_000, 900_500)]
    found = await results(world, world.stranger.token, *cancels)
    assert [each["status"] for each in found] == [404] * 500
    assert await seq(world.stack) == before + 500
    for wrong, code, bound in (
        ([*cancels, cancels[0]], "TOO_MANY", {"highest": 500}),
        ([], "TOO_FEW", {"lowest": 1}),
    ):
        (error,) = (await batch(world, world.stranger.token, *wrong)).json()["errors"]
        assert error["code"] == code
        assert {name: error[name] for name in ("lowest", "highest") if name in error} == bound
    padded = json.dumps({"commands": cancels}).encode().ljust(LARGEST_BATCH + 1)
    answer = await world.stack.ask("POST", "/v1/orders/batch", world.stranger.token, content=padded)
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert await seq(world.stack) == before + 500


@pytest.mark.parametrize(
    ("fields", "weights"),
    [
        ({"commands": [{"do": "place"}, {"do": "cancel"}, {"do": "amend"}]}, (2, 1)),
        ({"commands": [{"do": "cancel"}, {"do": "cancel"}]}, (0, 2)),
        ({"commands": [1, None, {"do": ["cancel"]}]}, (3, 0)),
        ({"commands": []}, (1, 0)),
        ({"commands": {}}, (1, 0)),
        ({}, (1, 0)),
    ],
)
async def test_a_batch_weighs_what_its_commands_weigh(fields: dict[str, Any], weights: tuple[int, int]) -> None:
    assert weigh(fields) == weights


# -- orders named by their owner --


@pytest.mark.parametrize("name", ["mine-1", "a/b", "50%", "?#;=&+", "x" * 36, "...", "..a/b..", "a/.b"])
async def test_an_order_is_amended_and_cancelled_by_the_name_that_its_owner_gave_it(name: str, world: World) -> None:
    placed = await world.place(world.buyer, "BUY", 5, "29.00", client_order_id=name)
    path = f"/v1/orders/by-client-id/{name.replace('%', '%25').replace('?', '%3F').replace('#', '%23')}"
    for stranger in (world.seller, world.stranger):
        answer = await world.stack.ask("DELETE", path, stranger.token)
        assert (answer.status_code, answer.json()["code"]) == (404, "ORDER_NOT_FOUND")
    amended = await world.stack.ask("PATCH", path, world.buyer.token, {"quantity": 4})
    assert (amended.status_code, amended.json()["order"]["id"], amended.json()["order"]["leaves"]) == (
        200,
        placed.order.id,
        4,
    )
    cancelled = await world.stack.ask("DELETE", path, world.buyer.token)
    assert (cancelled.status_code, cancelled.json()["order"]["cancel_reason"]) == (200, "REQUESTED")
    assert (await world.stack.ask("DELETE", path, world.buyer.token)).json()["code"] == "ORDER_NOT_FOUND"


@pytest.mark.parametrize("name", ["x" * 37, "a%20b", "%C3%A9", "%00", "%2E%2E", "%2E", "a%2F.."])
async def test_what_can_be_no_name_names_nothing(name: str, world: World) -> None:
    unknown = await world.stack.ask("DELETE", "/v1/orders/by-client-id/unknown", world.buyer.token)
    answer = await world.stack.ask("DELETE", f"/v1/orders/by-client-id/{name}", world.buyer.token)
    assert answer.status_code == 404 and answer.content == unknown.content


@pytest.mark.parametrize("name", [".", "..", "../..", "a/..", "a/../b", "./a", "a\\..", "..\\a"])
async def test_no_name_leads_out_of_the_address_of_an_order(name: str, world: World) -> None:
    """Who cancels ".." with a usual HTTP client sends ``DELETE /v1/orders``, which cancels everything."""
    answer = await batch(world, world.buyer.token, bid(world, client_order_id=name))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (
        422,
        "/commands/0/client_order_id",
        "CLIENT_ORDER_ID",
    )


# -- the dead-man's switch --


async def test_the_switch_is_armed_and_disarmed(world: World) -> None:
    armed = await world.stack.ask("PUT", "/v1/cancel-after", world.buyer.token, {"seconds": 3_600})
    assert armed.status_code == 200 and armed.json()["deadline"].endswith("Z")
    shown = await world.stack.get("/v1/cancel-after", world.buyer.token)
    assert shown.status_code == 200 and shown.json() == armed.json()
    assert (await world.stack.get("/v1/cancel-after", world.seller.token)).json()["deadline"] is None
    disarmed = await world.stack.ask("PUT", "/v1/cancel-after", world.buyer.token, {"seconds": 0})
    assert disarmed.json()["deadline"] is None
    assert disarmed.json()["as_of_seq"] > armed.json()["as_of_seq"]
    assert (await world.stack.get("/v1/cancel-after", world.buyer.token)).json() == disarmed.json()


async def test_who_does_not_trade_has_no_switch_to_read(world: World) -> None:
    answer = await world.stack.get("/v1/cancel-after", world.stack.staff["OPERATOR"])
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_AUTHORISED")


async def test_the_deadline_is_that_of_the_key_in_use_and_not_of_one_that_it_replaced(world: World) -> None:
    old, new = KeyId(5), KeyId(7)
    participant = ParticipantId(3)
    events: list[Event] = [
        CancelAfterSet(participant, old, Micros(0)),
        CancelAfterSet(participant, new, Micros(1_795_143_600_000_000)),
    ]
    decided = Decided(Seq(9), Micros(1), None, 0, {}, events)
    assert deadline_document(decided) == {"deadline": "2026-11-20T03:00:00.000000Z"}


@pytest.mark.parametrize(
    ("seconds", "code"), [(4, "CANCEL_AFTER"), (86_401, "OUT_OF_RANGE"), (-1, "OUT_OF_RANGE"), ("5", "WRONG_TYPE")]
)
async def test_the_switch_takes_no_other_times(seconds: Any, code: str, world: World) -> None:
    answer = await world.stack.ask("PUT", "/v1/cancel-after", world.buyer.token, {"seconds": seconds})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/seconds", code)]
