"""What is another's is not there: the same bytes as for a thing that never was, and for a name that names nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import pytest_asyncio

from exchange.core.commands.governance import PersonRole
from tests.api.stack import Stack, World, issuance_of
from tests.api.successes import Asker

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def others(world: World) -> dict[str, str]:
    """Things of the two firms that trade, of which the third must not learn."""
    life = await Asker(world, PersonRole.TRADER).life()
    resting = await world.place(world.seller, "SELL", 10, "31.00", client_order_id="secret-plan")
    filled = await world.trade(3)
    async with world.stack.client(world.seller.token) as client:
        agreement = await client.agreements.propose(
            counterparty=world.buyer.id,
            side="SELL",
            kind="PRE_ISSUANCE",
            family="FORESTRY_CCER",
            project="P2",
            quantity=18_000,
            total="1000000.00",
        )
    async with world.stack.client(world.buyer.token) as client:
        withdrawal = await client.cash.withdraw("1.00", "account-1")
        key = (await client.keys.make("another", ["READ"])).id
    return {
        **{name: life[name] for name in ("use", "release", "request", "encumbrance", "reversal")},
        "order": resting.order.id,
        "filled": filled.order.id,
        "agreement": agreement.id,
        "proposal": withdrawal.id,
        "key": key,
        "person": world.buyer.person,
        "participant": world.buyer.id,
        "lot": world.lot,
    }


AFFIRM = {"quantity": 18_000, "total": "1000000.00"}
AMEND = {"price": "30.50"}

REQUESTS: list[tuple[str, str, str, Any]] = [
    ("GET", "/v1/orders/{}", "order", None),
    ("GET", "/v1/orders/{}", "filled", None),
    ("DELETE", "/v1/orders/{}", "order", None),
    ("PATCH", "/v1/orders/{}", "order", AMEND),
    ("GET", "/v1/agreements/{}", "agreement", None),
    ("POST", "/v1/agreements/{}/affirm", "agreement", AFFIRM),
    ("POST", "/v1/agreements/{}/decline", "agreement", {}),
    ("GET", "/v1/proposals/{}", "proposal", None),
    ("POST", "/v1/proposals/{}/reject", "proposal", {"reason": "no"}),
    ("GET", "/v1/participants/{}", "participant", None),
    ("GET", "/v1/lots/{}", "lot", None),
    ("DELETE", "/v1/keys/{}", "key", None),
    ("GET", "/v1/lots/{}/parcels", "lot", None),
    ("GET", "/v1/uses/{}", "use", None),
    ("GET", "/v1/uses/{}/certificate", "use", None),
    ("GET", "/v1/releases/{}", "release", None),
    ("POST", "/v1/releases/{}/call-off", "release", None),
    ("GET", "/v1/registry/requests/{}", "request", None),
    ("GET", "/v1/encumbrances/{}", "encumbrance", None),
    ("GET", "/v1/reversals/{}", "reversal", None),
]


def visible(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything that a client sees of an answer, but the request's own number and what is left of its rate limit."""
    headers = [(name, value) for name, value in answer.headers.items() if name not in ("x-request-id", "ratelimit")]
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize(("method", "path", "thing", "body"), REQUESTS)
async def test_anothers_thing_answers_like_none_at_all(
    method: str, path: str, thing: str, body: Any, world: World, others: dict[str, str]
) -> None:
    prefix = others[thing].partition("-")[0]
    token = world.stranger.token
    names = (others[thing], f"{prefix}-999999", f"{prefix}-0", "nothing", "%00", "%F0%9F", "ord-1\u0661", "a" * 500)
    answers = [await world.stack.ask(method, path.format(name), token, body) for name in names]
    assert {answer.status_code for answer in answers} == {404}
    assert len({repr(visible(answer)) for answer in answers}) == 1


@pytest.mark.parametrize(
    "path",
    ["/v1/orders?status=open", "/v1/orders?status=all", "/v1/trades", "/v1/agreements", "/v1/lots", "/v1/issuances",
     "/v1/proposals?status=OPEN", "/v1/holdings", "/v1/orders?client_order_id=secret-plan", "/v1/uses",
     "/v1/releases", "/v1/registry/requests", "/v1/encumbrances", "/v1/reversals"],
)  # fmt: skip
async def test_lists_have_nothing_of_others(path: str, world: World, others: dict[str, str]) -> None:
    assert others
    assert (await world.stack.get(path, world.stranger.token)).json()["items"] == []


async def test_a_trader_sees_the_own_firm_alone(world: World) -> None:
    shown = (await world.stack.get("/v1/participants", world.stranger.token)).json()["items"]
    assert [firm["id"] for firm in shown] == [world.stranger.id]


async def test_a_trader_sees_the_own_colleagues_alone_and_staff_everybody(world: World) -> None:
    shown = (await world.stack.get("/v1/persons", world.stranger.token)).json()["items"]
    assert [person["id"] for person in shown] == [world.stranger.person]
    everybody = (await world.stack.get("/v1/persons", world.stack.staff["AUDITOR"])).json()["items"]
    assert {world.buyer.person, world.seller.person, world.stranger.person} < {person["id"] for person in everybody}


async def test_everybody_can_ask_who_they_are(world: World) -> None:
    me = (await world.stack.get("/v1/me", world.stranger.token)).json()
    assert (me["id"], me["participant"], me["role"]) == (world.stranger.person, world.stranger.id, "TRADER")
    assert me["key"] == world.stranger.token.partition(".")[0]
    assert me["scopes"] == ["READ", "TRADE", "FUNDS", "MANAGE"]


async def test_the_feed_has_nothing_of_others(world: World, others: dict[str, str]) -> None:
    shown = (await world.stack.get("/v1/events", world.stranger.token)).json()["items"]
    let_in = {"ParticipantAdmitted", "ActionProposed", "ActionApproved", "PersonRegistered", "KeyRegistered"}
    assert {item["type"] for item in shown} == let_in | {"Rejected"}
    named = {key: value for item in shown if item["type"] == "Rejected" for key, value in item.items()}
    assert named["person"] == world.stranger.person  # what it asked for itself, and no other refusals
    text = str([item for item in shown if item["type"] != "Rejected"])
    assert not any(other in text for other in others.values())


async def test_a_party_sees_its_own_side_of_a_trade_and_no_other(world: World, others: dict[str, str]) -> None:
    trades = (await world.stack.get("/v1/trades", world.buyer.token)).json()["items"]
    assert trades[0]["counterparty"] == "SELLER" and trades[0]["order"] == others["filled"]
    feed = (await world.stack.get("/v1/events", world.buyer.token)).json()["items"]
    traded = next(item for item in feed if item["type"] == "Traded")
    for document in (trades[0], traded):
        text = str(document)
        assert world.seller.id not in text
        assert "sell_order" not in text and "sell_fee" not in text


async def test_nobody_can_use_anothers_lot_or_firm(world: World) -> None:
    order = {"instrument": world.instrument, "side": "SELL", "quantity": 1, "price": "30"}
    lot = {"type": "LOT_ADMISSION", "issuance": world.issuance, "serial_lo": 1, "serial_hi": 2, "lock_reference": "x"}
    pairs = [
        ("/v1/orders", {**order, "lots": [world.lot]}, {**order, "lots": ["lot-999999"]}, 404),
        (
            "/v1/proposals",
            {"action": {**lot, "owner": world.buyer.id}},
            {"action": {**lot, "owner": "par-999999"}},
            403,
        ),
    ]
    for path, theirs, nobodys, status in pairs:
        first = await world.stack.ask("POST", path, world.stranger.token, theirs)
        second = await world.stack.ask("POST", path, world.stranger.token, nobodys)
        assert first.status_code == second.status_code == status
        # What is refused with 403 says at which entry; that is the next one, whatever was named.
        documents = [{**answer.json(), "as_of_seq": None} for answer in (first, second)]
        assert documents[0] == documents[1] and (status != 404 or visible(first) == visible(second))


async def test_the_evidence_of_a_lock_is_its_proposers_until_it_was_entered_again(stack: Stack, world: World) -> None:
    lot = {"type": "LOT_ADMISSION", "issuance": world.issuance, "owner": world.seller.id, "serial_lo": 10_000}
    action = {"action": {**lot, "serial_hi": 10_001, "lock_reference": "READ-IT-YOURSELF"}}
    refused = await stack.ask("POST", "/v1/proposals", stack.staff["OPERATOR"], action)
    assert refused.json()["code"] == "SERIALS_OVERLAP"
    next_one = issuance_of(world.project, serial_lo=20_000, serial_hi=20_001)
    action_of_it = {"action": {"type": "ISSUANCE", **next_one}}
    issued = await stack.ask("POST", "/v1/proposals", stack.staff["OPERATOR"], action_of_it)
    approval = {"action_hash": issued.json()["action_hash"]}
    path = f"/v1/proposals/{issued.json()['id']}/approve"
    issuance = (await stack.ask("POST", path, stack.staff["SECOND"], approval)).json()["created"]
    action["action"].update(issuance=issuance, serial_lo=20_000, serial_hi=20_001)
    made = (await stack.ask("POST", "/v1/proposals", stack.staff["OPERATOR"], action)).json()
    assert made["action"]["lock_reference"] == "READ-IT-YOURSELF"
    path = f"/v1/proposals/{made['id']}"
    for name, shown in (("OPERATOR", "READ-IT-YOURSELF"), ("SECOND", None), ("AUDITOR", None)):
        assert (await stack.get(path, stack.staff[name])).json()["action"]["lock_reference"] == shown
    wrong = await stack.ask(
        "POST", f"{path}/approve", stack.staff["SECOND"], {"action_hash": made["action_hash"], "evidence": "a guess"}
    )
    assert wrong.json()["code"] == "EVIDENCE_MISMATCH" and "READ" not in wrong.text
