"""A connection that breaks around COMMIT: to the client it always looks the same, and the truth is found by asking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.journal import Batch, CommitUnknownError, FencedError
from exchange.store import connecting
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from tests.store.streams import eventful_log
from tests.support.entries import Log, batch_of, deposit
from tests.support.proxy import CommitProxy, Cut, commit_proxy

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


@pytest.fixture
async def proxy(database: DatabaseUrls) -> AsyncIterator[CommitProxy]:
    async with commit_proxy(database.service) as running:
        yield running


@pytest.fixture(params=["in one statement", "step by step"])
async def behind(
    request: pytest.FixtureRequest, proxy: CommitProxy, database: DatabaseUrls
) -> AsyncIterator[PostgresJournal]:
    """A journal that reaches the server through the proxy, in either way of writing."""
    url = proxy.url(database.service)
    hit = CrashPoints("store_begun", 10**9).hit if request.param == "step by step" else CrashPoints().hit
    journal = PostgresJournal(url, hit)
    await journal.lead()
    yield journal
    await journal.close()


async def unknown(journal: PostgresJournal, batch: Batch) -> None:
    with pytest.raises(CommitUnknownError):
        await journal.append(batch)


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER])
async def test_a_cut_around_commit_is_unknown_until_asked(
    behind: PostgresJournal, proxy: CommitProxy, service: Connection, cut: Cut
) -> None:
    log = Log()
    await behind.append(batch_of([log.add(*deposit(1, 5, 100, "first"))]))
    batch = batch_of([log.add(*deposit(2, 5, 100, "second"))], log.entries[0].head)
    proxy.arm(cut)
    await unknown(behind, batch)
    committed = await behind.is_committed(batch)
    assert committed == (cut is Cut.AFTER)
    if not committed:
        await behind.append(batch)
    await behind.append(batch_of([log.add(*deposit(3, 5, 100, "third"))], batch.head))
    assert await service.fetchval("SELECT credits_posted FROM balances WHERE owner = 5") == 300
    assert proxy.cuts == 1


async def test_the_same_cut_twice_and_then_it_works(behind: PostgresJournal, proxy: CommitProxy) -> None:
    batch = batch_of([Log().add(*deposit(1, 5, 100, "first"))])
    for _ in range(2):
        proxy.arm(Cut.BEFORE)
        await unknown(behind, batch)
        assert not await behind.is_committed(batch)
    await behind.append(batch)


async def test_nothing_can_be_sent_before_it_was_asked(behind: PostgresJournal, proxy: CommitProxy) -> None:
    batch = batch_of([Log().add()])
    proxy.arm(Cut.AFTER)
    await unknown(behind, batch)
    await unknown(behind, batch)
    assert await behind.is_committed(batch)


async def test_a_commit_that_is_held_up_cannot_arrive_after_the_answer(
    behind: PostgresJournal, proxy: CommitProxy, service: Connection
) -> None:
    """The server never heard of the COMMIT when it is asked; it must not hear of it later either."""
    log = Log()
    batch = batch_of([log.add(*deposit(1, 5, 100, "first"))])
    proxy.arm(Cut.LATE)
    await unknown(behind, batch)
    assert not await behind.is_committed(batch)
    proxy.deliver()
    await asyncio.sleep(0.2)
    assert await service.fetchval("SELECT count(*) FROM journal") == 0
    await behind.append(batch)
    assert await service.fetchval("SELECT credits_posted FROM balances WHERE owner = 5") == 100


async def test_an_answer_waits_until_the_old_backend_is_resolved(
    behind: PostgresJournal, owner: Connection, service: Connection
) -> None:
    """The old backend stands in the middle of its transaction; asking ends it, so that it cannot commit any more."""
    batch = batch_of([Log().add()])
    async with owner.transaction():
        await owner.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
        sending = asyncio.create_task(behind.append(batch))
        await _until_waiting(service)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not await behind.is_committed(batch)
    await behind.append(batch)


async def test_a_deadline_of_the_caller_leaves_the_outcome_unknown(behind: PostgresJournal, owner: Connection) -> None:
    batch = batch_of([Log().add()])
    async with owner.transaction():
        await owner.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await behind.append(batch)
        with pytest.raises(CommitUnknownError, match="ask first"):
            await behind.append(batch)
    assert not await behind.is_committed(batch)


async def test_another_leader_in_between_is_found_when_asking(
    behind: PostgresJournal, proxy: CommitProxy, database: DatabaseUrls
) -> None:
    batch = batch_of([Log().add()])
    proxy.arm(Cut.BEFORE)
    await unknown(behind, batch)
    other = PostgresJournal(database.service)
    await other.lead()
    with pytest.raises(FencedError):
        await behind.is_committed(batch)
    await other.close()


async def test_a_journal_that_went_on_without_us_is_another_writers(
    behind: PostgresJournal, proxy: CommitProxy, owner: Connection
) -> None:
    batch = batch_of([Log().add()])
    proxy.arm(Cut.BEFORE)
    await unknown(behind, batch)
    await owner.execute("UPDATE leader SET seq = seq + 1, head = $1", bytes(32))
    with pytest.raises(FencedError, match="another writer"):
        await behind.is_committed(batch)


async def test_a_backend_that_was_told_to_end_is_an_unknown_outcome(
    behind: PostgresJournal, service: Connection
) -> None:
    batch = batch_of(eventful_log().entries)
    await service.execute("SELECT pg_terminate_backend(backend_pid) FROM leader")
    await unknown(behind, batch)
    assert not await behind.is_committed(batch)
    await behind.append(batch)


async def test_a_lock_that_cannot_be_had_is_an_unknown_outcome(
    behind: PostgresJournal, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connecting.WRITER, "lock_timeout", "100ms")
    await behind.lead()
    batch = batch_of([Log(epoch=2).add()], epoch=2)
    async with owner.transaction():
        await owner.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(CommitUnknownError, match="LockNotAvailable"):
            await behind.append(batch)
    assert not await behind.is_committed(batch)
    await behind.append(batch)


async def test_a_session_whose_commits_do_not_wait_is_thrown_away(behind: PostgresJournal, service: Connection) -> None:
    """Nothing is written by it, and the new one that asks what became of the batch writes it."""
    batch = batch_of([Log().add()])
    assert behind._connection is not None
    await behind._connection.execute("SET synchronous_commit = off")
    with pytest.raises(CommitUnknownError, match="synchronous_commit is off"):
        await behind.append(batch)
    assert await service.fetchval("SELECT count(*) FROM journal") == 0
    assert not await behind.is_committed(batch)
    await behind.append(batch)
    assert await service.fetchval("SELECT seq FROM leader") == 1


async def test_no_server_is_no_answer_yet(behind: PostgresJournal, proxy: CommitProxy) -> None:
    batch = batch_of([Log().add()])
    await proxy.close()
    await unknown(behind, batch)
    proxy.refuse_connections = True
    with pytest.raises(ConnectionError):
        await behind.is_committed(batch)
    proxy.refuse_connections = False
    assert not await behind.is_committed(batch)


async def _until_waiting(service: Connection) -> None:
    """Until the writer's backend waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'exchange-writer' AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        if await service.fetchval(waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the writer never waited")


async def test_the_proxy_leaves_readers_alone(proxy: CommitProxy, database: DatabaseUrls) -> None:
    proxy.arm(Cut.BEFORE)
    connection = await asyncpg.connect(proxy.url(database.service))
    assert await connection.fetchval("SELECT $1::int", 5) == 5
    await connection.execute("BEGIN; COMMIT")
    await connection.close()
    assert proxy.is_armed
