"""What happens when the program meets its own bug: nothing wrong becomes durable, and no restart meets it again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.core import machine
from exchange.core.codec import encode_command, encode_events
from exchange.core.commands.orders import PlaceOrder
from exchange.core.events.orders import OrderAccepted
from exchange.core.values import Side
from exchange.sequencer import deciding
from exchange.sequencer.deciding import command_hash
from exchange.sequencer.journal import decode_leaf
from exchange.sequencer.quarantine import read_failed_batch
from exchange.sequencer.sequencer import StopCause
from exchange.sequencer.submission import StoppedError
from tests.sequencer.simulated_store import Disk, Fault
from tests.sequencer.world import QUICK, Stage, assert_like_the_disk, open_on, planned, set_the_stage

BAD_PRICE = 2_777


def break_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the core half applies an order at one price and then raises."""
    apply = machine.apply

    def broken(state: Any, command: Any, key: Any, seq: Any, at: Any) -> Any:
        outcome = apply(state, command, key, seq, at)
        assert not (isinstance(command, PlaceOrder) and command.price == BAD_PRICE), "an invariant is broken"
        return outcome

    monkeypatch.setattr(deciding, "apply", broken)


def break_the_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on there are no bytes for what became of an order at one price."""

    def broken(events: Any) -> bytes:
        bad = any(isinstance(event, OrderAccepted) and event.price == BAD_PRICE for event in events)
        assert not bad, "an invariant is broken"
        return encode_events(events)

    monkeypatch.setattr(deciding, "encode_events", broken)


@pytest.mark.parametrize("break_it", [break_the_core, break_the_encoding])
async def test_an_exception_while_deciding_stops_everything_but_the_batch_on_its_way(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, break_it: Callable[..., None]
) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    break_it(monkeypatch)
    store.gate.clear()
    on_its_way = asyncio.create_task(sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900))))
    for _ in range(20):
        await asyncio.sleep(0)
    collected = asyncio.create_task(
        sequencer.submit(stage.submission(1, stage.place(1, Side.BUY, 1, 2_900), key="collected"))
    )
    bad = stage.place(2, Side.BUY, 1, BAD_PRICE)
    broken = asyncio.create_task(sequencer.submit(stage.submission(2, bad, key="bad")))
    for _ in range(20):
        await asyncio.sleep(0)
    store.gate.set()
    results = await asyncio.gather(on_its_way, collected, broken, return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["Receipt", "StoppedError", "StoppedError"]
    end = await sequencer.stopped
    assert end.cause is StopCause.BUG
    assert len(disk.entries) == sequencer.view.seq == len(stage.log) + 1
    assert list(disk.quarantine) == [command_hash(encode_command(bad))]

    kept = read_failed_batch(tmp_path / f"failed-batch-{len(stage.log) + 2}.bin")
    assert [decode_leaf(leaf).idempotency_key for leaf in kept.leaves] == ["collected"]
    assert kept.broken_command == encode_command(bad)
    assert "an invariant is broken" in kept.why

    # After a restart the same command is refused without being applied, under any key; the others are done.
    again, _ = await open_on(disk, tmp_path)
    for key in ("bad", "another key"):
        receipt = await again.submit(stage.submission(2, bad, key=key))
        assert receipt.answer.body == b"COMMAND_QUARANTINED"
    receipt = await again.submit(stage.submission(1, stage.place(1, Side.BUY, 1, 2_900), key="collected"))
    assert (receipt.answer.status, receipt.replayed) == (201, False)
    assert_like_the_disk(again, disk)
    await again.stop()


async def test_the_batch_on_its_way_is_told_the_truth_when_its_outcome_is_unknown_too(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(QUICK, unknown_seconds=0.05)
    sequencer, store = await open_on(disk, tmp_path, refusals=10**9, limits=limits)
    await set_the_stage(sequencer, stage)
    break_the_core(monkeypatch)
    store._plan = planned(Fault.COMMITTED)
    store.gate.clear()
    submissions = [
        stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)),
        stage.submission(2, stage.place(2, Side.BUY, 1, BAD_PRICE)),
    ]
    tasks = []
    for submission in submissions:
        tasks.append(asyncio.create_task(sequencer.submit(submission)))
        for _ in range(20):
            await asyncio.sleep(0)
    store.gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [StoppedError, StoppedError]
    assert (await sequencer.stopped).cause is StopCause.BUG
    assert len(disk.quarantine) == 1


async def test_a_constraint_that_fires_costs_one_batch_and_one_command(
    disk: Disk, stage: Stage, tmp_path: Path
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    bad = stage.place(1, Side.BUY, 1, BAD_PRICE)
    disk.poisoned.add(command_hash(encode_command(bad)))
    results = await asyncio.gather(
        *(
            sequencer.submit(stage.submission(n % 3, bad if n == 5 else stage.place(n % 3, Side.BUY, 1, 2_900)))
            for n in range(10)
        ),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [StoppedError] * 10
    assert (await sequencer.stopped).cause is StopCause.BUG
    assert len(disk.entries) == len(stage.log)
    assert list(disk.quarantine) == [command_hash(encode_command(bad))]
    kept = read_failed_batch(tmp_path / f"failed-batch-{len(stage.log) + 1}.bin")
    assert len(kept.leaves) == len(kept.events) == 10

    again, _ = await open_on(disk, tmp_path)
    receipt = await again.submit(stage.submission(1, bad))
    assert receipt.answer.body == b"COMMAND_QUARANTINED"
    await again.stop()


async def test_a_disk_that_refuses_the_evidence_does_not_spare_the_command(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    break_the_core(monkeypatch)
    monkeypatch.setattr(Path, "mkdir", _refuse)
    with pytest.raises(StoppedError):
        await sequencer.submit(stage.submission(2, stage.place(2, Side.BUY, 1, BAD_PRICE)))
    await sequencer.stopped
    assert len(disk.quarantine) == 1


def _refuse(*_: object, **__: object) -> None:
    raise OSError(28, "no space left on device")


async def test_evidence_of_two_failures_at_one_entry_is_kept_twice(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await sequencer.stop()
    break_the_core(monkeypatch)
    for quantity in (1, 2):
        sequencer, _ = await open_on(disk, tmp_path)
        with pytest.raises(StoppedError):
            await sequencer.submit(stage.submission(2, stage.place(2, Side.BUY, quantity, BAD_PRICE)))
        await sequencer.stopped
    first_seq = len(disk.entries) + 1
    kept = [read_failed_batch(tmp_path / f"failed-batch-{first_seq}{n}.bin") for n in ("", "-2")]
    assert kept[0].broken_command != kept[1].broken_command


async def test_a_renderer_that_raises_is_a_bug_too(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    submission = stage.submission(0, stage.place(0, Side.BUY, 1, 2_900))
    monkeypatch.setattr(type(submission.renderer), "decided", lambda *_: 1 // 0)
    with pytest.raises(StoppedError):
        await sequencer.submit(submission)
    assert (await sequencer.stopped).cause is StopCause.BUG
    assert len(disk.entries) == len(stage.log)
    assert len(disk.quarantine) == 1
