"""A change under one key happens once, and its answer is the same bytes whenever and however often it is asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.stack import Stack, World
from tests.support.people import add_trader

pytestmark = pytest.mark.asyncio(loop_scope="module")


def order(world: World, quantity: int = 1, price: str = "29.00") -> dict[str, Any]:
    """A bid that rests."""
    return {"instrument": world.instrument, "side": "BUY", "quantity": quantity, "price": price}


async def repeat(
    stack: Stack,
    token: str,
    key: str,
    body: object,
    method: str = "POST",
    path: str = "/v1/orders",
    language: str = "en",
) -> httpx.Response:
    """A change under a key."""
    return await stack.ask(method, path, token, body, headers={"idempotency-key": key, "accept-language": language})


async def test_a_repeat_gives_the_same_bytes_and_says_that_it_is_one(stack: Stack, world: World) -> None:
    first = await repeat(stack, world.buyer.token, "once", order(world))
    again = await repeat(stack, world.buyer.token, "once", order(world))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    open_orders = (await stack.get("/v1/orders", world.buyer.token)).json()["items"]
    assert [item["id"] for item in open_orders] == [first.json()["order"]["id"]]


async def test_a_refusal_is_kept_too_in_the_language_in_which_it_was_given(stack: Stack, world: World) -> None:
    far = order(world, price="99.00")
    first = await repeat(stack, world.buyer.token, "refused", far, language="zh")
    again = await repeat(stack, world.buyer.token, "refused", far)
    assert first.json()["code"] == "PRICE_OUTSIDE_BAND"
    assert first.content == again.content
    assert again.headers["content-language"] == "zh"
    assert again.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "change"),
    [
        ("POST", "/v1/orders", {"quantity": 2}),
        ("POST", "/v1/withdrawals", {}),
        ("PATCH", "/v1/orders/ord-1", {}),
    ],
)
async def test_another_request_under_the_key_is_refused(
    method: str, path: str, change: dict[str, object], stack: Stack, world: World
) -> None:
    await repeat(stack, world.buyer.token, "mine", order(world))
    bodies: dict[str, object] = {
        "/v1/orders": {**order(world), **change},
        "/v1/withdrawals": {"amount": "1", "bank_account": "a"},
        "/v1/orders/ord-1": {"price": "29.00"},
    }
    answer = await repeat(stack, world.buyer.token, "mine", bodies[path], method, path)
    assert answer.status_code == 409
    assert answer.json()["code"] == "KEY_REUSED"


async def test_the_same_body_in_other_bytes_is_the_same_request(stack: Stack, world: World) -> None:
    headers = {"idempotency-key": "spelling"}
    token = world.buyer.token
    body = b'{"instrument":"%s","side":"BUY","quantity":1,"price":"29"}' % world.instrument.encode()
    assert (await stack.ask("POST", "/v1/orders", token, content=body, headers=headers)).status_code == 201
    turned = b'{ "side": "BUY", "price":"29", "quantity":1,"instrument":"%s"}' % world.instrument.encode()
    again = await stack.ask("POST", "/v1/orders", token, content=turned, headers=headers)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    other = body.replace(b'"29"', b'"29.00"')
    assert (await stack.ask("POST", "/v1/orders", token, content=other, headers=headers)).status_code == 409


async def test_a_query_belongs_to_the_request(stack: Stack, world: World) -> None:
    path = f"/v1/orders?instrument={world.instrument}"
    assert (await repeat(stack, world.stranger.token, "query", None, "DELETE", path)).status_code == 200
    assert (await repeat(stack, world.stranger.token, "query", None, "DELETE", path)).status_code == 200
    assert (await repeat(stack, world.stranger.token, "query", None, "DELETE")).json()["code"] == "KEY_REUSED"


async def test_two_participants_may_use_the_same_key(stack: Stack, world: World) -> None:
    first = await repeat(stack, world.buyer.token, "shared", order(world))
    second = await repeat(stack, world.stranger.token, "shared", order(world))
    assert first.status_code == 201
    assert second.json()["code"] == "INSUFFICIENT_CASH"


async def test_persons_of_one_participant_share_their_keys(stack: Stack, world: World) -> None:
    first_person, second_person = stack.client(stack.staff["OPERATOR"]), stack.client(stack.staff["SECOND"])
    async with first_person, second_person:
        _, token = await add_trader(first_person, second_person, world.buyer.id, "a colleague")
    first = await repeat(stack, world.buyer.token, "of-the-firm", order(world))
    again = await repeat(stack, token, "of-the-firm", order(world))
    assert first.content == again.content


async def test_many_at_once_are_one(stack: Stack, world: World) -> None:
    before = len((await stack.get("/v1/orders?limit=1000", world.buyer.token)).json()["items"])
    answers = await asyncio.gather(*(repeat(stack, world.buyer.token, "at-once", order(world)) for _ in range(50)))
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    after = len((await stack.get("/v1/orders?limit=1000", world.buyer.token)).json()["items"])
    assert after == before + 1


async def test_a_secret_is_shown_once(stack: Stack, world: World) -> None:
    path, body = "/v1/keys", {"label": "mine", "scopes": ["READ"]}
    first = await repeat(stack, world.stranger.token, "secret", body, path=path)
    again = await repeat(stack, world.stranger.token, "secret", body, path=path)
    assert first.status_code == 201 and first.json()["token"].startswith(first.json()["id"])
    assert (await stack.get("/v1/account", first.json()["token"])).status_code == 200
    assert again.status_code == 409
    assert again.json()["code"] == "SECRET_SHOWN_ONCE"
    assert again.json()["facts"] == {"key": first.json()["id"]}
    secret = first.json()["token"].partition(".")[2]
    assert secret not in again.text


async def test_secrets_shown_at_once_are_one_secret(stack: Stack, world: World) -> None:
    path, body = "/v1/keys", {"label": "mine", "scopes": ["READ"]}
    answers = await asyncio.gather(
        *(repeat(stack, world.stranger.token, "secrets", body, path=path) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


@pytest.mark.parametrize("key", [None, "", " ", "a b", "a" * 256, "\x7f", "é"])
async def test_without_a_usable_key_nothing_happens(key: str | None, stack: Stack, world: World) -> None:
    before = stack.sequencer.view.seq
    headers = [("authorization", f"Bearer {world.buyer.token}"), ("content-type", "application/json")]
    if key is not None:
        headers.append(("idempotency-key", key))
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    answer = await stack.http.post("/v1/orders", json=order(world), headers=raw)
    assert answer.status_code == 400
    assert answer.json()["code"] == "IDEMPOTENCY_KEY_REQUIRED"
    assert stack.sequencer.view.seq == before


async def test_a_request_that_was_not_understood_does_not_use_the_key_up(stack: Stack, world: World) -> None:
    wrong = await repeat(stack, world.buyer.token, "second-try", {**order(world), "quantity": "1"})
    assert wrong.status_code == 422
    assert (await repeat(stack, world.buyer.token, "second-try", order(world))).status_code == 201
