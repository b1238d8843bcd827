"""The journal's entries and the port through which the sequencer writes them.

An entry's **leaf** is header, command, hash of the events and result in canonical bytes: what the Merkle log of the
audit is built over. The **chain** hashes each leaf onto the head before it, so no entry can be changed, dropped or
moved without every later head changing. The events themselves are stored beside the leaf; replay makes them again and
compares the hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, Protocol, cast

from exchange.core.canonical import FORMAT_VERSION, RecordCodec
from exchange.core.commands import Command
from exchange.core.events import Event
from exchange.core.values import KeyId, Micros, Seq

GENESIS_HEAD: Final = hashlib.sha256(b"carbon-exchange journal v1").digest()
"""The head before the first entry."""

LARGEST_VERSION: Final = 9_999
"""A larger number where a version should be is none."""

MAX_LEAF_BYTES: Final = 65_535
"""A leaf must fit the 16-bit length of an entry bundle (C2SP tlog-tiles)."""


@dataclass(slots=True)
class Leaf:
    """What is hashed: everything that replay needs to do the entry again and to know that it did the same.

    ``scope`` is the participant (or staff person) within which ``idempotency_key`` is unique; ``body_hash`` is the
    SHA-256 of the request that the key stands for. ``key`` is the API key that was used, 0 for the program itself.
    ``reason`` is 0 for success or the number of the refusal, ``created`` the id of what the command created, or 0.
    """

    format_version: int
    engine_version: int
    rules_version: int
    epoch: int
    seq: Seq
    at: Micros
    key: KeyId
    scope: int
    idempotency_key: str
    body_hash: bytes
    command: bytes
    events_hash: bytes
    reason: int
    created: int


@dataclass(slots=True)
class Answer:
    """What the client was answered, to the byte; a repeat with the same idempotency key gets exactly this."""

    status: int
    content_type: str
    language: str
    body: bytes


@dataclass(slots=True)
class Entry:
    """An entry on its way to the disk and from there to the readers. ``answer`` is None for entries without a key."""

    leaf: Leaf
    leaf_bytes: bytes
    head: bytes
    command: Command
    events: list[Event]
    events_bytes: bytes
    answer: Answer | None


@dataclass(slots=True)
class StoredEntry:
    """An entry as read back: bytes only, nothing believed yet."""

    seq: Seq
    leaf_bytes: bytes
    head: bytes
    events_bytes: bytes


@dataclass(slots=True)
class Batch:
    """The entries of one database transaction, in order; ``before`` is the head that they continue."""

    epoch: int
    before: bytes
    entries: list[Entry]

    @property
    def last_seq(self) -> Seq:
        """The seq of the last entry."""
        return self.entries[-1].leaf.seq

    @property
    def head(self) -> bytes:
        """The head after the last entry."""
        return self.entries[-1].head


@dataclass(slots=True)
class Leadership:
    """What a new leader finds: its epoch and where the journal stands."""

    epoch: int
    seq: Seq
    head: bytes


@dataclass(slots=True)
class StoredAnswer:
    """What is known of an idempotency key: ``answer`` is None when its 90 days are over and only the key is kept."""

    seq: Seq
    at: Micros
    body_hash: bytes
    answer: Answer | None


class CommitUnknownError(Exception):
    """The connection broke around COMMIT: the batch may or may not be durable. Never means "failed"."""


class FencedError(Exception):
    """Another writer has taken over; this one must stop without writing anything."""


class ConstraintBrokenError(Exception):
    """A database constraint refused the batch. An earlier refusal is missing: a bug, never bad input."""


class JournalCorruptError(Exception):
    """The stored journal is not what was written: a hash, an order or a length does not agree. Names the seq, in
    English as its text and in :attr:`chinese`: auditors read both.
    """

    def __init__(self, problem: str, chinese: str) -> None:
        super().__init__(problem)
        self.chinese = chinese


class OtherVersionError(JournalCorruptError):
    """What is stored is whole, but another version of the program wrote it, and this one cannot read it or do it again.
    Nothing is damaged; the release of that version can.
    """


class JournalStore(Protocol):
    """The durable side of the sequencer, on one connection of its own.

    An implementation takes a function ``hit: Callable[[str], None]`` (``CrashPoints.hit``) and calls it at the
    ``store_...`` points of :mod:`exchange.sequencer.crashpoints`, so that crash tests can end the program in a commit.
    """

    async def lead(self) -> Leadership:
        """Become the only writer: take the lock, end the old backend, raise the epoch."""
        ...

    async def append(self, batch: Batch) -> None:
        """Write journal, head, projections, ledger and answers of a batch in one transaction.

        Raises:
            CommitUnknownError: when the connection broke; ask :meth:`is_committed`. (The sequencer sets a deadline and
                cancels a call that exceeds it; it then asks as well.)
            FencedError: when the epoch is no longer ours.
            ConstraintBrokenError: when a constraint fired; nothing was written.
        """
        ...

    async def is_committed(self, batch: Batch) -> bool:
        """After an unknown outcome: whether the batch is durable, asked on a new connection under the leader row's
        lock (it waits until the old backend is resolved). Raises FencedError, or ConnectionError when no answer can be
        had yet.
        """
        ...

    async def find_offender(self, batch: Batch) -> Entry:
        """Which entry of a refused batch breaks a constraint, found by trying and rolling back prefixes."""
        ...

    async def quarantine(self, command_hash: bytes, command: bytes, why: str) -> None:
        """Remember a command that broke the program, so that a restart refuses it (on a connection of its own)."""
        ...

    async def quarantined(self) -> set[bytes]:
        """The hashes of the commands in quarantine."""
        ...

    def entries(self, after: Seq) -> AsyncGenerator[StoredEntry, None]:
        """The journal after ``after`` in order, in bounded memory; whoever does not read to the end closes it."""
        ...

    async def answer(self, scope: int, idempotency_key: str) -> StoredAnswer | None:
        """What is known of a key, from the disk; may be called while a batch is being appended, so it uses another
        connection. Raises ConnectionError when the disk cannot be asked now.

        Which keys were ever used is not asked here: recovery learns it from the leaves that it replays and from the
        snapshot (see :mod:`exchange.sequencer.idempotency`).
        """
        ...


_LEAF: Final = RecordCodec(Leaf)
_THIS_FORMAT: Final = FORMAT_VERSION.to_bytes(8, "big")


def encode_leaf(leaf: Leaf) -> bytes:
    """The canonical bytes of a leaf; asserts the size bound, which the decoder's limits keep far away."""
    data = _LEAF.encode(leaf)
    assert len(data) <= MAX_LEAF_BYTES
    return data


def decode_leaf(data: bytes) -> Leaf:
    """The leaf that these bytes are; raises :class:`~exchange.core.canonical.CanonicalError` otherwise."""
    leaf = cast(Leaf, _LEAF.decode(data))
    demand_format(leaf.seq, data)
    return leaf


def demand_format(seq: Seq, leaf_bytes: bytes) -> None:
    """See that an entry is in the format that this program reads, before it is read: the version comes first in every
    format, and of what follows nothing is known when it is another.

    Raises:
        OtherVersionError: it is in another one.
    """
    if leaf_bytes.startswith(_THIS_FORMAT):
        return
    found = int.from_bytes(leaf_bytes[:8], "big")
    if found != FORMAT_VERSION and len(leaf_bytes) >= 8 and 0 < found <= LARGEST_VERSION:
        raise OtherVersionError(
            f"entry {seq} was written in format {found}; this program reads format {FORMAT_VERSION}",
            f"第 {seq} 条以格式 {found} 写成，本程序读取的格式为 {FORMAT_VERSION}",
        )


def next_head(head: bytes, leaf_bytes: bytes) -> bytes:
    """The chain: SHA-256 of the head before and the leaf's bytes."""
    return hashlib.sha256(head + leaf_bytes).digest()
