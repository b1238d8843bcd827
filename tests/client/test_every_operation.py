"""Everything that REST offers can be called by the client, with every parameter that it takes, or is left out with a
reason.
"""

from __future__ import annotations

import contextlib
import inspect
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any, Final

import httpx

from exchange.api.routes import OPERATIONS, name_of
from exchange.client import ClientError, ExchangeClient, Filter, NewSecret, Pick, Selection
from exchange.client.commands import Cancel
from exchange.client.models import Proposal
from tests.api.documented import operation_of

LEFT_OUT: Final[dict[str, str]] = {
    "take_registry_statement": "only the national registry sends statements, by a program of its own",
}
"""Operations that the client has no method for → why."""

PAGES: Final = {"limit", "cursor", "min_seq", "format"}
"""Parameters that the client sets by itself: it goes through the pages, waits for what it has written, takes CSV."""

SAMPLES: Final[dict[str, Any]] = {
    "order": "ord-17",
    "instrument": "ins-17",
    "participant": "par-17",
    "counterparty": "par-18",
    "agreement": "agr-17",
    "lot": "lot-17",
    "key": "key-17",
    "person": "per-17",
    "owner": "par-17",
    "quantity": 5,
    "price": "30.00",
    "total": "150.00",
    "amount": "150.00",
    "reference_price": "30.00",
    "vintage": 2023,
    "seconds": 30,
    "scopes": ["READ"],
    "commands": [Cancel("ord-17")],
    "wanted": Filter("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "ins-17", "par-17", "2026-11-20"),
    "units": Selection("prj-17", 2023, "lot-17", "CCER", 1, 10),
    "fields": {},
    "secret": NewSecret("s" * 43),
    "public_key": "p" * 43,
    "page_size": 10,
    "limit": 10,
    "levels": 5,
    "seq": 3,
    "after_seq": 3,
    "accept": True,
    "expires_at": "2027-01-01T00:00:00Z",
    "networks": ["10.0.0.0/8"],
    "grace_seconds": 60,
    "lots": ["lot-17"],
    "lot_size": 1,
    "tick": "0.01",
    "tax_inclusive": True,
    "post_only": True,
    "proposal": "prp-17",
    "project": "prj-17",
    "use": "use-17",
    "release": "rel-17",
    "request": "req-17",
    "encumbrance": "enc-17",
    "reversal": "rev-17",
    "staged": "imp-17",
    "picks": [Pick("lot-17", 1, 11)],
    "details": {"beneficiary_en": "Steel", "beneficiary_zh": "钢"},
    "serial_lo": 1,
    "serial_hi": 11,
    "year": 2026,
    "first_year": 2026,
    "last_year": 2030,
    "due": 100,
    "content": b"ID\n",
    "projects": {"2498": "VCS-2498"},
    "columns": {
        name: name
        for name in (
            "serials",
            "serial_lo",
            "serial_hi",
            "project",
            "quantity",
            "start",
            "end",
            "year",
            "verified",
            "issued_on",
            "ended",
            "owner",
            "lock_reference",
        )
    },
}
"""What to give for a parameter by its name; text where nothing is said."""

WITHOUT_BOOK: Final = Filter("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", None, "par-17", "2026-11-20")


class Recorder(httpx.AsyncBaseTransport):
    """Answers everything with an empty page, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.asked.append(request)
        return httpx.Response(200, json={"items": [], "next_cursor": None, "next_after_seq": 3})


def methods(client: ExchangeClient) -> Iterator[tuple[str, Any]]:
    """Every call of every resource."""
    for resource, owner in vars(client).items():
        if resource != "connection":
            for name, method in inspect.getmembers(owner, inspect.ismethod):
                if not name.startswith("_"):
                    yield f"{resource}.{name}", method


def sample(method: Any, parameter: inspect.Parameter) -> Any:
    """A value for a parameter of a method."""
    if parameter.name == "proposal" and "Proposal" in str(parameter.annotation):
        empty = dict.fromkeys(inspect.signature(Proposal).parameters)
        return Proposal(**{**empty, "id": "prp-17", "action_hash": "0" * 64})  # type: ignore[arg-type]
    if parameter.name == "wanted" and method.__name__.startswith(("agreements", "refusals")):
        return WITHOUT_BOOK
    return SAMPLES.get(parameter.name, "2026-11-20")


async def call(method: Any, all_of_them: bool) -> None:
    """Call a method with what it must be given, or with everything that it takes."""
    given = {
        name: sample(method, parameter)
        for name, parameter in inspect.signature(method).parameters.items()
        if name != "idempotency_key" and (all_of_them or parameter.default is parameter.empty)
    }
    if {"order", "client_order_id"} <= given.keys():
        del given["order" if all_of_them else "client_order_id"]
    elif "client_order_id" in inspect.signature(method).parameters and "order" in SAMPLES and not all_of_them:
        given |= {"order": "ord-17"} if "order" in inspect.signature(method).parameters else {}
    if method.__name__ == "amend":
        given["quantity"] = 5
    # The answer is empty, so that reading it fails; what was asked is known by then.
    with contextlib.suppress(ClientError):
        outcome: Awaitable[object] | AsyncIterator[object] = method(**given)
        if isinstance(outcome, AsyncIterator):
            async for _ in outcome:
                pass
        else:
            await outcome


async def asked() -> dict[str, set[str]]:
    """The operations that the client can call → the parameters of the query that it can give."""
    recorder = Recorder()
    found: dict[str, set[str]] = defaultdict(set)
    async with ExchangeClient("http://exchange", "key-1.s", transport=recorder) as client:
        for _, method in methods(client):
            for all_of_them in (False, True):
                await call(method, all_of_them)
    for request in recorder.asked:
        operation = operation_of(request.method, re.sub(r"\?.*", "", request.url.raw_path.decode()))
        assert operation is not None, f"{request.method} {request.url} is nothing"
        found[name_of(operation)] |= set(request.url.params.keys())
    return found


async def test_every_operation_has_a_method_of_the_client_or_a_reason_for_none() -> None:
    names = {name_of(operation) for operation in OPERATIONS}
    assert names - set(await asked()) == set(LEFT_OUT)


async def test_every_parameter_of_a_read_can_be_given() -> None:
    sent = await asked()
    missing = {
        name_of(operation): sorted(wanted)
        for operation in OPERATIONS
        if (wanted := set(operation.query.model_fields) - PAGES - sent[name_of(operation)])
    }
    assert missing == {}


async def test_what_changes_something_can_be_given_an_idempotency_key() -> None:
    recorder = Recorder()
    async with ExchangeClient("http://exchange", "key-1.s", transport=recorder) as client:
        for name, method in methods(client):
            recorder.asked.clear()
            await call(method, all_of_them=False)
            changes = any(request.method != "GET" for request in recorder.asked)
            assert changes == ("idempotency_key" in inspect.signature(method).parameters), name
