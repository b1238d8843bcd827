"""Doing a stored entry again, believing nothing: recovery, the audit's replay and the crash test all do it with this.

An entry is right when its leaf can be read, its seq is the next one, its head is the chain's next head, its epoch and
its time did not go back, and the command, applied to the state that the entries before have made, gives the same
result: the same refusal or the same created id, and events with the same hash.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command, encode_events
from exchange.core.commands import Command
from exchange.core.events import Event
from exchange.core.machine import ENGINE_VERSION, apply
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import (
    JournalCorruptError,
    Leaf,
    OtherVersionError,
    StoredEntry,
    decode_leaf,
    demand_format,
    next_head,
)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Millions of objects come into being here and none goes: looking for garbage meanwhile would double the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
        if (reason or 0) != leaf.reason:
            raise _flaw(seq, "is refused with {!r}, not {}", "的拒绝原因为 {!r}，而非 {}", reason, leaf.reason)
        if created != leaf.created:
            raise _flaw(seq, "creates {}, not {}", "产生的编号为 {}，而非 {}", created, leaf.created)
        if hashlib.sha256(events_bytes).digest() != leaf.events_hash:
            raise _flaw(seq, "has other events when done again", "重做后的事件不同")
        self.seq, self.at, self.head, self._epoch = seq, leaf.at, head, leaf.epoch
        return Replayed(leaf, command, outcome.events, events_bytes)

    def _read(self, seq: Seq, leaf_bytes: bytes, head: bytes) -> tuple[Leaf, Command]:
        """The entry's leaf and command, after every check that needs no state."""
        if next_head(self.head, leaf_bytes) != head:
            raise _flaw(seq, *CHAIN_BREAKS)
        demand_format(seq, leaf_bytes)
        try:
            leaf = decode_leaf(leaf_bytes)
            _demand_engine(leaf)
            command = decode_command(leaf.command)
        except CanonicalError as error:
            raise JournalCorruptError(
                f"entry {seq} cannot be read: {error}", f"第 {seq} 条无法读取：{error}"
            ) from error
        if leaf.seq != seq:
            raise _flaw(seq, "says that it is entry {}", "自称为第 {} 条", leaf.seq)
        if leaf.at < self.at:
            raise _flaw(seq, "is stamped before the entry in front of it", "的时间早于前一条")
        if leaf.epoch < self._epoch:
            raise _flaw(seq, "is of an earlier epoch than the entry in front of it", "的 epoch 小于前一条")
        if leaf.rules_version != self.state.rulebook.version:
            raise _flaw(seq, "is of rulebook version {}", "所依规则集版本为 {}", leaf.rules_version)
        return leaf, command

    def step_stored(self, stored: StoredEntry) -> Replayed:
        """Do the next entry of a database again; the number and the events beside the leaf must agree with it too."""
        replayed = self.step(stored.leaf_bytes, stored.head)
        if stored.seq != self.seq:
            raise _flaw(self.seq, "is stored as entry {}", "存放为第 {} 条", stored.seq)
        if stored.events_bytes != replayed.events_bytes:
            raise _flaw(self.seq, "has other events stored beside it", "旁边存放的事件不同")
        return replayed


def _demand_engine(leaf: Leaf) -> None:
    """Another engine's commands may be written otherwise and have other outcomes, so they are not even read."""
    if leaf.engine_version != ENGINE_VERSION:
        raise OtherVersionError(
            f"entry {leaf.seq} was written by engine {leaf.engine_version}; this program is engine {ENGINE_VERSION}",
            f"第 {leaf.seq} 条由引擎 {leaf.engine_version} 写成，本程序为引擎 {ENGINE_VERSION}",
        )


def _flaw(seq: Seq, problem: str, chinese: str, *seen: object) -> JournalCorruptError:
    """What is wrong with an entry; both texts have a {} for each of ``seen``."""
    return JournalCorruptError(f"entry {seq} {problem.format(*seen)}", f"第 {seq} 条{chinese.format(*seen)}")
