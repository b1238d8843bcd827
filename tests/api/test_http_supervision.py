"""What supervisors see, and who sees that they did: trades, refusals, the venue's accounts, and the log of reads."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from exchange.access.authority import Audience
from exchange.api.operations import Read
from exchange.api.routes import OPERATIONS, name_of
from exchange.client.models import Agreement
from exchange.core.values import Seq, derived_id
from exchange.store.read_log import PostgresReadLog
from tests.api.stack import Stack, World, agreed, issuance_of, sink_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

READS = [operation for operation in OPERATIONS if isinstance(operation, Read)]


@pytest_asyncio.fixture(loop_scope="module", scope="module", autouse=True)
async def settled(world: World) -> Agreement:
    """A trade of the book, an agreed one whose price a tonne is no whole number of fen, then another of the book."""
    await world.trade(3, "30.00")
    await admit_sink(world)
    async with world.stack.client(world.seller.token) as seller, world.stack.client(world.buyer.token) as buyer:
        terms = {"side": "SELL", "kind": "SPOT", "family": "OTHER_SINK", "quantity": 7, "total": "1000.01"}
        proposed = await seller.agreements.propose(counterparty=world.buyer.id, **terms)  # type: ignore[arg-type]
        await buyer.agreements.affirm(proposed.id, 7, "1000.01")
        declined = await seller.agreements.propose(counterparty=world.buyer.id, **terms)  # type: ignore[arg-type]
        await buyer.agreements.decline(declined.id)
        await seller.agreements.propose(counterparty=world.buyer.id, **terms)  # type: ignore[arg-type]
    async with world.stack.client(world.stack.staff["OPERATOR"]) as operator:
        confirmed = await operator.agreements.confirm(proposed.id)
    await world.trade(2, "31.00")
    return confirmed


async def admit_sink(world: World) -> None:
    """A lot of the seller's that can be delivered under an agreement."""
    staff = world.stack.staff
    operator, second = world.stack.client(staff["OPERATOR"]), world.stack.client(staff["SECOND"])
    async with operator, second:
        project = await agreed(operator, second, "PROJECT", sink_of("SINK"))
        issuance = await agreed(operator, second, "ISSUANCE", issuance_of(project, space="SINK"))
        lot = {"issuance": issuance, "owner": world.seller.id, "serial_lo": 1, "serial_hi": 101}
        admitted = await operator.proposals.propose("LOT_ADMISSION", {**lot, "lock_reference": "LOCK-SINK"})
        await second.proposals.approve(admitted, "LOCK-SINK")


async def items(stack: Stack, path: str, token: str) -> list[dict[str, Any]]:
    """The first page of a list."""
    answer = await stack.get(path, token)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a CSV."""
    assert answer.headers["content-type"].startswith("text/csv"), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


# --- all trades ------------------------------------------------------------------------------------------------------


async def test_the_auditor_sees_trades_of_both_origins_in_one_list(
    stack: Stack, world: World, settled: Agreement
) -> None:
    first, agreed, last = await items(stack, "/v1/audit/trades", stack.staff["AUDITOR"])
    assert [trade["origin"] for trade in (first, agreed, last)] == ["BOOK", "AGREED", "BOOK"]
    assert (first["price"], first["value"], first["derived_price"]) == ("30.00", "90.00", None)
    assert (first["family"], first["project"]) == ("FORESTRY_CCER", "P1")
    assert (agreed["id"], agreed["price"], agreed["value"]) == (settled.id, None, "1000.01")
    assert (agreed["derived_price"], agreed["derived_price_exact"]) == ("142.86", False)
    assert (agreed["buyer_code"], agreed["seller_code"]) == ("BUYER", "SELLER")
    assert agreed["instrument"] is agreed["aggressor"] is agreed["buy_order"] is None
    assert agreed["day"] == last["day"] == first["day"]
    assert [trade["seq"] for trade in (first, agreed, last)] == sorted(trade["seq"] for trade in (first, agreed, last))


@pytest.mark.parametrize(
    ("query", "origins"),
    [("origin=BOOK", ["BOOK", "BOOK"]), ("origin=AGREED", ["AGREED"]), ("instrument={ins}", ["BOOK", "BOOK"]),
     ("participant={par}", ["BOOK", "AGREED", "BOOK"]), ("participant={ins_as_par}", []), ("until={at}", ["BOOK"]),
     ("since={at}", ["AGREED", "BOOK"]), ("since={at}&until={at}", [])],
)  # fmt: skip
async def test_trades_are_filtered(query: str, origins: list[str], stack: Stack, world: World) -> None:
    auditor = stack.staff["AUDITOR"]
    (agreed,) = await items(stack, "/v1/audit/trades?origin=AGREED", auditor)
    known = {"ins": world.instrument, "par": world.seller.id, "ins_as_par": world.stranger.id, "at": agreed["at"]}
    found = await items(stack, f"/v1/audit/trades?{query.format(**known)}", auditor)
    assert [trade["origin"] for trade in found] == origins


@pytest.mark.parametrize("name", ["trades", "orders", "agreements", "refusals", "reads"])
async def test_a_csv_is_its_list(name: str, stack: Stack) -> None:
    auditor = stack.staff["AUDITOR"]
    shown = await items(stack, f"/v1/audit/{name}?limit=1000", auditor)
    rows = table(await stack.get(f"/v1/audit/{name}?format=csv", auditor))
    assert len(rows) == len(shown) + 2 * (name == "reads")  # to read the list is a read itself, and so is the download
    for row, item in zip(rows, shown, strict=False):
        if name == "reads" and item["complete"] is None:
            # An earlier download was still being noted when the list was shown; how it ended stands in the file alone.
            item |= {"rows": row["rows"], "complete": row["complete"]}
        spelt = {None: "", True: "true", False: "false"}
        assert row == {key: spelt[value] if value in (None, True, False) and value.__class__ is not int else str(value)
                       for key, value in item.items()}  # fmt: skip
        assert list(row) == list(rows[0])


@pytest.mark.parametrize("name", ["trades", "orders", "agreements", "refusals", "reads"])
@pytest.mark.parametrize("parameter", ["limit=5", "limit=100", "cursor=AAAA"])
async def test_a_download_takes_no_pages(name: str, parameter: str, stack: Stack) -> None:
    for asked, accept in ((f"format=csv&{parameter}", "*/*"), (parameter, "text/csv")):
        answer = await stack.get(f"/v1/audit/{name}?{asked}", stack.staff["AUDITOR"], accept=accept)
        assert answer.status_code == 422
        pointer = f"query/{parameter.partition('=')[0]}"
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, "NOT_WITH_CSV")


async def test_agreements_come_in_all_their_states(stack: Stack, settled: Agreement) -> None:
    auditor = stack.staff["AUDITOR"]
    done, declined, open_one = await items(stack, "/v1/audit/agreements", auditor)
    assert [agreement["status"] for agreement in (done, declined, open_one)] == ["SETTLED", "ENDED", "PROPOSED"]
    assert (done["id"], done["buyer_code"], done["seller_code"]) == (settled.id, "BUYER", "SELLER")
    assert done["transaction"] is not None and done["buy_fee"] == "0.00"
    assert declined["transaction"] is declined["buy_fee"] is None
    assert (declined["ended_by"], open_one["affirmed_by"]) == (done["affirmed_by"], None)
    assert await items(stack, "/v1/audit/agreements?status=PROPOSED", auditor) == [open_one]


# --- refusals --------------------------------------------------------------------------------------------------------


async def test_a_refusal_is_in_the_feed_of_the_one_who_was_refused(stack: Stack, world: World) -> None:
    order = {
        "instrument": world.instrument,
        "side": "BUY",
        "quantity": 1,
        "price": "99.00",
        "client_order_id": "d-7",
    }
    headers = {"idempotency-key": "refused-1"}
    refused = (await stack.ask("POST", "/v1/orders", world.stranger.token, order, headers=headers)).json()
    assert refused["code"] == "PRICE_OUTSIDE_BAND"
    shown = (await items(stack, f"/v1/events?after_seq={refused['as_of_seq'] - 1}", world.stranger.token))[0]
    assert shown.pop("at")
    assert shown == {
        "seq": refused["as_of_seq"],
        "n": 0,
        "type": "Rejected",
        "code": "PRICE_OUTSIDE_BAND",
        "command": "PlaceOrder",
        "person": world.stranger.person,
        "idempotency_key": "refused-1",
        "instrument": world.instrument,
        "client_order_id": "d-7",
    }
    for firm in (world.buyer, world.seller):
        feed = await items(stack, f"/v1/events?after_seq={refused['as_of_seq'] - 1}", firm.token)
        assert refused["as_of_seq"] not in [item["seq"] for item in feed]


async def test_who_is_named_in_a_refused_command_does_not_learn_of_it(stack: Stack, world: World) -> None:
    terms = {"side": "SELL", "kind": "SPOT", "family": "OTHER_SINK", "quantity": 7, "total": "5.00"}
    body = {"counterparty": world.buyer.id, **terms}
    refused = (await stack.ask("POST", "/v1/agreements", world.stranger.token, body)).json()
    assert refused["code"] == "INSUFFICIENT_TONNES"
    after = f"/v1/events?after_seq={refused['as_of_seq'] - 1}"
    assert await items(stack, after, world.buyer.token) == []
    assert [item["command"] for item in await items(stack, after, world.stranger.token)] == ["ProposeAgreement"]


async def test_a_name_that_names_nothing_is_not_shown_as_one(stack: Stack, world: World) -> None:
    seq = (await stack.get("/v1/status")).json()["as_of_seq"]
    assert (await stack.ask("DELETE", "/v1/orders/nonsense", world.stranger.token)).status_code == 404
    (shown,) = await items(stack, f"/v1/events?after_seq={seq}", world.stranger.token)
    assert (shown["command"], shown["code"], shown["order"]) == ("CancelOrder", "ORDER_NOT_FOUND", None)


async def test_staff_see_their_own_refusals_and_nothing_else_in_their_feed(stack: Stack, world: World) -> None:
    second, operator = stack.staff["SECOND"], stack.staff["OPERATOR"]
    body = {"participant": "par-999999", "amount": "5.00", "bank_reference": "no-such-firm"}
    assert (await stack.ask("POST", "/v1/deposits", second, body)).json()["code"] == "PARTICIPANT_NOT_FOUND"
    shown = await items(stack, "/v1/events", second)
    assert [(item["type"], item["command"]) for item in shown] == [("Rejected", "DepositCash")]
    assert await items(stack, "/v1/events", operator) == []


async def test_the_auditor_sees_every_refusal_without_what_was_asked(stack: Stack, world: World) -> None:
    auditor = stack.staff["AUDITOR"]
    secret = {"action": {"type": "WITHDRAWAL", "amount": "9999.00", "bank_account": "6222-very-private"}}
    refused = await stack.ask("POST", "/v1/proposals", world.stranger.token, secret)
    assert refused.json()["code"] == "INSUFFICIENT_CASH"
    found = await items(stack, "/v1/audit/refusals", auditor)
    last = found[-1]
    assert (last["command"], last["code"]) == ("Propose WithdrawCash", "INSUFFICIENT_CASH")
    assert (last["participant"], last["participant_code"]) == (world.stranger.id, "STRANGER")
    assert (last["person"], last["role"]) == (world.stranger.person, "TRADER")
    assert last["key"] == world.stranger.token.partition(".")[0]
    by_staff = next(item for item in found if item["command"] == "DepositCash")
    assert (by_staff["participant"], by_staff["role"]) == (None, "OPERATOR")
    assert "6222" not in str(found)
    for query, expected in (
        (f"participant={world.stranger.id}", [item for item in found if item["participant"] == world.stranger.id]),
        (f"person={by_staff['person']}", [by_staff]),
        ("code=INSUFFICIENT_CASH", [last]),
        (f"participant={world.buyer.id}", []),
    ):
        assert await items(stack, f"/v1/audit/refusals?{query}", auditor) == expected, query


# --- who reads -------------------------------------------------------------------------------------------------------


async def logged(stack: Stack) -> list[dict[str, Any]]:
    """The log of reads as the regulator reads it, without that reading."""
    return await items(stack, "/v1/audit/reads?limit=1000", stack.staff["REGULATOR"])


def address(operation: Read, world: World) -> str:
    known = {"instrument": world.instrument, "participant": world.seller.id, "lot": world.lot, "owner": "BANK",
             "proposal": world.proposal}  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], "none-1"), operation.path)


@pytest.mark.parametrize("operation", READS, ids=name_of)
@pytest.mark.parametrize("role", ["OPERATOR", "AUDITOR"])
async def test_a_read_of_others_by_staff_is_written_down_and_no_other(
    operation: Read, role: str, stack: Stack, world: World
) -> None:
    before = len(await logged(stack))
    answer = await stack.get(address(operation, world), stack.staff[role])
    after = await logged(stack)
    shown = answer.status_code == 200 and operation.audience is not Audience.PUBLIC and not operation.own
    assert len(after) == before + 1 + shown  # one is the reading of the log itself
    if shown:
        read = after[-1]
        rows = answer.json().get("items", [None])
        assert (read["operation"], read["rows"], read["complete"]) == (operation.path, len(rows), True)
        assert (read["role"], read["key"]) == (role, stack.staff[role].partition(".")[0])
        assert read["seq"] == answer.json()["as_of_seq"]


async def test_what_staff_may_read_of_others_is_never_called_their_own() -> None:
    assert [read.path for read in READS if read.own] == ["/v1/cancel-after", "/v1/events", "/v1/me", "/v1/keys"]


async def test_a_read_says_what_was_asked(stack: Stack, world: World) -> None:
    await stack.get(f"/v1/audit/ledger/{world.buyer.id}?asset=CNY&limit=2", stack.staff["AUDITOR"])
    read = (await logged(stack))[-1]
    assert (read["operation"], read["asked"]) == (
        "/v1/audit/ledger/{owner}",
        f"owner={world.buyer.id}&asset=CNY&limit=2",
    )


async def test_a_download_is_written_down_when_it_begins_and_again_when_it_ends(stack: Stack) -> None:
    rows = table(await stack.get("/v1/audit/orders?format=csv", stack.staff["AUDITOR"]))
    download: dict[str, Any] = {"complete": None}
    while download["complete"] is None:  # its end is written in the background
        download = [read for read in await logged(stack) if read["form"] == "csv"][-1]
    assert (download["operation"], download["rows"], download["complete"]) == ("/v1/audit/orders", len(rows), True)


async def test_what_a_firm_reads_of_itself_is_not_written_down(stack: Stack, world: World) -> None:
    before = len(await logged(stack))
    for name in ("orders?status=all", "trades", "account", "agreements", "participants", "lots", "events"):
        assert (await stack.get(f"/v1/{name}", world.buyer.token)).status_code == 200
    assert len(await logged(stack)) == before + 1


async def test_operators_do_not_read_who_reads(stack: Stack, world: World) -> None:
    for token in (stack.staff["OPERATOR"], world.buyer.token):
        assert (await stack.get("/v1/audit/reads", token)).json()["code"] == "NOT_AUTHORISED"
    assert (await stack.get("/v1/audit/reads")).status_code == 401


@pytest.mark.parametrize(
    "path", ["/v1/audit/trades", "/v1/audit/trades?format=csv", "/v1/participants", "/v1/proposals"]
)
async def test_what_cannot_be_written_down_is_not_shown(
    path: str, stack: Stack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> int:
        raise ConnectionError("the disk is full")

    monkeypatch.setattr(PostgresReadLog, "begun", away)
    answer = await stack.get(path, stack.staff["AUDITOR"])
    assert (answer.status_code, answer.json()["code"]) == (503, "HISTORY_UNAVAILABLE")
    assert "SELLER" not in answer.text
    assert (await stack.get("/v1/participants", world.seller.token)).status_code == 200
    monkeypatch.undo()
    assert (await stack.get(path, stack.staff["AUDITOR"])).status_code == 200


@pytest.mark.parametrize("form", ["json", "csv"])
async def test_a_forged_read_of_nobody_spoils_nothing(stack: Stack, form: str) -> None:
    """Whoever has the service's password can put such a row in, of a person and a state that are not there."""
    connection = await asyncpg.connect(stack.urls.service)
    await connection.execute(
        "INSERT INTO reads (at_us, person_id, key_id, operation, asked, form, row_count, as_of_seq) "
        "VALUES (1, $1, $1, '/v1/orders', '', 'json', 1, 1000000000)",
        derived_id(Seq(777)),
    )
    await connection.close()
    answer = await stack.get(f"/v1/audit/reads?until=1970-01-02T00:00:00Z&format={form}", stack.staff["REGULATOR"])
    assert answer.status_code == 200, answer.text
    rows = answer.json()["items"] if form == "json" else list(csv.DictReader(io.StringIO(answer.text)))
    row = {name: rows[0][name] or "" for name in ("person", "person_name", "role", "key")}
    assert row == {"person": "per-777", "person_name": "", "role": "", "key": "key-777"}


async def test_reads_are_filtered_by_person_and_time(stack: Stack) -> None:
    whole = await logged(stack)
    auditors = [read for read in whole if read["role"] == "AUDITOR"]
    regulator = stack.staff["REGULATOR"]
    found = await items(stack, f"/v1/audit/reads?limit=1000&person={auditors[0]['person']}", regulator)
    assert found == auditors
    middle = whole[5]["at"]
    found = await items(stack, f"/v1/audit/reads?limit=1000&until={middle}", regulator)
    assert found == [read for read in whole if read["at"] < middle]


# --- the venue itself ------------------------------------------------------------------------------------------------


async def test_staff_see_what_the_bank_must_show(stack: Stack, world: World) -> None:
    accounts = (await stack.get("/v1/venue/accounts", stack.staff["OPERATOR"])).json()
    bank, clearing, fees = accounts["items"]
    assert [account["account"] for account in accounts["items"]] == ["BANK", "CLEARING", "FEES"]
    assert bank["balance"] == bank["debits_posted"] == accounts["participants"] == "1000000.00"
    assert (fees["balance"], clearing["balance"]) == ("0.00", "0.00")
    assert accounts["agrees"] is True
    owned = [Decimal((await stack.get("/v1/account", firm.token)).json()["balance"]) for firm in
             (world.seller, world.buyer, world.stranger)]  # fmt: skip
    assert sum(owned) == Decimal(accounts["participants"])
    assert (await stack.get("/v1/venue/accounts", world.buyer.token)).json()["code"] == "NOT_AUTHORISED"


async def test_a_halt_says_whose_it_is_and_why(stack: Stack, world: World) -> None:
    operator, second = stack.staff["OPERATOR"], stack.staff["SECOND"]

    async def shown() -> tuple[bool, str | None, list[tuple[str, str]]]:
        found = (await stack.get(f"/v1/instruments/{world.instrument}")).json()
        return found["halted"], found["halt_reason"], [(halt["scope"], halt["reason"]) for halt in found["halts"]]

    async def lift(instrument: str | None) -> None:
        action = {"action": {"type": "RESUME", **({"instrument": instrument} if instrument else {})}}
        made = (await stack.ask("POST", "/v1/proposals", operator, action)).json()
        approval = {"action_hash": made["action_hash"]}
        done = await stack.ask("POST", f"/v1/proposals/{made['id']}/approve", second, approval)
        assert done.status_code == 200, done.text

    assert await shown() == (False, None, [])
    await stack.ask("POST", f"/v1/instruments/{world.instrument}/halt", operator, {"reason": "odd prices"})
    assert await shown() == (True, "odd prices", [("INSTRUMENT", "odd prices")])
    await stack.ask("POST", "/v1/market/halt", operator, {"reason": "power cut"})
    assert await shown() == (True, "power cut", [("MARKET", "power cut"), ("INSTRUMENT", "odd prices")])
    await lift(world.instrument)
    assert await shown() == (True, "power cut", [("MARKET", "power cut")])
    await lift(None)
    assert await shown() == (False, None, [])


async def test_the_member_list_is_public_and_says_names_only(stack: Stack, world: World) -> None:
    found = (await stack.get("/v1/members")).json()["items"]
    assert [member["code"] for member in found] == ["SELLER", "BUYER", "STRANGER"]
    assert found[0] == {"id": world.seller.id, "code": "SELLER", "name_en": "SELLER", "name_zh": "呼伦贝尔林业集团"}
    terms = {"side": "BUY", "kind": "PRE_ISSUANCE", "family": "FORESTRY_CCER", "quantity": 7, "total": "5.00"}
    answers = [
        (await stack.ask("POST", "/v1/agreements", world.stranger.token, {"counterparty": firm, **terms})).json()
        for firm in (found[0]["id"], "par-999999")
    ]
    assert [answer.get("code") for answer in answers] == [None, "PARTICIPANT_NOT_FOUND"]
