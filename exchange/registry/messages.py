"""The words of the line to the registry: what we send, and what its lists say.

The national registry's own interface is not public (its web pages are; see :mod:`exchange.registry.public_list`).
These are the messages that its published workflows need: 持有量转移确认 (lock), 转出 (release) and 抵消及注销确认
(cancel). An adapter to the real system translates them; the simulator speaks them as they are.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is asked for."""

    LOCK = "LOCK"
    RELEASE = "RELEASE"
    CANCEL = "CANCEL"


class Holding(StrEnum):
    """How the registry holds a range that was once locked for this venue. RELEASED is free in the national market."""

    LOCKED = "LOCKED"
    RELEASED = "RELEASED"
    CANCELLED = "CANCELLED"


MAKES: dict[Kind, Holding] = {
    Kind.LOCK: Holding.LOCKED,
    Kind.RELEASE: Holding.RELEASED,
    Kind.CANCEL: Holding.CANCELLED,
}
"""What a request makes of its range once it is confirmed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of ours as it travels. ``serial_hi`` is not one of the serials; ``serials`` is the registry's own text.

    ``holder`` is the code of the firm whose units they are at this venue, ``account`` the national account that a
    release goes to ("" else), ``purpose`` what a cancellation is for, ``paper`` the number of the firm's application.
    """

    reference: str
    kind: Kind
    space: str
    serial_lo: int
    serial_hi: int
    serials: str
    holder: str
    account: str
    purpose: str
    paper: str

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "kind": self.kind.value}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that is durable in our journal and not answered; ``request`` is its number there."""

    request: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the registry's list of everything that was ever locked for this venue: how it holds it now, since
    which request of ours, which is the newest one that it has done about these serials, and by which receipt.

    ``holder`` is the firm for which they were locked, also after they are cancelled. Of what was released it is the
    national account to which it was let go, and not who has it in the national market by now.
    """

    space: str
    serial_lo: int
    serial_hi: int
    holding: Holding
    holder: str
    reference: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the registry has on record about one request: its range, and the outcome ("" while it is worked on)."""

    reference: str
    kind: Kind
    space: str
    serial_lo: int
    serial_hi: int
    outcome: str
    receipt: str
