"""Every list is found through an index, however long the history behind it: asked of PostgreSQL's planner.

The rows are made up and many, so that reading a whole table would never be the planner's choice if it had another.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from exchange.core.commands.instruments import League
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import (
    EncumbranceId,
    InstrumentId,
    LotId,
    Micros,
    OrderId,
    ParticipantId,
    PersonId,
    RequestId,
    Seq,
    Side,
    derived_id,
)
from exchange.store.connecting import QUERIES
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.queries import (
    ENDED,
    WORKING,
    ClaimFilter,
    DealFilter,
    OrderFilter,
    Origin,
    PostgresHistory,
    ReadFilter,
    RefusalFilter,
    RequestFilter,
    TradeFilter,
)
from tests.support.database import fresh_database, unguarded

ENTRIES = 30_000
MANY = """
    INSERT INTO journal SELECT n, 1, n * 1000000, 'leaf', sha256('x'), 'events' FROM generate_series(1::bigint, {0}) n;
    INSERT INTO feed SELECT 1 + n % 50, n FROM generate_series(1::bigint, {0}) n;
    INSERT INTO postings SELECT n, 0, n * 1048577, CASE WHEN n % 100 = 0 THEN 1 ELSE 2 END,
        CASE WHEN n % 100 = 0 THEN -1 ELSE -4 END, 1 + n % 50, 0, 5 FROM generate_series(1::bigint, {0}) n;
    INSERT INTO trades SELECT n * 1048577, n, n * 1000000, 20260921, 1 + n % 20, 3000, 5, 1, n * 1048577 + 1,
        n * 1048577 + 2, 1 + n % 50, 1 + (n + 7) % 50, 0, 0 FROM generate_series(1::bigint, {0}) n;
    INSERT INTO order_changes SELECT n * 1048577, 1 + n % 50, n + 1 FROM generate_series(1::bigint, {0}) n;
    INSERT INTO orders SELECT n * 1048577, 1 + n % 50, 1, 1 + n % 20, 'desk-' || n, 1 + n % 2, 1, 2, 3000, 5,
        false, 1, 0, 5, 0, 15000, 0, 3, NULL, n, n, n * 1000000, n, n * 1000000 FROM generate_series(1::bigint, {0}) n;
    INSERT INTO movements SELECT n, 0, n * 1000000, n * 1048577, 1 + n % 300, 1, 2, 1, 5 FROM generate_series(1::bigint,
    {0}) n;
    INSERT INTO agreements SELECT n * 1048577, 1 + n % 50, 1 + (n + 7) % 50, 1 + n % 2, 1, 1, 'P', 5, 1000, 3, 1, NULL,
        n * 1048577 + 5, 0, 0, n, n * 1000000, n, n * 1000000 FROM generate_series(1::bigint, {0}) n;
    INSERT INTO refusals SELECT n, n * 1000000, 1 + n % 50, 1 + n % 70, 1, 'PlaceOrder', 301 + n % 12
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO reads (at_us, person_id, key_id, operation, asked, form, row_count, as_of_seq)
        SELECT n * 1000000, 1 + n % 50, 1, '/v1/audit/trades', '', 'json', 5, n FROM generate_series(1::bigint, {0}) n;
    INSERT INTO parcel_changes SELECT n, 0, n * 1000000, 1 + n % 300, 1 + n % 50, 1 + n * 10, 5 + n * 10, 1, 1, 1, 8, 7,
        n * 1048577 FROM generate_series(1::bigint, {0}) n;
    INSERT INTO registry_requests SELECT n * 1048577, 3, 1 + n % 300, 1 + n % 50, 1 + n * 10, 5 + n * 10, '',
        'V-req-' || n || '-0-00000000', n * 1048577 + 1, n, CASE WHEN n % 300 = 0 THEN 1 ELSE 4 END,
        '', '', n, n, n, n FROM generate_series(1::bigint, {0}) n;
    INSERT INTO registry_answers SELECT n, n, n * 1048577, 3, '', 2, 1 + n * 10, 5 + n * 10, '', '', 'm', n, 's', false
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO claims SELECT n * 1048577, n, 1 + n % 50, 1 + n % 6, 'a', 'b', 'c', 'c', 'P ' || n % 50, 'p' || n % 50,
        2025, '', 0, 0, '', 0, '', 1, 5, 5, 1000000, 5, NULL, 4, NULL, NULL, n, n, NULL, NULL, n, n
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO claim_ranges SELECT n * 1048577, 1 + n % 300, 1 + n * 10, 6 + n * 10, 3, n, n
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO releases SELECT n * 1048577, n, 1 + n % 50, 5, 'N-1', 5, NULL, NULL, 0, n, n, n, n
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO release_ranges SELECT n * 1048577, 1 + n % 300, 1 + n * 10, 6 + n * 10, 3, n, n
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO budget_entries SELECT n, 0, n, 1 + n % 12, 0, '', 2025, 5, n * 1048577
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO encumbrances SELECT n * 1048577, 1, NULL, 0, 1 + n % 300, 1, 5, 'case', 1, n, n, n, n, n
        FROM generate_series(1::bigint, {0}) n;
    INSERT INTO encumbered_ranges SELECT 1 + n % 300, n * 1048577, 1, 5, n FROM generate_series(1::bigint, {0}) n;
    ANALYZE;
"""

FIRM, INSTRUMENT, LOT = ParticipantId(7), InstrumentId(3), LotId(9)
EARLY, LATE = Micros(10_000 * 1_000_000), Micros(10_200 * 1_000_000)
ORDER = OrderId(derived_id(Seq(15_000)))
SERIALS = SerialRange(150_001, 160_001)

Question = Callable[[PostgresHistory], Awaitable[Any]]


async def _life(history: PostgresHistory) -> Any:
    """All that happened to an order, whose row is there already."""
    order = await history.order(ORDER)
    assert order is not None
    return await history.order_entries(replace(order, last_seq=Seq(25_000)), 100)


QUESTIONS: dict[str, Question] = {
    "newest trades": lambda h: h.trades(TradeFilter(), 100, descending=True),
    "trades of a time": lambda h: h.trades(TradeFilter(EARLY, LATE), 100),
    "trades of an instrument": lambda h: h.trades(TradeFilter(instrument=INSTRUMENT), 100, descending=True),
    "trades of a participant": lambda h: h.trades(TradeFilter(participant=FIRM), 100, descending=True),
    "purchases of a participant in a time": lambda h: h.trades(TradeFilter(EARLY, LATE, None, FIRM, Side.BUY), 100),
    "all trades": lambda h: h.deals(DealFilter(), 100),
    "all trades of a time": lambda h: h.deals(DealFilter(EARLY, LATE), 100),
    "all trades of a firm": lambda h: h.deals(DealFilter(participant=FIRM), 100),
    "agreed trades": lambda h: h.deals(DealFilter(origin=Origin.AGREED), 100),
    "refusals": lambda h: h.refusals(RefusalFilter(), 100),
    "refusals of a time": lambda h: h.refusals(RefusalFilter(EARLY, LATE), 100),
    "refusals of a participant": lambda h: h.refusals(RefusalFilter(scope=FIRM), 100),
    "refusals of a person": lambda h: h.refusals(RefusalFilter(person=PersonId(9)), 100),
    "refusals for a reason": lambda h: h.refusals(RefusalFilter(reason=RejectReason.MARKET_CLOSED), 100),
    "reads": lambda h: h.reads(ReadFilter(), 100),
    "reads of a time": lambda h: h.reads(ReadFilter(EARLY, LATE), 100),
    "reads of a person": lambda h: h.reads(ReadFilter(person=PersonId(9)), 100),
    "newest orders": lambda h: h.orders(OrderFilter(), 100, descending=True),
    "orders of a time": lambda h: h.orders(OrderFilter(EARLY, LATE), 100),
    "orders of an instrument": lambda h: h.orders(OrderFilter(instrument=INSTRUMENT), 100),
    "orders of a participant": lambda h: h.orders(OrderFilter(participant=FIRM), 100, descending=True),
    "working orders of a participant": lambda h: h.orders(OrderFilter(participant=FIRM, statuses=WORKING), 100),
    "one order": lambda h: h.order(ORDER),
    "orders by the name that the client gave": lambda h: h.orders(
        OrderFilter(participant=FIRM, client_order_id="desk-15006"), 100, descending=True
    ),
    "ended orders of a participant in an instrument in a time": lambda h: h.orders(
        OrderFilter(EARLY, LATE, INSTRUMENT, FIRM, Side.BUY, ENDED), 100, descending=True
    ),
    "the life of an order": _life,
    "trades of an order": lambda h: h.trades_of_order(ORDER),
    "feed of a participant": lambda h: h.feed(FIRM, Seq(15_000), 100),
    "a page of the journal": lambda h: h.journal(Seq(15_000), 100),
    "statement of a participant": lambda h: h.statement(FIRM, 100),
    "statement of the bank": lambda h: h.statement(-1, 100),
    "movements of a lot": lambda h: h.movements(LOT, 100),
    "holders of a lot": lambda h: h.holders(LOT),
    "balances of an owner": lambda h: h.balances(FIRM),
    "who ever held serials": lambda h: h.holders_ever(LOT, SERIALS, 100),
    "who ever held serials of lots": lambda h: h.tenures({LOT: SERIALS}, 100),
    "the steps of serials": lambda h: h.steps(LOT, SERIALS, 100),
    "requests": lambda h: h.requests(RequestFilter(), 100),
    "requests without an answer": lambda h: h.requests(RequestFilter(open_only=True), 100),
    "requests of a firm": lambda h: h.requests(RequestFilter(owner=FIRM), 100),
    "requests about a lot": lambda h: h.requests(RequestFilter(lot=LOT), 100),
    "requests for a claim": lambda h: h.requests(RequestFilter(subject=ORDER + 1), 100),
    "answers to a request": lambda h: h.answers(RequestId(ORDER)),
    "claims": lambda h: h.claims(ClaimFilter(), 100),
    "claims of a firm": lambda h: h.claims(ClaimFilter(participant=FIRM), 100),
    "claims for a facility": lambda h: h.claims(ClaimFilter(facility="p7", year=2025), 100),
    "claims on serials": lambda h: h.claims_of(LOT, SERIALS),
    "releases": lambda h: h.releases(None, 100),
    "releases of a firm": lambda h: h.releases(FIRM, 100),
    "encumbrances": lambda h: h.encumbrances(100),
    "serials of an encumbrance": lambda h: h.encumbered(EncumbranceId(ORDER)),
    "adjustments": lambda h: h.adjustments(None, 100),
    "adjustments of a league": lambda h: h.adjustments(League.ORDOS, 100),
}
SMALL = ("parcels", "balances", "downloads_ended")  # empty here, so that reading them whole is right


@pytest.fixture(scope="module")
def full(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A database with a long past."""

    async def fill(urls: DatabaseUrls) -> None:
        async with unguarded(postgres, urls) as connection:
            await connection.execute(MANY.format(ENTRIES))

    with fresh_database(postgres) as urls:
        asyncio.run(fill(urls))
        yield urls


async def plans(urls: DatabaseUrls, ask: Question) -> list[dict[str, Any]]:
    """The nodes of the plans of everything that a question sends."""
    sent: list[tuple[str, tuple[Any, ...]]] = []
    async with PostgresHistory.open(urls.service) as history:

        @event.listens_for(history._engine.sync_engine, "before_cursor_execute")
        def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            sent.append((statement, tuple(parameters)))

        await ask(history)
    connection = await asyncpg.connect(urls.service, server_settings=QUERIES)
    found = [json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {q}", *values)) for q, values in sent]
    await connection.close()
    return [node for plan in found for node in nodes(plan[0]["Plan"])]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all below it."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_question_reads_a_table_whole(full: DatabaseUrls, question: str) -> None:
    found = await plans(full, QUESTIONS[question])
    whole = [node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan"]
    assert [table for table in whole if table not in SMALL] == []
    assert any("Index" in node["Node Type"] or node.get("Relation Name") in SMALL for node in found)


MERGED = ("all trades", "trades of a p", "trades of an o", "statement", "who ever held serials of lots")
"""Lists of several kinds of rows; the last one has to follow every serial through all that is asked for."""


@pytest.mark.parametrize("question", [q for q in QUESTIONS if not q.startswith(MERGED)])
async def test_no_question_sorts_more_than_a_page(full: DatabaseUrls, question: str) -> None:
    """The index gives the order, so the first page is there without looking at the rest."""
    found = await plans(full, QUESTIONS[question])
    sorted_rows = [node["Plan Rows"] for node in found if node["Node Type"] in ("Sort", "Incremental Sort")]
    assert [rows for rows in sorted_rows if rows > 150] == []
