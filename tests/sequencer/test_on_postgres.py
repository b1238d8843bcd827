"""The sequencer on a real PostgreSQL: what the simulated disk pretends to do must be what a database does."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import asyncpg
import pytest

from exchange.audit.replay import ReplayReport, replay
from exchange.core.commands import Command
from exchange.core.commands.cash import DepositCash
from exchange.core.image import state_hash
from exchange.core.values import Fen, Seq, Side
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.journal import decode_leaf
from exchange.sequencer.sequencer import Sequencer, StopCause, open_sequencer
from exchange.sequencer.submission import MAX_GROUP, Group, Receipt, StoppedError
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from exchange.store.leadership import LeaderBusyError
from exchange.store.reading import open_reader
from exchange.store.reconcile import reconcile
from tests.sequencer.world import QUICK, Stage, WanderingClock, eventually, names_in, set_the_stage
from tests.support.database import database, fresh_database, postgres, running_server
from tests.support.proxy import Cut, commit_proxy

__all__ = ["database", "postgres"]

USE_REFERENCE = """
    INSERT INTO bank_references
    SELECT (jsonb_populate_record(r, jsonb_build_object(
        'bank_reference', $1::text, 'reference_folded', folded_number($1::text)))).* FROM bank_references r LIMIT 1
"""

LIMITS = replace(QUICK, commit_seconds=10.0, unknown_seconds=30.0, pause_seconds=0.05)


@asynccontextmanager
async def opened(dsn: str, folder: Path, *, takeover: bool = False) -> AsyncIterator[Sequencer]:
    """A sequencer on a database, stopped at the end."""
    store = PostgresJournal(dsn, takeover=takeover)
    sequencer = await open_sequencer(store, folder, WanderingClock(Random(0)), LIMITS, CrashPoints())
    try:
        yield sequencer
    finally:
        await sequencer.stop()
        await store.close()


@asynccontextmanager
async def as_owner(database: DatabaseUrls) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection around the program."""
    connection = await asyncpg.connect(database.owner)
    try:
        yield connection
    finally:
        await connection.close()


async def trade(sequencer: Sequencer, stage: Stage, count: int, salt: str) -> list[Receipt]:
    """Orders at the same time, some of which meet."""
    sides = (Side.BUY, Side.SELL)
    orders = [stage.place(n % 3, sides[n % 2], 1 + n % 5, 2_990 + n % 20) for n in range(count)]
    return list(
        await asyncio.gather(
            *(sequencer.submit(stage.submission(n % 3, o, key=f"{salt} {n}")) for n, o in enumerate(orders))
        )
    )


async def replayed(dsn: str) -> ReplayReport:
    """The journal done again through a connection of its own."""
    reader = await open_reader(dsn)
    try:
        return await replay(lambda: reader.entries(Seq(0)))
    finally:
        await reader.close()


async def test_what_was_written_is_found_again(database: DatabaseUrls, stage: Stage, tmp_path: Path) -> None:
    async with opened(database.service, tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        first = await trade(sequencer, stage, 200, "a")
    for folder in (tmp_path, tmp_path / "without a snapshot"):
        async with opened(database.service, folder) as again:
            assert state_hash(again.state) == (await replayed(database.service)).state_hash
            repeats = await trade(again, stage, 200, "a")
            assert [(r.seq, r.answer) for r in repeats] == [(r.seq, r.answer) for r in first]
            assert all(repeat.replayed for repeat in repeats)
    assert (await replayed(database.service)).attestations >= 1
    assert await reconcile(database.service) == []


async def test_commits_that_are_cut_are_asked_for(database: DatabaseUrls, stage: Stage, tmp_path: Path) -> None:
    async with commit_proxy(database.service) as proxy, opened(proxy.url(database.service), tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        for n, cut in enumerate((Cut.BEFORE, Cut.AFTER, Cut.LATE) * 3):
            proxy.arm(cut)
            asyncio.get_running_loop().call_later(0.2, proxy.deliver)
            receipts = await trade(sequencer, stage, 30, str(n))
            assert not any(receipt.replayed for receipt in receipts)
        assert sequencer.meters.unknown_outcomes == proxy.cuts == 9
        seq, state = sequencer.view.seq, state_hash(sequencer.state)
        report = await replayed(database.service)
        assert (report.entries, report.state_hash) == (seq, state)


def group(stage: Stage, count: int, key: str) -> Group:
    """A request with many orders of one firm, whose quantities are all different."""
    orders: list[Command] = [stage.place(0, Side.BUY, 1 + n, 2_990 + n % 20) for n in range(count)]
    return stage.group(0, orders, key=key)


async def bodies_in_journal(dsn: str) -> list[bytes]:
    """Whose request each entry is of, in the order of the journal."""
    reader = await open_reader(dsn)
    try:
        return [decode_leaf(entry.leaf_bytes).body_hash async for entry in reader.entries(Seq(0))]
    finally:
        await reader.close()


async def test_a_group_is_found_again_as_a_whole_with_its_answer(
    database: DatabaseUrls, stage: Stage, tmp_path: Path
) -> None:
    large = group(stage, MAX_GROUP, "g")
    async with opened(database.service, tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        first, _ = await asyncio.gather(sequencer.submit(large), trade(sequencer, stage, 100, "a"))
    for folder in (tmp_path, tmp_path / "without a snapshot"):
        async with opened(database.service, folder) as again:
            repeat = await again.submit(large)
            assert (repeat.seq, repeat.answer, repeat.replayed) == (first.seq, first.answer, True)
    bodies = await bodies_in_journal(database.service)
    assert bodies[first.seq - MAX_GROUP : first.seq] == [large.body_hash] * MAX_GROUP
    assert bodies.count(large.body_hash) == MAX_GROUP
    assert await reconcile(database.service) == []


async def test_a_group_whose_commit_is_cut_is_done_once_and_as_a_whole(
    database: DatabaseUrls, stage: Stage, tmp_path: Path
) -> None:
    async with commit_proxy(database.service) as proxy, opened(proxy.url(database.service), tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        groups = [group(stage, 50, f"cut {n}") for n in range(6)]
        for one, cut in zip(groups, (Cut.BEFORE, Cut.AFTER, Cut.LATE) * 2, strict=True):
            proxy.arm(cut)
            asyncio.get_running_loop().call_later(0.2, proxy.deliver)
            receipts = await asyncio.gather(sequencer.submit(one), sequencer.submit(one))
            assert [receipt.replayed for receipt in receipts] == [False, True]
        assert sequencer.meters.unknown_outcomes == proxy.cuts == 6
    bodies = await bodies_in_journal(database.service)
    assert bodies[len(stage.log) :][:300] == [one.body_hash for one in groups for _ in range(50)]
    assert (await replayed(database.service)).entries == len(bodies)


async def test_a_second_process_is_refused_and_a_takeover_stops_the_first(
    database: DatabaseUrls, stage: Stage, tmp_path: Path
) -> None:
    async with opened(database.service, tmp_path / "first") as first:
        await set_the_stage(first, stage)
        busy = PostgresJournal(database.service, patience_s=0.2)
        with pytest.raises(LeaderBusyError):
            await busy.lead()
        await busy.close()
        async with opened(database.service, tmp_path / "second", takeover=True) as second:
            written = await trade(second, stage, 10, "second")
            with pytest.raises(StoppedError):
                await trade(first, stage, 1, "first")
            assert (await first.stopped).cause is StopCause.FENCED
            assert second.view.seq == written[-1].seq


async def test_a_constraint_that_the_core_does_not_know_of_quarantines_one_command(
    database: DatabaseUrls, stage: Stage, tmp_path: Path
) -> None:
    """The owner of the tables, behind the program's back, uses up a bank reference."""
    bad = DepositCash(stage.market.operator, stage.firms[0], Fen(1), "known to the database only")
    async with opened(database.service, tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        async with as_owner(database) as owner:
            await owner.execute("ALTER TABLE bank_references DISABLE TRIGGER USER")
            await owner.execute(USE_REFERENCE, bad.bank_reference)
            await owner.execute("ALTER TABLE bank_references ENABLE TRIGGER USER")
        results = await asyncio.gather(
            trade(sequencer, stage, 5, "with it"),
            sequencer.submit(stage.submission(0, bad, key="bad")),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [StoppedError, StoppedError]
        assert (await sequencer.stopped).cause is StopCause.BUG
    async with opened(database.service, tmp_path) as again:
        receipt = await again.submit(stage.submission(0, bad, key="bad"))
        assert receipt.answer.body == b"COMMAND_QUARANTINED"
        await trade(again, stage, 5, "with it")
    assert sum(name.startswith("failed-batch-") for name in names_in(tmp_path)) == 1


async def test_a_constraint_inside_of_a_group_quarantines_one_command_and_writes_nothing(
    database: DatabaseUrls, stage: Stage, tmp_path: Path
) -> None:
    deposits: list[Command] = [
        DepositCash(stage.market.operator, stage.firms[0], Fen(1), f"reference {n}") for n in range(8)
    ]
    key = stage.key_of(stage.market.operator)
    async with opened(database.service, tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        async with as_owner(database) as owner:
            await owner.execute("ALTER TABLE bank_references DISABLE TRIGGER USER")
            await owner.execute(USE_REFERENCE, "reference 5")
            await owner.execute("ALTER TABLE bank_references ENABLE TRIGGER USER")
        with pytest.raises(StoppedError):
            await sequencer.submit(replace(stage.group(0, deposits, key="g"), key=key))
        assert (await sequencer.stopped).cause is StopCause.BUG
    assert len(await bodies_in_journal(database.service)) == len(stage.log)
    async with opened(database.service, tmp_path) as again:
        refused = await again.submit(replace(stage.group(0, deposits, key="g"), key=key))
        assert refused.answer.body == b"COMMAND_QUARANTINED"
        done = await again.submit(replace(stage.group(0, deposits[:5] + deposits[6:], key="g"), key=key))
        assert (done.seq, done.answer.status) == (len(stage.log) + 7, 200)


async def test_a_backend_that_hangs_is_not_waited_for(database: DatabaseUrls, stage: Stage, tmp_path: Path) -> None:
    """The writer's backend is stopped in the middle; the commit counts as unknown, and is resolved when it goes on."""
    async with opened(database.service, tmp_path) as sequencer:
        await set_the_stage(sequencer, stage)
        sequencer._committer._limits = replace(LIMITS, commit_seconds=0.3)
        async with as_owner(database) as owner:
            pid = await owner.fetchval("SELECT backend_pid FROM leader")
        os.kill(pid, signal.SIGSTOP)
        try:
            trading = asyncio.create_task(trade(sequencer, stage, 20, "hanging"))
            await eventually(lambda: sequencer.meters.unknown_outcomes > 0)
            assert not trading.done()
        finally:
            os.kill(pid, signal.SIGCONT)
        receipts = await trading
        assert sequencer.view.seq >= receipts[-1].seq


@pytest.mark.processes
def test_postgres_is_killed_and_the_market_goes_on(stage: Stage, tmp_path: Path) -> None:
    async def live(dsn: str, postmaster: int) -> tuple[int, int]:
        async with opened(dsn, tmp_path) as sequencer:
            await set_the_stage(sequencer, stage)
            asyncio.get_running_loop().call_later(0.05, os.kill, postmaster, signal.SIGKILL)
            for n in range(40):
                await trade(sequencer, stage, 20, str(n))
            return sequencer.view.seq, sequencer.meters.unknown_outcomes

    with running_server() as server, fresh_database(server) as urls:
        postmaster = server.postmaster_pid
        assert postmaster is not None
        seq, unknown = asyncio.run(live(urls.service, postmaster))
        assert unknown > 0, "the kill came too late to be noticed"
        assert asyncio.run(replayed(urls.service)).entries >= seq == len(stage.log) + 800
