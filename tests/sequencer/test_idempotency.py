"""One key, one effect, one answer: whoever asks, however often, in whatever order, before and after a restart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.canonical import CanonicalError
from exchange.core.values import MICROS_PER_DAY, Side
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.journal import StoredAnswer
from exchange.sequencer.sequencer import open_sequencer
from exchange.sequencer.spentkeys import FIRST_CAPACITY, SpentKeys, mark_of
from exchange.sequencer.submission import OverloadedError, Receipt, StoppedError
from tests.sequencer.simulated_store import Disk, SimulatedStore
from tests.sequencer.world import QUICK, Stage, WanderingClock, open_on, set_the_stage
from tests.support.market import OPENING


async def test_a_repeat_gets_the_same_bytes_and_does_nothing(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    command = stage.place(0, Side.BUY, 1, 2_900)
    first = await sequencer.submit(stage.submission(0, command, key="k"))
    again = await sequencer.submit(stage.submission(0, command, key="k"))
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.answer, again.seq) == (first.answer, first.seq)
    other_scope = await sequencer.submit(stage.submission(1, stage.place(1, Side.BUY, 1, 2_900), key="k"))
    assert other_scope.seq == first.seq + 1
    await sequencer.stop()


async def test_repeats_in_flight_wait_for_the_one_commit(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    store.gate.clear()
    submission = stage.submission(0, stage.place(0, Side.BUY, 1, 2_900), key="k")
    tasks = [asyncio.create_task(sequencer.submit(submission)) for _ in range(50)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    other = await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 2, 2_900), key="k"))
    assert other.answer.body == b"KEY_REUSED"
    tasks[0].cancel()  # the first caller goes away; the others get its answer all the same
    store.gate.set()
    await asyncio.wait(tasks)
    receipts = [task.result() for task in tasks[1:]]
    assert len({receipt.answer.body for receipt in receipts}) == 1
    assert all(receipt.replayed for receipt in receipts)
    assert len(disk.entries) == len(stage.log) + 1
    await sequencer.stop()


@pytest.mark.parametrize("recent_answers", [0, 1_000])
@pytest.mark.parametrize("snapshot", [False, True])
async def test_another_body_is_refused_and_a_restart_forgets_nothing(
    disk: Disk, stage: Stage, tmp_path: Path, recent_answers: int, snapshot: bool
) -> None:
    limits = replace(QUICK, recent_answers=recent_answers)
    sequencer, store = await open_on(disk, tmp_path, limits=limits)
    await set_the_stage(sequencer, stage)
    command = stage.place(0, Side.BUY, 1, 2_900)
    first = await sequencer.submit(stage.submission(0, command, key="k"))
    for restart in (False, True):
        if restart:
            await sequencer.stop()
            folder = tmp_path if snapshot else tmp_path / "without a snapshot"
            sequencer, store = await open_on(disk, folder, limits=limits)
            assert store.looked_up == 0
        repeats = [sequencer.submit(stage.submission(0, command, key="k")) for _ in range(20)]
        receipts = await asyncio.gather(*repeats)
        assert {(r.answer.body, r.seq, r.replayed) for r in receipts} == {(first.answer.body, first.seq, True)}
        reused = await sequencer.submit(stage.submission(0, stage.place(0, Side.SELL, 1, 2_900), key="k"))
        assert reused.answer.body == b"KEY_REUSED"
        if restart:
            assert 1 <= store.looked_up <= 2  # twenty repeats at once are one question, plus one when none is kept
    await sequencer.stop()


async def test_a_new_key_does_not_ask_the_disk(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    for n in range(200):
        await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900), key=f"new {n}"))
    assert store.looked_up == 0
    await sequencer.stop()


class _LaterClock(WanderingClock):
    """The machine's clock after ninety-one days."""

    def __init__(self) -> None:
        super().__init__(Random(0), OPENING + 91 * MICROS_PER_DAY)


@pytest.mark.parametrize("purged", [False, True])
async def test_after_ninety_days_a_key_is_spent_for_ever(
    disk: Disk, stage: Stage, tmp_path: Path, purged: bool
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    submission = stage.submission(0, stage.place(0, Side.BUY, 1, 2_900), key="k")
    await sequencer.submit(submission)
    await sequencer.stop()
    entries = len(disk.entries)
    if purged:
        stored = disk.answers[submission.scope, "k"]
        disk.answers[submission.scope, "k"] = replace(stored, answer=None)
    clock = WanderingClock(Random(0)) if purged else _LaterClock()
    store = SimulatedStore(disk, Random(0))
    sequencer = await open_sequencer(store, tmp_path, clock, QUICK, CrashPoints())
    for body in (b"", b"other"):
        receipt = await sequencer.submit(stage.submission(0, submission.command, key="k", body=body))
        assert receipt.answer.body == b"KEY_SPENT"
    assert len(disk.entries) == entries
    await sequencer.stop()


async def test_when_the_disk_cannot_be_asked_the_caller_is_told_to_come_again(
    disk: Disk, stage: Stage, tmp_path: Path
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    submission = stage.submission(0, stage.place(0, Side.BUY, 1, 2_900), key="k")
    first = await sequencer.submit(submission)
    await sequencer.stop()
    sequencer, store = await open_on(disk, tmp_path)
    answer = store.answer

    async def unreachable(scope: int, key: str) -> None:
        raise ConnectionError("down")

    store.answer = unreachable  # type: ignore[method-assign,assignment]
    with pytest.raises(OverloadedError):
        await sequencer.submit(submission)
    store.answer = answer  # type: ignore[method-assign]
    again = await sequencer.submit(submission)
    assert (again.answer, again.replayed) == (first.answer, True)
    await sequencer.stop()


async def test_no_request_of_a_scope_overtakes_one_whose_key_the_disk_is_asked_for(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filter takes some new keys for used ones; who sends several requests in a row cannot know which."""
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    gate, answer = asyncio.Event(), store.answer
    monkeypatch.setattr(sequencer._keys.spent, "may_hold_mark", lambda mark: mark == mark_of(stage.firms[0], "second"))

    async def slow(scope: int, key: str) -> StoredAnswer | None:
        await gate.wait()
        return await answer(scope, key)

    monkeypatch.setattr(store, "answer", slow)

    def sent(firm: int, key: str) -> asyncio.Task[Receipt]:
        command = stage.place(firm, Side.BUY, 1, 2_900)
        return asyncio.create_task(sequencer.submit(stage.submission(firm, command, key=key)))

    mine = [sent(0, key) for key in ("first", "second", "third", "fourth")]
    others = await sent(1, "another scope")
    assert [task.done() for task in mine[1:]] == [False] * 3
    gate.set()
    seqs = [(await task).seq for task in mine]
    assert seqs == sorted(seqs)
    assert seqs[0] < others.seq < seqs[1]
    # When nobody is in line any more, nobody waits.
    assert (await sent(0, "fifth")).seq == seqs[-1] + 1
    await sequencer.stop()


async def test_an_error_that_nobody_foresaw_turns_everybody_in_line_away(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sequencer, store = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    monkeypatch.setattr(sequencer._keys.spent, "may_hold_mark", lambda mark: True)
    monkeypatch.setattr(store, "answer", lambda scope, key: 1 // 0)
    submissions = [stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)) for _ in range(3)]
    results = await asyncio.gather(*(sequencer.submit(one) for one in submissions), return_exceptions=True)
    assert [type(result) for result in results] == [StoppedError] * 3
    monkeypatch.undo()
    assert (await sequencer.submit(submissions[1])).seq == len(stage.log) + 1
    await sequencer.stop()
    caplog.clear()


@given(st.sets(st.tuples(st.integers(-(2**63), 2**63 - 1), st.text(max_size=30)), max_size=200))
def test_the_filter_never_forgets(keys: set[tuple[int, str]]) -> None:
    spent = SpentKeys()
    for scope, key in keys:
        spent.add(scope, key)
    for memory in (spent, SpentKeys.from_bytes(spent.to_bytes())):
        assert all(memory.may_hold(scope, key) for scope, key in keys)


def test_the_filter_grows_and_rarely_errs() -> None:
    spent = SpentKeys()
    count = FIRST_CAPACITY + FIRST_CAPACITY // 2
    for n in range(count):
        spent.add(7, f"used {n}")
    assert all(spent.may_hold(7, f"used {n}") for n in range(0, count, 97))
    wrong = sum(spent.may_hold(7, f"new {n}") for n in range(10_000))
    assert wrong < 300
    again = SpentKeys.from_bytes(spent.to_bytes())
    again.add(7, "one more")
    assert again.may_hold(7, "used 3")
    assert again.to_bytes() != spent.to_bytes()


@given(st.binary(max_size=100))
def test_other_bytes_are_no_filter(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        SpentKeys.from_bytes(data)
