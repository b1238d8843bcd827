"""Callbacks: who may send one, in which window, and what a repetition gets."""

from __future__ import annotations

import asyncio
import base64
import time
from itertools import count
from typing import Any

import httpx
import pytest

from exchange.api.wire import micros_of
from exchange.bootstrap.database import open_for_reading
from exchange.client import ExchangeClient, NewSecret, PrivateKey
from exchange.client.signing import RequestSigner
from exchange.config import Settings
from exchange.core.values import Micros
from exchange.registry.statements import Statement, sign
from exchange.store.outbox import PostgresOutbox
from tests.registry.pair import TONNES, Lot, Pair
from tests.support import keyring

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PATH = "/v1/registry/callbacks"
AHEAD_S = 8.0
"""Longer than a busy machine needs to send a statement."""

_numbers = count(1)


class Registry:
    """The registry's own key, in the hands of a test."""

    def __init__(self, pair: Pair) -> None:
        from exchange.registry.simulator.identity import Identity
        from exchange.registry.simulator.store import Store

        store = Store(pair.simulator.folder)
        identity = Identity.of(store)
        store.close()
        self.pair = pair
        self.private_key: PrivateKey = identity.private_key
        self.secret: NewSecret = identity.secret

    def statement(self, row: dict[str, Any], lot: Lot, **changed: Any) -> dict[str, Any]:
        """A signed statement that confirms a request, or says something else."""
        n = next(_numbers)
        fields: dict[str, Any] = {
            "reference": row["reference"],
            "kind": row["kind"],
            "account": "",
            "outcome": "CONFIRMED",
            "space": lot.space,
            "serial_lo": 1,
            "serial_hi": TONNES + 1,
            "receipt": f"OWN-{n}",
            "message": f"own-statement-{n}",
            "stated_at": micros_of(row["asked_at"]),
        }
        return sign(Statement(**{**fields, **changed}), self.private_key)

    async def send(self, statement: dict[str, Any], **given: Any) -> httpx.Response:
        """Call back with it; ``token``, ``key``, ``clock`` and ``signed`` are the registry's own unless given."""
        key = self.pair.registry_key
        headers = {"Authorization": f"Bearer {given.get('token', self.secret.token(key))}"}
        headers["Idempotency-Key"] = given.get("once", statement["message"])
        async with httpx.AsyncClient(base_url=self.pair.service.url, trust_env=False) as http:
            request = http.build_request("POST", PATH, json=statement, headers=headers)
            if given.get("signed", True):
                signer = RequestSigner(key, given.get("key", self.private_key), given.get("clock", time.time))
                signer.sign(request)
            return await http.send(request)


@pytest.fixture
def registry(honest: Pair) -> Registry:
    """The registry, which is silent by itself."""
    honest.simulator.misbehave(SILENT=100)
    return Registry(honest)


async def waiting(pair: Pair) -> tuple[Lot, dict[str, Any]]:
    """A lot whose lock waits for the registry's word, and its request."""
    lot = await pair.bring_in()
    return lot, await lot.request()


async def test_a_good_callback_answers_the_request_and_its_repetition_gets_the_same_bytes(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    statement = registry.statement(row, lot)
    first = await registry.send(statement)
    again = await registry.send(statement)
    assert (first.status_code, first.json()["outcome"], first.json()["contradicted"]) == (200, "CONFIRMED", False)
    assert again.content == first.content and again.headers["idempotency-replayed"] == "true"
    assert await lot.states() == {"ACTIVE": TONNES}


async def test_the_same_answer_under_another_number_changes_nothing(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    statement = registry.statement(row, lot, receipt="SAME-1")
    await registry.send(statement)
    again = await registry.send(registry.statement(row, lot, receipt="SAME-1"))
    assert (again.status_code, again.json()["code"]) == (409, "REQUEST_CLOSED")


async def test_another_statement_under_the_same_number_is_refused(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    statement = registry.statement(row, lot)
    await registry.send(statement)
    other = registry.statement(row, lot, message=statement["message"], receipt="OTHER")
    assert (await registry.send(other)).json()["code"] == "KEY_REUSED"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"signed": False}, 401, "SIGNATURE_MISSING"),
        ({"key": PrivateKey.generate()}, 401, "SIGNATURE_WRONG"),
        ({"clock": lambda: time.time() - 600}, 401, "SIGNATURE_EXPIRED"),
        ({"clock": lambda: time.time() + 600}, 401, "CLOCK_SKEW"),
        ({"token": "key-1.nothing"}, 401, "UNAUTHENTICATED"),
    ],
)
async def test_a_request_outside_of_the_window_or_of_somebody_else_is_turned_away(
    registry: Registry, given: dict[str, Any], status: int, code: str
) -> None:
    lot, row = await waiting(registry.pair)
    answer = await registry.send(registry.statement(row, lot), **given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}


async def test_an_operator_cannot_speak_for_the_registry(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    token = registry.pair.staff["OPERATOR"]
    statement = registry.statement(row, lot)
    answer = await registry.send(statement, token=token, key=keyring.private_key_of(token))
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_AUTHORISED")


async def test_a_statement_that_was_changed_on_the_way_is_turned_away(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    answer = await registry.send({**registry.statement(row, lot), "receipt": "CHANGED"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "STATEMENT_SIGNATURE"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"reference": "nobody-req-1-1-00000000"}, 404, "REQUEST_NOT_FOUND"),
        ({"space": "OTHER"}, 422, "STATEMENT_OF_OTHER_SERIALS"),
        ({"serial_hi": TONNES}, 422, "STATEMENT_OF_OTHER_SERIALS"),
        ({"receipt": ""}, 422, "INVALID_FIELD"),
        ({"stated_at": 1_000_000_000_000_000}, 422, "STATEMENT_OUT_OF_TIME"),
        ({"stated_at": 253_100_000_000_000_000}, 422, "STATEMENT_OUT_OF_TIME"),
    ],
)
async def test_a_statement_about_something_else_answers_nothing(
    registry: Registry, changed: dict[str, Any], status: int, code: str
) -> None:
    lot, row = await waiting(registry.pair)
    answer = await registry.send(registry.statement(row, lot, **changed))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}


async def test_a_confirmation_without_a_receipt_is_told_so(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    answer = await registry.send(registry.statement(row, lot, receipt=""))
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/receipt", "MISSING")]


async def test_a_statement_that_was_too_early_is_taken_when_its_time_has_come(registry: Registry) -> None:
    """The registry's clock is an hour and some seconds ahead: its statement is good, and so are its bytes later on."""
    lot, row = await waiting(registry.pair)
    statement = registry.statement(row, lot, stated_at=int((time.time() + 3_600 + AHEAD_S) * 1_000_000))
    answer = await registry.send(statement)
    assert (answer.status_code, answer.json()["code"]) == (422, "STATEMENT_OUT_OF_TIME")
    for _ in range(30):
        await asyncio.sleep(1)
        answer = await registry.send(statement)
        if answer.status_code == 200:
            break
    assert (answer.json()["outcome"], await lot.states()) == ("CONFIRMED", {"ACTIVE": TONNES})


async def test_a_key_that_only_reads_neither_speaks_for_the_registry_nor_keeps_it_from_speaking(
    registry: Registry,
) -> None:
    """It is the newer of them, and signs too. The venue asks, since nobody calls back."""
    pair = registry.pair
    pair.call_back(wanted=False)
    secret = registry.secret.token(pair.registry_key)
    async with ExchangeClient(pair.service.url, secret, private_key=registry.private_key) as client:
        reading = await client.keys.make("monitoring", ["READ"], public_key=PrivateKey.generate().public_text)
    lot, row = await waiting(pair)
    answer = await registry.send(registry.statement(row, lot), token=reading.token)
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_MISSING")
    pair.simulator.misbehave()
    pair.simulator.control("POST", "/speak")
    await lot.answered()
    assert await lot.states() == {"ACTIVE": TONNES}


async def test_what_a_key_that_only_reads_has_signed_is_not_the_registrys_word(registry: Registry) -> None:
    """Neither for the line nor for the reconciliation, which looks into the tables."""
    pair, other = registry.pair, PrivateKey.generate()
    secret = registry.secret.token(pair.registry_key)
    async with ExchangeClient(pair.service.url, secret, private_key=registry.private_key) as client:
        await client.keys.make("dashboard", ["READ"], public_key=other.public_text)
    settings = Settings.from_environment({"EXCHANGE_DATA_DIR": str(pair.service.folder)})
    with open_for_reading(settings) as database:
        dsn = database.service_dsn
    async with PostgresOutbox.open(dsn) as outbox:
        good, ever = await outbox.registry_keys(Micros(time.time_ns() // 1_000)), (await outbox.books()).registry_keys
    assert {registry.private_key.public_text} == {_text(key) for key in good} == {_text(key) for key in ever}


def _text(public_key: bytes) -> str:
    return base64.urlsafe_b64encode(public_key).rstrip(b"=").decode()


async def test_a_revoked_key_is_believed_nothing_any_more(registry: Registry) -> None:
    lot, row = await waiting(registry.pair)
    token = registry.pair.staff["REGULATOR"]
    async with registry.pair.client(token) as regulator:
        await regulator.keys.revoke(registry.pair.registry_key)
    assert (await registry.send(registry.statement(row, lot))).status_code == 401
    registry.pair.simulator.control("POST", "/speak")
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}
