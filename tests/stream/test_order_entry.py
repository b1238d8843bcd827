"""Orders over the stream: the rules, the answers and the idempotency of REST, in the order in which they were sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.api.stream.examples import REQUEST_EXAMPLES, SERVER_EXAMPLES
from exchange.api.stream.order_entry import ADDRESSES, CHANGES
from exchange.api.stream.session import Session
from tests.api.stack import World
from tests.stream.talker import Document, Talker, new_key
from tests.stream.venue import Venue

in_the_module = pytest.mark.asyncio(loop_scope="module")


def bid(world: World, quantity: int = 1, price: str = "29.00", **more: Any) -> Document:
    """The body of an order of the buyer's."""
    return {"instrument": world.instrument, "side": "BUY", "quantity": quantity, "price": price, **more}


async def place(talker: Talker, body: Document) -> Document:
    """An order that must be accepted."""
    answer = await talker.order("place", body=body)
    assert answer["status"] == 201, answer
    order: Document = answer["body"]["order"]
    return order


def test_every_operation_of_the_stream_stands_for_one_of_rest() -> None:
    assert set(CHANGES) == set(ADDRESSES)


@in_the_module
async def test_an_order_lives_and_ends_over_the_stream_as_over_rest(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker:
        order = await place(talker, bid(world, 5, client_order_id="mine"))
        amended = await talker.order("amend", order=order["id"], body={"quantity": 3})
        assert (amended["status"], amended["body"]["order"]["leaves"]) == (200, 3)
        amended = await talker.order("amend", client_order_id="mine", body={"price": "29.10"})
        assert amended["body"]["order"]["price"] == "29.10"
        (shown,) = await venue.open_orders(world.buyer.token)
        assert shown["id"] == order["id"]
        ended = await talker.order("cancel", client_order_id="mine")
        assert (ended["status"], ended["body"]["order"]["status"]) == (200, "CANCELLED")
        again = await talker.order("cancel", order=order["id"])
        assert (again["status"], again["body"]["code"]) == (404, "ORDER_NOT_FOUND")


@in_the_module
async def test_batches_and_mass_cancels_and_the_switch(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker:
        commands = [{"do": "place", **bid(world, 1, price)} for price in ("28.00", "28.10", "28.20")]
        batch = await talker.order("batch", body={"commands": commands})
        assert [result["status"] for result in batch["body"]["results"]] == [201, 201, 201], batch
        none = await talker.order("cancel_all", body={"instrument": "ins-999999"})
        assert none["body"]["code"] == "INSTRUMENT_NOT_FOUND"
        done = await talker.order("cancel_all", body={"instrument": world.instrument})
        assert (done["status"], done["body"]["cancelled"]) == (200, 3)
        armed = await talker.order("cancel_after", body={"seconds": 60})
        assert armed["status"] == 200 and armed["body"]["deadline"]
        assert (await talker.order("cancel_after", body={"seconds": 0}))["body"]["deadline"] is None
        assert (await talker.order("cancel_all"))["body"]["cancelled"] == 0


@in_the_module
async def test_requests_under_way_at_once_are_sequenced_in_the_order_of_their_arrival(
    venue: Venue, world: World
) -> None:
    async with venue.stream(world.buyer.token) as talker:
        names = [await talker.send("place", idempotency_key=new_key(), body=bid(world, 1, "28.00")) for _ in range(600)]
        answers = [await talker.answer(name) for name in names]
        assert {answer["status"] for answer in answers} == {201}
        seqs = [answer["body"]["as_of_seq"] for answer in answers]
        assert seqs == sorted(seqs) and len(set(seqs)) == 600
        assert (await talker.order("cancel_all"))["status"] == 200


@in_the_module
async def test_so_many_may_be_under_way_and_the_others_wait(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.api.stream.session.MOST_UNDER_WAY", 8)
    start, seen = Session._start, list[int]()

    def noted(session: Session, *arguments: Any) -> None:
        start(session, *arguments)
        seen.append(len(session.under_way))

    monkeypatch.setattr(Session, "_start", noted)
    async with venue.stream(world.buyer.token) as talker:
        names = [await talker.send("place", idempotency_key=new_key(), body=bid(world)) for _ in range(100)]
        assert {(await talker.answer(name))["status"] for name in names} == {201}, "nobody is refused"
        await talker.order("cancel_all")
    assert max(seen) == 8


@in_the_module
async def test_what_was_sent_by_one_way_may_be_repeated_by_the_other(venue: Venue, world: World) -> None:
    token, body, key = world.buyer.token, bid(world, 2, "28.50"), new_key()
    async with venue.stream(token) as talker:
        first = await talker.ask("place", idempotency_key=key, body=body)
        repeat = await venue.rest("POST", "/v1/orders", token, dict(reversed(body.items())), key)
        assert repeat.headers["idempotency-replayed"] == "true"
        assert (repeat.status_code, repeat.json()) == (201, first["body"])
        other = await venue.rest("POST", "/v1/orders", token, {**body, "quantity": 3}, key)
        assert other.json()["code"] == "KEY_REUSED"
        order = first["body"]["order"]["id"]

        key = new_key()
        gone = await venue.rest("DELETE", f"/v1/orders/{order}", token, key=key)
        again = await talker.ask("cancel", idempotency_key=key, order=order)
        assert (again["status"], again["replayed"], again["body"]) == (200, True, gone.json())
        key = new_key()
        gone = await venue.rest("DELETE", f"/v1/orders?instrument={world.instrument}", token, key=key)
        again = await talker.ask("cancel_all", idempotency_key=key, body={"instrument": world.instrument})
        assert (again["replayed"], again["body"]) == (True, gone.json())
    assert await venue.open_orders(token) == []


@in_the_module
async def test_a_repeat_while_the_first_is_under_way_gets_the_same_answer(venue: Venue, world: World) -> None:
    key = new_key()
    async with venue.stream(world.buyer.token) as talker, venue.stream(world.buyer.token) as other:
        names = [await talker.send("place", idempotency_key=key, body=bid(world)) for _ in range(20)]
        elsewhere = await other.ask("place", idempotency_key=key, body=bid(world))
        bodies = [(await talker.answer(name))["body"] for name in names]
        assert [body == elsewhere["body"] for body in bodies] == [True] * 20
        assert (await talker.order("cancel_all"))["body"]["cancelled"] == 1


REFUSED: list[tuple[Document, int, str]] = [
    ({"op": "place", "body": {"price": "29.001"}}, 422, "VALIDATION"),
    ({"op": "place", "body": {"more": 1}}, 422, "VALIDATION"),
    ({"op": "place", "body": {"quantity": 1.5}}, 422, "VALIDATION"),
    ({"op": "place", "idempotency_key": None, "body": {}}, 400, "IDEMPOTENCY_KEY_REQUIRED"),
    ({"op": "place", "idempotency_key": "with blank", "body": {}}, 400, "IDEMPOTENCY_KEY_REQUIRED"),
    ({"op": "place", "body": {"price": "40.00"}}, 422, "PRICE_OUTSIDE_BAND"),
    ({"op": "cancel", "order": "ord-1"}, 404, "ORDER_NOT_FOUND"),
    ({"op": "cancel", "order": "nonsense"}, 404, "ORDER_NOT_FOUND"),
    ({"op": "cancel_after", "body": {"seconds": 1}}, 422, "VALIDATION"),
]


@in_the_module
@pytest.mark.parametrize(("request_", "status", "code"), REFUSED)
async def test_what_is_refused_is_refused_in_the_words_of_rest(
    venue: Venue, world: World, request_: Document, status: int, code: str
) -> None:
    request_ = {"idempotency_key": new_key(), **request_}
    if request_["op"] == "place":
        request_["body"] = {**bid(world), **request_["body"]}
    async with venue.stream(world.buyer.token) as talker:
        answer = await talker.ask(**request_)
        assert (answer["status"], answer["body"]["code"]) == (status, code)


@in_the_module
async def test_a_field_that_is_wrong_is_named_as_in_rest(venue: Venue, world: World) -> None:
    body = bid(world, 1, "29.001")
    by_rest = (await venue.rest("POST", "/v1/orders", world.buyer.token, body)).json()
    async with venue.stream(world.buyer.token) as talker:
        assert (await talker.order("place", body=body))["body"] == by_rest


@in_the_module
async def test_who_may_not_trade_is_told_so(venue: Venue, world: World) -> None:
    async with venue.stream() as talker:
        answer = await talker.order("place", body=bid(world))
        assert (answer["status"], answer["body"]["code"]) == (401, "UNAUTHENTICATED")
    async with venue.stream(venue.staff["AUDITOR"]) as talker:
        answer = await talker.order("place", body=bid(world))
        assert (answer["status"], answer["body"]["code"]) == (403, "NOT_AUTHORISED")


@in_the_module
async def test_a_body_is_no_larger_than_over_rest(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker:
        order = {"op": "place", "idempotency_key": new_key(), "body": bid(world, lots=["lot-1"] * 2_500)}
        text = json.dumps({"id": "1", **order})
        assert 17 * 1024 < len(text) < 260 * 1024
        await talker.connection.send(text)
        answer = await talker.answer("1")
        assert (answer["status"], answer["body"]["code"]) == (413, "BODY_TOO_LARGE")


@in_the_module
async def test_anothers_order_is_not_there(venue: Venue, world: World) -> None:
    async with venue.stream(world.buyer.token) as talker, venue.stream(world.stranger.token) as stranger:
        order = await place(talker, bid(world))
        for op, more in (("cancel", {}), ("amend", {"body": {"quantity": 1}})):
            answer = await stranger.order(op, order=order["id"], **more)
            assert (answer["status"], answer["body"]["code"]) == (404, "ORDER_NOT_FOUND")
        await talker.order("cancel", order=order["id"])


@in_the_module
async def test_orders_draw_from_the_bucket_that_rest_draws_from(
    venue: Venue, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = venue.now.parts.services.limiter
    drawn: list[tuple[bytes, int]] = []
    draw = limiter.draw

    def noted(buckets: Any, who: Any, weight: int) -> Any:
        drawn.append((buckets.encoded, who))
        return draw(buckets, who, weight)

    monkeypatch.setattr(limiter, "draw", noted)
    async with venue.stream(world.buyer.token) as talker:
        drawn.clear()
        order = await place(talker, bid(world))
        await talker.order("cancel", order=order["id"])
        by_stream = list(drawn)
        drawn.clear()
        answer = await venue.rest("POST", "/v1/orders", world.buyer.token, bid(world))
        await venue.rest("DELETE", f"/v1/orders/{answer.json()['order']['id']}", world.buyer.token)
    assert by_stream == drawn and [name for name, _ in by_stream] == [b"orders", b"cancels"]


@in_the_module
async def test_the_examples_have_the_fields_of_real_answers_and_null_where_these_have_it(
    venue: Venue, world: World
) -> None:
    asked, name = REQUEST_EXAMPLES, f"example-{new_key()[:8]}"
    async with venue.stream(world.buyer.token) as talker:
        body = {**asked["place"]["body"], "instrument": world.instrument, "price": "29.00", "client_order_id": name}
        real = {"place": await talker.order("place", body=body)}
        order = real["place"]["body"]["order"]["id"]
        real["amend"] = await talker.order("amend", order=order, body=asked["amend"]["body"])
        real["cancel"] = await talker.order("cancel", client_order_id=name)
    for op, answer in real.items():
        shown, told = SERVER_EXAMPLES[op]["body"]["order"], answer["body"]["order"]
        assert answer["status"] == SERVER_EXAMPLES[op]["status"], answer
        assert [(field, value is None) for field, value in shown.items()] == [
            (field, value is None) for field, value in told.items()
        ], op
        for field in ("quantity", "leaves", "status", "cancel_reason"):
            assert shown[field] == told[field], (op, field)
