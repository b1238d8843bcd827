"""Leading, appending and reading back: what the sequencer relies on while nothing goes wrong."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.core.values import MICROS_PER_DAY, Micros, Seq
from exchange.sequencer.journal import GENESIS_HEAD, Answer, FencedError, StoredEntry
from exchange.store.answers import count_answers, purge_answers
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from exchange.store.leadership import LeaderBusyError
from exchange.store.reading import FETCHED_AT_ONCE, open_reader
from exchange.store.reconcile import reconcile
from tests.store.streams import eventful_log, random_log
from tests.support.entries import SECOND, Log, batch_of, batches_of

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


LONG_AGO = Micros(1_600_000_000_000_000)
"""September 2020: answers of that time may be emptied."""


async def everything(journal: PostgresJournal, after: int = 0) -> list[StoredEntry]:
    """The journal after an entry."""
    async with aclosing(journal.entries(Seq(after))) as entries:
        return [entry async for entry in entries]


async def test_what_was_appended_is_read_back_in_order(journal: PostgresJournal) -> None:
    log = eventful_log()
    for batch in batches_of(log.entries, [1, 1, 5, 9, 40]):
        await journal.append(batch)
    wanted = [StoredEntry(e.leaf.seq, e.leaf_bytes, e.head, e.events_bytes) for e in log.entries]
    assert await everything(journal) == wanted
    assert await everything(journal, after=log.seq - 3) == wanted[-3:]
    assert await everything(journal, after=log.seq) == []


async def test_a_journal_longer_than_one_fetch_is_read_whole(journal: PostgresJournal) -> None:
    log = Log()
    for _ in range(2 * FETCHED_AT_ONCE + 1):
        log.add()
    await journal.append(batch_of(log.entries))
    assert [entry.seq for entry in await everything(journal)] == list(range(1, log.seq + 1))


async def test_whoever_stops_reading_early_leaves_no_connection_behind(
    journal: PostgresJournal, service: Connection
) -> None:
    await journal.append(batch_of(eventful_log().entries))
    for _ in range(10):
        async with aclosing(journal.entries(Seq(0))) as entries:
            async for _entry in entries:
                break
    readers = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'exchange-reader'"
    assert await service.fetchval(readers) <= 4


async def test_all_tables_agree_after_an_eventful_day(journal: PostgresJournal, database: DatabaseUrls) -> None:
    for batch in batches_of(eventful_log().entries, [3] * 100):
        await journal.append(batch)
    assert await reconcile(database.service) == []


async def test_a_large_batch_and_small_ones_leave_the_same(journal: PostgresJournal, database: DatabaseUrls) -> None:
    log = random_log(seed=7, commands=600)
    first, rest = log.entries[:700], log.entries[700:]
    await journal.append(batch_of(first))
    before = first[-1].head if first else GENESIS_HEAD
    for entry in rest:
        await journal.append(batch_of([entry], before))
        before = entry.head
    assert await reconcile(database.service) == []


async def test_another_process_reads_while_one_leads(journal: PostgresJournal, database: DatabaseUrls) -> None:
    log = eventful_log()
    await journal.append(batch_of(log.entries))
    reader = await open_reader(database.service)
    assert [entry.seq async for entry in reader.entries(Seq(log.seq - 2))] == [log.seq - 1, log.seq]
    assert await reader.end() == (log.seq, log.head)
    await reader.close()


# --- who leads --------------------------------------------------------------------------------------------------------


async def test_each_new_leader_has_a_higher_epoch_and_finds_where_the_journal_ends(database: DatabaseUrls) -> None:
    first = PostgresJournal(database.service)
    found = await first.lead()
    assert (found.epoch, found.seq, found.head) == (1, 0, GENESIS_HEAD)
    log = eventful_log()
    await first.append(batch_of(log.entries))
    await first.close()
    second = PostgresJournal(database.service)
    found = await second.lead()
    assert (found.epoch, found.seq, found.head) == (2, log.seq, log.head)
    await second.close()


async def test_the_leader_row_names_the_backend_that_writes(journal: PostgresJournal, service: Connection) -> None:
    pid = await service.fetchval("SELECT backend_pid FROM leader")
    name = await service.fetchval("SELECT application_name FROM pg_stat_activity WHERE pid = $1", pid)
    assert name == "exchange-writer"


async def test_a_second_process_is_told_which_backend_leads(
    journal: PostgresJournal, database: DatabaseUrls, service: Connection
) -> None:
    second = PostgresJournal(database.service, patience_s=0.2)
    with pytest.raises(LeaderBusyError, match="exchange-writer from 127") as busy:
        await second.lead()
    assert busy.value.pid == await service.fetchval("SELECT backend_pid FROM leader")
    await journal.append(batch_of([Log().add()]))  # the first one goes on undisturbed
    await second.close()


async def test_a_takeover_ends_the_old_leader_which_then_writes_nothing(
    journal: PostgresJournal, database: DatabaseUrls
) -> None:
    log = Log()
    await journal.append(batch_of([log.add()]))
    second = PostgresJournal(database.service, takeover=True)
    assert (await second.lead()).epoch == 2
    stale = batch_of([log.add()], log.entries[0].head)
    with pytest.raises(Exception, match=r"terminat|closed"):
        await journal.append(stale)
    with pytest.raises(FencedError, match="epoch 2 leads"):
        await journal.is_committed(stale)
    assert [entry.seq async for entry in second.entries(Seq(0))] == [1]
    await second.close()


async def test_a_leader_that_lost_only_its_epoch_is_fenced(journal: PostgresJournal, service: Connection) -> None:
    await service.execute("UPDATE leader SET epoch = 7")
    with pytest.raises(FencedError):
        await journal.append(batch_of([Log().add()]))
    assert await service.fetchval("SELECT count(*) FROM journal") == 0


async def test_a_server_that_cannot_be_reached_is_a_connection_error() -> None:
    journal = PostgresJournal("postgresql://exchange_service:x@127.0.0.1:1/exchange")
    with pytest.raises(ConnectionError, match="cannot be reached"):
        await journal.lead()


# --- answers and quarantine -------------------------------------------------------------------------------------------


async def test_an_answer_is_kept_to_the_byte_in_its_scope(journal: PostgresJournal) -> None:
    log = Log()
    answer = Answer(409, "application/problem+json", "zh", "已撤销".encode() + bytes([0, 255]))
    entry = log.add(key="k1", scope=5, answer=answer)
    await journal.append(batch_of([entry, log.add()]))
    stored = await journal.answer(5, "k1")
    assert stored is not None
    assert (stored.seq, stored.at, stored.body_hash, stored.answer) == (1, entry.leaf.at, entry.leaf.body_hash, answer)
    assert await journal.answer(6, "k1") is None
    assert await journal.answer(5, "k2") is None


async def test_old_answers_are_emptied_and_their_keys_stay(journal: PostgresJournal, database: DatabaseUrls) -> None:
    log = Log()
    log.at = LONG_AGO
    entries = [log.add(key=f"k{n}", scope=1) for n in range(10)]
    await journal.append(batch_of(entries))
    limit = Micros(entries[6].leaf.at)
    assert await count_answers(database.service, limit) == 6
    assert await purge_answers(database.service, limit, at_once=4) == 6
    assert (await count_answers(database.service, limit), await purge_answers(database.service, limit)) == (0, 0)
    kept = [await journal.answer(1, f"k{n}") for n in range(10)]
    assert [stored is not None and stored.answer is not None for stored in kept] == [False] * 6 + [True] * 4
    assert all(stored is not None and stored.seq == n + 1 for n, stored in enumerate(kept))


async def test_no_answer_is_emptied_in_its_first_90_days(database: DatabaseUrls, service: Connection) -> None:
    now = await service.fetchval("SELECT (extract(epoch FROM now()) * 1000000)::bigint")
    assert await purge_answers(database.service, Micros(now - 90 * MICROS_PER_DAY - 1)) == 0
    with pytest.raises(asyncpg.PostgresError, match="answers are kept for 90 days"):
        await purge_answers(database.service, Micros(now - 90 * MICROS_PER_DAY + 3_600 * SECOND))


async def test_a_command_is_in_quarantine_once(journal: PostgresJournal, service: Connection) -> None:
    assert await journal.quarantined() == set()
    await journal.quarantine(b"h" * 32, b"command", "it broke")
    await journal.quarantine(b"h" * 32, b"command", "it broke again")
    assert await journal.quarantined() == {b"h" * 32}
    row = await service.fetchrow("SELECT command, why FROM quarantine")
    assert row is not None and tuple(row) == (b"command", "it broke")


# --- time -------------------------------------------------------------------------------------------------------------


async def test_an_instant_is_found_in_the_journal_without_an_index(
    journal: PostgresJournal, service: Connection
) -> None:
    log = Log()
    start = log.at
    times = [Micros(start + second * SECOND) for second in (1, 1, 1, 4, 5, 5, 9)]
    await journal.append(batch_of([log.add(at=at) for at in times]))
    wanted = {0: 1, 1: 1, 2: 4, 4: 4, 5: 5, 6: 7, 9: 7, 10: 8}
    found = {second: await service.fetchval("SELECT first_seq_at($1)", start + second * SECOND) for second in wanted}
    assert found == wanted


async def test_an_empty_journal_has_no_instant(service: Connection) -> None:
    assert await service.fetchval("SELECT first_seq_at(5)") == 1


async def test_the_reader_cannot_write(database: DatabaseUrls) -> None:
    reader = await open_reader(database.service)
    async with reader._connection() as connection:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("INSERT INTO feed VALUES (1, 1)")
    await reader.close()
