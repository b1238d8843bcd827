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

CHAIN_BREAKS: Final = ("does not continue the chain", "与前面的哈希链不相接")
"""What is said of an entry whose head does not follow from it, in English and Chinese."""


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
            raise JournalCorruptError(
                f"entry {seq} cannot be done again: {error!r}", f"第 {seq} 条无法重做：{error!r}"
            ) from error
        events_bytes = encode_events(outcome.events)
        reason, created = outcome.reason, outcome.created
        same_events = hashlib.sha256(events_bytes).digest() == leaf.events_hash
        same_reason = (reason or 0) == leaf.reason
        _demand(same_reason, seq, "is refused with {!r}, not {}", "的拒绝原因为 {!r}，而非 {}", reason, leaf.reason)
        _demand(created == leaf.created, seq, "creates {}, not {}", "产生的编号为 {}，而非 {}", created, leaf.created)
        _demand(same_events, seq, "has other events when done again", "重做后的事件不同")
        self.seq, self.at, self.head, self._epoch = seq, leaf.at, head, leaf.epoch
        return Replayed(leaf, command, outcome.events, events_bytes)

    def _read(self, seq: Seq, leaf_bytes: bytes, head: bytes) -> tuple[Leaf, Command]:
        """The entry's leaf and command, after every check that needs no state."""
        _demand(next_head(self.head, leaf_bytes) == head, seq, *CHAIN_BREAKS)
        try:
            leaf = decode_leaf(leaf_bytes)
            command = decode_command(leaf.command)
        except CanonicalError as error:
            raise JournalCorruptError(
                f"entry {seq} cannot be read: {error}", f"第 {seq} 条无法读取：{error}"
            ) from error
        engine, rules = leaf.engine_version, leaf.rules_version
        _demand(leaf.seq == seq, seq, "says that it is entry {}", "自称为第 {} 条", leaf.seq)
        _demand(leaf.at >= self.at, seq, "is stamped before the entry in front of it", "的时间早于前一条")
        _demand(
            leaf.epoch >= self._epoch,
            seq,
            "is of an earlier epoch than the entry in front of it",
            "的 epoch 小于前一条",
        )
        _demand(
            engine == ENGINE_VERSION, seq, "is of engine {}, not {}", "的引擎为 {}，不是 {}", engine, ENGINE_VERSION
        )
        _demand(rules == self.state.rulebook.version, seq, "is of rulebook version {}", "所依规则集版本为 {}", rules)
        return leaf, command

    def step_stored(self, stored: StoredEntry) -> Replayed:
        """Do the next entry of a database again; the number and the events beside the leaf must agree with it too."""
        replayed = self.step(stored.leaf_bytes, stored.head)
        same_events = stored.events_bytes == replayed.events_bytes
        _demand(stored.seq == self.seq, self.seq, "is stored as entry {}", "存放为第 {} 条", stored.seq)
        _demand(same_events, self.seq, "has other events stored beside it", "旁边存放的事件不同")
        return replayed


def _demand(holds: bool, seq: Seq, otherwise: str, chinese: str, *seen: object) -> None:
    """Both texts have a {} for each of ``seen``; they are filled in only when it does not hold."""
    if not holds:
        raise JournalCorruptError(f"entry {seq} {otherwise.format(*seen)}", f"第 {seq} 条{chinese.format(*seen)}")
