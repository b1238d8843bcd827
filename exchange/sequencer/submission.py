"""What the API hands to the sequencer, and what it may get back instead of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from exchange.core.commands import Command
from exchange.core.commands.governance import Rule
from exchange.core.events import Event
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, Seq
from exchange.sequencer.journal import Answer

MAX_GROUP: Final = 500
"""Most commands in one :class:`Group`."""


@dataclass(slots=True)
class Decided:
    """What the core made of a command: ``reason`` None means done, and ``created`` is the id of the new thing or 0.

    ``rules`` are those in force when it was decided, by id: committed rules may be a batch behind.
    """

    seq: Seq
    at: Micros
    reason: RejectReason | None
    created: int
    rules: Mapping[str, Rule]
    events: list[Event]


class Renderer(Protocol):
    """Makes the client's bytes of a decision, in the client's language. Pure: the same decision, the same bytes."""

    def decided(self, decision: Decided) -> Answer:
        """The answer to a command that was sequenced, done or refused."""
        ...

    def unsequenced(self, reason: RejectReason) -> Answer:
        """The answer to a command that never was: KEY_REUSED, KEY_SPENT or COMMAND_QUARANTINED."""
        ...


class GroupRenderer(Protocol):
    """Makes the client's bytes of the decisions of a :class:`Group`, in the client's language. Pure: the same
    decisions, the same bytes.

    It is asked for a piece right after each command was decided, because the rules may change from one command to the
    next and because the event loop gets its turn between the commands of a long group; what is put together at the end
    should cost little.
    """

    def item(self, position: int, decision: Decided) -> bytes:
        """The piece of the answer that tells of the command at ``position`` (0 is the first), done or refused."""
        ...

    def whole(self, items: list[bytes]) -> Answer:
        """The answer to the request, out of the pieces of all its commands in order."""
        ...

    def unsequenced(self, reason: RejectReason) -> Answer:
        """The answer to a request of which no command ever was: KEY_REUSED, KEY_SPENT or COMMAND_QUARANTINED."""
        ...


@dataclass(slots=True)
class Submission:
    """One request to change something, with one command. An empty ``idempotency_key`` goes with no ``renderer`` and is
    for the program's own commands only.
    """

    command: Command
    key: KeyId
    scope: int
    idempotency_key: str
    body_hash: bytes
    renderer: Renderer | None


@dataclass(slots=True)
class Group:
    """One request with 1 to :data:`MAX_GROUP` commands and one idempotency key, which is never empty.

    Every command becomes an entry of its own, with consecutive seqs and nothing of anybody else between them, and has
    its own outcome: one that is refused does not stop the next. What is not divided is the request: all its entries
    stand in one database transaction, so after a crash either all of them were done or none. All entries have ``key``,
    ``scope`` and ``body_hash``; the last one alone has the idempotency key and the answer, and the receipt has its seq.
    """

    commands: tuple[Command, ...]
    key: KeyId
    scope: int
    idempotency_key: str
    body_hash: bytes
    renderer: GroupRenderer


@dataclass(slots=True)
class Receipt:
    """The answer, durable by now, and whether it is the stored one of an earlier request with the same key.

    ``seq`` is that of the request's entry, of a group's last entry, or 0 for a request that never became an entry.
    """

    seq: Seq
    answer: Answer
    replayed: bool


class OverloadedError(Exception):
    """The queue is full, or has no room for all of a group; nothing was done, try again in ``retry_after`` seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("the queue is full")
        self.retry_after = retry_after


class StoppedError(Exception):
    """The sequencer stopped before this request was decided or known durable; a repeat with the same key tells."""
