"""Our side of a reconciliation: which serials stand here, and what we have asked of the registry about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.registry.messages import Kind


@dataclass(frozen=True, slots=True)
class Ours:
    """Serials ``[lo, hi)`` of a lot of the national registry that stand in one state with one owner."""

    space: str
    lot: int
    lo: int
    hi: int
    owner: str
    state: ParcelState


@dataclass(frozen=True, slots=True)
class Sent:
    """One request of ours, and the answer that we keep (``receipt`` "" without one); ``signed`` says whether the answer
    is signed with a key that was the registry's. ``account`` is the national account of a release, "" of all others.
    """

    reference: str
    kind: Kind
    space: str
    lot: int
    lo: int
    hi: int
    holder: str
    status: RequestStatus
    receipt: str
    signed: bool = True
    account: str = ""

    @property
    def name(self) -> str:
        """In whose name the serials are after a lock or a release."""
        return self.account if self.kind is Kind.RELEASE else self.holder

    def told(self) -> str:
        """As people are told of it."""
        return f"{self.kind} {self.name} {self.reference} {self.receipt}".rstrip()


@dataclass(frozen=True, slots=True)
class Books:
    """Our two lists, as they were at one entry of the journal; ``sent`` has the oldest request first."""

    as_of_seq: int
    ours: Sequence[Ours]
    sent: Sequence[Sent]
