"""What clients asked and what they were told, to the byte and with the moment: the evidence of the crash test."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

SERVICE_UNAVAILABLE = 503


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
        """Whether the client knows what became of its request; 503 says as little as a broken connection."""
        return self.status is not None and self.status != SERVICE_UNAVAILABLE


@dataclass(slots=True)
class Request:
    """Something that a client wants once, under one idempotency key, sent as often as it takes.

    ``wants`` are fields of the command that must be in the journal, by the names of the core.
    """

    who: str
    method: str
    path: str
    body: bytes
    key: str
    command: str
    wants: dict[str, Any]
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def answers(self) -> list[Attempt]:
        """The attempts that were answered."""
        return [attempt for attempt in self.attempts if attempt.is_answer]

    @property
    def body_hash(self) -> bytes:
        """What the journal must hold as the hash of this request: SHA-256 over method, path and body, each behind its
        length in 8 bytes (the path ends with a question mark when there is no query).
        """
        parts = (self.method.encode(), self.path.encode() + b"?", self.body)
        return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
