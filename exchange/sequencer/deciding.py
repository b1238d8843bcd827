"""From a submission to an entry: stamp it, apply it to the state in memory, render its answer, chain it.

The state here is **speculative**: it is ahead of the disk by what is being committed and what is being collected. No
reader ever sees it; what readers see is the committed view.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from exchange.core.canonical import FORMAT_VERSION
from exchange.core.codec import encode_events
from exchange.core.commands import Command
from exchange.core.machine import ENGINE_VERSION, apply, due, next_deadline
from exchange.core.state import ExchangeState
from exchange.core.values import MICROS_PER_SECOND, NOBODY, KeyId, Micros, Seq
from exchange.sequencer.clock import Clock, Stamps
from exchange.sequencer.journal import Entry, Leaf, encode_leaf, next_head
from exchange.sequencer.submission import Decided, Group, Submission


class CommandBrokeError(Exception):
    """A command made the core or its renderer raise, or the core refused what it asked for itself: a bug. The state in
    memory must not be used any more.
    """

    def __init__(self, seq: Seq, command_bytes: bytes, why: str) -> None:
        """``command_bytes`` are the canonical bytes of the command that was being decided as entry ``seq``."""
        super().__init__(f"the command that was to be entry {seq} {why}")
        self.seq: Final = seq
        self.command_bytes: Final = command_bytes


class Decider:
    """The speculative state and the end of the chain that it stands for."""

    def __init__(
        self,
        state: ExchangeState,
        seq: Seq,
        at: Micros,
        head: bytes,
        epoch: int,
        clock: Clock,
        hit: Callable[[str], None],
    ) -> None:
        """Begin after entry ``seq``, stamped ``at``, with the head ``head``; 0, 0 and GENESIS_HEAD if there is none."""
        self.state: Final = state
        self.seq = seq
        self.head = head
        self.epoch: Final = epoch
        self.now: Final = Stamps(clock, at).now
        self._hit = hit

    def due(self) -> Command | None:
        """The command that the core itself needs now: a chunk of a job, or what a passed deadline asks for."""
        return due(self.state, self.now())

    def seconds_to_deadline(self) -> float | None:
        """How far the next deadline is, by the time of the journal; None when there is none."""
        deadline = next_deadline(self.state)
        return None if deadline is None else (deadline - self.now()) / MICROS_PER_SECOND

    def decide(self, submission: Submission, command_bytes: bytes) -> Entry:
        """Apply one command and make its entry.

        Raises:
            CommandBrokeError: when anything at all goes wrong, because the state may be half changed then.
        """
        seq = Seq(self.seq + 1)
        try:
            entry, decision = self._decide(submission, submission.command, command_bytes, submission.idempotency_key)
            if submission.renderer is not None:
                entry.answer = submission.renderer.decided(decision)
            self._hit("rendered")
        except Exception as error:
            raise CommandBrokeError(seq, command_bytes, f"raised {error!r}") from error
        return entry

    def decide_next(self, group: Group, command_bytes: bytes, items: list[bytes]) -> Entry:
        """Apply the next command of a group, the one after those whose pieces of the answer are in ``items``, put its
        own piece there, and make its entry: that of the last command has the idempotency key and the whole answer.

        Raises:
            CommandBrokeError: as :meth:`decide` does.
        """
        seq, position = Seq(self.seq + 1), len(items)
        is_last = position + 1 == len(group.commands)
        try:
            key = group.idempotency_key if is_last else ""
            entry, decision = self._decide(group, group.commands[position], command_bytes, key)
            items.append(group.renderer.item(position, decision))
            if is_last:
                entry.answer = group.renderer.whole(items)
            self._hit("rendered")
        except Exception as error:
            raise CommandBrokeError(seq, command_bytes, f"raised {error!r}") from error
        return entry

    def _decide(
        self, request: Submission | Group, command: Command, command_bytes: bytes, idempotency_key: str
    ) -> tuple[Entry, Decided]:
        """The entry without its answer, and what to answer."""
        seq = Seq(self.seq + 1)
        at = self.now()
        self._hit("stamped")
        rulebook = self.state.rulebook
        outcome = apply(self.state, command, request.key, seq, at)
        self._hit("applied")
        events_bytes = encode_events(outcome.events)
        leaf = Leaf(
            FORMAT_VERSION,
            ENGINE_VERSION,
            rulebook.version,
            self.epoch,
            seq,
            at,
            request.key,
            request.scope,
            idempotency_key,
            request.body_hash,
            command_bytes,
            hashlib.sha256(events_bytes).digest(),
            outcome.reason or 0,
            outcome.created,
        )
        leaf_bytes = encode_leaf(leaf)
        self.seq, self.head = seq, next_head(self.head, leaf_bytes)
        entry = Entry(leaf, leaf_bytes, self.head, command, outcome.events, events_bytes, None)
        return entry, Decided(seq, at, outcome.reason, outcome.created, rulebook.in_force, outcome.events)


def own_submission(command: Command) -> Submission:
    """A command of the program itself: no key, no scope, nobody who waits for its bytes."""
    return Submission(command, KeyId(NOBODY), NOBODY, "", b"", None)


def command_hash(command_bytes: bytes) -> bytes:
    """What a command is quarantined by: SHA-256 of its canonical bytes."""
    return hashlib.sha256(command_bytes).digest()
