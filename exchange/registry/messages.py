"""The words of the line to the registry: what we send, and what its list says.

The national registry's own interface is not public (its web client is; see :mod:`exchange.registry.public_list`). These
are the messages that its published workflows need: 持有量转移确认 (lock), 转出 (release) and 抵消及注销确认 (cancel). An adapter
to the real system translates them; the simulator speaks them as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for."""

    LOCK = "LOCK"
    RELEASE = "RELEASE"
    CANCEL = "CANCEL"


class Holding(StrEnum):
    """How the registry holds a range of ours."""

    LOCKED = "LOCKED"
    RELEASED = "RELEASED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of ours as it travels. ``serial_hi`` is not one of the serials; ``serials`` is the registry's own text.

    ``account`` is the firm's at the registry, ``purpose`` what a cancellation is for.
    """

    reference: str
    kind: Kind
    space: str
    serial_lo: int
    serial_hi: int
    serials: str
    account: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the registry's list of what it holds for this venue."""

    space: str
    serial_lo: int
    serial_hi: int
    holding: Holding
    reference: str
