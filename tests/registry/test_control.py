"""Slips of whoever tries the venue out: each is refused with a sentence that says what to send, and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.registry.test_simulator import LOCK, Line

ISSUE = {"space": "S", "serial_lo": 201, "serial_hi": 301, "holder": "WOOD"}
FALSE_LINE = {
    "space": "S",
    "serial_lo": 1,
    "serial_hi": 11,
    "holding": "LOCKED",
    "holder": "WOOD",
    "reference": "r",
    "receipt": "R",
}
FALSE_RECORD = {
    "reference": "r",
    "kind": "LOCK",
    "space": "S",
    "serial_lo": 1,
    "serial_hi": 11,
    "outcome": "CONFIRMED",
    "receipt": "R",
}
ORDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "venue": ("PUT", {"url": "http://127.0.0.1:8000", "key": "key-1-1"}),
    "issue": ("POST", ISSUE),
    "transfer": ("POST", {**ISSUE, "serial_lo": 1, "serial_hi": 101}),
    "false-lines": ("POST", FALSE_LINE),
    "hidden-lines": ("POST", {"space": "S", "serial_lo": 1, "serial_hi": 11}),
    "false-records": ("POST", FALSE_RECORD),
    "hidden-records": ("POST", {"reference": LOCK.reference}),
}
"""Each address that wants something, and what it wants."""


@pytest_asyncio.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """A simulator with a hundred serials, which nobody calls by surprise: what it raises is an answer of 500."""
    made = Line(tmp_path)
    made.issue()
    yield made
    made.simulator.store.close()


async def told(line: Line, method: str, path: str, **given: Any) -> tuple[int, str]:
    """The status and the sentence of a refusal."""
    before = (await line.http.get("/control")).json()
    answer = await line.http.request(method, f"/control{path}", **given)
    document = answer.json()
    assert document["done"] is False
    assert (await line.http.get("/control")).json() == before
    return answer.status_code, document["why"]


@pytest.mark.parametrize("name", ORDERS)
async def test_an_order_has_just_its_fields_each_of_its_kind(line: Line, name: str) -> None:
    method, order = ORDERS[name]
    path = f"/{name}"
    for content in (b"", b"{", b"[]", b"1", b"[" * 100_000, b"\xff"):
        status, why = await told(line, method, path, content=content)
        assert status == 400 and why.startswith("this is no JSON object: send {")
        assert all(f'"{field}"' in why for field in order)
    for field, value in order.items():
        others: list[Any] = ["1", 1 << 70] if type(value) is int else [1]
        for wrong in (None, [], 1.5, True, *others):
            status, why = await told(line, method, path, json={**order, field: wrong})
            kind = "whole number" if type(value) is int else "text"
            assert (status, why.partition(":")[0]) == (422, f"{field} is no {kind}")
        without = {each: kept for each, kept in order.items() if each != field}
        status, why = await told(line, method, path, json=without)
        assert (status, why.partition(":")[0]) == (422, f"{field} is missing")
    status, why = await told(line, method, path, json={**order, "hodler": "x"})
    assert (status, why.partition(":")[0]) == (422, "hodler is not known here")


@pytest.mark.parametrize("name", ORDERS)
async def test_what_it_wants_is_done(line: Line, name: str) -> None:
    if name == "hidden-records":
        await line.client.ask(LOCK)
    method, order = ORDERS[name]
    answer = await line.http.request(method, f"/control/{name}", json=order)
    assert (answer.status_code, answer.json()) == (200, {"done": True})
    for path in ("/v1/holdings", "/v1/requests"):
        assert (await line.http.get(path)).status_code == 200


@pytest.mark.parametrize("name", ["issue", "transfer", "hidden-lines"])
@pytest.mark.parametrize(("lo", "hi"), [(0, 5), (-3, 5), (5, 5), (6, 5)])
async def test_serials_are_a_range(line: Line, name: str, lo: int, hi: int) -> None:
    method, order = ORDERS[name]
    status, why = await told(line, method, f"/{name}", json={**order, "serial_lo": lo, "serial_hi": hi})
    assert status == 422 and f"{lo} and {hi} are no range" in why and "the first one after them" in why


async def test_why_serials_cannot_be_issued_or_moved(line: Line) -> None:
    taken = {**ISSUE, "serial_lo": 51, "serial_hi": 151}
    status, why = await told(line, "POST", "/issue", json=taken)
    assert status == 409 and "1 to before 101 FREE of WOOD" in why and "/control/transfer" in why
    status, why = await told(line, "POST", "/transfer", json=taken)
    assert status == 409 and "1 to before 101 FREE of WOOD" in why
    status, why = await told(line, "POST", "/transfer", json=ISSUE)
    assert status == 404 and "issue them first with POST /control/issue" in why
    await line.client.ask(LOCK)
    status, why = await told(line, "POST", "/transfer", json={**ISSUE, "serial_lo": 1, "serial_hi": 11})
    assert status == 409 and "1 to before 101 LOCKED of WOOD" in why


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://[", "http://127.0.0.1:x"])
async def test_the_venue_has_an_address(line: Line, url: str) -> None:
    status, why = await told(line, "PUT", "/venue", json={"url": url, "key": "key-1-1"})
    assert status == 422 and "http://127.0.0.1:8000" in why
    ended = await line.http.put("/control/venue", json={"url": "", "key": ""})
    assert ended.json() == {"done": True}


@pytest.mark.parametrize(
    ("document", "status", "part"),
    [
        ([], 400, '"chances"'),
        ({"chances": []}, 422, "chances is no object"),
        ({"chances": {"LAZY": 5}}, 422, "LAZY is no fault: there are DOWN, LOSES"),
        ({"chances": {"SLOW": 101}}, 422, "0 to 100 percent"),
        ({"chances": {"SLOW": "30"}}, 422, "0 to 100 percent"),
        ({"seed": "x"}, 422, "seed is no whole number"),
        ({"slow_seconds": "x"}, 422, "slow_seconds is 0 to"),
        ({"spread_seconds": -1}, 422, "spread_seconds is 0 to"),
        ({"slow": 1}, 422, "slow is not known here"),
    ],
)
async def test_faults_are_those_that_there_are(line: Line, document: Any, status: int, part: str) -> None:
    refused, why = await told(line, "PUT", "/faults", json=document)
    assert refused == status and part in why


async def test_a_request_that_is_not_there_cannot_be_hidden_and_neither_can_an_address_be_guessed(line: Line) -> None:
    status, why = await told(line, "POST", "/hidden-records", json={"reference": "r-9"})
    assert status == 404 and "no request has the reference r-9" in why
    status, why = await told(line, "POST", "/isue", json=ISSUE)
    assert status == 404 and "there is no POST /control/isue here" in why and "POST /control/issue" in why
    status, why = await told(line, "PUT", "/issue", json=ISSUE)
    assert status == 405 and "POST /control/issue" in why


@pytest.mark.parametrize("query", ["limit=x", "limit=²", "limit=0", "after=x", "after=1", "after=[1,2,3,4,5,6,7]"])
async def test_a_list_is_asked_for_by_what_it_has_told(line: Line, query: str) -> None:
    await line.client.ask(LOCK)
    for path in ("/v1/holdings", "/v1/requests"):
        answer = await line.http.get(f"{path}?{query}")
        assert answer.status_code == 400 and answer.json()["why"]
