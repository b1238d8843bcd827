"""Making the whole market again from its journal, from the first entry, trusting nothing but the bytes.

Every entry is done again and must come out as it is written (:mod:`exchange.sequencer.replaying`). Where the log
attests the hash of a state (a snapshot was taken there), the state that was made again must have that hash, no
idempotency key may stand in two entries (INV-24), and a request of many commands must be there as a whole. So the
journal is read twice: first for the attestations, since they come after the entry that they speak of, and for the keys
that look as if they came again; then to replay.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from exchange.audit.export import ExportedEntry
from exchange.audit.groups_whole import GroupsWhole
from exchange.audit.keys_once import KeysOnce
from exchange.audit.known_end import KnownEnd
from exchange.core.canonical import CanonicalError
from exchange.core.codec import COMMANDS, decode_command
from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.events import Event
from exchange.core.events.agreements import AgreementSettled
from exchange.core.events.orders import Traded
from exchange.core.image import IMAGE_FORMAT, state_hash
from exchange.core.state import ExchangeState
from exchange.core.values import Fen, Micros, Seq, Tonnes, notional
from exchange.sequencer.journal import GENESIS_HEAD, JournalCorruptError, Leaf, StoredEntry, decode_leaf
from exchange.sequencer.replaying import Replayed, Replayer, collector_at_rest

Source = Callable[[], AsyncGenerator[StoredEntry, None] | AsyncGenerator[ExportedEntry, None]]
"""Reads a journal from its first entry, each time that it is called."""

PROGRESS_EVERY = 10_000


@dataclass(slots=True)
class ReplayReport:
    """What a whole journal comes to. ``trades`` are those of the books and the agreed trades that were settled, with
    their ``tonnes`` and their ``value`` in fen; ``attestations`` is how many state hashes of the log were compared, and
    ``of_other_formats`` how many could not be, since they are hashes of a state that was written in other bytes.
    """

    entries: int
    head: bytes
    state_hash: bytes
    trades: int
    tonnes: Tonnes
    value: Fen
    attestations: int
    of_other_formats: int


class _Tally:
    """Adds up the trades."""

    def __init__(self) -> None:
        self.trades = 0
        self.tonnes = 0
        self.value = 0

    def add(self, events: list[Event]) -> None:
        for event in events:
            if type(event) is Traded:
                self._one(event.quantity, notional(event.price, event.quantity))
            elif type(event) is AgreementSettled:
                self._one(event.quantity, event.total)

    def _one(self, tonnes: Tonnes, value: Fen) -> None:
        self.trades += 1
        self.tonnes += tonnes
        self.value += value


async def replay(
    source: Source, progress: Callable[[Seq], None] | None = None, known: KnownEnd | None = None
) -> ReplayReport:
    """Do a whole journal again; ``progress`` is told now and then which entry was done, ``known`` is what was noted of
    the journal earlier. Without it a tail that is missing cannot be seen.

    Raises:
        JournalCorruptError: at the first entry that does not come out as it is written; it names the entry. Also when
            the journal does not have what is known of it.
    """
    with collector_at_rest():
        return await _replay(source, progress, known or KnownEnd())


async def _replay(source: Source, progress: Callable[[Seq], None] | None, known: KnownEnd) -> ReplayReport:
    attested, others, keys = await _first_reading(source)
    replayer = Replayer(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD)
    tally, groups = _Tally(), GroupsWhole()
    compared = 0
    async with aclosing(source()) as entries:
        async for entry in entries:
            replayed = _step(replayer, entry)
            tally.add(replayed.events)
            keys.check(replayer.seq, replayed.leaf)
            groups.check(replayed.leaf)
            known.see(replayer.seq, replayer.head)
            if replayer.seq in attested:
                compared += _compare(replayer, attested[replayer.seq])
            if progress is not None and replayer.seq % PROGRESS_EVERY == 0:
                progress(replayer.seq)
    known.conclude(replayer.seq)
    groups.conclude(replayer.seq)
    return ReplayReport(
        entries=replayer.seq,
        head=replayer.head,
        state_hash=state_hash(replayer.state),
        trades=tally.trades,
        tonnes=Tonnes(tally.tonnes),
        value=Fen(tally.value),
        attestations=compared,
        of_other_formats=others,
    )


def _step(replayer: Replayer, entry: StoredEntry | ExportedEntry) -> Replayed:
    if isinstance(entry, StoredEntry):
        return replayer.step_stored(entry)
    return replayer.step(entry.leaf_bytes, entry.head)


async def _first_reading(source: Source) -> tuple[dict[Seq, list[tuple[Seq, bytes]]], int, KeysOnce]:
    """By entry: who attests the state after it, and which hash. How many hashes are of states that were written in
    other bytes, which are not compared. And the keys that perhaps came more than once. What cannot be read here is
    named by the replay.
    """
    attested: dict[Seq, list[tuple[Seq, bytes]]] = {}
    others, keys = 0, KeysOnce()
    async with aclosing(source()) as entries:
        async for entry in entries:
            leaf = _readable(entry.leaf_bytes)
            if leaf is None:
                continue
            keys.note(leaf)
            command = _attestation(leaf)
            if command is not None and command.image_format != IMAGE_FORMAT:
                others += 1
            elif command is not None:
                attested.setdefault(command.at_seq, []).append((entry.seq, command.state_hash))
    return attested, others, keys


_ATTESTATION_TAG = next(tag for tag, record in COMMANDS.table.items() if record is AttestSnapshot).to_bytes(2, "big")


def _attestation(leaf: Leaf) -> AttestSnapshot | None:
    """The attestation in a leaf, if it is one."""
    if not leaf.command.startswith(_ATTESTATION_TAG) or leaf.reason:
        return None
    try:
        return cast(AttestSnapshot, decode_command(leaf.command))
    except CanonicalError:
        return None


def _readable(leaf_bytes: bytes) -> Leaf | None:
    try:
        return decode_leaf(leaf_bytes)
    except (CanonicalError, JournalCorruptError):
        return None


def _compare(replayer: Replayer, attestations: list[tuple[Seq, bytes]]) -> int:
    """Hold the state to what is attested of it; how many attestations there were."""
    found = state_hash(replayer.state)
    for by, expected in attestations:
        if found != expected:
            raise JournalCorruptError(
                f"entry {by} attests another state after entry {replayer.seq} than replay finds",
                f"第 {by} 条载明的第 {replayer.seq} 条之后的状态，与重放所得的不同",
            )
    return len(attestations)
