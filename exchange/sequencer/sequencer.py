"""The sequencer: one writer that puts every command in order, makes it durable, and only then tells anybody.

Callers put commands on a bounded queue. One task, the writer, goes round and round:

1. it **decides** what waits, a slice of commands at a time (stamps and applies them to the state in memory, then makes
   their entries, then their answers), and collects the entries in an open batch, while the batch before is on its way
   to the disk;
2. when the batch before is durable it sends the open one; there is no timer, a batch is what arrived meanwhile;
3. it **publishes** the durable batch: the committed view first, then the answers in order of seq, then the listeners.

So memory is at most two batches ahead of the disk, and nobody outside ever learns anything that is not durable. The
program's own commands (a chunk of a mass job, the attestation of a snapshot, what a passed deadline asks for) open a
batch, one in each, so that neither they nor the callers wait for long.

A request may have many commands (:class:`exchange.sequencer.submission.Group`). They are decided one after the other,
with the event loop having its turn in between and nothing else decided meanwhile; their entries stand aside until the
last one is there and go into the open batch together, so all of them are in one transaction or none is.

**How it ends.** ``stop()`` refuses new commands, finishes those that wait, takes a snapshot and ends. Everything else
is an end by accident, after which everybody who waits gets StoppedError and the process must exit; the next start finds
in the journal what became of them:

- another leader, or no certainty about a batch in time: stop at once;
- a database constraint fired: the batch was not written, what came after it is dropped, the command at fault is found
  and quarantined;
- an exception while a command was decided: the state in memory may be half changed, so nothing that was made of it
  later is used. The batch on its way was complete before that and is seen through and answered. The entries of the open
  batch were decided before the broken command too, but they are dropped, because a program that has just met its own
  bug should not make more of its work durable than it has already sent; their callers repeat them after the restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from exchange.core.codec import encode_command
from exchange.core.commands import Command
from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.image import IMAGE_FORMAT
from exchange.core.state import ExchangeState
from exchange.core.values import NOBODY, Micros, PersonId, Seq
from exchange.sequencer.clock import Clock
from exchange.sequencer.collecting import Begun, Collected, Slice
from exchange.sequencer.commit import Committer, OutcomeUnknownError
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.deciding import CommandBrokeError, Decider, own_submission
from exchange.sequencer.idempotency import AnsweredKeys
from exchange.sequencer.intake import Intake, Waiting
from exchange.sequencer.journal import Batch, ConstraintBrokenError, Entry, FencedError, JournalStore
from exchange.sequencer.limits import Limits
from exchange.sequencer.meters import Meters
from exchange.sequencer.quarantine import keep_failed_batch, quarantine_broken_command, quarantine_offender
from exchange.sequencer.recovery import Progress, Recovered, recover
from exchange.sequencer.snapshot import Snapshotter
from exchange.sequencer.submission import Group, Receipt, Submission

logger = logging.getLogger(__name__)

Listener = Callable[[list[Entry]], None]
"""Told of every durable batch, after its answers; must be quick and must not raise."""


LEAST_REST: Final = 0.01
"""Fewest seconds that the writer waits for a deadline, if nothing else wakes it."""


class StopCause(Enum):
    """Why a sequencer ended; all but ASKED are accidents after which the process must exit."""

    ASKED = "it was asked to"
    FENCED = "another process leads"
    OUTCOME_UNKNOWN = "it could not learn whether a batch is durable"
    BUG = "it met a bug"


@dataclass(slots=True)
class Stopped:
    """The end of a sequencer, for the process that runs it."""

    cause: StopCause
    error: BaseException | None = None


class Sequencer:
    """The single writer; made by :func:`open_sequencer`."""

    def __init__(
        self, recovered: Recovered, store: JournalStore, folder: Path, clock: Clock, limits: Limits, crash: CrashPoints
    ) -> None:
        """``folder`` is for snapshots and for batches that failed. Nothing happens before :meth:`start`."""
        self.view: Final = recovered.view
        self.meters: Final = Meters()
        self.listeners: Final[list[Listener]] = []
        self.stopped: Final[asyncio.Future[Stopped]] = asyncio.get_running_loop().create_future()
        self._store = store
        self._folder = folder
        self._limits = limits
        self._hit = crash.hit
        self._wake = asyncio.Event()
        self._decider = Decider(
            recovered.state, recovered.seq, recovered.at, recovered.head, recovered.epoch, clock, crash.hit
        )
        self._keys = AnsweredKeys(recovered.keys, limits.recent_answers, limits.recent_answer_bytes)
        self._intake = Intake(
            store, self._keys, recovered.quarantined, clock, limits, self.meters, crash.hit, self._wake.set
        )
        self._committer = Committer(store, limits, self.meters, crash.hit)
        self._snapshotter = Snapshotter(folder, crash, limits.snapshot_seconds)
        self._snapshot_seq = recovered.snapshot_seq
        self._attestation: AttestSnapshot | None = None
        self._open = Collected(recovered.head)
        self._begun: Begun | None = None
        self._sent: Collected | None = None
        self._commit: asyncio.Task[None] | None = None
        self._closing = False
        self._writer: asyncio.Task[Stopped] | None = None

    @property
    def waiting(self) -> int:
        """How many commands are in the queue."""
        return self._intake.waiting

    @property
    def decided(self) -> Seq:
        """The newest entry that memory knows, durable or not yet."""
        return self._decider.seq

    def now(self) -> Micros:
        """The time of the venue, in microseconds since 1970-01-01T00:00:00Z: that of the journal, which never goes back
        (:class:`exchange.sequencer.clock.Stamps`).
        """
        return self._decider.now()

    @property
    def epoch(self) -> int:
        """Under which number this process leads."""
        return self._decider.epoch

    @property
    def state(self) -> ExchangeState:
        """The speculative state. After a stop that was asked for it is the state that the journal's end stands for."""
        return self._decider.state

    @property
    def can_append(self) -> bool:
        """Whether a command that comes now can be made durable, as far as is known: not stopping, nothing in doubt."""
        return not (self._closing or self.stopped.done() or self._committer.asking)

    def start(self) -> None:
        """Let the writer run."""
        assert self._writer is None
        self._writer = asyncio.get_running_loop().create_task(self._run(), name="sequencer")
        self._writer.add_done_callback(self._ended)

    async def submit(self, request: Submission | Group) -> Receipt:
        """The answer to a request, when it is durable; raises OverloadedError or StoppedError (see :class:`Intake`)."""
        return await self._intake.submit(request)

    def enter(self, request: Submission | Group) -> Receipt | asyncio.Future[Receipt]:
        """The same for whoever needs no task to wait in; see :meth:`Intake.enter`."""
        return self._intake.enter(request)

    async def own(self, command: Command) -> Seq:
        """The entry of a command that the program gives by itself, when it is durable; it finds room in any queue. 0
        when the very same command broke the program before.

        Raises:
            StoppedError: it is not known whether it was or will be done.
        """
        return (await self._intake.submit(own_submission(command))).seq

    async def stop(self) -> None:
        """Refuse new commands, finish those that wait, take a snapshot, end. Returns when it is over, in any way."""
        self._closing = True
        self._intake.close()
        self._wake.set()
        await asyncio.shield(self.stopped)

    # The writer.

    async def _run(self) -> Stopped:
        try:
            await self._write()
        except Exception as error:
            cause = _cause_of(error)
            logger.critical("the sequencer stops: %s", cause.value, exc_info=error)
            await self._after_accident(error)
            return Stopped(cause, error)
        return Stopped(StopCause.ASKED)

    def _ended(self, writer: asyncio.Task[Stopped]) -> None:
        """The writer is no more, in whatever way: nobody may wait for it any longer."""
        self._intake.fail_everybody()
        if writer.cancelled() or writer.exception() is not None:
            self.stopped.set_result(Stopped(StopCause.BUG, None if writer.cancelled() else writer.exception()))
        else:
            self.stopped.set_result(writer.result())

    async def _write(self) -> None:
        while True:
            self._wake.clear()
            self._collect()
            await self._rotate()
            if self._commit is None and self._begun is None:
                if self._snapshot_is_due():
                    self._begin_snapshot()
                elif self._is_finished():
                    return
            if self._can_collect():
                await asyncio.sleep(0)
            else:
                await self._rest()

    async def _rest(self) -> None:
        """Wait until something comes, or until a deadline has perhaps passed."""
        seconds = None if self._closing else self._decider.seconds_to_deadline()
        if seconds is None:
            await self._wake.wait()
            return
        # One that has passed already waits for the open batch to be sent, or is in quarantine: no hurry.
        seconds = min(max(seconds, LEAST_REST), self._limits.clock_seconds)
        alarm = asyncio.get_running_loop().call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    def _collect(self) -> None:
        """Decide some of what waits and put it into the open batch. What was decided before a command that breaks
        becomes entries all the same: evidence is kept of them.
        """
        decided = Slice()
        try:
            while (
                len(decided.applied) < self._limits.slice
                and decided.events < self._limits.slice_events
                and self._can_collect()
            ):
                self._decide_one(decided)
        finally:
            self._write_down(decided)

    def _decide_one(self, decided: Slice) -> None:
        """Decide the next command."""
        if self._begun is not None:
            self._decide_next(self._begun, decided)
            return
        own = None if self._open.taken else self._own_command()
        if own is None:
            self._decide_first(self._intake.take(), decided)
        else:
            self._decide_own(own, decided)

    def _decide_first(self, waiting: Waiting, decided: Slice) -> None:
        """Decide a request that waited, or the first command of a group."""
        if isinstance(waiting.request, Group):
            self._begun = Begun(waiting.request, waiting.commands, waiting.flight)
            self._decide_next(self._begun, decided)
        else:
            decided.add(self._decider.apply(waiting.request, 0, waiting.commands[0]), waiting.flight)
            self._open.taken += 1

    def _decide_next(self, begun: Begun, decided: Slice) -> None:
        """Decide one more command of a group; with the last one the whole of it goes into the open batch."""
        applied = self._decider.apply(begun.group, begun.applied, begun.commands[begun.applied])
        decided.add(applied, begun)
        begun.applied += 1
        if applied.is_last:
            self._open.taken += begun.applied
            self._begun = None
        else:
            self._hit("in_group")

    def _write_down(self, decided: Slice) -> None:
        """Make entries of what is decided, and put them where they belong."""
        for entry, waiting in zip(self._decider.written(decided.applied), decided.waiting, strict=True):
            if isinstance(waiting, Begun):
                self._join(waiting, entry)
                continue
            self._open.add(entry)
            if waiting is not None:
                self._open.answers.append((entry, waiting))

    def _join(self, begun: Begun, entry: Entry) -> None:
        """One more entry of a group, which goes into the open batch with its last one."""
        begun.entries.append(entry)
        if len(begun.entries) < len(begun.commands):
            return
        for one in begun.entries:
            self._open.add(one)
        self._open.answers.append((entry, begun.flight))

    def _can_collect(self) -> bool:
        """Whether something may be decided now: a group is finished before anything else, and a snapshot that is due
        keeps back everything that is not begun.
        """
        if self._begun is not None:
            return True
        if self._snapshot_is_due():
            return False
        if not self._open.taken:
            return bool(self._intake.queue) or self._own_command() is not None
        return bool(self._intake.queue) and self._fits(self._intake.queue[0])

    def _fits(self, waiting: Waiting) -> bool:
        """Whether the open batch has room for all of a request."""
        commands = self._open.taken + len(waiting.commands)
        return commands <= self._limits.batch and self._open.size < self._limits.batch_bytes

    def _own_command(self) -> Command | None:
        """What the program itself has to say next. Jobs that were begun and deadlines may wait for the next start."""
        if self._attestation is not None:
            return self._attestation
        due = None if self._closing else self._decider.due()
        if due is not None and self._intake.is_quarantined(encode_command(due)):
            return None
        return due

    def _decide_own(self, command: Command, decided: Slice) -> None:
        command_bytes = encode_command(command)
        applied = self._decider.apply(own_submission(command), 0, command_bytes)
        if command is self._attestation:
            self._attestation = None
        elif applied.decision.reason:
            # The core would ask for it again and again, and fill the journal with refusals.
            raise CommandBrokeError(
                applied.decision.seq, command_bytes, f"was due and is refused: {applied.decision.reason}"
            )
        decided.add(applied, None)
        self._open.taken += 1

    async def _rotate(self) -> None:
        """If the batch before is durable, send the open one and publish the durable one, in that order."""
        if self._commit is not None:
            if not self._commit.done():
                return
            self._commit.result()
        durable, self._sent, self._commit = self._sent, None, None
        if self._open.entries:
            self._send_open()
            await asyncio.sleep(0)  # its bytes leave before the others are published
        if durable is not None:
            self._publish(durable)

    def _send_open(self) -> None:
        self._sent, self._open = self._open, Collected(self._open.head)
        batch = Batch(self._decider.epoch, self._sent.before, self._sent.entries)
        self._commit = asyncio.get_running_loop().create_task(self._committer.commit(batch), name="commit")
        self._commit.add_done_callback(lambda _: self._wake.set())

    def _publish(self, durable: Collected) -> None:
        """Show and tell what is durable, in order of seq."""
        self._hit("before_view")
        for entry in durable.entries:
            self.view.apply(entry.leaf.seq, entry.leaf.at, entry.head, entry.events)
        self._hit("after_view")
        self._hit("before_answer")
        for n, (entry, flight) in enumerate(durable.answers):
            if n:
                self._hit("between_answers")
            self._intake.answer(entry, flight)
        for listener in self.listeners:
            listener(durable.entries)
        self._hit("published")
        if isinstance(durable.entries[0].command, AttestSnapshot):
            self._hit("snapshot_attested")

    # Snapshots and the end.

    def _snapshot_is_due(self) -> bool:
        """Every so many entries, and at the end when more has come than the attestation of the last one."""
        if self._snapshotter.running or self._attestation is not None:
            return False
        since = self._decider.seq - self._snapshot_seq
        return since >= self._limits.snapshot_every or (self._closing and since > 1 and not self._intake.queue)

    def _begin_snapshot(self) -> None:
        """Nothing is being committed or collected: state, view and journal are at the same entry."""
        decider = self._decider
        self._snapshot_seq = decider.seq
        self._snapshotter.begin(decider.state, decider.head, self.view, self._keys.spent, self._snapshot_done)

    def _snapshot_done(self, seq: Seq, state_hash: bytes | None) -> None:
        if state_hash is None:
            self.meters.failed_snapshots += 1
        else:
            self._hit("snapshot_before_attest")
            self.meters.snapshots += 1
            self._attestation = AttestSnapshot(PersonId(NOBODY), seq, state_hash, IMAGE_FORMAT)
        self._wake.set()

    def _is_finished(self) -> bool:
        """Asked only when nothing is collected or being committed."""
        return self._closing and not (self._snapshotter.running or self._can_collect())

    async def _after_accident(self, error: Exception) -> None:
        """Keep the evidence and name the culprit; a second accident on the way changes nothing any more."""
        try:
            if isinstance(error, CommandBrokeError):
                await self._after_broken_command(error)
            elif isinstance(error, ConstraintBrokenError):
                await self._after_broken_constraint(error)
        except Exception:
            logger.exception("and while the sequencer stopped there was another error")

    async def _after_broken_command(self, broken: CommandBrokeError) -> None:
        entries = self._open.entries + (self._begun.entries if self._begun is not None else [])
        keep_failed_batch(self._folder, self._open.before, entries, broken, str(broken))
        try:
            if self._commit is not None and self._sent is not None:
                await self._commit
                self._publish(self._sent)
        finally:
            async with asyncio.timeout(self._limits.unknown_seconds):
                await quarantine_broken_command(self._store, broken)

    async def _after_broken_constraint(self, error: ConstraintBrokenError) -> None:
        assert self._sent is not None
        batch = Batch(self._decider.epoch, self._sent.before, self._sent.entries)
        keep_failed_batch(self._folder, batch.before, batch.entries, None, str(error))
        async with asyncio.timeout(self._limits.unknown_seconds):
            await quarantine_offender(self._store, batch, error)


def _cause_of(error: Exception) -> StopCause:
    if isinstance(error, FencedError):
        return StopCause.FENCED
    if isinstance(error, OutcomeUnknownError):
        return StopCause.OUTCOME_UNKNOWN
    return StopCause.BUG


async def open_sequencer(
    store: JournalStore,
    folder: Path,
    clock: Clock,
    limits: Limits,
    crash: CrashPoints,
    progress: Progress | None = None,
) -> Sequencer:
    """Become the leader, recover, and start: the way to a running sequencer.

    Raises:
        JournalCorruptError: the journal is not what was written; the program must not serve.
    """
    recovered = await recover(store, folder, crash.hit, progress)
    sequencer = Sequencer(recovered, store, folder, clock, limits, crash)
    crash.hit("recovered")
    sequencer.start()
    return sequencer
