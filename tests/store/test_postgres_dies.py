"""PostgreSQL is killed in the middle of the work: what was acknowledged is there afterwards, and the work goes on."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from exchange.sequencer.journal import Batch, CommitUnknownError
from exchange.store.journal import PostgresJournal
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
