"""Requests that are no good are refused by a problem of the right status, without a word of the input, never by 5xx."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from exchange.api.decoder import MAX_BODY
from exchange.api.field_texts import FIELD_TEXTS
from exchange.api.resources.proposals import LARGEST_PROPOSAL
from tests.api.stack import Stack, World, issuance_of
from tests.api.test_decoder import INEXACT_NUMBERS, REFUSED

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARK = "zq17zq"


async def post(world: World, content: bytes, path: str = "/v1/orders", **headers: str) -> httpx.Response:
    """A raw body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await world.stack.ask("POST", path, world.buyer.token, content=content, headers=named)


@pytest.mark.parametrize(("raw", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_the_decoder_refuses_is_400(raw: bytes, code: str, world: World) -> None:
    answer = await post(world, raw)
    assert answer.status_code == 400
    assert answer.json()["code"] == "MALFORMED_JSON"
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"], error["detail"]) == ("", code, FIELD_TEXTS[code].en)


@pytest.mark.parametrize("number", INEXACT_NUMBERS.values(), ids=INEXACT_NUMBERS)
@pytest.mark.parametrize(
    ("field", "code", "en", "zh"),
    [
        ("price", "AS_TEXT", 'Write it as text, such as "70.00"', '请以文本填写，例如 "70.00"'),
        ("quantity", "NUMBER_NOT_INTEGER", "Write a whole number", "请填写整数"),
    ],
)
async def test_a_number_that_no_field_takes_is_refused_by_the_field(
    number: bytes, field: str, code: str, en: str, zh: str, world: World
) -> None:
    values = {"instrument": b'"ins-1"', "side": b'"BUY"', "quantity": b"1", "price": b'"70.00"', field: number}
    body = b"{" + b",".join(b'"%b":%b' % (name.encode(), value) for name, value in values.items()) + b"}"
    for language, text in (("en", en), ("zh", zh)):
        answer = await post(world, body, accept_language=language)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (f"/{field}", code)
        assert error["detail"].startswith(text)


async def test_a_price_that_is_a_whole_number_is_asked_for_as_text(world: World) -> None:
    answer = await post(world, b'{"instrument": "ins-1", "side": "BUY", "quantity": 1, "price": 70}')
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/price", "AS_TEXT")


@pytest.mark.parametrize(
    "body",
    [
        {"quantity": MARK},
        {f"<{MARK}>": 1},
        {MARK * 11: 1},
        {"instrument": [MARK]},
        {"side": MARK},
        {"client_order_id": MARK * 10},
        {"instrument": MARK, "side": "BUY", "quantity": 1, "price": "30"},
    ],
)
async def test_nothing_of_the_input_comes_back(body: dict[str, Any], world: World) -> None:
    for path in ("/v1/orders", f"/v1/orders/{MARK}/cancel", f"/v1/{MARK}"):
        answer = await world.stack.ask("POST", path, world.buyer.token, body)
        assert 400 <= answer.status_code < 500
        assert MARK not in answer.text
    assert MARK not in (await world.stack.get(f"/v1/instruments/{MARK}?limit={MARK}")).text
    assert MARK not in (await world.stack.get(f"/v1/instruments?~{MARK}={MARK}")).text
    assert MARK not in (await world.stack.get(f"/v1/instruments?cursor={MARK}")).text


async def errors_of(world: World, method: str, path: str, body: Any, language: str = "en") -> list[dict[str, Any]]:
    """What is said of a request of an operator's."""
    headers = {"accept-language": language}
    answer = await world.stack.ask(method, path, world.stack.staff["OPERATOR"], body, headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION"), answer.text
    found: list[dict[str, Any]] = answer.json()["errors"]
    return found


async def test_a_parameter_that_is_not_known_is_named(world: World) -> None:
    (error,) = await errors_of(world, "GET", "/v1/audit/trades?fro=2026-11-20T00:00:00Z", None)
    assert (error["pointer"], error["code"]) == ("query/fro", "UNKNOWN_FIELD")


async def test_what_may_be_written_is_told_in_words_and_for_programs(world: World) -> None:
    (error,) = await errors_of(world, "GET", "/v1/audit/trades?origin=BOKO", None)
    assert (error["pointer"], error["code"], error["allowed"]) == ("query/origin", "NOT_ONE_OF", ["BOOK", "AGREED"])
    assert error["detail"].endswith(" Allowed: BOOK, AGREED.")
    (error,) = await errors_of(world, "GET", "/v1/audit/trades?origin=BOKO", None, "zh")
    assert error["detail"].endswith("。可用取值：BOOK、AGREED。")
    (error,) = await errors_of(world, "GET", "/v1/audit/trades?limit=5000", None)
    assert (error["code"], error["lowest"], error["highest"]) == ("NUMBER", 1, 1000)
    assert error["detail"].endswith(" It must be from 1 to 1000.")


@pytest.mark.parametrize("kind", ["REWORD", 5, None, ["ISSUANCE"]])
async def test_a_wrong_type_of_an_action_is_pointed_at(kind: object, world: World) -> None:
    (error,) = await errors_of(world, "POST", "/v1/proposals", {"action": {"type": kind}})
    assert (error["pointer"], error["code"]) == ("/action/type", "NOT_ONE_OF")
    assert error["allowed"][:2] == ["WITHDRAWAL", "ISSUANCE"] and len(error["allowed"]) == 22
    (error,) = await errors_of(world, "POST", "/v1/proposals", {"action": "RESUME"})
    assert (error["pointer"], error["code"]) == ("/action", "WRONG_TYPE")
    (error,) = await errors_of(world, "POST", "/v1/proposals", {"action": {}})
    assert (error["pointer"], error["code"]) == ("/action/type", "MISSING")


@pytest.mark.parametrize(
    ("family", "more", "errors"),
    [
        ("FORESTRY_CCER", {}, [("/project", "MISSING")]),
        ("FORESTRY_CCER", {"project": "P9", "league": "HULUNBUIR"}, [("/league", "NOT_OF_FAMILY")]),
        ("REDUCTION_QUOTA", {}, [("/source_category", "MISSING"), ("/league", "MISSING")]),
        ("REDUCTION_QUOTA", {"source_category": "CCUS", "league": "HULUNBUIR", "project": "P9"},
         [("/project", "NOT_OF_FAMILY")]),
        ("OTHER_SINK", {}, [("/family", "NOT_ONE_OF")]),
    ],
)  # fmt: skip
async def test_what_an_instrument_of_a_family_lacks_is_named(
    family: str, more: dict[str, str], errors: list[tuple[str, str]], world: World
) -> None:
    body = {"symbol": "NEW-1", "family": family, "vintage": 2024, "reference_price": "30.00", **more}
    found = await errors_of(world, "POST", "/v1/instruments", body)
    assert [(error["pointer"], error["code"]) for error in found] == errors


async def test_an_approval_without_the_evidence_is_told_that_it_is_missing(world: World) -> None:
    issuance = issuance_of(world.project, space="EVIDENCE", serial_hi=3)
    action: dict[str, object] = {"type": "ISSUANCE", **issuance}
    staff = world.stack.staff
    made = (await world.stack.ask("POST", "/v1/proposals", staff["OPERATOR"], {"action": action})).json()
    path, hashed = f"/v1/proposals/{made['id']}/approve", {"action_hash": made["action_hash"]}
    made = (await world.stack.ask("POST", path, staff["SECOND"], hashed)).json()
    lot = {
        "type": "LOT_ADMISSION",
        "issuance": made["created"],
        "owner": world.seller.id,
        "serial_lo": 1,
        "serial_hi": 2,
    }
    action = {**lot, "lock_reference": "LOCK-9"}
    made = (await world.stack.ask("POST", "/v1/proposals", staff["OPERATOR"], {"action": action})).json()
    path, hashed = f"/v1/proposals/{made['id']}/approve", {"action_hash": made["action_hash"]}
    refused = (await world.stack.ask("POST", path, staff["SECOND"], hashed)).json()
    assert refused["code"] == "EVIDENCE_MISMATCH"
    assert refused["detail"].endswith(" The field `evidence` is missing.")
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/evidence", "MISSING")]
    other = (await world.stack.ask("POST", path, staff["SECOND"], {**hashed, "evidence": "LOCK-8"})).json()
    assert other["code"] == "EVIDENCE_MISMATCH" and "missing" not in other["detail"] and "errors" not in other


async def test_a_body_over_the_limit_is_cut_off(world: World) -> None:
    assert (await post(world, b" " * MAX_BODY)).status_code == 400
    assert (await post(world, b" " * (MAX_BODY + 1))).status_code == 413
    big = await post(world, b" " * (LARGEST_PROPOSAL + 1), "/v1/proposals")
    assert big.json()["code"] == "BODY_TOO_LARGE"
    assert (await post(world, b" " * LARGEST_PROPOSAL, "/v1/proposals")).status_code == 400


async def test_a_body_without_a_length_is_counted_while_it_comes(stack: Stack, world: World) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_024
            yield b" " * 1_024

    headers = {
        "authorization": f"Bearer {world.buyer.token}",
        "idempotency-key": "x",
        "content-type": "application/json",
    }
    answer = await stack.http.post("/v1/orders", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= MAX_BODY + 4_096


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json; charset=gbk", "application/xml", "multipart/form-data"]
)
async def test_only_json_is_read(kind: str, world: World) -> None:
    answer = await post(world, b"{}", content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_compressed_body_is_not_unpacked(world: World) -> None:
    bomb = gzip.compress(b" " * 1_000_000)
    assert (await post(world, bomb, content_encoding="gzip")).status_code == 415


async def test_where_no_body_belongs_none_is_taken(world: World) -> None:
    answer = await world.stack.ask("DELETE", "/v1/orders/ord-1", world.buyer.token, {"a": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "BODY_NOT_ALLOWED")
    big = await world.stack.ask("DELETE", "/v1/orders/ord-1", world.buyer.token, content=b" " * (MAX_BODY + 1))
    assert big.status_code == 413


async def test_the_checks_come_in_their_order(stack: Stack, world: World) -> None:
    """Nobody learns what is wrong with a body who may not send it."""
    junk, auditor = b"\xff" * (MAX_BODY + 1), stack.staff["AUDITOR"]
    for token, headers, status in (
        (None, {}, 401),
        (auditor, {}, 403),
        (world.buyer.token, {"idempotency-key": ""}, 400),
        (world.buyer.token, {"content-type": "text/plain"}, 415),
        (world.buyer.token, {}, 413),
    ):
        answer = await stack.ask("POST", "/v1/orders", token, content=junk, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/orders/",
        "/V1/orders",
        "/v2/orders",
        "//v1/orders",
        "/v1/orders/a/b",
        "/v1/none",
        "/admin",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_an_address_that_is_none_is_404(method: str, path: str, world: World) -> None:
    answer = await world.stack.ask(method, path, world.buyer.token)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/orders", "DELETE, GET, POST"),
        ("HEAD", "/v1/orders", "DELETE, GET, POST"),
        ("OPTIONS", "/v1/orders/ord-1", "DELETE, GET, PATCH"),
        ("TRACE", "/v1/status", "GET"),
        ("POST", "/v1/status", "GET"),
        ("GET", "/v1/withdrawals", "POST"),
        ("DELETE", "/health", "GET"),
        ("POST", "/", "GET"),
        ("POST", "/docs", "GET"),
        ("PROPFIND", "/v1/keys/key-1", "DELETE"),
    ],
)
async def test_another_method_is_405_and_told_which_are_not(
    method: str, path: str, allowed: str, stack: Stack, world: World
) -> None:
    answer = await stack.ask(method, path, world.buyer.token, headers={"x-http-method-override": "GET"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    if method != "HEAD":
        assert answer.json()["code"] == "METHOD_NOT_ALLOWED"


async def test_problems_outside_the_operations_speak_chinese_too(stack: Stack) -> None:
    answer = await stack.get("/v1/none", accept_language="zh")
    assert answer.headers["content-language"] == "zh"
    assert not answer.json()["detail"].isascii()
