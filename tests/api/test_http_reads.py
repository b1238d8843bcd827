"""Reads: what they wait for, how they are cut into pages, in which form they come, and that they agree."""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
from typing import Any

import pytest
import pytest_asyncio

from exchange.api.field_texts import FIELD_TEXTS
from exchange.api.list_headings import list_headings
from exchange.core.codec import decode_command, encode_command
from exchange.sequencer.journal import GENESIS_HEAD, decode_leaf, next_head
from tests.api.stack import Stack, World, agreed, issuance_of, make_firm, project_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHARED = ("id", "instrument", "seq", "price", "quantity", "aggressor", "at", "day")
"""What the tape and the auditor's list say of a trade under the same names."""


@pytest_asyncio.fixture(loop_scope="module", scope="module", autouse=True)
async def traded(world: World) -> None:
    """Seven trades, some orders that rest, and one whose own id looks like a formula."""
    for quantity in range(1, 8):
        await world.trade(quantity)
    await world.place(world.buyer, "BUY", 5, "28.00", client_order_id="=HYPERLINK(1)")
    await world.place(world.seller, "SELL", 5, "32.00")


async def every(stack: Stack, path: str, token: str | None, limit: int) -> list[dict[str, Any]]:
    """All items, page after page."""
    items: list[dict[str, Any]] = []
    cursor, joint = "", "&" if "?" in path else "?"
    while True:
        page = (await stack.get(f"{path}{joint}limit={limit}{cursor}", token)).json()
        assert len(page["items"]) <= limit
        items += page["items"]
        assert len(items) < 1_000, "the pages have no end"
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


def lists(world: World) -> dict[str, str | None]:
    """Every address that gives pages, with a key that may read it."""
    auditor = world.stack.staff["AUDITOR"]
    return {
        "/v1/orders?status=all": world.buyer.token,
        "/v1/orders?status=open": world.buyer.token,
        "/v1/orders?status=closed": world.buyer.token,
        "/v1/trades": world.buyer.token,
        "/v1/audit/trades": auditor,
        "/v1/audit/orders": auditor,
        f"/v1/audit/ledger/{world.buyer.id}": auditor,
        "/v1/audit/ledger/CLEARING": auditor,
        "/v1/audit/ledger/FEES": auditor,
        f"/v1/audit/ledger/{world.seller.id}?asset={world.lot}": auditor,
        f"/v1/audit/lots/{world.lot}/movements": auditor,
        "/v1/participants": auditor,
        "/v1/proposals": auditor,
        "/v1/issuances": auditor,
        "/v1/lots": auditor,
        "/v1/instruments": None,
        f"/v1/instruments/{world.instrument}/trades": None,
        "/v1/keys": world.buyer.token,
        "/v1/agreements": auditor,
    }


async def test_pages_put_together_are_the_whole_list(stack: Stack, world: World) -> None:
    for path, token in lists(world).items():
        whole = await every(stack, path, token, 1_000)
        for limit in (1, 2, 3):
            assert await every(stack, path, token, limit) == whole, path
        ids = [item["id"] for item in whole if "id" in item]
        assert len(set(ids)) == len(ids), path
    assert len(await every(stack, "/v1/audit/trades", stack.staff["AUDITOR"], 3)) == 7


async def test_a_cursor_is_good_for_its_own_list_only(stack: Stack, world: World) -> None:
    page = (await stack.get("/v1/audit/trades?limit=1", stack.staff["AUDITOR"])).json()
    for cursor in (page["next_cursor"], "AAAA", "djE6MQ=", "djE6", "djI6MQ", "djE6MDE", "djE6wrI", "_" * 200):
        for path, token in lists(world).items():
            if path == "/v1/audit/trades" and cursor == page["next_cursor"]:
                continue
            if cursor == page["next_cursor"] and ("trades" in path):
                continue
            joint = "&" if "?" in path else "?"
            answer = await stack.get(f"{path}{joint}cursor={cursor}", token)
            assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION"), (path, cursor)
            assert answer.json()["errors"] == [
                {"pointer": "query/cursor", "code": "CURSOR", "detail": FIELD_TEXTS["CURSOR"].en}
            ]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("limit=0", "query/limit", "NUMBER"),
        ("limit=1001", "query/limit", "NUMBER"),
        ("limit=1e2", "query/limit", "NUMBER"),
        ("limit=%EF%BC%91", "query/limit", "NUMBER"),
        ("limit=1&limit=2", "query/limit", "GIVEN_TWICE"),
        ("limit=1&side=BUY&side=BUY", "query/side", "GIVEN_TWICE"),
        ("a%2Fb=1&a%2Fb=2", "query", "GIVEN_TWICE"),
        ("limit", "query", "NOT_READABLE"),
        ("min_seq=-1", "query/min_seq", "NUMBER"),
        ("status=opened", "query/status", "NOT_ONE_OF"),
        ("offset=5", "query/offset", "UNKNOWN_FIELD"),
        ("status=all&client_order_id=a%20b", "query/client_order_id", "CLIENT_ORDER_ID"),
        ("side=both", "query/side", "NOT_ONE_OF"),
        ("day=2026-02-30", "query/day", "DAY"),
        ("since=yesterday", "query/since", "TIME"),
    ],
)
async def test_a_wrong_query_is_named(query: str, pointer: str, code: str, stack: Stack, world: World) -> None:
    answer = await stack.get(f"/v1/orders?{query}", world.buyer.token)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert error["detail"].startswith(FIELD_TEXTS[code].en)


async def test_a_read_waits_for_the_entry_that_it_asks_for(
    stack: Stack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = (await stack.get("/v1/status")).json()["as_of_seq"]
    monkeypatch.setattr(type(stack.sequencer), "decided", property(lambda _: seq + 1))  # and on its way to the disk
    waiting = asyncio.ensure_future(stack.get(f"/v1/account?min_seq={seq + 1}", world.seller.token))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await world.place(world.seller, "SELL", 1, "32.00")
    assert (await waiting).json()["as_of_seq"] >= seq + 1


@pytest.mark.parametrize("ahead", [1, 1_000, 1_001, 10**18])
async def test_an_entry_that_nobody_has_decided_is_the_clients_mistake(
    ahead: int, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.api.pipeline.LONGEST_WAIT", 0.01)
    answer = await stack.get(f"/v1/status?min_seq={stack.sequencer.decided + ahead}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "query/min_seq", "code": "NO_SUCH_ENTRY_YET", "detail": FIELD_TEXTS["NO_SUCH_ENTRY_YET"].en}
    ]


async def test_every_answer_says_up_to_where_it_is_true(stack: Stack, world: World) -> None:
    seq = stack.sequencer.view.seq
    for path, token in lists(world).items():
        assert (await stack.get(path, token)).json()["as_of_seq"] == seq


async def test_the_csv_is_the_list(stack: Stack) -> None:
    auditor = stack.staff["AUDITOR"]
    for name in ("trades", "orders"):
        items = await every(stack, f"/v1/audit/{name}", auditor, 1_000)
        for answer in (
            await stack.get(f"/v1/audit/{name}?format=csv", auditor),
            await stack.get(f"/v1/audit/{name}", auditor, accept="text/csv"),
        ):
            assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
            rows = list(csv.DictReader(io.StringIO(answer.text)))
            assert [row["id"] for row in rows] == [item["id"] for item in items]
            assert set(rows[0]) == set(items[0])
            for row, item in zip(rows, items, strict=True):
                assert row["quantity"] == str(item["quantity"]) and row["price"] == item["price"]
        for_excel = await stack.get(f"/v1/audit/{name}?format=csv-bom", auditor)
        assert for_excel.content == codecs.BOM_UTF8 + answer.content
        chinese = await stack.get(f"/v1/audit/{name}?format=csv-bom", auditor, accept_language="zh")
        heads, _, below = chinese.content.removeprefix(codecs.BOM_UTF8).partition(b"\r\n")
        assert heads.decode().split(",") == list_headings(answer.text.partition("\r\n")[0].split(","), "zh")
        assert below == answer.content.partition(b"\r\n")[2]
    text = (await stack.get("/v1/audit/orders?format=csv", auditor)).text
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text


async def test_only_so_many_downloads_run_at_once_and_their_places_are_given_back(stack: Stack) -> None:
    auditor = stack.staff["AUDITOR"]
    answers = await asyncio.gather(*(stack.get("/v1/audit/trades?format=csv", auditor) for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert sum(answer.status_code == 200 for answer in answers) >= 2
    assert (await stack.get("/v1/audit/trades?format=csv", auditor)).status_code == 200


async def test_the_auditor_filters_by_time_instrument_and_participant(stack: Stack, world: World) -> None:
    auditor = stack.staff["AUDITOR"]
    trades = await every(stack, "/v1/audit/trades", auditor, 1_000)
    middle = trades[3]["at"]

    async def count(query: str) -> int:
        return len(await every(stack, f"/v1/audit/trades?{query}", auditor, 1_000))

    assert await count(f"since={middle}") == 4
    assert await count(f"until={middle}") == 3
    assert await count(f"since={middle}&until={middle}") == 0
    assert await count(f"participant={world.buyer.id}") == 7
    assert await count(f"participant={world.stranger.id}") == 0
    assert await count(f"instrument={world.instrument}") == 7
    assert await count("instrument=ins-999999") == 0
    refused = await stack.get("/v1/audit/trades?participant=nonsense", auditor)
    detail = FIELD_TEXTS["ID"].en + " It looks like this: par-17."
    assert refused.json()["errors"] == [{"pointer": "query/participant", "code": "ID", "detail": detail}]
    filled = await every(stack, "/v1/audit/orders?status=FILLED", auditor, 1_000)
    assert len(filled) == 14 and {order["status"] for order in filled} == {"FILLED"}
    refused = await stack.get("/v1/audit/trades?since=yesterday", auditor)
    assert refused.json()["errors"] == [{"pointer": "query/since", "code": "TIME", "detail": FIELD_TEXTS["TIME"].en}]


async def test_the_tape_is_the_auditors_trades_without_the_parties(stack: Stack, world: World) -> None:
    tape = await every(stack, f"/v1/instruments/{world.instrument}/trades", None, 1_000)
    trades = await every(stack, "/v1/audit/trades", stack.staff["AUDITOR"], 1_000)
    assert [item["id"] for item in tape] == [trade["id"] for trade in reversed(trades)]
    assert set(tape[0]) == {"trade_no", "id", "instrument", "seq", "price", "quantity", "aggressor", "at", "day"}
    assert all(trade[name] == item[name] for trade, item in zip(reversed(trades), tape, strict=True) for name in SHARED)
    for limit in (1, 2, 3):
        pages = await every(stack, f"/v1/instruments/{world.instrument}/trades", None, limit)
        assert pages == tape
    assert [item["trade_no"] for item in tape] == list(range(len(tape), 0, -1))


@pytest.mark.parametrize(("items", "size"), [(2_000, 512 * 1024), (1, 512 * 1024), (2_000, 1)])
async def test_the_feed_has_no_gaps_and_no_doubles_however_it_is_cut(
    items: int, size: int, stack: Stack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (await stack.get("/v1/events?limit=100", world.buyer.token)).json()
    monkeypatch.setattr("exchange.api.resources.feed.MOST_ITEMS", items)
    monkeypatch.setattr("exchange.api.resources.feed.MOST_BYTES", size)
    for limit in (1, 2, 7, 100):
        shown: list[dict[str, Any]] = []
        after = 0
        while True:
            page = (await stack.get(f"/v1/events?after_seq={after}&limit={limit}", world.buyer.token)).json()
            shown += page["items"]
            if not page["items"]:
                break
            assert page["next_after_seq"] > after
            after = page["next_after_seq"]
        assert shown == whole["items"]
    seqs = [(item["seq"], item["n"]) for item in whole["items"]]
    assert seqs == sorted(set(seqs))
    assert whole["next_after_seq"] == whole["as_of_seq"]
    bought = sum(item["quantity"] for item in whole["items"] if item["type"] == "Traded")
    assert bought == sum(range(1, 8))


@pytest.mark.parametrize("name", ["buyer", "seller"])
async def test_the_feed_adds_up_to_the_account(name: str, stack: Stack, world: World) -> None:
    """A reader who has only the feed knows the balance: posted money in, posted money out, what is held."""
    firm = world.buyer if name == "buyer" else world.seller
    items = (await stack.get("/v1/events?limit=100", firm.token)).json()["items"]
    shown = sum(len(item["postings"]) for item in items if item["type"] == "Booked")
    assert shown == len(await every(stack, f"/v1/audit/ledger/{firm.id}", stack.staff["AUDITOR"], 1_000))
    posted = held = 0
    for item in items:
        for posting in item.get("postings", ()) if item["type"] == "Booked" else ():
            if posting["asset"] != "CNY":
                continue
            fen = int(posting["amount"].replace(".", ""))
            sign = -1 if posting["direction"] == "DEBIT" else 1
            if posting["layer"] == "POST":
                posted += sign * fen
            else:
                held += fen if posting["layer"] == "HOLD" else -fen
    account = (await stack.get("/v1/account", firm.token)).json()
    assert posted == int(account["balance"].replace(".", ""))
    assert held == int(account["held"].replace(".", ""))


async def test_the_journal_can_be_checked_by_whoever_reads_it(stack: Stack) -> None:
    auditor = stack.staff["AUDITOR"]
    head, after = GENESIS_HEAD, 0
    while True:
        page = (await stack.get(f"/v1/audit/journal?after_seq={after}&limit=7", auditor)).json()
        for item in page["items"]:
            leaf = bytes.fromhex(item["leaf"])
            head = next_head(head, leaf)
            assert item["head"] == head.hex()
            decoded = decode_leaf(leaf)
            assert decoded.seq == item["seq"] == after + 1
            assert encode_command(decode_command(decoded.command)) == decoded.command
            after = item["seq"]
        if not page["items"]:
            break
    status = (await stack.get("/v1/status")).json()
    assert (status["head"], status["as_of_seq"]) == (head.hex(), after)


async def holder_of_lots(stack: Stack, count: int) -> tuple[str, list[str]]:
    """A new firm with so many lots: its trader's key, and the lots in the order of their admission."""
    operator, second = stack.client(stack.staff["OPERATOR"]), stack.client(stack.staff["SECOND"])
    async with operator, second:
        firm = await make_firm(operator, second, "HOLDER", "持有人")
        project = await agreed(operator, second, "PROJECT", project_of("PAGES"))
        issuance = await agreed(operator, second, "ISSUANCE", issuance_of(project, space="PAGES", serial_hi=1 + count))
        lots = []
        for serial in range(1, 1 + count):
            lot = {"issuance": issuance, "owner": firm.id, "serial_lo": serial, "serial_hi": serial + 1}
            reference = f"LOCK-PAGES-{serial}"
            admitted = await operator.proposals.propose("LOT_ADMISSION", {**lot, "lock_reference": reference})
            lots.append((await second.proposals.approve(admitted, reference)).created or "")
    return firm.token, lots


async def test_holdings_come_in_pages(stack: Stack) -> None:
    token, lots = await holder_of_lots(stack, 5)
    first = (await stack.get("/v1/holdings?limit=2", token)).json()
    assert [item["lot"] for item in first["items"]] == lots[:2] and first["next_cursor"]
    assert [item["lot"] for item in await every(stack, "/v1/holdings", token, 2)] == lots
    whole = (await stack.get("/v1/holdings?limit=5", token)).json()
    assert [item["lot"] for item in whole["items"]] == lots and whole["next_cursor"] is None
    assert (await stack.get("/v1/holdings?limit=1001", token)).status_code == 422
    assert (await stack.get("/v1/holdings?cursor=x", token)).status_code == 422


async def test_holdings_movements_and_ledger_agree(stack: Stack, world: World) -> None:
    holdings = {}
    for firm in (world.seller, world.buyer):
        (holding,) = (await stack.get("/v1/holdings", firm.token)).json()["items"]
        assert sum(parcel["quantity"] for parcel in holding["parcels"]) == holding["quantity"]
        assert holding["available"] == holding["quantity"] - holding["held"]
        holdings[firm.id] = holding["quantity"]
    assert sum(holdings.values()) == 10_000
    auditor = stack.staff["AUDITOR"]
    moved = await every(stack, f"/v1/audit/lots/{world.lot}/movements", auditor, 5)
    assert sum(item["quantity"] for item in moved if item["target"] == world.buyer.id) == holdings[world.buyer.id]
    assert (await stack.get(f"/v1/lots/{world.lot}", world.buyer.token)).json()["first_owner"] is None
    assert (await stack.get(f"/v1/lots/{world.lot}", world.seller.token)).json()["first_owner"] == world.seller.id


async def test_public_pages_need_no_key_and_say_nothing_of_anybody(stack: Stack, world: World) -> None:
    instrument = (await stack.get(f"/v1/instruments/{world.instrument}")).json()
    assert (instrument["last_price"], instrument["volume"], instrument["trades"]) == ("30.00", 28, 7)
    assert instrument["simulated"] is True
    book = (await stack.get(f"/v1/instruments/{world.instrument}/book?levels=1")).json()
    assert book["bids"] == [{"price": "28.00", "quantity": 5, "orders": 1}]
    rulebook = (await stack.get("/v1/rulebook")).json()
    assert "simulated" in rulebook["profile"] and rulebook["rules"]
    for path in ("/health", "/ready", "/metrics", "/docs", "/openapi.json", "/problems/INSUFFICIENT_CASH"):
        assert (await stack.get(path)).status_code == 200, path
    assert (await stack.get("/problems/NONE")).status_code == 404
    metrics = (await stack.get("/metrics")).text
    assert f"exchange_seq {float(stack.sequencer.view.seq)}" in metrics
    assert "exchange_view_lag_entries 0.0" in metrics
    assert 'route="/v1/orders"' in metrics and world.instrument not in metrics
