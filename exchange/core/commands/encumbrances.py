"""Commands that hold units fast after the fact: freezes and pledges, reversals, forced cancellation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.values import EncumbranceId, LotId, ParticipantId, PersonId, ProjectId, ReversalId, Tonnes


class EncumbranceKind(IntEnum):
    """Why units are held fast. What it does is the same: they cannot be sold, used or released."""

    FREEZE = 1
    JUDICIAL = 2
    PLEDGE = 3
    SUSPENSION = 4


@dataclass(slots=True)
class Encumber:
    """Hold units fast at once; one person is enough, because the harm of waiting is the greater one.

    By project (``vintage`` 0: all of them), or by lot with serials ``[serial_lo, serial_hi)`` (0, 0: the whole lot).
    Later lots of the project are held fast as they come in. Sells that are no longer covered are cancelled, newest
    first. ``reference`` names the paper: a court's order, a contract of pledge.
    """

    actor: PersonId
    kind: EncumbranceKind
    project: ProjectId
    vintage: int
    lot: LotId
    serial_lo: int
    serial_hi: int
    reference: str


@dataclass(slots=True)
class LiftEncumbrance:
    """Let encumbered units go again; needs two persons, of whom a regulator approves what a regulator or the registry's
    word holds fast.
    """

    actor: PersonId
    encumbrance: EncumbranceId


@dataclass(slots=True)
class ReportReversal:
    """Record that stored carbon was lost again (fire, pests, felling); needs two persons.

    ``project``'s owner ``responsible`` has to replace ``quantity`` tonnes by cancelling as many others (rule
    REVERSAL, after the practice of buffer and replacement elsewhere).
    """

    actor: PersonId
    project: ProjectId
    vintage: int
    responsible: ParticipantId
    quantity: Tonnes
    cause: str


@dataclass(slots=True)
class WithdrawReversal:
    """Take back a reversal that was entered by mistake; needs two persons, of whom a regulator approves.

    Only while nothing is cancelled for it, nor is about to be; a use that was revoked does not count.
    """

    actor: PersonId
    reversal: ReversalId
    reason: str


@dataclass(slots=True)
class ForceCancellation:
    """Cancel units of whoever is responsible against what has to be replaced; the regulator approves (REVERSAL).

    As many tonnes as there are, oldest vintage and lowest serial first; the shortfall stays recorded.
    """

    actor: PersonId
    reversal: ReversalId


@dataclass(slots=True)
class ContinueEncumbering:
    """Do the next chunk of an encumbrance that is being set or lifted; sent by the program itself."""

    actor: PersonId
    encumbrance: EncumbranceId
