"""The commit protocol, one promise at a time, on a simulated disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from exchange.core.codec import decode_command
from exchange.core.commands.instruments import ContinueJob
from exchange.core.commands.orders import CancelAllOrders, PlaceOrder
from exchange.core.handlers import jobs
from exchange.core.values import InstrumentId, Side
from exchange.sequencer.journal import Entry, decode_leaf
from exchange.sequencer.sequencer import Sequencer, StopCause
from exchange.sequencer.submission import OverloadedError, Receipt, StoppedError
from tests.sequencer.simulated_store import Disk, Fault, SimulatedStore
from tests.sequencer.world import QUICK, Stage, assert_like_the_disk, open_on, planned, set_the_stage

Opened = tuple[Sequencer, SimulatedStore]


@pytest.fixture
async def opened(disk: Disk, stage: Stage, tmp_path: Path) -> AsyncGenerator[Opened, None]:
    """A sequencer behind which the stage is set."""
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    yield sequencer, store
    store.gate.set()
    await sequencer.stop()


def orders(sequencer: Sequencer, stage: Stage, count: int) -> list[asyncio.Task[Receipt]]:
    """So many orders, given at the same time."""
    return [
        asyncio.create_task(sequencer.submit(stage.submission(n % 3, stage.place(n % 3, Side.BUY, 1, 2_900))))
        for n in range(count)
    ]


async def turns(count: int = 20) -> None:
    """Let everybody else run."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_nobody_learns_anything_before_the_commit(opened: Opened, stage: Stage) -> None:
    sequencer, store = opened
    heard: list[Entry] = []
    sequencer.listeners.append(heard.extend)
    before = sequencer.view.seq
    store.gate.clear()
    tasks = orders(sequencer, stage, 3)
    await turns()
    assert not any(task.done() for task in tasks)
    assert (sequencer.view.seq, heard) == (before, [])
    store.gate.set()
    receipts = await asyncio.gather(*tasks)
    assert [r.seq for r in receipts] == [before + 1, before + 2, before + 3]
    assert sequencer.view.seq == before + 3
    assert [entry.leaf.seq for entry in heard] == [r.seq for r in receipts]


async def test_a_batch_is_what_arrived_while_the_last_one_was_committed(opened: Opened, stage: Stage) -> None:
    sequencer, store = opened
    store.sizes.clear()
    store.gate.clear()
    first = orders(sequencer, stage, 1)
    await turns()
    rest = orders(sequencer, stage, 40)
    await turns()
    assert store.sizes == [1]
    store.gate.set()
    await asyncio.gather(*first, *rest)
    assert store.sizes == [1, 40]


async def test_the_next_batch_is_applied_but_not_sent_before_the_last_one_is_durable(
    opened: Opened, stage: Stage
) -> None:
    sequencer, store = opened
    store.gate.clear()
    first = orders(sequencer, stage, 1)
    await turns()
    second = orders(sequencer, stage, 5)
    await turns()
    assert sequencer._decider.seq == sequencer.view.seq + 6
    assert store.appends == len(store.sizes)
    assert store.sizes[-1] == 1
    store.gate.set()
    await asyncio.gather(*first, *second)


async def test_a_batch_has_a_limit_in_commands_and_in_bytes(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    for limits in (replace(QUICK, batch=7), replace(QUICK, batch_bytes=1, slice=1)):
        sequencer, store = await open_on(disk, tmp_path, limits=limits)
        if not disk.entries:
            await set_the_stage(sequencer, stage)
        store.gate.clear()
        tasks = orders(sequencer, stage, 20)
        await turns()
        store.gate.set()
        await asyncio.gather(*tasks)
        assert max(store.sizes) <= (7 if limits.batch == 7 else 1)
        await sequencer.stop()


async def test_a_full_queue_refuses_at_once_and_does_nothing(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, queue=5, batch=2))
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    tasks = orders(sequencer, stage, 3)
    await turns()
    tasks += orders(sequencer, stage, 40)
    await turns()
    refused = [task for task in tasks if task.done()]
    assert all(isinstance(task.exception(), OverloadedError) for task in refused)
    assert len(refused) == 40 - 5
    store.gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(disk.entries) == len(stage.log) + 3 + 5
    # A refused key is as new.
    receipt = await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900), key="again"))
    assert not receipt.replayed
    await sequencer.stop()


async def test_while_an_outcome_is_unknown_it_says_that_it_cannot_append(
    disk: Disk, stage: Stage, tmp_path: Path
) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    store._plan, store._refusals = planned(Fault.COMMITTED), 30
    tasks = orders(sequencer, stage, 1)
    said = set()
    while not tasks[0].done():
        said.add(sequencer.can_append)
        await asyncio.sleep(0)
    assert said == {True, False}
    assert sequencer.can_append
    await sequencer.stop()
    assert not sequencer.can_append


@pytest.mark.parametrize("fault", [Fault.COMMITTED, Fault.LOST, Fault.PENDING, Fault.HANGS])
@pytest.mark.parametrize("refusals", [0, 3])
async def test_an_unknown_outcome_is_asked_for_and_everything_goes_on(
    disk: Disk, stage: Stage, tmp_path: Path, fault: Fault, refusals: int
) -> None:
    limits = replace(QUICK, batch=10, commit_seconds=0.05 if fault is Fault.HANGS else 60.0)
    sequencer, store = await open_on(disk, tmp_path, refusals=refusals, seed=refusals, limits=limits)
    await set_the_stage(sequencer, stage)
    store._plan = planned(fault, Fault.NONE, fault, fault)
    receipts = await asyncio.gather(*orders(sequencer, stage, 100))
    assert [r.seq for r in receipts] == list(range(len(stage.log) + 1, len(stage.log) + 101))
    # A machine that is slow at this moment may take a commit for one that hangs; that is asked for just the same.
    assert sequencer.meters.unknown_outcomes == 3 or fault is Fault.HANGS
    assert_like_the_disk(sequencer, disk)
    await sequencer.stop()


async def test_a_lost_batch_is_sent_again_as_the_same_bytes(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    store._plan = planned(Fault.LOST, Fault.LOST, Fault.LOST)
    heads = []
    append = store.append

    async def watched(batch: object) -> None:
        heads.append(batch.head)  # type: ignore[attr-defined]
        await append(batch)  # type: ignore[arg-type]

    store.append = watched  # type: ignore[method-assign]
    await asyncio.gather(*orders(sequencer, stage, 1))
    assert len(heads) == 4
    assert len(set(heads)) == 1
    await sequencer.stop()


async def test_it_stops_when_nobody_can_be_asked(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    limits = replace(QUICK, unknown_seconds=0.05)
    sequencer, store = await open_on(disk, tmp_path, limits=limits)
    await set_the_stage(sequencer, stage)
    seq = sequencer.view.seq
    store._plan, store._refusals = planned(Fault.COMMITTED), 10**9
    results = await asyncio.gather(*orders(sequencer, stage, 3), return_exceptions=True)
    assert [type(result) for result in results] == [StoppedError] * 3
    end = await sequencer.stopped
    assert end.cause is StopCause.OUTCOME_UNKNOWN
    assert "not yet" in str(end.error)  # the store's own words say where to look
    assert sequencer.view.seq == seq  # what is not known is not shown
    assert not sequencer.can_append
    with pytest.raises(StoppedError):
        await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)))


async def test_a_writer_that_was_overtaken_stops_without_writing(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    old, _ = await open_on(disk, tmp_path / "old")
    await set_the_stage(old, stage)
    new, _ = await open_on(disk, tmp_path / "new")
    entries = len(disk.entries)
    results = await asyncio.gather(*orders(old, stage, 3), return_exceptions=True)
    assert [type(result) for result in results] == [StoppedError] * 3
    assert (await old.stopped).cause is StopCause.FENCED
    assert len(disk.entries) == entries
    await asyncio.gather(*orders(new, stage, 3))
    await new.stop()


async def test_a_writer_that_was_overtaken_while_it_asked_stops_too(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    old, store = await open_on(disk, tmp_path / "old")
    await set_the_stage(old, stage)
    store._plan = planned(Fault.LOST)
    store.gate.clear()
    tasks = orders(old, stage, 1)
    await turns()
    store.gate.set()
    disk.epoch += 1
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[0], StoppedError)
    assert (await old.stopped).cause is StopCause.FENCED


async def test_a_job_and_callers_share_every_batch(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue is never empty, and yet the job goes on; the job is never idle, and yet callers are served."""
    monkeypatch.setattr(jobs, "CHUNK", 2)
    sequencer, _ = await open_on(disk, tmp_path, limits=replace(QUICK, batch=4))
    await set_the_stage(sequencer, stage)
    await asyncio.gather(*orders(sequencer, stage, 30))
    start = len(disk.entries)
    firm = stage.firms[0]
    command = CancelAllOrders(stage.market.traders[firm], firm, InstrumentId(0))
    cancelling = asyncio.create_task(sequencer.submit(stage.submission(0, command)))
    await asyncio.gather(cancelling, *orders(sequencer, stage, 60))
    kinds = [type(decode_command(decode_leaf(entry.leaf_bytes).command)) for entry in disk.entries[start:]]
    chunks = [n for n, kind in enumerate(kinds) if kind is ContinueJob]
    assert kinds.count(PlaceOrder) == 60
    assert len(chunks) == 5  # ten orders in chunks of two, the first with the command itself, and the end
    assert all(later - earlier == 4 for earlier, later in pairwise(chunks))  # one chunk and three callers a batch
    await sequencer.stop()


async def test_a_job_goes_on_without_any_caller(opened: Opened, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    sequencer, _ = opened
    await asyncio.gather(*orders(sequencer, stage, 30))
    firm = stage.firms[1]
    receipt = await sequencer.submit(
        stage.submission(1, CancelAllOrders(stage.market.traders[firm], firm, InstrumentId(0)))
    )
    await sequencer.view.wait_for(type(receipt.seq)(receipt.seq + 5), 5.0)
    assert not sequencer.view.markets.jobs


async def test_a_caller_that_goes_away_changes_nothing_for_the_others(opened: Opened, stage: Stage, disk: Disk) -> None:
    sequencer, store = opened
    store.gate.clear()
    first, *rest = orders(sequencer, stage, 3)
    await turns()
    first.cancel()
    await turns()
    store.gate.set()
    await asyncio.gather(*rest)
    assert len(disk.entries) == len(stage.log) + 3


async def test_stopping_finishes_what_waits_and_refuses_what_comes(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    tasks = orders(sequencer, stage, 50)
    await turns()
    stopping = asyncio.create_task(sequencer.stop())
    await turns()
    with pytest.raises(StoppedError):
        await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)))
    store.gate.set()
    await stopping
    assert all(not task.exception() for task in tasks)
    assert sequencer.stopped.result().cause is StopCause.ASKED
    assert_like_the_disk(sequencer, disk)


async def test_time_in_the_journal_never_goes_back(opened: Opened, stage: Stage, disk: Disk) -> None:
    sequencer, _ = opened
    await asyncio.gather(*orders(sequencer, stage, 200))
    stamps = [decode_leaf(entry.leaf_bytes).at for entry in disk.entries]
    assert stamps == sorted(stamps)
