"""A seeded simulation: the real sequencer on a disk that fails in every way, killed at any point, again and again.

Each seed makes a little history: clients send orders and cancels with idempotency keys and sometimes twice, the disk
loses and delays what it is given, the process dies at a crash point, another one starts on what the disk holds, and the
clients repeat what they have no answer for. At the end the history is held against the disk. The event loop is real but
nothing in it waits for a clock, so a seed that fails fails again: run
``SIMULATION_SEED=<seed> pytest tests/sequencer/test_simulation.py``.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from random import Random

import pytest

from exchange.core.codec import decode_command, encode_command
from exchange.core.commands import Command
from exchange.core.commands.orders import CancelUnattended, SetCancelAfter
from exchange.core.state import ExchangeState
from exchange.core.values import OrderId, Seq, Side
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.crashpoints import BESIDE, POINTS, CrashPoints
from exchange.sequencer.journal import decode_leaf
from exchange.sequencer.sequencer import Sequencer, StopCause, Stopped
from exchange.sequencer.snapshot import Snapshotter
from exchange.sequencer.spentkeys import SpentKeys
from exchange.sequencer.submission import Group, OverloadedError, Receipt, StoppedError, Submission
from tests.sequencer.simulated_store import Disk, Fault
from tests.sequencer.world import QUICK, Stage, assert_like_the_disk, open_on, plain_submission

SEEDS = range(60)
PROCESSES = 6
LIMITS = replace(
    QUICK, queue=40, batch=8, recent_answers=10, clock_seconds=0.0, commit_seconds=60.0, unknown_seconds=60.0
)
COMMAND, BATCH = 60, 12
OFTEN = {
    **dict.fromkeys(("submitted", "stamped", "applied", "rendered", "in_group", "between_answers"), COMMAND),
    **dict.fromkeys(("before_send", "store_begun", "store_journal_written", "store_rows_written", "replaying"), BATCH),
    **dict.fromkeys(("store_commit_sent", "committed", "before_view", "after_view", "before_answer"), BATCH),
}
"""About how often a process passes a point, where that is often."""


class SimulatedCrash(BaseException):
    """The process is gone: nothing in the program may catch this."""


class InlineSnapshotter(Snapshotter):
    """Writes in the parent, since a child's timing is not the seed's; the fork has tests of its own."""

    def begin(
        self,
        state: ExchangeState,
        head: bytes,
        view: CommittedView,
        keys: SpentKeys,
        done: Callable[[Seq, bytes | None], None],
    ) -> None:
        """Write at once and tell of it later."""
        self._crash.hit("snapshot_before_fork")
        done_later = functools.partial(done, state.seq, self._write(state, head, view, keys))
        asyncio.get_running_loop().call_soon(done_later)


class SimulatedCrashPoints(CrashPoints):
    """Dies at the n-th passing of a point, and takes the writer with it; an empty point lives for ever."""

    def __init__(self, point: str, nth: int) -> None:
        super().__init__()
        self._point = point
        self._left = nth
        self.dead = False
        self.died_at = ""
        self.writer: asyncio.Task[Stopped] | None = None
        self.hit = self._pass

    def _pass(self, point: str) -> None:
        if self.dead:
            raise SimulatedCrash
        self._left -= point == self._point
        if self._left == 0:
            self.dead, self.died_at = True, point
            if self.writer is not None:
                self.writer.cancel()
            raise SimulatedCrash


@dataclass(slots=True)
class History:
    """What the clients saw, over all processes."""

    wanted: dict[str, Submission | Group] = field(default_factory=dict)
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)
    orders: list[tuple[int, OrderId]] = field(default_factory=list)

    def commands(self, key: str) -> tuple[Command, ...]:
        """What was wanted under a key."""
        request = self.wanted[key]
        return request.commands if isinstance(request, Group) else (request.command,)


class Simulation:
    """One seed's history."""

    def __init__(self, seed: int, folder: Path, stage: Stage) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.stage = stage
        self.disk = Disk()
        self.history = History()
        self.died_at: Counter[str] = Counter()
        # The points in turn, beginning elsewhere with every seed, so that a few seeds visit all of them.
        points = [point for point in POINTS if point not in BESIDE]
        self.points = islice(cycle(points), seed * (PROCESSES - 1) % len(points), None)

    def plan(self) -> Iterator[Fault]:
        """Mostly nothing goes wrong; nothing hangs, since that would be waiting for a clock."""
        faults = [Fault.NONE] * 6 + [Fault.LOST, Fault.COMMITTED, Fault.PENDING]
        while True:
            yield self.random.choice(faults)

    def new_requests(self, count: int) -> list[str]:
        """Some orders and cancels, and now and then a group of them; each request has a key of its own."""
        keys = []
        for _ in range(count):
            firm = self.random.randrange(3)
            key = f"k{len(self.history.wanted)}"
            if self.random.random() < 0.2:
                size = self.random.choice((1, 2, 3, 5, 12))
                commands = [self.wish(firm) for _ in range(size)]
                self.history.wanted[key] = self.stage.group(firm, commands, key=key)
            else:
                self.history.wanted[key] = self.stage.submission(firm, self.wish(firm), key=key)
            keys.append(key)
        return keys

    def wish(self, firm: int) -> Command:
        """An order, or the cancelling of one that is known, or a dead-man's switch."""
        if self.random.random() < 0.03:
            participant = self.stage.firms[firm]
            return SetCancelAfter(self.stage.market.traders[participant], participant, self.random.choice((0, 5, 60)))
        own = [order for owner, order in self.history.orders if owner == firm]
        if own and self.random.random() < 0.3:
            return self.stage.cancel(firm, self.random.choice(own))
        side = self.random.choice((Side.BUY, Side.SELL))
        return self.stage.place(firm, side, self.random.randrange(1, 9), self.random.randrange(2_990, 3_010))

    def fired(self) -> int:
        """How many switches went off."""
        commands = (decode_command(decode_leaf(entry.leaf_bytes).command) for entry in self.disk.entries)
        return sum(isinstance(command, CancelUnattended) for command in commands)

    async def ask(self, sequencer: Sequencer, key: str) -> None:
        """Ask until there is an answer or the process is gone."""
        submission = self.history.wanted[key]
        for _ in range(self.random.randrange(20)):
            await asyncio.sleep(0)
        while True:
            try:
                receipt = await sequencer.submit(submission)
            except OverloadedError:
                await asyncio.sleep(0)
                continue
            except (StoppedError, SimulatedCrash):
                return
            self.note(sequencer, key, receipt)
            return

    def note(self, sequencer: Sequencer, key: str, receipt: Receipt) -> None:
        """An answer came: what it speaks of must be durable and visible at this very moment."""
        assert len(self.disk.entries) >= receipt.seq
        assert sequencer.view.seq >= receipt.seq
        self.history.receipts.setdefault(key, []).append(receipt)
        if receipt.answer.status in (200, 201) and not receipt.replayed:
            firm = self.stage.firms.index(self.history.wanted[key].scope)  # type: ignore[arg-type]
            created = [int(line.split()[-2]) for line in receipt.answer.body.splitlines()]
            self.history.orders += [(firm, OrderId(order)) for order in created if order]

    async def process(self, last: bool) -> None:
        """One life of the service: it starts, serves, and dies; the last one ends in peace."""
        point = "" if last else next(self.points)
        crash = SimulatedCrashPoints(point, self.random.randrange(1, OFTEN.get(point, 3)))
        limits = replace(LIMITS, snapshot_every=self.random.choice((20, 50, 10**9)))
        plan, refusals = (None, 0) if last else (self.plan(), self.random.choice((0, 0, 2)))
        seed = self.random.randrange(10**9)
        try:
            sequencer, _ = await open_on(
                self.disk, self.folder, seed=seed, plan=plan, refusals=refusals, limits=limits, crash=crash
            )
        except SimulatedCrash:
            self.died_at[crash.died_at] += 1
            return
        crash.writer = sequencer._writer
        sequencer._snapshotter = InlineSnapshotter(self.folder, crash, 1.0)
        await self.serve(sequencer, last)
        end = await self.end(sequencer, crash)
        if not crash.dead:
            assert end is StopCause.ASKED, sequencer.stopped.result()
            assert_like_the_disk(sequencer, self.disk)

    async def serve(self, sequencer: Sequencer, last: bool) -> None:
        try:
            for given in self.stage.log[sequencer.view.seq :]:
                await sequencer.submit(plain_submission(given))
        except (StoppedError, SimulatedCrash):
            return
        unanswered = [key for key in self.history.wanted if key not in self.history.receipts]
        keys = unanswered + ([] if last else self.new_requests(40))
        if self.history.wanted:
            keys += self.random.choices(list(self.history.wanted), k=20)  # repeats of anything, answered or not
        self.random.shuffle(keys)
        await asyncio.gather(*(self.ask(sequencer, key) for key in keys))

    async def end(self, sequencer: Sequencer, crash: SimulatedCrashPoints) -> StopCause | None:
        """Stop in peace, or bury what a crash has left."""
        await sequencer.stop()
        if not crash.dead:
            return sequencer.stopped.result().cause
        self.died_at[crash.died_at] += 1
        if sequencer._commit is not None:
            sequencer._commit.cancel()
            await asyncio.gather(sequencer._commit, return_exceptions=True)
        return None

    def check(self) -> None:
        """Hold what the clients saw against what the disk holds."""
        leaves = [decode_leaf(entry.leaf_bytes) for entry in self.disk.entries]
        written: dict[tuple[int, str], list[int]] = {}
        for leaf in leaves:
            if leaf.idempotency_key:
                written.setdefault((leaf.scope, leaf.idempotency_key), []).append(leaf.seq)
        assert all(len(seqs) == 1 for seqs in written.values()), "a key had two effects"
        asked = 0
        for (scope, key), (seq,) in written.items():
            commands = [encode_command(command) for command in self.history.commands(key)]
            asked += len(commands)
            whole = leaves[seq - len(commands) : seq]
            assert [leaf.command for leaf in whole] == commands, "a request was not done as a whole, in one piece"
            assert {(leaf.scope, leaf.body_hash) for leaf in whole} == {(scope, self.history.wanted[key].body_hash)}
        assert asked == sum(bool(leaf.body_hash) for leaf in leaves), "an entry belongs to no request"
        for key, submission in self.history.wanted.items():
            receipts = self.history.receipts[key]
            stored = self.disk.answers[submission.scope, key]
            assert written[submission.scope, key] == [stored.seq], "an answer without an entry"
            assert all((r.seq, r.answer) == (stored.seq, stored.answer) for r in receipts), "two answers for one key"
        assert len(written) == len(self.history.wanted), "an entry that nobody asked for"


async def simulate(seed: int, folder: Path, stage: Stage) -> Simulation:
    """Run one seed to its end."""
    simulation = Simulation(seed, folder, stage)
    for n in range(PROCESSES):
        await simulation.process(last=n == PROCESSES - 1)
    simulation.check()
    return simulation


def test_no_history_loses_doubles_or_changes_anything(
    tmp_path: Path, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1)
    seeds = [int(os.environ["SIMULATION_SEED"])] if "SIMULATION_SEED" in os.environ else SEEDS
    died_at: Counter[str] = Counter()
    fired = 0
    for seed in seeds:
        try:
            simulation = asyncio.run(simulate(seed, tmp_path / str(seed), stage))
            died_at += simulation.died_at
            fired += simulation.fired()
        except BaseException:
            print(f"seed {seed}: run it again with SIMULATION_SEED={seed}")
            raise
    print(fired, sorted(died_at.items()))
    if len(seeds) > 1:
        assert fired >= 10, "the simulation lets too few deadlines pass"
        assert set(died_at) == set(POINTS) - set(BESIDE), "the simulation does not reach every point"
