"""What holds units fast after the fact, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, EncumbranceId, LotId, ParticipantId, PersonId, ProjectId, ReversalId, Tonnes


@dataclass(slots=True)
class EncumbranceSet:
    """Units are to be held fast: those of a project (and vintage) or serials of a lot, now and when more come in."""

    encumbrance: EncumbranceId
    kind: EncumbranceKind
    project: ProjectId
    vintage: int
    lot: LotId
    serial_lo: int
    serial_hi: int
    reference: str
    by: PersonId


@dataclass(slots=True)
class UnitsEncumbered:
    """Serials of a lot are held fast by an encumbrance from here on."""

    encumbrance: EncumbranceId
    lot: LotId
    ranges: tuple[SerialRange, ...]


@dataclass(slots=True)
class UnitsFreed:
    """Serials of a lot are no longer held fast by this encumbrance; what nothing else holds can move again."""

    encumbrance: EncumbranceId
    lot: LotId
    ranges: tuple[SerialRange, ...]


@dataclass(slots=True)
class EncumbranceLifted:
    """An encumbrance is over: all that it held has been freed, in this entry or in earlier ones."""

    encumbrance: EncumbranceId


@dataclass(slots=True)
class ReversalReported:
    """Stored carbon was lost again; ``responsible`` owes as many other tonnes."""

    reversal: ReversalId
    project: ProjectId
    vintage: int
    responsible: ParticipantId
    quantity: Tonnes
    cause: str


@dataclass(slots=True)
class ReversalWithdrawn:
    """A reversal was a mistake: nothing is owed for it, and nothing was cancelled."""

    reversal: ReversalId
    reason: str


@dataclass(slots=True)
class ReversalReplaced:
    """Units were cancelled in place of what was lost, by order or not; ``shortfall`` is what is still owed."""

    reversal: ReversalId
    claim: ClaimId
    quantity: Tonnes
    shortfall: Tonnes


@dataclass(slots=True)
class ReversalOwedAgain:
    """A claim that had replaced what was lost was revoked: its units stay used, and as much is owed once more."""

    reversal: ReversalId
    claim: ClaimId
    quantity: Tonnes
    shortfall: Tonnes
