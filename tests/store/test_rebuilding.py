"""Every table is made again from the journal, and whatever somebody forged in one is named: the table, the row, the
entry, and both values.

The forgeries are planted with all rights and no guard, each in a transaction that is taken back; where the service's
own rights suffice (in a batch of an intruder's) that way is tried too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.core.events.orders import CancelReason, OrderCancelled
from exchange.core.values import InstrumentId, OrderId, ParticipantId, Price, Side, Tonnes
from exchange.sequencer.journal import Entry
from exchange.store import rebuilding
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.journal import PostgresJournal
from exchange.store.rebuilding import (
    NOT_OF_THE_JOURNAL,
    REBUILT,
    TOLD_AT_MOST,
    Difference,
    RebuildFailedError,
    compare_with_journal,
)
from exchange.store.reconcile import TABLES, reconcile, reconcile_tables
from exchange.store.tables import METADATA
from tests.store.forgeries import ADDED, CHANGED, long_day
from tests.store.streams import eventful_log
from tests.support.database import fresh_database, unguarded
from tests.support.entries import Log, batch_of, batches_of

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


@pytest.fixture(scope="module")
def database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """One database for all: every test takes back what it does."""

    async def fill(urls: DatabaseUrls) -> None:
        journal = PostgresJournal(urls.service)
        await journal.lead()
        for batch in batches_of(long_day().entries, [10, 1, 1]):
            await journal.append(batch)
        await journal.close()

    with fresh_database(postgres) as urls:
        asyncio.run(fill(urls))
        yield urls


@pytest.fixture
async def forger(postgres: EmbeddedServer, database: DatabaseUrls) -> AsyncIterator[Connection]:
    """Somebody whom nothing stops, in a transaction that is taken back."""
    async with unguarded(postgres, database) as connection:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        yield connection
        await transaction.rollback()


async def found(forger: Connection, table: str) -> list[Difference]:
    """What a comparison finds, which must be of this table alone."""
    differences = await compare_with_journal(forger)
    assert {difference.table for difference in differences} == {table}
    return differences


def test_every_table_is_made_again_or_known_not_to_be() -> None:
    assert set(REBUILT) | set(NOT_OF_THE_JOURNAL) == {*METADATA.tables, "alembic_version"}
    assert set(CHANGED) == set(REBUILT)
    assert set(ADDED) == (set(REBUILT) | {"journal"}) - {"venue"}


async def test_what_the_writer_wrote_has_no_differences(database: DatabaseUrls, forger: Connection) -> None:
    assert await compare_with_journal(forger) == []
    assert await reconcile_tables(database.service) == []
    assert await reconcile(database.service) == []


@pytest.mark.parametrize("portion", [1, 7])
async def test_the_portions_in_which_the_journal_is_read_do_not_matter(
    forger: Connection, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    monkeypatch.setattr(rebuilding, "FETCHED_AT_ONCE", portion)
    assert await compare_with_journal(forger) == []


@pytest.mark.parametrize("table", sorted(set(ADDED) - {"journal"}))
async def test_an_added_row_is_found(forger: Connection, table: str) -> None:
    assert await forger.execute(ADDED[table]) == "INSERT 0 1"
    (difference,) = await found(forger, table)
    assert "is there and the journal does not make it" in difference.detail


@pytest.mark.parametrize("table", REBUILT)
async def test_a_changed_row_is_found(forger: Connection, table: str) -> None:
    changed = int((await forger.execute(CHANGED[table])).split()[1])
    differences = await found(forger, table)
    # A row that is all key cannot change: one is missing, and another is there that should not be.
    told = min(changed * (2 if table in ("feed", "order_changes") else 1), TOLD_AT_MOST)
    assert sum(" more rows" not in difference.row for difference in differences) == told


@pytest.mark.parametrize("table", REBUILT)
async def test_a_missing_row_is_found(forger: Connection, table: str) -> None:
    await forger.execute(f"DELETE FROM {table} WHERE ctid = (SELECT max(ctid) FROM {table})")
    (difference,) = await found(forger, table)
    assert "is not there, and the journal makes it" in difference.detail


async def test_a_row_that_is_there_twice_is_found(forger: Connection) -> None:
    await forger.execute("ALTER TABLE feed DROP CONSTRAINT feed_pkey")
    await forger.execute("INSERT INTO feed SELECT * FROM feed LIMIT 2")
    assert await found(forger, "feed") == [Difference("feed", "2 rows", "are there more than once")]


async def test_a_difference_names_row_entry_and_both_values(forger: Connection) -> None:
    order = await forger.fetchrow("SELECT order_id, price, last_seq FROM orders ORDER BY order_id LIMIT 1")
    assert order is not None
    number, price, seq = order
    await forger.execute("UPDATE orders SET price = price + 1, side = 3 - side WHERE order_id = $1", number)
    (difference,) = await found(forger, "orders")
    assert difference.row == f"order_id {number}, seq {seq}"
    said = f"is side=1, price={price + 1}, and the journal makes it side=2, price={price}"
    assert difference.detail == said


async def test_of_many_differences_a_few_are_told_and_the_others_counted(forger: Connection) -> None:
    changed = int((await forger.execute(CHANGED["postings"])).split()[1])
    *_, last = await found(forger, "postings")
    assert last == Difference("postings", f"{changed - TOLD_AT_MOST} more rows", "differ as well")


async def test_emptied_answers_are_no_difference(forger: Connection) -> None:
    await forger.execute("UPDATE idempotency SET status = NULL, content_type = NULL, language = NULL, body = NULL")
    assert await compare_with_journal(forger) == []


async def test_a_journal_that_cannot_be_followed_is_said_to_be_so(forger: Connection) -> None:
    await forger.execute("UPDATE journal SET events = '\\x00' WHERE seq = 9")
    with pytest.raises(RebuildFailedError, match="entry 9 cannot be read"):
        await compare_with_journal(forger)


async def test_a_journal_that_changes_what_is_not_there_is_said_to_be_so(
    journal: PostgresJournal, own_database: DatabaseUrls, postgres: EmbeddedServer
) -> None:
    """The writer would have been refused; here the entry lies in the journal all the same."""
    log = Log()
    log.add(OrderCancelled(*_ORDER, was_resting=True, reason=CancelReason.REQUESTED))
    entry = log.entries[0]
    async with unguarded(postgres, own_database) as connection:
        await connection.execute("INSERT INTO journal VALUES ($1, $2, $3, $4, $5, $6)", *journal_row(entry))
        await connection.execute("UPDATE leader SET seq = 1, head = $1", entry.head)
    (finding,) = await reconcile(own_database.service)
    assert finding.check == TABLES
    assert "entries 1 to 1 make no rows: a row that orders_changed needs is not there" in finding.detail


def journal_row(entry: Entry) -> tuple[object, ...]:
    """The columns of an entry."""
    return (entry.leaf.seq, entry.leaf.epoch, entry.leaf.at, entry.leaf_bytes, entry.head, entry.events_bytes)


_ORDER = (OrderId(5), ParticipantId(11), InstrumentId(1), Side.BUY, Price(3_000), Tonnes(10), Tonnes(10))


@pytest.fixture
def own_database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A database that a test may spoil."""
    with fresh_database(postgres) as urls:
        yield urls


@pytest.fixture
async def journal(own_database: DatabaseUrls) -> AsyncIterator[PostgresJournal]:
    """A journal that leads it."""
    store = PostgresJournal(own_database.service)
    await store.lead()
    yield store
    await store.close()


INTRUSIONS = {
    "feed": "INSERT INTO feed VALUES (777, $1)",
    "movements": "INSERT INTO movements SELECT $1, 0, at_us, transaction_id, lot_id, source, target, lo, hi "
    "FROM movements LIMIT 1",
    "postings": "INSERT INTO postings SELECT $1::bigint, 0, $1::bigint * 1048577, 1, debit, credit, asset, amount "
    "FROM postings WHERE debit = -1 LIMIT 1",
    "bank_references": "INSERT INTO bank_references VALUES ('Forged', 'forged', 777, 5, $1)",
    "orders": "UPDATE orders SET price = price + 1, last_seq = $1",
    "instruments": "UPDATE instruments SET halt_reason = 'forged', last_seq = $1",
    "api_keys": "UPDATE api_keys SET revoked_seq = $1, revoked_at_us = 1, last_seq = $1 WHERE revoked_seq IS NULL",
    "persons": "INSERT INTO persons SELECT 777, name, role, participant_id, $1, at_us FROM persons LIMIT 1",
    "rules": "INSERT INTO rules SELECT version, n + 700, rule, value, unit, article, verified, effective_from, "
    "text_en, text_zh FROM rules WHERE $1 > 0 LIMIT 1",
}
"""What somebody with the service's rights can still do: add an entry of their own, and rows in its name."""


@pytest.mark.parametrize("table", INTRUSIONS)
async def test_what_an_intruder_writes_with_an_entry_of_their_own_is_found(
    journal: PostgresJournal, own_database: DatabaseUrls, table: str
) -> None:
    """The forged entry is chained as it should be, so the chain says nothing; the rows do."""
    day = eventful_log()
    await journal.append(batch_of(day.entries))
    forged = day.add()
    pool = asyncpg.create_pool(own_database.service, min_size=1, max_size=1)
    async with pool, pool.acquire() as intruder, intruder.transaction():
        await intruder.execute("UPDATE leader SET seq = seq + 1, head = $1", forged.head)
        await intruder.execute("INSERT INTO journal VALUES ($1, $2, $3, $4, $5, $6)", *journal_row(forged))
        await intruder.execute(INTRUSIONS[table], forged.leaf.seq)
    findings = await reconcile(own_database.service)
    assert {finding.subject.split()[0] for finding in findings if finding.check == TABLES} >= {table}
    assert "the journal is chained" not in {finding.check for finding in findings}
