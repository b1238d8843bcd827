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
from exchange.core.machine import ENGINE_VERSION, Outcome, apply, due
from exchange.core.state import ExchangeState
from exchange.core.values import NOBODY, KeyId, Micros, Seq
from exchange.sequencer.clock import Clock
from exchange.sequencer.journal import Entry, Leaf, encode_leaf, next_head
from exchange.sequencer.submission import Decided, Submission


class CommandBrokeError(Exception):
    """A command made the core or its renderer raise: a bug. The state in memory must not be used any more."""

    def __init__(self, seq: Seq, command_bytes: bytes, why: str) -> None:
        """``command_bytes`` are the canonical bytes of the command that was being decided as entry ``seq``."""
        super().__init__(f"the command that was to be entry {seq} raised {why}")
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
        self.at = at
        self.head = head
        self.epoch: Final = epoch
        self._clock = clock
        self._hit = hit

    def due(self) -> Command | None:
        """The command that the core itself needs next: a chunk of an unfinished job."""
        return due(self.state)

    def decide(self, submission: Submission, command_bytes: bytes) -> Entry:
        """Apply one command and make its entry.

        Raises:
            CommandBrokeError: when anything at all goes wrong, because the state may be half changed then.
        """
        try:
            return self._decide(submission, command_bytes)
        except Exception as error:
            raise CommandBrokeError(Seq(self.seq + 1), command_bytes, repr(error)) from error

    def _decide(self, submission: Submission, command_bytes: bytes) -> Entry:
        seq = Seq(self.seq + 1)
        at = max(self.at, self._clock.now())
        self._hit("stamped")
        rulebook = self.state.rulebook
        outcome = apply(self.state, submission.command, submission.key, seq, at)
        self._hit("applied")
        events_bytes = encode_events(outcome.events)
        leaf = self._leaf(submission, command_bytes, seq, at, rulebook.version, outcome, events_bytes)
        leaf_bytes = encode_leaf(leaf)
        head = next_head(self.head, leaf_bytes)
        answer = None
        if submission.renderer is not None:
            decision = Decided(seq, at, outcome.reason, outcome.created, rulebook.in_force, outcome.events)
            answer = submission.renderer.decided(decision)
        self._hit("rendered")
        self.seq, self.at, self.head = seq, at, head
        return Entry(leaf, leaf_bytes, head, submission.command, outcome.events, events_bytes, answer)

    def _leaf(
        self,
        submission: Submission,
        command_bytes: bytes,
        seq: Seq,
        at: Micros,
        rules_version: int,
        outcome: Outcome,
        events_bytes: bytes,
    ) -> Leaf:
        return Leaf(
            format_version=FORMAT_VERSION,
            engine_version=ENGINE_VERSION,
            rules_version=rules_version,
            epoch=self.epoch,
            seq=seq,
            at=at,
            key=submission.key,
            scope=submission.scope,
            idempotency_key=submission.idempotency_key,
            body_hash=submission.body_hash,
            command=command_bytes,
            events_hash=hashlib.sha256(events_bytes).digest(),
            reason=outcome.reason or 0,
            created=outcome.created,
        )


def own_submission(command: Command) -> Submission:
    """A command of the program itself: no key, no scope, nobody who waits for its bytes."""
    return Submission(command, KeyId(NOBODY), NOBODY, "", b"", None)


def command_hash(command_bytes: bytes) -> bytes:
    """What a command is quarantined by: SHA-256 of its canonical bytes."""
    return hashlib.sha256(command_bytes).digest()
