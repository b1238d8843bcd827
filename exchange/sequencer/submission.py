"""What the API hands to the sequencer, and what it may get back instead of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from exchange.core.commands import Command
from exchange.core.commands.governance import Rule
from exchange.core.events import Event
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, Seq
from exchange.sequencer.journal import Answer


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


@dataclass(slots=True)
class Submission:
    """One request to change something. An empty ``idempotency_key`` is for the program's own commands only."""

    command: Command
    key: KeyId
    scope: int
    idempotency_key: str
    body_hash: bytes
    renderer: Renderer | None


@dataclass(slots=True)
class Receipt:
    """The answer, durable by now, and whether it is the stored one of an earlier request with the same key."""

    seq: Seq
    answer: Answer
    replayed: bool


class OverloadedError(Exception):
    """The queue is full; nothing was done, try again in ``retry_after`` seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("the queue is full")
        self.retry_after = retry_after


class StoppedError(Exception):
    """The sequencer stopped before this command was decided or known durable; a repeat with the same key tells."""
