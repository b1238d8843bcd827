"""What clients asked and what they were told, to the byte and with the moment: the evidence of the crash test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTHING_WAS_DONE = (429, 503)
"""Too many requests, or too busy: says as little about a request as a broken connection."""


@dataclass(slots=True)
class Attempt:
    """One sending of a request: when it began and ended, and what came back; status None when nothing did."""

    began: float
    ended: float
    status: int | None
    body: bytes = b""
    replayed: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether the client knows what became of its request."""
        return self.status is not None and self.status not in NOTHING_WAS_DONE


@dataclass(frozen=True, slots=True)
class Wish:
    """A command that must be in the journal: the name of its type and some of its fields, by the names of the core."""

    command: str
    wants: Mapping[str, Any]


@dataclass(slots=True)
class Request:
    """Something that a client wants once, under one idempotency key, sent as often as it takes.

    A batch has several ``wishes``, or also one, and its answer has a result for each of them. What is ``signed`` gets a
    new signature each time that it is sent.
    """

    who: str
    method: str
    path: str
    body: bytes
    key: str
    wishes: tuple[Wish, ...]
    is_batch: bool = False
    signed: bool = False
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def answers(self) -> list[Attempt]:
        """The attempts that were answered."""
        return [attempt for attempt in self.attempts if attempt.is_answer]

    @property
    def body_hash(self) -> bytes:
        """What the journal must hold as the hash of this request: SHA-256 over the lengths of method, path and body
        in 8 bytes each, then these three (the path ends with a question mark when there is no query, and the body's
        fields stand in the order of their names, without spaces).
        """
        body = b""
        if self.body:
            fields = json.loads(self.body)
            body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        parts = (self.method.encode(), self.path.encode() + b"?", body)
        lengths = (len(part).to_bytes(8, "big") for part in parts)
        return hashlib.sha256(b"".join((*lengths, *parts))).digest()
