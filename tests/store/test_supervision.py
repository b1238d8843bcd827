"""What supervisors read: trades of both origins in one order, refusals, and the log of who of the staff read what."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from exchange.core.events import Rejected
from exchange.core.events.agreements import AgreementProposed, AgreementSettled
from exchange.core.events.orders import Traded
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, PersonId, Seq, notional
from exchange.sequencer.journal import Entry
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.journal import PostgresJournal
from exchange.store.queries import (
    AgreedTerms,
    AgreementFilter,
    BadCursorError,
    BookTerms,
    Deal,
    DealFilter,
    Origin,
    PostgresHistory,
    ReadFilter,
    RefusalFilter,
    TradeFilter,
)
from exchange.store.read_log import PostgresReadLog, StaffRead
from tests.store.streams import eventful_log
from tests.support.database import fresh_database
from tests.support.entries import batch_of

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

ENTRIES = eventful_log().entries


@pytest.fixture(scope="module")
def eventful(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A database with a day in which everything happened."""

    async def write(urls: DatabaseUrls) -> None:
        journal = PostgresJournal(urls.service)
        await journal.lead()
        await journal.append(batch_of(ENTRIES))
        await journal.close()

    with fresh_database(postgres) as urls:
        asyncio.run(write(urls))
        yield urls


@pytest.fixture
async def history(eventful: DatabaseUrls) -> AsyncIterator[PostgresHistory]:
    async with PostgresHistory.open(eventful.service) as opened:
        yield opened


def happened(kind: type) -> list[tuple[Entry, Any]]:
    """The events of a kind with their entries."""
    return [(entry, event) for entry in ENTRIES for event in entry.events if isinstance(event, kind)]


async def all_deals(history: PostgresHistory, wanted: DealFilter, limit: int) -> list[Deal]:
    page = await history.deals(wanted, limit)
    rows = list(page.rows)
    while page.next_cursor is not None:
        page = await history.deals(wanted, limit, page.next_cursor)
        rows += page.rows
    return rows


@pytest.mark.parametrize("limit", [1, 2, 1_000])
async def test_trades_of_both_origins_come_in_the_order_of_settlement(history: PostgresHistory, limit: int) -> None:
    found = await all_deals(history, DealFilter(), limit)
    settled = sorted((entry.leaf.seq, type(event)) for entry, event in happened(Traded) + happened(AgreementSettled))
    kinds = {Origin.BOOK: Traded, Origin.AGREED: AgreementSettled}
    assert [(deal.seq, kinds[deal.origin]) for deal in found] == settled
    assert {deal.origin for deal in found} == set(Origin)
    assert [deal async for deal in history.stream_deals(DealFilter())] == found


async def test_an_agreed_trade_has_its_total_and_no_price(history: PostgresHistory) -> None:
    (deal,) = await all_deals(history, DealFilter(origin=Origin.AGREED), 10)
    ((entry, settled),) = happened(AgreementSettled)
    proposed = next(event for _, event in happened(AgreementProposed) if event.agreement == settled.agreement)
    assert deal.terms == AgreedTerms(settled.agreement, proposed.family, proposed.project)
    assert (deal.value, deal.quantity) == (settled.total, settled.quantity)
    assert (deal.buyer, deal.seller) == (settled.buyer, settled.seller)
    assert (deal.buy_fee, deal.sell_fee) == (settled.buy_fee, settled.sell_fee) != (0, 0)
    assert (deal.seq, deal.at) == (entry.leaf.seq, entry.leaf.at)


async def test_a_trade_of_a_book_is_what_its_event_says(history: PostgresHistory) -> None:
    found = await all_deals(history, DealFilter(origin=Origin.BOOK), 10)
    for deal, (_, event) in zip(found, happened(Traded), strict=True):
        sides = (event.aggressor, event.buy_order, event.sell_order)
        assert deal.terms == BookTerms(event.trade, event.day, event.instrument, event.price, *sides)
        assert deal.value == notional(event.price, event.quantity)


async def test_filters_leave_the_trades_that_they_say(history: PostgresHistory) -> None:
    whole = await all_deals(history, DealFilter(), 1_000)
    traded = whole[0].terms
    assert isinstance(traded, BookTerms)
    middle = whole[2]
    for wanted, fits in (
        (DealFilter(from_at=middle.at), lambda deal: deal.at >= middle.at),
        (DealFilter(to_at=middle.at), lambda deal: deal.at < middle.at),
        (DealFilter(instrument=traded.instrument), lambda deal: deal.origin is Origin.BOOK),
        (DealFilter(instrument=traded.instrument, origin=Origin.AGREED), lambda _: False),
        (DealFilter(participant=middle.buyer), lambda deal: middle.buyer in (deal.buyer, deal.seller)),
    ):
        for limit in (1, 1_000):
            assert await all_deals(history, wanted, limit) == [deal for deal in whole if fits(deal)], wanted
    with pytest.raises(BadCursorError):
        await history.deals(DealFilter(), 10, (await history.trades(TradeFilter(), 1)).next_cursor)


async def test_all_agreements_can_be_streamed(history: PostgresHistory) -> None:
    found = [agreement.agreement async for agreement in history.stream_agreements(AgreementFilter())]
    assert found == [event.agreement for _, event in happened(AgreementProposed)]


async def test_refusals_are_those_of_the_journal(history: PostgresHistory) -> None:
    page = await history.refusals(RefusalFilter(), 100)
    expected = [(entry.leaf.seq, RejectReason(event.reason)) for entry, event in happened(Rejected)]
    assert [(refusal.seq, refusal.reason) for refusal in page.rows] == expected != []
    assert [refusal async for refusal in history.stream_refusals(RefusalFilter())] == page.rows
    (entry, _), first = happened(Rejected)[0], page.rows[0]
    assert (first.scope, first.person, first.key) == (entry.leaf.scope, entry.command.actor, entry.leaf.key)
    for wanted, count in (
        (RefusalFilter(scope=first.scope, person=first.person, reason=first.reason), 1),
        (RefusalFilter(from_at=first.at, to_at=Micros(first.at + 1)), 1),
        (RefusalFilter(to_at=first.at), 0),
        (RefusalFilter(scope=first.scope + 99), 0),
        (RefusalFilter(reason=RejectReason.ALREADY_OPENED), 0),
    ):
        assert len((await history.refusals(wanted, 100)).rows) == count, wanted


async def test_the_one_who_was_refused_has_it_in_the_feed_with_the_command(history: PostgresHistory) -> None:
    entry, _ = happened(Rejected)[0]
    shown = {found.seq: found for found in await history.feed(entry.leaf.scope, Seq(0), 1_000)}
    assert shown[entry.leaf.seq].leaf == entry.leaf_bytes


async def test_no_refusal_can_be_put_into_the_past(eventful: DatabaseUrls) -> None:
    connection = await asyncpg.connect(eventful.service)
    try:
        with pytest.raises(asyncpg.PostgresError, match="never afterwards"):
            await connection.execute("INSERT INTO refusals VALUES (1, 1, 1, 1, 1, 'PlaceOrder', 803)")
    finally:
        await connection.close()


# --- the log of reads ------------------------------------------------------------------------------------------------


def read(at: int, rows: int | None, person: int = 7) -> StaffRead:
    return StaffRead(Micros(at), PersonId(person), KeyId(8), "/v1/audit/trades", "limit=5", rows, Seq(3))


async def test_a_read_is_there_when_it_has_been_written_and_a_download_has_an_end(database: DatabaseUrls) -> None:
    async with PostgresHistory.open(database.service) as history:
        async with PostgresReadLog.open(database.service) as log:
            await log.begun(read(1, 5))
            download = await log.begun(read(2, None))
            (counted, going) = (await history.reads(ReadFilter(), 10)).rows
            assert (counted.rows, counted.complete, counted.form) == (5, True, "json")
            assert (going.rows, going.complete, going.form) == (None, None, "csv")
            log.ended(download, Micros(9), 1_234, complete=False)
        (_, ended) = (await history.reads(ReadFilter(), 10)).rows
        assert (ended.rows, ended.complete, ended.read) == (1_234, False, download)
        assert (ended.person, ended.key, ended.operation, ended.asked, ended.as_of_seq) == (
            7,
            8,
            "/v1/audit/trades",
            "limit=5",
            3,
        )


async def test_reads_come_in_the_order_of_their_times_by_every_filter(database: DatabaseUrls) -> None:
    async with PostgresReadLog.open(database.service) as log, PostgresHistory.open(database.service) as history:
        for at, person in ((30, 1), (10, 2), (20, 1), (20, 2)):
            await log.begun(read(at, 0, person))
        whole = (await history.reads(ReadFilter(), 10)).rows
        assert [(row.at, row.person) for row in whole] == [(10, 2), (20, 1), (20, 2), (30, 1)]
        first = await history.reads(ReadFilter(), 2)
        assert first.rows + (await history.reads(ReadFilter(), 2, first.next_cursor)).rows == whole
        assert [row async for row in history.stream_reads(ReadFilter())] == whole
        assert [row.at for row in (await history.reads(ReadFilter(person=PersonId(1)), 10)).rows] == [20, 30]
        assert [row.at for row in (await history.reads(ReadFilter(Micros(20), Micros(30)), 10)).rows] == [20, 20]


async def test_nothing_can_be_taken_back(database: DatabaseUrls, owner: Connection) -> None:
    async with PostgresReadLog.open(database.service) as log:
        await log.begun(read(1, 5))
    for statement in ("UPDATE reads SET person_id = 1", "DELETE FROM reads", "TRUNCATE reads CASCADE"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await owner.execute(statement)


async def test_old_reads_are_cut_in_the_way_that_the_guide_tells(database: DatabaseUrls, owner: Connection) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "OPERATIONS.md").read_text()
    (statements,) = re.findall(r"```sql\n(BEGIN;\nALTER TABLE downloads_ended.*?)```", guide, re.DOTALL)
    async with PostgresReadLog.open(database.service) as log:
        log.ended(await log.begun(read(10, None)), Micros(11), 5, complete=True)
        await log.begun(read(20, 1))
    await owner.execute(statements.replace(":before_us", "20"))
    assert [row["at_us"] for row in await owner.fetch("SELECT at_us FROM reads")] == [20]
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await owner.execute("DELETE FROM reads")


@pytest.mark.parametrize(
    ("at", "person", "key", "rows", "seq"),
    [(-1, 1, 1, 1, 0), (2**62, 1, 1, 1, 0), (1, 0, 1, 1, 0), (1, 1, 0, 1, 0), (1, 1, 1, -1, 0), (1, 1, 1, 1, -1)],
)
async def test_a_read_of_nobody_and_at_no_time_cannot_be_put_in(
    service: Connection, at: int, person: int, key: int, rows: int, seq: int
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await service.execute(
            "INSERT INTO reads (at_us, person_id, key_id, operation, asked, form, row_count, as_of_seq) "
            "VALUES ($1, $2, $3, '', '', 'json', $4, $5)", at, person, key, rows, seq
        )  # fmt: skip


async def test_only_a_download_ends_once_and_after_it_began(database: DatabaseUrls, service: Connection) -> None:
    end = "INSERT INTO downloads_ended (read_id, at_us, row_count, complete) VALUES ($1, $2, 1, true)"
    async with PostgresReadLog.open(database.service) as log:
        counted, download = await log.begun(read(5, 3)), await log.begun(read(5, None))
    for number, at in ((counted, 6), (download, 4)):
        with pytest.raises(asyncpg.PostgresError, match="no download that began before"):
            await service.execute(end, number, at)
    with pytest.raises(asyncpg.PostgresError):
        await service.execute(end, download + 1, 6)
    await service.execute(end, download, 5)
    with pytest.raises(asyncpg.UniqueViolationError):
        await service.execute(end, download, 6)


async def test_a_clock_that_was_set_back_loses_no_end(database: DatabaseUrls) -> None:
    async with PostgresHistory.open(database.service) as history:
        async with PostgresReadLog.open(database.service) as log:
            log.ended(await log.begun(read(9, None)), Micros(8), 12, complete=True)
        (ended,) = (await history.reads(ReadFilter(), 10)).rows
    assert (ended.rows, ended.complete) == (12, True)


async def test_every_read_waits_for_the_disk_whatever_the_role_says(
    database: DatabaseUrls, service: Connection
) -> None:
    name = await service.fetchval("SELECT current_database()")
    await service.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} SET synchronous_commit = off")
    async with PostgresReadLog.open(database.service) as log:
        assert await log._insert("SELECT current_setting('synchronous_commit')") == "on"


async def test_a_database_that_is_away_is_said_to_be(caplog: pytest.LogCaptureFixture) -> None:
    async with PostgresReadLog.open("postgresql://nobody@127.0.0.1:1/nothing") as log:
        with pytest.raises(ConnectionError):
            await log.begun(read(1, 5))
        with caplog.at_level(logging.WARNING):
            log.ended(5, Micros(1), 17, complete=True)
    assert "download 5 after 17 rows" in caplog.text
