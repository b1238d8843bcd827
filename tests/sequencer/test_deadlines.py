"""A dead-man's switch goes off when the journal's time has passed its deadline, whatever else happens to the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from exchange.core.codec import decode_command, encode_command
from exchange.core.commands import Command
from exchange.core.commands.orders import CancelUnattended, SetCancelAfter, UnattendedCause
from exchange.core.handlers import jobs
from exchange.core.values import NOBODY, Micros, PersonId, Side
from exchange.sequencer import deciding
from exchange.sequencer.clock import Stamps
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.deciding import command_hash
from exchange.sequencer.journal import Leaf, decode_leaf
from exchange.sequencer.limits import Limits
from exchange.sequencer.sequencer import Sequencer, StopCause, open_sequencer
from tests.sequencer.simulated_store import Disk, SimulatedStore
from tests.sequencer.world import QUICK, Stage, assert_like_the_disk, set_the_stage
from tests.support.market import OPENING

LIMITS = replace(QUICK, clock_seconds=0.0)
"""Under which the writer looks at the clock in every turn of the event loop while a deadline is to come."""

SECOND = 1_000_000


class SetClock:
    """Two clocks that stand still until a test moves them."""

    def __init__(self) -> None:
        self.wall = OPENING + 3_600 * SECOND
        self.ran = 0

    def now(self) -> Micros:
        """What it was set to."""
        return Micros(self.wall)

    def steady(self) -> Micros:
        """What has run."""
        return Micros(self.ran)

    def pass_seconds(self, seconds: float) -> None:
        """Time goes by, on both."""
        self.wall += int(seconds * SECOND)
        self.ran += int(seconds * SECOND)


class Scene:
    """A sequencer on a disk under a clock that the test moves."""

    def __init__(self, disk: Disk, stage: Stage, folder: Path) -> None:
        self.clock = SetClock()
        self.disk = disk
        self.stage = stage
        self.folder = folder
        self.sequencer: Sequencer

    async def open(self, limits: Limits = LIMITS) -> None:
        """Start a process on what the disk holds."""
        store = SimulatedStore(self.disk, Random(0))
        self.sequencer = await open_sequencer(store, self.folder, self.clock, limits, CrashPoints())
        if not self.disk.entries:
            await set_the_stage(self.sequencer, self.stage)

    async def rest(self) -> None:
        """Let the writer have many turns."""
        for _ in range(200):
            await asyncio.sleep(0)

    async def arm(self, firm: int, seconds: int) -> None:
        """A firm sets its switch."""
        participant = self.stage.firms[firm]
        command = SetCancelAfter(self.stage.market.traders[participant], participant, seconds)
        receipt = await self.sequencer.submit(self.stage.submission(firm, command))
        assert receipt.answer.status == 201

    async def order(self, firm: int) -> None:
        """A firm enters an order that rests."""
        await self.sequencer.submit(self.stage.submission(firm, self.stage.place(firm, Side.BUY, 1, 2_900)))

    def fired(self) -> list[Leaf]:
        """The entries that the switches have made."""
        leaves = [decode_leaf(entry.leaf_bytes) for entry in self.disk.entries]
        return [leaf for leaf in leaves if isinstance(decode_command(leaf.command), CancelUnattended)]

    def open_orders(self) -> list[int]:
        """How many open orders each firm has."""
        owners = [order.participant for order in self.sequencer.state.orders.by_id.values()]
        return [owners.count(firm) for firm in self.stage.firms]


@pytest.fixture
async def scene(disk: Disk, stage: Stage, tmp_path: Path) -> Scene:
    """A scene that is open; the test stops its sequencer."""
    made = Scene(disk, stage, tmp_path)
    await made.open()
    return made


async def test_a_deadline_that_passes_cancels_without_any_caller(scene: Scene) -> None:
    for firm in (0, 0, 1):
        await scene.order(firm)
    await scene.arm(0, 10)
    scene.clock.pass_seconds(9.999)
    await scene.rest()
    assert scene.fired() == []
    scene.clock.pass_seconds(0.001)
    await scene.rest()
    (leaf,) = scene.fired()
    assert (leaf.key, leaf.scope, leaf.idempotency_key, leaf.body_hash, leaf.reason) == (0, 0, "", b"", 0)
    assert scene.open_orders() == [0, 1, 0]
    assert_like_the_disk(scene.sequencer, scene.disk)
    scene.clock.pass_seconds(100)
    await scene.rest()
    assert len(scene.fired()) == 1
    await scene.sequencer.stop()


async def test_a_renewed_deadline_is_the_later_one_and_a_disarmed_one_is_none(scene: Scene) -> None:
    await scene.order(0)
    await scene.order(1)
    await scene.arm(0, 10)
    await scene.arm(1, 10)
    scene.clock.pass_seconds(8)
    await scene.arm(0, 10)
    await scene.arm(1, 0)
    scene.clock.pass_seconds(8)
    await scene.rest()
    assert scene.fired() == []
    scene.clock.pass_seconds(2)
    await scene.rest()
    assert scene.open_orders() == [0, 1, 0]
    await scene.sequencer.stop()


async def test_several_deadlines_go_off_in_the_order_of_time(scene: Scene) -> None:
    for firm, seconds in ((0, 30), (1, 10), (2, 20)):
        await scene.order(firm)
        await scene.arm(firm, seconds)
    scene.clock.pass_seconds(60)
    await scene.rest()
    commands = [decode_command(leaf.command) for leaf in scene.fired()]
    firms = [command.participant for command in commands if isinstance(command, CancelUnattended)]
    assert firms == [scene.stage.firms[firm] for firm in (1, 2, 0)]
    assert scene.open_orders() == [0, 0, 0]
    await scene.sequencer.stop()


async def test_callers_and_switches_share_the_batches(scene: Scene) -> None:
    """Neither a queue that is never empty nor a group keeps a switch from going off."""
    await scene.order(0)
    await scene.arm(0, 10)
    scene.clock.pass_seconds(11)
    orders: list[Command] = [scene.stage.place(1, Side.BUY, 1, 2_900) for _ in range(300)]
    requests = [scene.sequencer.submit(scene.stage.group(1, orders[n : n + 50])) for n in range(0, 300, 50)]
    receipts = await asyncio.gather(*requests)
    (leaf,) = scene.fired()
    assert leaf.seq < max(receipt.seq for receipt in receipts)
    await scene.sequencer.stop()


@pytest.mark.parametrize("peaceful", [True, False])
async def test_one_that_passed_while_nobody_was_there_goes_off_right_after_the_start(
    scene: Scene, peaceful: bool
) -> None:
    await scene.order(0)
    await scene.arm(0, 10)
    if peaceful:
        await scene.sequencer.stop()
    else:
        assert scene.sequencer._writer is not None
        scene.sequencer._writer.cancel()
        await scene.rest()
    scene.clock.pass_seconds(3_600)
    await scene.open()
    await scene.rest()
    assert len(scene.fired()) == 1
    assert scene.open_orders() == [0, 0, 0]
    await scene.sequencer.stop()


async def test_while_it_stops_no_switch_goes_off(scene: Scene) -> None:
    """It waits for the next start; otherwise each of very many would keep the end waiting."""
    await scene.order(0)
    await scene.arm(0, 10)
    scene.clock.pass_seconds(11)
    await scene.sequencer.stop()
    assert scene.sequencer.stopped.result().cause is StopCause.ASKED
    assert scene.fired() == []
    await scene.open()
    await scene.rest()
    assert len(scene.fired()) == 1
    await scene.sequencer.stop()


async def test_a_clock_that_is_set_back_delays_a_switch_but_does_not_stop_it(scene: Scene) -> None:
    await scene.order(0)
    await scene.arm(0, 10)
    scene.clock.wall -= 3_600 * SECOND
    scene.clock.pass_seconds(19.9)
    await scene.rest()
    assert scene.fired() == []
    scene.clock.pass_seconds(0.2)
    await scene.rest()
    assert len(scene.fired()) == 1
    await scene.sequencer.stop()


async def test_a_clock_that_is_set_forward_is_noticed(scene: Scene) -> None:
    await scene.order(0)
    await scene.arm(0, 3_600)
    await scene.rest()
    scene.clock.wall += 3_600 * SECOND
    await scene.rest()
    assert len(scene.fired()) == 1
    await scene.sequencer.stop()


async def test_the_writer_sleeps_until_the_deadline_and_no_longer_than_it_may(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.sequencer.stop()
    await scene.open(replace(LIMITS, clock_seconds=5.0))
    asked: list[float] = []
    loop = asyncio.get_running_loop()

    def soon(seconds: float, wake: Callable[[], None]) -> asyncio.Handle:
        asked.append(seconds)
        return loop.call_soon(wake)

    monkeypatch.setattr(loop, "call_later", soon)
    await scene.rest()
    assert asked == []  # without a deadline nothing wakes it
    await scene.arm(0, 7)
    await scene.rest()
    assert set(asked) == {5.0}
    scene.clock.pass_seconds(4)
    asked.clear()
    await scene.rest()
    assert set(asked) == {3.0}
    scene.clock.pass_seconds(2.999_999)
    asked.clear()
    await scene.rest()
    assert set(asked) == {0.01}
    await scene.sequencer.stop()


async def test_what_is_due_and_refused_is_a_bug_and_not_a_journal_full_of_refusals(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = PersonId(NOBODY)
    wrong = CancelUnattended(nobody, scene.stage.firms[0], scene.stage.key_of(nobody), UnattendedCause.DEADLINE)
    monkeypatch.setattr(deciding, "due", lambda state, at: wrong)
    entries = len(scene.disk.entries)
    scene.sequencer._wake.set()
    assert (await scene.sequencer.stopped).cause is StopCause.BUG
    assert len(scene.disk.entries) == entries
    assert list(scene.disk.quarantine) == [command_hash(encode_command(wrong))]
    # The next process does not ask again, and serves.
    await scene.open()
    await scene.order(0)
    assert len(scene.disk.entries) == entries + 1
    await scene.sequencer.stop()


async def test_a_lost_stream_is_told_of_by_an_own_command(scene: Scene) -> None:
    await scene.order(0)
    await scene.order(1)
    key = scene.stage.key_of(scene.stage.market.traders[scene.stage.firms[0]])
    command = CancelUnattended(PersonId(NOBODY), scene.stage.firms[0], key, UnattendedCause.DISCONNECTED)
    seq = await scene.sequencer.own(command)
    assert scene.sequencer.view.seq >= seq
    assert [leaf.seq for leaf in scene.fired()] == [seq]
    assert scene.open_orders() == [0, 1, 0]
    await scene.sequencer.stop()


async def test_many_orders_go_in_chunks_also_when_a_restart_comes_between(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    for _ in range(9):
        await scene.order(0)
    await scene.arm(0, 10)
    scene.clock.pass_seconds(10)
    while not scene.fired():  # noqa: ASYNC110  there is no event to wait for
        await asyncio.sleep(0)
    await scene.sequencer.stop()
    assert 0 < scene.open_orders()[0] < 9
    await scene.open()
    await scene.rest()
    assert scene.open_orders()[0] == 0
    assert len(scene.fired()) == 1
    await scene.sequencer.stop()


def test_stamps_follow_the_wall_clock_and_never_go_back_nor_stand_still() -> None:
    clock = SetClock()
    start = clock.now()
    stamps = Stamps(clock, start)
    clock.pass_seconds(5)
    assert stamps.now() == start + 5 * SECOND
    clock.wall -= 100 * SECOND
    seen = []
    for _ in range(200):
        clock.pass_seconds(1)
        seen.append(stamps.now() - start)
    assert seen[:4] == [5.5 * SECOND, 6 * SECOND, 6.5 * SECOND, 7 * SECOND]
    assert seen == sorted(set(seen))
    # After 200 s at half the pace the wall clock has caught up, and is followed again.
    assert seen[-1] == 105 * SECOND
    clock.pass_seconds(1)
    assert stamps.now() == clock.now() == start + 106 * SECOND


def test_many_looks_at_the_clock_do_not_hold_it_up() -> None:
    clock = SetClock()
    start = clock.now()
    stamps = Stamps(clock, Micros(start + 100 * SECOND))
    for _ in range(1_000):
        clock.ran += 1
        stamps.now()
    assert stamps.now() == start + 100 * SECOND + 500
