"""Doing a stored entry again, believing nothing: recovery, the audit's replay and the crash test all do it with this.

An entry is right when its leaf can be read, its seq is the next one, its head is the chain's next head, its epoch and
its time did not go back, and the command, applied to the state that the entries before have made, gives the same
result: the same refusal or the same created id, and events with the same hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command, encode_events
from exchange.core.commands import Command
from exchange.core.events import Event
from exchange.core.machine import ENGINE_VERSION, apply
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import JournalCorruptError, Leaf, StoredEntry, decode_leaf, next_head


@dataclass(slots=True)
class Replayed:
    """An entry that was done again and came out the same."""

    leaf: Leaf
    command: Command
    events: list[Event]
    events_bytes: bytes


class Replayer:
    """A state and the end of the chain that it stands for; each step adds one entry to both."""

    def __init__(self, state: ExchangeState, seq: Seq, at: Micros, head: bytes) -> None:
        """Begin after entry ``seq``, which was stamped ``at`` and has the head ``head``."""
        self.state: Final = state
        self.seq = seq
        self.at = at
        self.head = head
        self._epoch = 0

    def step(self, leaf_bytes: bytes, head: bytes) -> Replayed:
        """Do the next entry again.

        Raises:
            JournalCorruptError: when anything differs; it names the seq. The state must not be used any more then.
        """
        seq = Seq(self.seq + 1)
        leaf, command = self._read(seq, leaf_bytes, head)
        try:
            outcome = apply(self.state, command, leaf.key, leaf.seq, leaf.at)
        except Exception as error:
            raise JournalCorruptError(f"entry {seq} cannot be done again: {error!r}") from error
        events_bytes = encode_events(outcome.events)
        _demand((outcome.reason or 0) == leaf.reason, seq, f"is refused with {outcome.reason!r}, not {leaf.reason}")
        _demand(outcome.created == leaf.created, seq, f"creates {outcome.created}, not {leaf.created}")
        _demand(hashlib.sha256(events_bytes).digest() == leaf.events_hash, seq, "has other events when done again")
        self.seq, self.at, self.head, self._epoch = seq, leaf.at, head, leaf.epoch
        return Replayed(leaf, command, outcome.events, events_bytes)

    def _read(self, seq: Seq, leaf_bytes: bytes, head: bytes) -> tuple[Leaf, Command]:
        """The entry's leaf and command, after every check that needs no state."""
        _demand(next_head(self.head, leaf_bytes) == head, seq, "does not continue the chain")
        try:
            leaf = decode_leaf(leaf_bytes)
            command = decode_command(leaf.command)
        except CanonicalError as error:
            raise JournalCorruptError(f"entry {seq} cannot be read: {error}") from error
        _demand(leaf.seq == seq, seq, f"says that it is entry {leaf.seq}")
        _demand(leaf.at >= self.at, seq, "is stamped before the entry in front of it")
        _demand(leaf.epoch >= self._epoch, seq, "is of an earlier epoch than the entry in front of it")
        _demand(leaf.engine_version == ENGINE_VERSION, seq, f"is of engine {leaf.engine_version}, not {ENGINE_VERSION}")
        _demand(leaf.rules_version == self.state.rulebook.version, seq, f"is of rulebook version {leaf.rules_version}")
        return leaf, command

    def step_stored(self, stored: StoredEntry) -> Replayed:
        """Do the next entry of a database again; the number and the events beside the leaf must agree with it too."""
        replayed = self.step(stored.leaf_bytes, stored.head)
        _demand(stored.seq == self.seq, self.seq, f"is stored as entry {stored.seq}")
        _demand(stored.events_bytes == replayed.events_bytes, self.seq, "has other events stored beside it")
        return replayed


def _demand(holds: bool, seq: Seq, otherwise: str) -> None:
    if not holds:
        raise JournalCorruptError(f"entry {seq} {otherwise}")
