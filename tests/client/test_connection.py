"""Repeats under one key, reading one's own writes, and problems as exceptions; the exchange is a scripted transport."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from urllib.parse import unquote

import httpx
import pytest

from exchange.client import (
    BusyError,
    ConflictError,
    Connection,
    ExchangeProblem,
    FieldError,
    NoAnswerError,
    NotThereError,
    Patience,
    PrivateKey,
    RateLimit,
    TooManyRequestsError,
    UnauthorisedError,
    UnexpectedAnswerError,
)
from exchange.client.patience import seconds_of
from exchange.client.problem import problem_of
from exchange.client.rate_limit import rate_limits_of
from exchange.client.resources.orders import Orders
from exchange.client.resources.paging import every
from exchange.client.resources.people import Keys
from tests.client.script import Script, busy, ok

QUICK = Patience(attempts=4, first_wait=0.0, longest_wait=0.0)


def connected(script: Script, **options: object) -> Connection:
    return Connection("http://exchange.test", "key-1.secret", patience=QUICK, transport=script)


async def test_a_change_is_repeated_under_the_same_key_with_the_same_bytes() -> None:
    script = Script(httpx.ConnectError("gone"), busy(), httpx.ReadTimeout("late"), ok(done=True))
    async with connected(script) as connection:
        answer = await connection.change("POST", "/v1/orders", {"quantity": 1})
    assert answer["done"] is True
    assert len({request.headers["idempotency-key"] for request in script.asked}) == 1
    assert len({request.content for request in script.asked}) == 1
    assert len(script.asked) == 4


async def test_two_changes_have_two_keys() -> None:
    script = Script(ok(), ok())
    async with connected(script) as connection:
        await connection.change("POST", "/v1/orders", {})
        await connection.change("POST", "/v1/orders", {})
    first, second = (request.headers["idempotency-key"] for request in script.asked)
    assert first != second


async def test_giving_up_names_the_key_to_ask_again_with() -> None:
    script = Script(*[httpx.ConnectError("gone")] * QUICK.attempts)
    async with connected(script) as connection:
        with pytest.raises(NoAnswerError) as caught:
            await connection.change("POST", "/v1/orders", {}, idempotency_key="mine")
    assert caught.value.idempotency_key == "mine"
    assert len(script.asked) == QUICK.attempts
    assert str(caught.value) == (
        f"no answer from http://exchange.test to POST /v1/orders after {QUICK.attempts} tries (last: gone)"
        "; repeat it with Idempotency-Key mine"
    )


async def test_what_has_no_answer_says_where_and_why_and_nothing_secret() -> None:
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        async with Connection(f"http://me:secret@127.0.0.1:{port}", patience=Patience(attempts=1)) as connection:
            with pytest.raises(NoAnswerError) as caught:
                await connection.read("/v1/status")
            lines = connection.text("/v1/audit/trades")
            with pytest.raises(NoAnswerError, match="last: connection refused"):
                await anext(lines)
    where = f"http://127.0.0.1:{port}"
    assert str(caught.value) == f"no answer from {where} to GET /v1/status after 1 try (last: connection refused)"
    assert (caught.value.address, caught.value.cause) == (where, "connection refused")


async def test_a_lasting_503_comes_back_as_the_problem_that_it_is() -> None:
    script = Script(*[busy() for _ in range(QUICK.attempts)])
    async with connected(script) as connection:
        with pytest.raises(ExchangeProblem, match="OVERLOADED"):
            await connection.change("POST", "/v1/orders", {})


async def test_a_refusal_is_not_repeated() -> None:
    problem = {
        "title": "The price lies outside the band.",
        "status": 422,
        "code": "PRICE_OUTSIDE_BAND",
        "detail": "…",
        "rule": {"id": "BAND-LISTED", "article": "T16", "version": 1, "verified": "YES"},
        "facts": {"lowest": "63.00", "highest": "77.00"},
        "as_of_seq": 9,
    }
    script = Script(httpx.Response(422, json=problem))
    async with connected(script) as connection:
        with pytest.raises(ExchangeProblem) as caught:
            await connection.change("POST", "/v1/orders", {})
    refused = caught.value
    assert (refused.status, refused.code, refused.as_of_seq) == (422, "PRICE_OUTSIDE_BAND", 9)
    assert refused.rule is not None
    assert (refused.rule.id, refused.rule.article) == ("BAND-LISTED", "T16")
    assert refused.facts == {"lowest": "63.00", "highest": "77.00"}


async def test_a_read_after_a_write_asks_for_a_view_that_has_it() -> None:
    script = Script(ok(as_of_seq=41), ok(as_of_seq=40), ok())
    async with connected(script) as connection:
        await connection.read("/v1/status")
        await connection.change("POST", "/v1/orders", {})
        await connection.read("/v1/account")
    assert "min_seq" not in script.asked[1].url.params
    assert script.asked[2].url.params["min_seq"] == "41"


async def test_the_key_and_the_language_go_with_every_request() -> None:
    script = Script(ok())
    async with Connection("http://exchange.test/", "key-1.secret", "zh", QUICK, script) as connection:
        await connection.read("/v1/status")
    assert script.asked[0].headers["authorization"] == "Bearer key-1.secret"
    assert script.asked[0].headers["accept-language"] == "zh"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff", b"[" * 200_000])
async def test_an_answer_of_somebody_else_is_not_believed(body: bytes) -> None:
    async with connected(Script(httpx.Response(200, content=body))) as connection:
        with pytest.raises(UnexpectedAnswerError):
            await connection.read("/v1/status")


async def test_a_list_is_read_page_after_page() -> None:
    pages: list[Callable[[], httpx.Response]] = [
        lambda: ok(items=["a", "b"], next_cursor="after-b"),
        lambda: ok(items=["c"], next_cursor=None),
    ]
    script = Script(*(page() for page in pages))
    async with connected(script) as connection:
        found = [item async for item in every(connection, "/v1/trades", str, {"limit": 2, "status": None})]
    assert found == ["a", "b", "c"]
    assert script.asked[1].url.params["cursor"] == "after-b"
    assert "status" not in script.asked[0].url.params


async def test_a_csv_is_read_line_by_line_and_its_problem_is_raised() -> None:
    script = Script(
        httpx.Response(200, text="id,price\nt1,30.00\n"), httpx.Response(403, json={"code": "SCOPE_MISSING"})
    )
    async with connected(script) as connection:
        assert [line async for line in connection.text("/v1/audit/trades")] == ["id,price", "t1,30.00"]
        with pytest.raises(ExchangeProblem, match="SCOPE_MISSING"):
            [line async for line in connection.text("/v1/audit/trades")]


def test_waits_grow_within_their_bound_and_are_not_the_same_for_everybody() -> None:
    patience = Patience(first_wait=0.1, longest_wait=1.0)
    for attempt, longest in ((1, 0.1), (2, 0.2), (3, 0.4), (9, 1.0), (10_000, 1.0)):
        drawn = {patience.wait(attempt) for _ in range(50)}
        assert all(longest / 2 <= wait <= longest for wait in drawn)
        assert len(drawn) > 1


def test_no_wait_is_shorter_than_the_exchange_asks() -> None:
    patience = Patience(first_wait=0.1, longest_wait=1.0)
    assert 5.0 < patience.wait(1, 5.0) <= 5.1
    assert seconds_of("5") == 5.0
    assert seconds_of("not a number") is None
    assert (seconds_of("Fri, 01 Jan 2100 00:00:00 GMT") or 0.0) > 10**9
    assert seconds_of("Fri, 01 Jan 2021 00:00:00 GMT") == 0.0
    assert seconds_of("\u0665") is None


async def test_a_429_is_repeated_after_the_time_that_it_names() -> None:
    script = Script(httpx.Response(429, json={"code": "RATE_LIMITED"}, headers={"Retry-After": "0"}), ok(done=True))
    async with connected(script) as connection:
        assert (await connection.change("POST", "/v1/orders", {}))["done"] is True
    assert len({request.headers["idempotency-key"] for request in script.asked}) == 1


async def test_nobody_waits_beyond_the_deadline() -> None:
    late = httpx.Response(429, json={"code": "RATE_LIMITED"}, headers={"Retry-After": "31"})
    script = Script(late)
    async with connected(script) as connection:
        with pytest.raises(TooManyRequestsError) as caught:
            await connection.change("POST", "/v1/orders", {})
    assert caught.value.retry_after == 31.0
    assert len(script.asked) == 1


class Silence(httpx.AsyncBaseTransport):
    """Answers nothing, however long one waits."""

    def __init__(self) -> None:
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")


async def test_a_try_ends_in_time_and_all_of_them_together_as_well() -> None:
    silence, patience = Silence(), Patience(attempts=100, first_wait=0.0, longest_wait=0.0, timeout=0.02, deadline=0.05)
    async with Connection("http://exchange.test", patience=patience, transport=silence) as connection:
        with pytest.raises(NoAnswerError) as caught:
            await connection.read("/v1/status")
    assert 1 < caught.value.attempts == silence.asked < 100
    assert caught.value.cause == "timed out"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 422, 500])
async def test_nothing_else_is_repeated(status: int) -> None:
    script = Script(httpx.Response(status, json={"code": "X"}, headers={"Retry-After": "0"}))
    async with connected(script) as connection:
        with pytest.raises(ExchangeProblem):
            await connection.change("POST", "/v1/orders", {})
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, UnauthorisedError),
        (403, UnauthorisedError),
        (404, NotThereError),
        (409, ConflictError),
        (429, TooManyRequestsError),
        (503, BusyError),
        (422, ExchangeProblem),
    ],
)
def test_a_problem_has_the_type_of_its_status(status: int, kind: type[ExchangeProblem]) -> None:
    assert type(problem_of(status, {"code": "X"})) is kind


async def test_rate_limits_can_be_read() -> None:
    headers = {
        "RateLimit-Policy": '"orders";q=100;w=1, "cancels";q=200;w=1',
        "RateLimit": '"orders";r=97;t=1',
    }
    script = Script(httpx.Response(200, json={}, headers=headers), httpx.Response(200, json={}))
    async with connected(script) as connection:
        assert connection.rate_limits == {}
        await connection.read("/v1/status")
        await connection.read("/v1/status")
    assert connection.rate_limits == {
        "orders": RateLimit("orders", remaining=97, reset=1, quota=100, window=1),
        "cancels": RateLimit("cancels", quota=200, window=1),
    }


@pytest.mark.parametrize("text", ['"orders;r=1', "5", "\u4e2d", '"orders";r=?1', "("])
def test_limits_that_cannot_be_read_are_none(text: str) -> None:
    assert all(limit.remaining is None for limit in rate_limits_of({"ratelimit": text}).values())


async def test_a_signature_that_came_at_the_wrong_time_is_made_again_by_the_clock_of_the_exchange() -> None:
    facts = {"server_time": "2030-01-01T00:00:00.000000Z"}
    script = Script(httpx.Response(401, json={"code": "CLOCK_SKEW", "facts": facts}), ok())
    private_key = PrivateKey.generate()
    async with Connection(
        "http://exchange.test", "key-1-1.secret", transport=script, private_key=private_key
    ) as connection:
        await connection.change("POST", "/v1/proposals", {})
    first, second = (request.headers["signature-input"] for request in script.asked)
    assert 'keyid="key-1-1"' in first
    at = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp())
    assert any(f"created={at + late};" in second for late in range(60))
    assert len({request.headers["idempotency-key"] for request in script.asked}) == 1


async def test_a_repeat_is_signed_anew() -> None:
    script = Script(busy(), ok())
    async with Connection(
        "http://exchange.test", "key-1-1.secret", patience=QUICK, transport=script, private_key=PrivateKey.generate()
    ) as connection:
        await connection.change("POST", "/v1/proposals", {})
    assert len(script.signatures) == 2


def test_problems_carry_what_json_carries() -> None:
    field = '{"pointer": "/price", "code": "x", "detail": "Write a price."}'
    refused = ExchangeProblem(400, json.loads(f'{{"code": "VALIDATION", "title": "No.", "errors": [{field}]}}'))
    assert refused.errors == (FieldError(pointer="/price", code="x", detail="Write a price."),)
    assert str(refused) == "400 VALIDATION: No. /price: x. Write a price."
    assert ExchangeProblem(400, {"errors": [{"pointer": "/price"}, 1]}).errors == (FieldError("/price", "", ""),)
    assert refused.rule is None


@pytest.mark.parametrize("name", ["..", ".", "a/..", "a/b", "?x#"])
async def test_an_order_is_cancelled_at_its_own_address_whatever_its_name(name: str) -> None:
    """Two dots in an address are the folder above: there a cancel would be of all orders."""
    script = Script(httpx.Response(404, json={"code": "ORDER_NOT_FOUND"}))
    async with connected(script) as connection:
        with pytest.raises(ExchangeProblem):
            await Orders(connection).cancel(client_order_id=name)
    (asked,) = script.asked
    assert asked.url.raw_path.startswith(b"/v1/orders/by-client-id/")
    assert unquote(asked.url.raw_path.decode()) == f"/v1/orders/by-client-id/{name}"


@pytest.mark.parametrize("name", ["../../market/halt", "ord-1/../..", "..", "ord-1?side=BUY", "ord-1#x", "订单"])
async def test_an_id_stays_in_its_place_whatever_is_in_it(name: str) -> None:
    script = Script(ok())
    async with connected(script) as connection:
        with contextlib.suppress(UnexpectedAnswerError):
            await Orders(connection).cancel(name)
    (request,) = script.asked
    path = request.url.raw_path.decode()
    assert path.count("/") == 3 and unquote(path) == f"/v1/orders/{name}"


async def test_an_id_that_is_missing_is_no_other_address() -> None:
    script = Script()
    async with connected(script) as connection:
        for call in (Orders(connection).cancel(""), Orders(connection).get(""), Keys(connection).revoke("")):
            with pytest.raises(ValueError, match="an id is missing"):
                await call
    assert script.asked == []


@pytest.mark.parametrize("key", ["key-1.q0Bq\n", " key-1.q0Bq", "key-1 .q0Bq", "钥匙", ""])
def test_a_key_with_something_around_it_is_refused_and_not_told_again(key: str) -> None:
    with pytest.raises(ValueError, match="as it was shown once") as refused:
        Connection("http://exchange.test", key)
    assert "q0Bq" not in str(refused.value)


@pytest.mark.parametrize("address", ["exchange.example", "", "ftp://exchange.example", "http://", "http://[::1"])
def test_an_address_that_cannot_be_asked_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="no whole address"):
        Connection(address)


async def test_a_long_text_is_asked_for_in_the_language_and_after_what_was_written() -> None:
    script = Script(ok(as_of_seq=17), httpx.Response(200, text="a,b\n1,2\n"))
    async with Connection("http://exchange.test", "key-1.secret", "zh", QUICK, script) as connection:
        await connection.change("POST", "/v1/orders", {})
        assert [line async for line in connection.text("/v1/audit/trades")] == ["a,b", "1,2"]
    request = script.asked[-1]
    assert (request.headers["accept-language"], request.url.params["min_seq"]) == ("zh", "17")


class BreaksOff(httpx.AsyncByteStream):
    """A body that ends too early."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """A line, and then no more."""
        yield b"a,b\n1,2\n"
        raise httpx.ReadError("reset")


async def test_a_long_text_that_does_not_come_or_breaks_off_is_an_error_of_the_client() -> None:
    script = Script(httpx.ConnectError("gone"), httpx.Response(200, stream=BreaksOff()))
    async with connected(script) as connection:
        for expected in ([], ["a,b"]):
            lines: list[str] = []

            async def read(lines: list[str] = lines) -> None:
                async for line in connection.text("/v1/audit/trades"):
                    lines.append(line)

            with pytest.raises(NoAnswerError, match="GET /v1/audit/trades"):
                await read()
            assert lines[:1] == expected
