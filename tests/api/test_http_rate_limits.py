"""Rate limits over HTTP: each has its own bucket, the headers tell, and cancels get through when orders do not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from exchange.access.addresses import read_address
from exchange.access.rate_limits import SECOND, RateLimiter, Rates
from exchange.api.app import Application
from exchange.api.limits import group_of
from exchange.api.operations import Change, Read
from exchange.api.ports import Services
from exchange.api.routes import OPERATIONS, name_of
from tests.api.stack import Stack, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Clock:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        """The instant, in nanoseconds."""
        return self.now


@pytest.fixture
def clock(stack: Stack, world: World) -> Iterator[Clock]:
    """The exchange with small buckets (20 weights each) and a clock of the test's own."""
    services = services_of(stack)
    before, clock = services.limiter, Clock()
    services.limiter = RateLimiter(Rates(orders=10, cancels=10, reads=10, address=10, keys=2), clock)
    yield clock
    services.limiter = before


def services_of(stack: Stack) -> Services:
    """What the application works with."""
    assert isinstance(stack.app, Application)
    return stack.app.services


def order(world: World) -> dict[str, Any]:
    """A bid that rests."""
    return {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": "29.00"}


async def place(world: World) -> httpx.Response:
    """Place it."""
    return await world.stack.ask("POST", "/v1/orders", world.buyer.token, order(world))


def assert_limited(answer: httpx.Response, name: str, seconds: int = 1) -> None:
    """A refusal of the limit, with what to do about it."""
    assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
    assert answer.headers["retry-after"] == str(seconds)
    assert answer.json()["facts"] == {"retry_after_seconds": seconds}
    assert answer.headers["ratelimit-policy"] == f'"{name}";q=20;w=2'
    assert answer.headers["ratelimit"].startswith(f'"{name}";r=')


async def test_orders_have_a_limit_and_the_headers_tell(world: World, clock: Clock) -> None:
    first = await place(world)
    assert first.headers["ratelimit-policy"] == '"orders";q=20;w=2'
    assert first.headers["ratelimit"] == '"orders";r=19;t=1'
    for _ in range(19):
        assert (await place(world)).status_code == 201
    assert_limited(await place(world), "orders")
    clock.now += SECOND // 10
    assert (await place(world)).status_code == 201
    assert_limited(await place(world), "orders")


async def test_cancels_and_reads_get_through_when_orders_do_not(world: World, clock: Clock) -> None:
    placed = (await place(world)).json()["order"]["id"]
    while (await place(world)).status_code == 201:
        pass
    assert (await world.stack.get(f"/v1/orders/{placed}", world.buyer.token)).status_code == 200
    cancelled = await world.stack.ask("DELETE", f"/v1/orders/{placed}", world.buyer.token)
    assert (cancelled.status_code, cancelled.headers["ratelimit"]) == (200, '"cancels";r=19;t=1')
    only_cancels = {"commands": [{"do": "cancel", "order": placed}] * 5}
    batch = await world.stack.ask("POST", "/v1/orders/batch", world.buyer.token, only_cancels)
    assert (batch.status_code, batch.headers["ratelimit"]) == (200, '"cancels";r=14;t=1')
    assert (await world.stack.ask("DELETE", "/v1/orders", world.buyer.token)).status_code == 200


async def test_cancels_are_bounded_too(world: World, clock: Clock) -> None:
    for _ in range(20):
        await world.stack.ask("DELETE", "/v1/orders/ord-999999", world.buyer.token)
    assert_limited(await world.stack.ask("DELETE", "/v1/orders", world.buyer.token), "cancels")
    assert (await place(world)).status_code == 201


async def test_a_batch_is_counted_by_its_commands_and_draws_all_or_nothing(world: World, clock: Clock) -> None:
    before = world.stack.sequencer.view.seq
    commands = [{"do": "place", **order(world)}] * 19 + [{"do": "cancel", "order": "ord-999999"}] * 2
    first = await world.stack.ask("POST", "/v1/orders/batch", world.buyer.token, {"commands": commands})
    assert first.headers["ratelimit"] == '"orders";r=1;t=2, "cancels";r=18;t=1'
    again = await world.stack.ask("POST", "/v1/orders/batch", world.buyer.token, {"commands": commands})
    assert_limited(again, "orders", 2)
    assert world.stack.sequencer.view.seq == before + 21
    cancels = {"commands": [{"do": "cancel", "order": "ord-999999"}] * 18}
    rest = await world.stack.ask("POST", "/v1/orders/batch", world.buyer.token, cancels)
    assert rest.headers["ratelimit"] == '"cancels";r=0;t=2'


async def test_bytes_are_drawn_for_before_they_are_decoded(world: World, clock: Clock) -> None:
    async def said(path: str, size: int) -> tuple[int, str]:
        answer = await world.stack.ask("POST", path, world.buyer.token, content=b"{" + b"[" * (size - 1))
        return answer.status_code, answer.headers["ratelimit"]

    assert await said("/v1/orders", 1024) == (400, '"orders";r=19;t=1')
    assert await said("/v1/orders", 1025) == (400, '"orders";r=17;t=1')
    assert await said("/v1/orders", 16 * 1024) == (400, '"orders";r=1;t=2')
    assert await said("/v1/orders", 16 * 1024) == (429, '"orders";r=0;t=2'), (
        "what was drawn for the request stays drawn"
    )


async def test_a_batch_that_cannot_be_read_costs_its_bytes(world: World, clock: Clock) -> None:
    async def said(content: bytes) -> tuple[int, str]:
        answer = await world.stack.ask("POST", "/v1/orders/batch", world.buyer.token, content=content)
        return answer.status_code, answer.headers["ratelimit"]

    order_like = b'{"commands":[{"do":"place"'
    assert await said(order_like + b" " * 4 * 1024) == (400, '"orders";r=15;t=1')
    assert await said(order_like * 16) == (429, '"orders";r=15;t=1'), "as many as it seems to have orders"
    assert await said(b" " * 20 * 1024) == (400, '"cancels";r=0;t=2')
    assert await said(b"{") == (429, '"cancels";r=0;t=2')
    clock.now += 2 * SECOND
    one = b'{"commands":[{"do":"cancel","order":"ord-999999"}]' + b" " * 3 * 1024 + b"}"
    assert await said(one) == (200, '"cancels";r=16;t=1'), "a good one pays for its bytes as well"
    wrong = await world.stack.ask("POST", "/v1/orders/batch", world.buyer.token, {}, {"idempotency-key": ""})
    assert (wrong.status_code, wrong.headers["ratelimit"]) == (400, '"orders";r=19;t=1')


async def test_a_refused_request_does_not_use_its_idempotency_key_up(world: World, clock: Clock) -> None:
    while (await place(world)).status_code == 201:
        pass
    headers = {"idempotency-key": "limited"}
    refused = await world.stack.ask("POST", "/v1/orders", world.buyer.token, order(world), headers)
    clock.now += 2 * SECOND
    done = await world.stack.ask("POST", "/v1/orders", world.buyer.token, order(world), headers)
    assert (refused.status_code, done.status_code) == (429, 201)
    assert "idempotency-replayed" not in done.headers


async def test_each_firm_and_each_of_the_staff_has_buckets_of_their_own(world: World, clock: Clock) -> None:
    while (await place(world)).status_code == 201:
        pass
    other = await world.stack.ask("POST", "/v1/orders", world.seller.token, order(world))
    assert (other.status_code, other.headers["ratelimit"]) == (422, '"orders";r=19;t=1')
    halt = await world.stack.ask("POST", "/v1/market/halt", world.stack.staff["OPERATOR"], {"reason": ""})
    assert (halt.status_code, halt.headers["ratelimit"]) == (422, '"orders";r=19;t=1')


async def test_all_keys_of_a_firm_share_its_buckets(world: World, clock: Clock) -> None:
    async with world.stack.client(world.buyer.token) as client:
        second = await client.keys.make("another", ["READ"])
    await world.stack.get("/v1/account", world.buyer.token)
    answer = await world.stack.get("/v1/account", second.token)
    assert answer.headers["ratelimit"] == '"reads";r=18;t=1'


async def test_what_the_database_is_asked_for_weighs_more(world: World, clock: Clock) -> None:
    for expected in (15, 10, 5, 0):
        answer = await world.stack.get("/v1/trades", world.buyer.token)
        assert answer.headers["ratelimit"].startswith(f'"reads";r={expected};')
    assert_limited(await world.stack.get("/v1/account", world.buyer.token), "reads")


async def test_requests_without_a_good_key_draw_from_their_address(world: World, clock: Clock) -> None:
    wrong = await world.stack.get("/v1/account", f"{world.buyer.token[:-1]}x")
    assert (wrong.status_code, wrong.headers["ratelimit"]) == (401, '"address";r=19;t=1')
    public = await world.stack.get("/v1/status")
    assert (public.status_code, public.headers["ratelimit"]) == (200, '"address";r=18;t=1')
    for _ in range(18):
        await world.stack.ask("POST", "/v1/orders", None, order(world))
    assert_limited(await world.stack.get("/v1/status"), "address")
    assert_limited(await world.stack.ask("POST", "/v1/orders", None, order(world)), "address")
    assert (await world.stack.get("/v1/account", world.buyer.token)).status_code == 200


async def test_behind_a_trusted_proxy_each_client_has_its_own(world: World, clock: Clock) -> None:
    services = services_of(world.stack)
    before = services.gate.proxies
    services.gate.proxies = ()
    await world.stack.get("/v1/status", x_forwarded_for="192.0.2.1")
    believed_by_nobody = await world.stack.get("/v1/status", x_forwarded_for="192.0.2.2")
    assert believed_by_nobody.headers["ratelimit"].startswith('"address";r=18;')
    services.gate.proxies = (ipaddress.ip_network("127.0.0.0/8"),)
    for client in ("192.0.2.1", "192.0.2.2"):
        answer = await world.stack.get("/v1/status", x_forwarded_for=client)
        assert answer.headers["ratelimit"].startswith('"address";r=19;')
    services.gate.proxies = before


async def test_an_address_is_an_ipv4_address_or_a_64() -> None:
    groups = [
        group_of(read_address(text)) for text in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "10.0.0.1")
    ]
    assert groups[0] == groups[1] and len(set(groups)) == 3
    assert group_of(read_address("::ffff:10.0.0.1")) == groups[3]
    assert group_of(None) is None


async def test_every_answer_of_the_table_has_the_headers(world: World) -> None:
    for operation in OPERATIONS:
        path = operation.path.replace("{", "x").replace("}", "")
        answer = await world.stack.ask(operation.method, path, None)
        assert answer.headers["ratelimit-policy"].startswith('"address"'), name_of(operation)
    for path in ("/health", "/nowhere"):
        assert "ratelimit" not in (await world.stack.get(path)).headers


async def test_all_that_cancels_draws_from_the_bucket_of_cancels() -> None:
    named = {name_of(each) for each in OPERATIONS if isinstance(each, Change) and "cancel" in name_of(each)}
    assert {name_of(each) for each in OPERATIONS if isinstance(each, Change) and each.cancels} == named
    assert all(each.weight >= 1 for each in OPERATIONS if isinstance(each, Read))


async def test_making_keys_has_a_limit_of_its_own(world: World, clock: Clock) -> None:
    token = world.stranger.token
    made = await world.stack.ask("POST", "/v1/keys", token, {"label": "further", "scopes": ["READ"]})
    assert made.headers["ratelimit"] == '"keys";r=1;t=1800'
    again = await world.stack.ask("POST", "/v1/keys", token, {"label": "one more", "scopes": ["READ"]})
    assert (again.status_code, again.headers["ratelimit"]) == (201, '"keys";r=0;t=3600')
    for path, body in (("/v1/keys", {"label": "x", "scopes": ["READ"]}), ("/v1/keys/rotate", {})):
        refused = await world.stack.ask("POST", path, token, body)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1800")
        assert refused.headers["ratelimit-policy"] == '"keys";q=2;w=3600'
    gone = await world.stack.ask("DELETE", f"/v1/keys/{made.json()['id']}", token)
    assert (gone.status_code, gone.headers["ratelimit"]) == (200, '"orders";r=19;t=1'), "to take one back is free"
    clock.now += 1_800 * SECOND
    assert (await world.stack.ask("POST", "/v1/keys", token, {"label": "y", "scopes": ["READ"]})).status_code == 201


async def test_a_key_that_may_make_none_keeps_no_other_from_it(world: World, clock: Clock) -> None:
    """What is refused draws too; so each key has a bucket of its own."""
    token = world.stranger.token
    narrow = (await world.stack.ask("POST", "/v1/keys", token, {"label": "further", "scopes": ["READ"]})).json()
    body = {"label": "x", "scopes": ["READ"]}
    said = [(await world.stack.ask("POST", "/v1/keys", narrow["token"], body)).status_code for _ in range(3)]
    assert said == [403, 403, 429]
    assert (await world.stack.ask("POST", "/v1/keys", token, body)).status_code == 201


async def test_refusals_of_the_limits_are_measured(world: World, clock: Clock) -> None:
    while (await place(world)).status_code == 201:
        pass
    assert services_of(world.stack).limiter.refused == 1
