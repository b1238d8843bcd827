"""Repeats under one key, reading one's own writes, and problems as exceptions; the exchange is a scripted transport."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from exchange.client import Connection, ExchangeProblem, NoAnswerError, Patience, UnexpectedAnswerError
from exchange.client.resources.paging import every

QUICK = Patience(attempts=4, first_wait=0.0, longest_wait=0.0)
Step = httpx.Response | Exception


class Script(httpx.AsyncBaseTransport):
    """Answers the n-th request with the n-th step and remembers what was asked."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


def ok(**body: object) -> httpx.Response:
    return httpx.Response(200, json={"as_of_seq": 1, **body})


def busy() -> httpx.Response:
    return httpx.Response(503, json={"code": "OVERLOADED"}, headers={"Retry-After": "0"})


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


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff"])
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


def test_waits_grow_within_their_bound_and_heed_the_server() -> None:
    patience = Patience(first_wait=0.1, longest_wait=1.0)
    assert [patience.wait(attempt, None) for attempt in (1, 2, 3, 9)] == [0.1, 0.2, 0.4, 1.0]
    assert patience.wait(1, "5") == 1.0
    assert patience.wait(1, "not a number") == 0.1


def test_problems_carry_what_json_carries() -> None:
    refused = ExchangeProblem(400, json.loads('{"code": "VALIDATION", "errors": [{"pointer": "/price", "code": "x"}]}'))
    assert refused.errors == (("/price", "x"),)
    assert refused.rule is None
