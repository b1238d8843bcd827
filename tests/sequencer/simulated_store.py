"""A database of dictionaries that fails in every way that the sequencer's port allows, by a seeded plan.

The disk outlives the process that writes on it, as a real one does: a test kills a sequencer and opens another on the
same `Disk`. Faults are drawn from a `random.Random`, so a failing seed can be run again. The contract of the port is
asserted here too: a batch must continue the journal, and a used idempotency key must never be written a second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from exchange.core.values import Seq
from exchange.sequencer.deciding import command_hash
from exchange.sequencer.journal import (
    GENESIS_HEAD,
    Batch,
    CommitUnknownError,
    ConstraintBrokenError,
    Entry,
    FencedError,
    Leadership,
    StoredAnswer,
    StoredEntry,
)


class Fault(Enum):
    """What can happen to one transaction."""

    NONE = "it commits"
    LOST = "the connection breaks before COMMIT arrives"
    COMMITTED = "the connection breaks after COMMIT arrived"
    PENDING = "the connection breaks and the old backend has not decided yet"
    HANGS = "no answer ever comes, and the COMMIT had arrived"


@dataclass(slots=True)
class Disk:
    """What is durable, and the transaction of a broken connection that may yet become so."""

    entries: list[StoredEntry] = field(default_factory=list)
    answers: dict[tuple[int, str], StoredAnswer] = field(default_factory=dict)
    quarantine: dict[bytes, str] = field(default_factory=dict)
    epoch: int = 0
    head: bytes = GENESIS_HEAD
    pending: Batch | None = None
    poisoned: set[bytes] = field(default_factory=set)
    """Hashes of commands that break a constraint."""

    def commit(self, batch: Batch) -> None:
        """Make a batch durable; asserts that it continues what is there."""
        assert batch.before == self.head
        for entry in batch.entries:
            leaf = entry.leaf
            assert leaf.seq == len(self.entries) + 1
            self.entries.append(StoredEntry(leaf.seq, entry.leaf_bytes, entry.head, entry.events_bytes))
            if leaf.idempotency_key:
                key = (leaf.scope, leaf.idempotency_key)
                assert key not in self.answers, f"key {key} was done twice"
                self.answers[key] = StoredAnswer(leaf.seq, leaf.at, leaf.body_hash, entry.answer)
        self.head = batch.head

    def resolve_pending(self, random: Random) -> None:
        """The old backend is gone: what it was doing is decided now."""
        batch, self.pending = self.pending, None
        if batch is not None and random.random() < 0.5:
            self.commit(batch)


class SimulatedStore:
    """One process's connection to the disk; satisfies `exchange.sequencer.journal.JournalStore`."""

    def __init__(
        self,
        disk: Disk,
        random: Random,
        plan: Iterator[Fault] | None = None,
        refusals: int = 0,
        hit: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``plan`` gives the fault of each append (none when it is over); ``refusals`` is how often the disk cannot be
        asked about an unknown outcome before it can.
        """
        self.disk = disk
        self.appends = 0
        self.asked = 0
        self.looked_up = 0
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._random = random
        self._plan = plan
        self._refusals = refusals
        self._hit = hit
        self._epoch = 0

    async def _turns(self) -> None:
        """Let others run for a while, as the wire would."""
        for _ in range(self._random.randrange(4)):
            await asyncio.sleep(0)

    async def lead(self) -> Leadership:
        """Become the only writer."""
        self.disk.resolve_pending(self._random)
        self.disk.epoch += 1
        self._epoch = self.disk.epoch
        return Leadership(self._epoch, Seq(len(self.disk.entries)), self.disk.head)

    async def append(self, batch: Batch) -> None:
        """Commit a batch, or fail as planned. A closed gate keeps every commit waiting."""
        self.appends += 1
        self.sizes.append(len(batch.entries))
        fault = Fault.NONE if self._plan is None else next(self._plan, Fault.NONE)
        for point in ("store_begun", "store_journal_written", "store_rows_written"):
            self._hit(point)
            await self._turns()
        await self.gate.wait()
        self._demand_leadership()
        self._demand_constraints(batch)
        self._hit("store_commit_sent")
        await self._finish(batch, fault)

    async def _finish(self, batch: Batch, fault: Fault) -> None:
        if fault is Fault.PENDING:
            self.disk.pending = batch
        elif fault is not Fault.LOST:
            self.disk.commit(batch)
        await self._turns()
        if fault is Fault.HANGS:
            await asyncio.Event().wait()
        if fault is not Fault.NONE:
            raise CommitUnknownError(fault.value)

    def _demand_leadership(self) -> None:
        if self._epoch != self.disk.epoch:
            raise FencedError(f"epoch {self.disk.epoch} leads, not {self._epoch}")

    def _demand_constraints(self, batch: Batch) -> None:
        if any(command_hash(entry.leaf.command) in self.disk.poisoned for entry in batch.entries):
            raise ConstraintBrokenError("a poisoned command")

    async def is_committed(self, batch: Batch) -> bool:
        """Whether a batch is durable; cannot be asked for the first few times."""
        self.asked += 1
        await self._turns()
        if self._refusals > 0:
            self._refusals -= 1
            raise ConnectionError("not yet")
        self._demand_leadership()
        self.disk.resolve_pending(self._random)
        if self.disk.head == batch.head:
            return True
        assert self.disk.head == batch.before
        return False

    async def find_offender(self, batch: Batch) -> Entry:
        """The first poisoned entry."""
        return next(e for e in batch.entries if command_hash(e.leaf.command) in self.disk.poisoned)

    async def quarantine(self, command_hash: bytes, command: bytes, why: str) -> None:
        """Remember a command."""
        self.disk.quarantine[command_hash] = why

    async def quarantined(self) -> set[bytes]:
        """The hashes in quarantine."""
        return set(self.disk.quarantine)

    async def entries(self, after: Seq) -> AsyncGenerator[StoredEntry, None]:
        """The journal after an entry."""
        for entry in self.disk.entries[after:]:
            yield entry

    async def answer(self, scope: int, idempotency_key: str) -> StoredAnswer | None:
        """What is known of a key."""
        self.looked_up += 1
        await self._turns()
        return self.disk.answers.get((scope, idempotency_key))
