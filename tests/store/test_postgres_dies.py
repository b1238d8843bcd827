"""PostgreSQL is killed in the middle of the work: what was acknowledged is there afterwards, and the work goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from exchange.core.values import OrderId
from exchange.sequencer.journal import Batch, CommitUnknownError
from exchange.store.connecting import QUERIES, connect
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from exchange.store.queries import PostgresHistory
from exchange.store.reconcile import reconcile
from tests.store.streams import random_log
from tests.support.database import fresh_database, running_server
from tests.support.entries import batches_of


async def append_surely(journal: PostgresJournal, batch: Batch) -> int:
    """Append as the sequencer does, asking after an unknown outcome; returns how often it had to ask."""
    asked = 0
    while True:
        try:
            await journal.append(batch)
        except CommitUnknownError:
            asked += 1
            if not await ask(journal, batch):
                continue
        return asked


async def ask(journal: PostgresJournal, batch: Batch) -> bool:
    """Until there is an answer."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await journal.is_committed(batch)
            except ConnectionError:
                await asyncio.sleep(0.05)


@pytest.mark.processes
def test_kill_9_of_the_postmaster_in_the_middle_of_the_work() -> None:
    batches = batches_of(random_log(seed=3, commands=900).entries, [7] * 200)

    async def work(dsn: str, postmaster: int) -> tuple[int, int]:
        journal = PostgresJournal(dsn)
        await journal.lead()
        asked = 0
        for n, batch in enumerate(batches):
            if n == len(batches) // 2:
                # Only the postmaster dies here; its children notice and go, as after a crash of the whole server.
                asyncio.get_running_loop().call_later(0.003, os.kill, postmaster, signal.SIGKILL)
            asked += await append_surely(journal, batch)
        entries = [entry.seq async for entry in journal.entries(batches[0].entries[0].leaf.seq)]
        await journal.close()
        return asked, len(entries) + 1

    with running_server() as server, fresh_database(server) as urls:
        postmaster = server.postmaster_pid
        assert postmaster is not None
        asked, entries = asyncio.run(work(urls.service, postmaster))
        assert entries == batches[-1].last_seq
        assert asked > 0, "the kill came too late to be noticed"
        assert asyncio.run(reconcile(urls.service)) == []


async def test_a_connection_that_breaks_before_its_first_question_is_a_connection_error(database: DatabaseUrls) -> None:
    """SQLAlchemy sets a new connection up by itself, and does not put what goes wrong there into its own errors."""

    async def broken() -> Any:
        connection = await connect(database.service, QUERIES)
        connection.terminate()
        return connection

    engine = create_async_engine("postgresql+asyncpg://", async_creator=broken)
    with pytest.raises(ConnectionError, match="connection is closed"):
        await PostgresHistory(engine).order(OrderId(1))
    await engine.dispose()


@pytest.mark.processes
def test_a_dying_server_never_shows_readers_anything_but_a_connection_error() -> None:
    async def read_through_a_death(history: PostgresHistory) -> set[type[BaseException]]:
        """Read until the server has gone and come back; which kinds of errors were met on the way."""
        met: set[type[BaseException]] = set()
        while True:
            try:
                await history.order(OrderId(1))
            except Exception as error:  # noqa: BLE001  which kinds come is the question
                met.add(type(error))
                await asyncio.sleep(0.001)
            else:
                if met:
                    return met

    async def read(dsn: str, postmaster: int) -> set[type[BaseException]]:
        async with PostgresHistory.open(dsn) as history, asyncio.timeout(60):
            asyncio.get_running_loop().call_later(0.1, os.kill, postmaster, signal.SIGKILL)
            found = await asyncio.gather(*(read_through_a_death(history) for _ in range(16)))
        return set().union(*found)

    with running_server() as server, fresh_database(server) as urls:
        assert server.postmaster_pid is not None
        assert asyncio.run(read(urls.service, server.postmaster_pid)) == {ConnectionError}
