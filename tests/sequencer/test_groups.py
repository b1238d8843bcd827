"""A request of many commands: one key, consecutive entries in one transaction, one answer, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.core.codec import encode_command
from exchange.core.commands import Command
from exchange.core.state import ExchangeState
from exchange.core.values import OrderId, Seq, Side
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.deciding import command_hash
from exchange.sequencer.journal import Batch, Leaf, decode_leaf
from exchange.sequencer.limits import Limits
from exchange.sequencer.quarantine import read_failed_batch
from exchange.sequencer.sequencer import Sequencer, StopCause
from exchange.sequencer.submission import MAX_GROUP, OverloadedError, StoppedError
from tests.sequencer.simulated_store import Disk, Fault, SimulatedStore
from tests.sequencer.test_bugs import BAD_PRICE, break_the_core
from tests.sequencer.test_sequencer import orders, turns
from tests.sequencer.world import QUICK, PlainRenderer, Stage, assert_like_the_disk, open_on, planned, set_the_stage

Opened = tuple[Sequencer, SimulatedStore]


@pytest.fixture
async def opened(disk: Disk, stage: Stage, tmp_path: Path) -> AsyncGenerator[Opened, None]:
    """A sequencer behind which the stage is set."""
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    yield sequencer, store
    store.gate.set()
    await sequencer.stop()


def buys(stage: Stage, count: int, price: int = 2_900) -> list[Command]:
    """So many orders of the first firm, each of another quantity."""
    return [stage.place(0, Side.BUY, 1 + n, price) for n in range(count)]


def leaves(disk: Disk, after: int) -> list[Leaf]:
    """The leaves of the entries after one."""
    return [decode_leaf(entry.leaf_bytes) for entry in disk.entries[after:]]


async def test_a_group_is_consecutive_entries_and_one_answer(opened: Opened, disk: Disk, stage: Stage) -> None:
    sequencer, store = opened
    start = len(disk.entries)
    refused = stage.place(0, Side.BUY, 1, 99_999)
    group = stage.group(0, [*buys(stage, 2), refused, *buys(stage, 2)], key="g")
    store.gate.clear()
    before = orders(sequencer, stage, 3)
    await turns()
    submitted = asyncio.create_task(sequencer.submit(group))
    after = orders(sequencer, stage, 3)
    await turns()
    store.gate.set()
    receipt, *_ = await asyncio.gather(submitted, *before, *after)
    found = leaves(disk, start)
    whole = [leaf for leaf in found if leaf.body_hash == group.body_hash]
    assert [leaf.seq for leaf in whole] == list(range(receipt.seq - 4, receipt.seq + 1))
    assert [leaf.command for leaf in whole] == [encode_command(command) for command in group.commands]
    assert [leaf.idempotency_key for leaf in whole] == ["", "", "", "", "g"]
    assert {(leaf.key, leaf.scope) for leaf in whole} == {(group.key, group.scope)}
    lines = receipt.answer.body.decode().splitlines()
    assert [line.split(": ")[0] for line in lines] == ["0", "1", "2", "3", "4"]
    assert [int(line.split()[1]) for line in lines] == [leaf.seq for leaf in whole]
    assert [leaf.reason != 0 for leaf in whole] == [False, False, True, False, False]
    assert_like_the_disk(sequencer, disk)


async def test_a_repeat_gets_the_same_bytes_also_after_a_restart(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    group = stage.group(0, buys(stage, 4), key="g")
    store.gate.clear()
    tasks = [asyncio.create_task(sequencer.submit(group)) for _ in range(5)]
    await turns()
    store.gate.set()
    receipts = await asyncio.gather(*tasks)
    receipts.append(await sequencer.submit(group))
    await sequencer.stop()
    for folder in (tmp_path, tmp_path / "without a snapshot"):
        sequencer, _ = await open_on(disk, folder)
        receipts.append(await sequencer.submit(group))
        other = stage.group(0, buys(stage, 5), key="g")
        assert (await sequencer.submit(other)).answer.body == b"KEY_REUSED"
        alone = stage.submission(0, buys(stage, 1)[0], key="g")
        assert (await sequencer.submit(alone)).answer.body == b"KEY_REUSED"
        await sequencer.stop()
    assert len({(receipt.seq, receipt.answer.body) for receipt in receipts}) == 1
    assert [receipt.replayed for receipt in receipts] == [False] + [True] * 7
    assert sum(leaf.body_hash == group.body_hash for leaf in leaves(disk, 0)) == 4


async def test_no_batch_has_a_part_of_a_group(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when it is decided in many turns, not when it is larger than a batch, not beside what else waits."""
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, batch=10, slice=3))
    await set_the_stage(sequencer, stage)
    batches: list[Batch] = []
    append = store.append

    async def watched(batch: Batch) -> None:
        batches.append(batch)
        await append(batch)

    monkeypatch.setattr(store, "append", watched)
    groups = [stage.group(0, buys(stage, size)) for size in (7, 4, 25, 1, 9, 10)]
    submitted = [asyncio.create_task(sequencer.submit(group)) for group in groups[:3]]
    submitted += orders(sequencer, stage, 20)
    submitted += [asyncio.create_task(sequencer.submit(group)) for group in groups[3:]]
    await asyncio.gather(*submitted)
    for group in groups:
        parts = [sum(entry.leaf.body_hash == group.body_hash for entry in batch.entries) for batch in batches]
        assert [part for part in parts if part] == [len(group.commands)]
    assert [len(batch.entries) for batch in batches if len(batch.entries) > 10] == [25]
    await sequencer.stop()


async def test_the_others_get_their_turn_inside_of_a_long_group(
    opened: Opened, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, store = opened
    store.gate.clear()
    first = orders(sequencer, stage, 1)
    await turns()
    submitted = asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, MAX_GROUP))))
    seen = set()
    while not submitted.done():
        seen.add(sequencer.decided)
        await asyncio.sleep(0)
        if sequencer.decided - sequencer.view.seq == MAX_GROUP + 1:
            store.gate.set()
    await asyncio.gather(*first)
    assert len(seen) >= MAX_GROUP // Limits().slice


async def test_the_others_get_their_turn_between_commands_of_many_events(
    stage: Stage, disk: Disk, tmp_path: Path
) -> None:
    """An order may trade with a thousand others, so to count commands does not bound the time that they take."""
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, slice_events=1))
    store.gate.clear()
    first = orders(sequencer, stage, 1)
    await turns()
    submitted = asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, 50))))
    seen = set()
    while sequencer.decided - sequencer.view.seq < 51:
        seen.add(sequencer.decided)
        await asyncio.sleep(0)
    store.gate.set()
    await asyncio.gather(*first, submitted)
    assert len(seen) >= 50
    await sequencer.stop()


async def test_what_was_decided_before_a_group_is_sent_while_the_group_is_decided(
    opened: Opened, stage: Stage, disk: Disk
) -> None:
    sequencer, _ = opened
    first = orders(sequencer, stage, 1)
    submitted = asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, MAX_GROUP))))
    durable = set()
    while not submitted.done():
        if sequencer._begun is not None:
            durable.add(len(disk.entries))
        await asyncio.sleep(0)
    assert len(stage.log) + 1 in durable
    await asyncio.gather(*first)
    assert_like_the_disk(sequencer, disk)


async def test_the_queue_counts_commands(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, queue=20, batch=2))
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    tasks = orders(sequencer, stage, 3)  # one is on its way, two in the open batch
    await turns()
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, 15)))))
    await turns()
    assert sequencer.waiting == 15
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.group(1, buys(stage, 6), key="too much"))
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, 5)))))
    await turns()
    assert sequencer.waiting == 20
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)))
    store.gate.set()
    await asyncio.gather(*tasks)
    assert sequencer.waiting == 0
    # A group that no queue of this size has room for is let in when nothing waits; a key that was refused is as new.
    large = await sequencer.submit(stage.group(0, buys(stage, 30)))
    again = await sequencer.submit(stage.group(1, buys(stage, 6), key="too much"))
    assert (large.replayed, again.replayed) == (False, False)
    await sequencer.stop()


async def test_no_firm_has_more_than_its_share_of_the_queue(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, share=10, batch=1))
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    tasks = orders(sequencer, stage, 2)  # one is on its way, one in the open batch
    await turns()
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, 8)))))
    await turns()
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.group(0, buys(stage, 3), key="greedy"))
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.group(0, [stage.cancel(0, OrderId(1))] * 3))
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(1, buys(stage, 8)))))
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(2, buys(stage, 30)))))
    await turns()
    assert sequencer.waiting == 8 + 8 + 30  # who has none waiting may send a group of any size
    store.gate.set()
    await asyncio.gather(*tasks)
    assert not (await sequencer.submit(stage.group(0, buys(stage, 3), key="greedy"))).replayed
    await sequencer.stop()


async def test_behind_a_full_queue_there_is_room_for_cancels(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, queue=10, cancels=2, batch=1))
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    tasks = orders(sequencer, stage, 2)
    await turns()
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(0, buys(stage, 10)))))
    await turns()
    cancel = stage.cancel(1, OrderId(1))
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.group(1, [cancel, *buys(stage, 1)]))
    tasks.append(asyncio.create_task(sequencer.submit(stage.group(1, [cancel, cancel]))))
    await turns()
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.submission(1, cancel))
    store.gate.set()
    await asyncio.gather(*tasks)
    await sequencer.stop()


async def test_a_group_keeps_its_room_while_the_disk_is_asked_for_its_key(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, queue=20, recent_answers=0))
    await set_the_stage(sequencer, stage)
    group = stage.group(0, buys(stage, 15), key="g")
    first = await sequencer.submit(group)
    gate = asyncio.Event()
    answer = store.answer

    async def slow(scope: int, key: str) -> Any:
        await gate.wait()
        return await answer(scope, key)

    monkeypatch.setattr(store, "answer", slow)
    repeat = asyncio.create_task(sequencer.submit(group))
    await turns()
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.group(0, buys(stage, 6)))
    gate.set()
    assert (await repeat).answer == first.answer
    assert not (await sequencer.submit(stage.group(0, buys(stage, 6)))).replayed
    await sequencer.stop()


async def test_recent_answers_are_bounded_in_bytes(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, recent_answer_bytes=2_500))
    await set_the_stage(sequencer, stage)
    groups = [stage.group(0, buys(stage, 20)) for _ in range(5)]
    receipts = [await sequencer.submit(group) for group in groups]
    sizes = [len(receipt.answer.body) for receipt in receipts]
    assert 3 * max(sizes) <= 2_500 < 4 * min(sizes)
    for group, receipt in reversed(list(zip(groups, receipts, strict=True))):
        assert (await sequencer.submit(group)).answer == receipt.answer
    assert store.looked_up == 2  # the last three were in memory
    await sequencer.stop()


@pytest.mark.parametrize("fault", [Fault.COMMITTED, Fault.LOST, Fault.PENDING])
async def test_an_unknown_outcome_is_one_for_the_whole_group(
    opened: Opened, stage: Stage, disk: Disk, fault: Fault
) -> None:
    sequencer, store = opened
    store._plan = planned(fault, fault)
    group = stage.group(0, buys(stage, 50))
    receipt = await sequencer.submit(group)
    assert sequencer.meters.unknown_outcomes >= 1
    assert [leaf.seq for leaf in leaves(disk, 0) if leaf.body_hash == group.body_hash][-1] == receipt.seq
    assert_like_the_disk(sequencer, disk)


async def test_an_exception_inside_of_a_group_drops_the_whole_group(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    break_the_core(monkeypatch)
    store.gate.clear()
    on_its_way = orders(sequencer, stage, 1)
    await turns()
    bad = stage.place(0, Side.BUY, 1, BAD_PRICE)
    group = stage.group(0, [*buys(stage, 3), bad, *buys(stage, 2)], key="g")
    submitted = asyncio.create_task(sequencer.submit(group))
    await turns()
    store.gate.set()
    results = await asyncio.gather(*on_its_way, submitted, return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["Receipt", "StoppedError"]
    assert (await sequencer.stopped).cause is StopCause.BUG
    assert len(disk.entries) == len(stage.log) + 1
    assert list(disk.quarantine) == [command_hash(encode_command(bad))]
    kept = read_failed_batch(tmp_path / f"failed-batch-{len(stage.log) + 2}.bin")
    assert [decode_leaf(leaf).command for leaf in kept.leaves] == [encode_command(c) for c in group.commands[:3]]
    assert kept.broken_command == encode_command(bad)
    # After a restart the group is refused as a whole, under any key; without the bad command it is done.
    again, _ = await open_on(disk, tmp_path)
    for key in ("g", "another"):
        receipt = await again.submit(stage.group(0, list(group.commands), key=key))
        assert (receipt.seq, receipt.answer.body) == (0, b"COMMAND_QUARANTINED")
    good = await again.submit(stage.group(0, buys(stage, 3), key="g"))
    assert (good.seq, good.replayed) == (len(stage.log) + 4, False)
    assert_like_the_disk(again, disk)
    await again.stop()


@pytest.mark.parametrize("method", ["item", "whole"])
async def test_a_renderer_that_raises_inside_of_a_group_is_a_bug_too(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    monkeypatch.setattr(PlainRenderer, method, lambda *_: 1 // 0)
    with pytest.raises(StoppedError):
        await sequencer.submit(stage.group(0, buys(stage, 2)))
    assert (await sequencer.stopped).cause is StopCause.BUG
    assert (len(disk.entries), len(disk.quarantine)) == (len(stage.log), 1)


async def test_a_constraint_that_fires_inside_of_a_group_costs_one_command_of_it(
    disk: Disk, stage: Stage, tmp_path: Path
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    bad = stage.place(0, Side.BUY, 1, BAD_PRICE)
    disk.poisoned.add(command_hash(encode_command(bad)))
    group = stage.group(0, [*buys(stage, 3), bad, *buys(stage, 2)])
    with pytest.raises(StoppedError):
        await sequencer.submit(group)
    assert (await sequencer.stopped).cause is StopCause.BUG
    assert len(disk.entries) == len(stage.log)
    assert list(disk.quarantine) == [command_hash(encode_command(bad))]
    again, _ = await open_on(disk, tmp_path)
    assert (await again.submit(group)).answer.body == b"COMMAND_QUARANTINED"
    assert (await again.submit(stage.group(0, buys(stage, 3)))).answer.status == 200
    await again.stop()


async def test_stopping_finishes_a_group_and_takes_no_snapshot_inside_of_it(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, _ = await open_on(disk, tmp_path, limits=replace(QUICK, snapshot_every=len(stage.log) + 5, slice=2))
    await set_the_stage(sequencer, stage)
    taken: list[tuple[Seq, Seq]] = []
    begin = sequencer._snapshotter.begin

    def watched(state: ExchangeState, head: bytes, view: CommittedView, *others: Any) -> None:
        taken.append((state.seq, view.seq))
        begin(state, head, view, *others)

    monkeypatch.setattr(sequencer._snapshotter, "begin", watched)
    group = stage.group(0, buys(stage, 40))
    submitted = asyncio.create_task(sequencer.submit(group))
    while sequencer._begun is None:  # noqa: ASYNC110  there is no event to wait for
        await asyncio.sleep(0)
    stopping = asyncio.create_task(sequencer.stop())
    receipt = await submitted
    await stopping
    assert sequencer.stopped.result().cause is StopCause.ASKED
    assert receipt.seq == len(stage.log) + 40
    assert taken
    assert all(state == view >= receipt.seq for state, view in taken)
    again, _ = await open_on(disk, tmp_path)
    assert again.view.seq >= receipt.seq
    assert_like_the_disk(again, disk)
    await again.stop()


async def test_a_command_of_the_program_finds_room_in_a_full_queue_and_respects_the_quarantine(
    disk: Disk, stage: Stage, tmp_path: Path
) -> None:
    sequencer, store = await open_on(disk, tmp_path, limits=replace(QUICK, queue=1, batch=1))
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    tasks = []
    for _ in range(3):  # one is on its way, one in the open batch, one in the queue
        tasks += orders(sequencer, stage, 1)
        await turns()
    with pytest.raises(OverloadedError):
        await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)))
    command = stage.place(0, Side.BUY, 1, 2_900)
    own = asyncio.create_task(sequencer.own(command))
    await turns()
    store.gate.set()
    await asyncio.gather(*tasks)
    assert await own == len(stage.log) + 4
    await sequencer.stop()
    disk.quarantine[command_hash(encode_command(command))] = "it broke the program"
    again, _ = await open_on(disk, tmp_path)
    entries = len(disk.entries)
    assert await again.own(command) == 0
    assert len(disk.entries) == entries
    await again.stop()
    with pytest.raises(StoppedError):
        await again.own(command)
