"""What the national registry says, and what is done when it says nothing.

The registry signs each of its statements; who took the signature's place in the log is the person that stands for it
(role REGISTRY). The core does not check signatures, since whoever has the log can: the statement's bytes can be made
again from the command, and ``signature`` stands beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.values import Day, Micros, PersonId, RequestId


class RequestKind(IntEnum):
    """What is asked for: LOCK units for this venue, RELEASE them from it, CANCEL them for good (注销)."""

    LOCK = 1
    RELEASE = 2
    CANCEL = 3


class RegistryOutcome(IntEnum):
    """What became of a request."""

    CONFIRMED = 1
    REFUSED = 2


@dataclass(slots=True)
class AnswerRequest:
    """The registry's statement about one request of ours.

    ``kind`` is what the registry was asked for and ``account`` the national account of a release ("" of all others), in
    its own words: a statement about another act answers nothing, whatever its reference. ``serials_lo`` and
    ``serials_hi`` are the range that it speaks of, ``message`` is the registry's own number of the statement,
    ``receipt`` that of the lock, transfer or cancellation (注销), ``stated_at`` when it was made, and ``signature`` the
    64 bytes of Ed25519 over all of them.
    """

    actor: PersonId
    request: RequestId
    kind: RequestKind
    account: str
    outcome: RegistryOutcome
    serials_lo: int
    serials_hi: int
    receipt: str
    message: str
    stated_at: Micros
    signature: bytes


@dataclass(slots=True)
class GiveUpWaiting:
    """A request was not answered in time; sent by the program itself, by its own clock."""

    actor: PersonId
    request: RequestId


@dataclass(slots=True)
class SendRelease:
    """The time in which a release could be called off is over; sent by the program itself, by its own clock."""

    actor: PersonId
    release: int


@dataclass(slots=True)
class AnswerOnPaper:
    """What a registry that this venue has no line to has written about a request of ours; needs two persons.

    The second one reads ``receipt`` from the paper again. Where the registry has refused there is none, and ``reason``
    says why it has; a confirmation has no reason. ``stated_on`` is the day that the paper bears, and a calendar day in
    China: it becomes the day of a cancellation on a certificate, however late the paper is entered.
    """

    actor: PersonId
    request: RequestId
    stated_on: Day
    receipt: str
    outcome: RegistryOutcome = RegistryOutcome.CONFIRMED
    reason: str = ""
