"""What is asked of the national registry, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, Micros, ParticipantId, RequestId


@dataclass(slots=True)
class RegistryAsked:
    """A request to the registry; it leaves only after it is durable, and as often as it takes.

    ``reference`` is ours, unique for ever: the registry does a request once however often it hears it. ``subject`` is
    the claim or the release that it is for, or 0; ``account`` the national account that a release goes to, "" of all
    others. One range each, because a registry speaks of one range at a time.
    """

    request: RequestId
    kind: RequestKind
    lot: LotId
    owner: ParticipantId
    serials: SerialRange
    account: str
    reference: str
    subject: int
    answer_by: Micros


@dataclass(slots=True)
class ReturnAsked:
    """Serials that are in the national market shall come back to ``owner``, on a paper that no lock was entered on."""

    lot: LotId
    owner: ParticipantId
    serials: SerialRange
    lock_reference: str


@dataclass(slots=True)
class RegistryAnswered:
    """The registry said what became of a request; its receipt is the evidence. ``kind``, ``account`` and ``serials``
    are those it spoke of. What two persons have read on paper has no signature, and ``stated_at`` is when the day that
    it bears began in China.
    """

    request: RequestId
    kind: RequestKind
    account: str
    outcome: RegistryOutcome
    serials: SerialRange
    receipt: str
    message: str
    stated_at: Micros
    signature: bytes


@dataclass(slots=True)
class RegistrySilent:
    """A request was not answered in time. It stays open, and what it is about stays where it is."""

    request: RequestId


@dataclass(slots=True)
class RegistryContradicted:
    """The registry said something else than before about a request; the range is held fast until persons decide.
    ``kind``, ``account`` and ``serials`` are those it spoke of; ``receipt`` is used up by being given, "" where it gave
    none.
    """

    request: RequestId
    kind: RequestKind
    account: str
    outcome: RegistryOutcome
    serials: SerialRange
    receipt: str
    message: str
