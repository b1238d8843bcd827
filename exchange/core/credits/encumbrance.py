"""Encumbrances: why units are held fast, which they are, and for how long; and reversals, which ask for others.

One mechanism for all of it: freeze, judicial freeze, pledge, suspension. Set by one person, since the harm of waiting
is the greater one (the stolen units of Holcim went through six countries in hours), lifted by two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.credits.lots import Lot
from exchange.core.events.encumbrances import EncumbranceSet
from exchange.core.events.uses import LotRanges
from exchange.core.serials import RangeSet, SerialRange
from exchange.core.values import NOBODY, EncumbranceId, LotId, ParticipantId, PersonId, ProjectId, ReversalId, Tonnes

NO_LOT: Final = LotId(0)
NO_PROJECT: Final = ProjectId(0)
EVERY_VINTAGE: Final = 0
"""The vintage of what is about all vintages of a project."""

RECONCILIATION: Final = "registry reconciliation: "
"""How the reference begins of everything that a reconciliation with the registry holds fast, whoever sends it in."""


@dataclass(slots=True)
class HeldUnits:
    """Serials of lots; a lot of which there are none is not there."""

    lots: dict[LotId, RangeSet] = field(default_factory=dict)

    def hold(self, lot: LotId, serials: SerialRange) -> None:
        """Add serials."""
        self.lots.setdefault(lot, RangeSet()).add(serials)

    def let_go(self, lot: LotId, serials: SerialRange) -> None:
        """Take serials out, if they are in."""
        ranges = self.lots.get(lot)
        if ranges is not None:
            ranges.remove(serials)
            if not ranges:
                del self.lots[lot]

    def tonnes_of(self, lot: LotId, serials: SerialRange) -> int:
        """How many serials of a range are in."""
        ranges = self.lots.get(lot)
        return 0 if ranges is None else sum(part.tonnes for part in ranges.within(serials))

    def missing_of(self, lot: LotId, serials: SerialRange) -> Iterable[SerialRange]:
        """The serials of a range that are not in."""
        ranges = self.lots.get(lot)
        return (serials,) if ranges is None else ranges.missing_of(serials)

    def rows(self) -> list[LotRanges]:
        """All of them, by lot."""
        return [LotRanges(lot, tuple(self.lots[lot])) for lot in sorted(self.lots)]


@dataclass(slots=True)
class Encumbrance:
    """One encumbrance: of a project (and vintage, 0: all), or of serials of a lot. ``units`` are those that it holds.

    What it holds cannot move, so ``units`` shrinks only when it is lifted, or when the registry does what it was asked
    for before: what is gone is held no more. ``working`` says that it is still being set or lifted; while it is being
    set it has come to serial ``at_serial`` of lot ``at_lot``.
    """

    encumbrance: EncumbranceId
    kind: EncumbranceKind
    project: ProjectId
    vintage: int
    lot: LotId
    serial_lo: int
    serial_hi: int
    reference: str
    by: PersonId
    lifted: bool
    working: bool
    at_lot: LotId = NO_LOT
    at_serial: int = 0
    units: HeldUnits = field(default_factory=HeldUnits)

    @property
    def is_doubt(self) -> bool:
        """Whether it is a doubt (:func:`is_doubt`); it reaches quota that was issued against these serials too."""
        return is_doubt(self)

    @property
    def is_of_registry(self) -> bool:
        """Whether the registry's word stands against ours: it contradicts itself, or its list is not what we have."""
        return self.is_doubt or self.reference.startswith(RECONCILIATION)

    @property
    def is_of_source(self) -> bool:
        """Whether the program holds units because their source was found to be inside the national market."""
        return self.by == NOBODY and self.project != NO_PROJECT

    def scope(self, lot: Lot, project: ProjectId) -> SerialRange | None:
        """Which serials of a lot it is about; None for none of them. ``project`` is the lot's."""
        if self.project:
            fits = self.project == project and self.vintage in (0, lot.vintage)
            return lot.serials if fits else None
        if lot.lot != self.lot:
            return None
        return SerialRange(self.serial_lo, self.serial_hi)

    def meets(self, ranges: Iterable[SerialRange]) -> bool:
        """Whether any of these serials of its lot are among those that it is about."""
        return any(self.serial_lo < serials.hi and serials.lo < self.serial_hi for serials in ranges)


def is_reconciled(made: Encumbrance | EncumbranceSet) -> bool:
    """Whether it suspends what a reconciliation with the registry has found, whoever has sent it in: serials of a lot,
    alive or used up.
    """
    of_serials = made.kind is EncumbranceKind.SUSPENSION and made.lot != NO_LOT
    return of_serials and made.reference.startswith(RECONCILIATION)


def is_doubt(made: Encumbrance | EncumbranceSet) -> bool:
    """Whether there is doubt about these serials of a lot: their registry's list is not what we have, or the program
    suspended them, because the registry contradicts itself about them or a claim was revoked for which they were
    cancelled.
    """
    return (made.by == NOBODY and made.lot != NO_LOT) or is_reconciled(made)


@dataclass(slots=True)
class Reversal:
    """Stored carbon that was lost again: how much has to be replaced, by whom, how much of that was, and how much is
    ``pending``, because the registry has not cancelled it yet.
    """

    reversal: ReversalId
    project: ProjectId
    vintage: int
    responsible: ParticipantId
    quantity: Tonnes
    replaced: Tonnes
    pending: Tonnes
    cause: str

    @property
    def shortfall(self) -> Tonnes:
        """What has not been replaced."""
        return Tonnes(self.quantity - self.replaced)

    @property
    def owed(self) -> Tonnes:
        """What is to be cancelled besides what is pending."""
        return Tonnes(self.quantity - self.replaced - self.pending)

    @property
    def is_replaced(self) -> bool:
        """Whether anything replaces it by now, or is about to."""
        return self.replaced > 0 or self.pending > 0


@dataclass(slots=True)
class Encumbrances:
    """All encumbrances, those that stand and those that are being worked off, in order; and all reversals."""

    by_id: dict[EncumbranceId, Encumbrance] = field(default_factory=dict)
    standing: dict[EncumbranceId, Encumbrance] = field(default_factory=dict)
    working: dict[EncumbranceId, Encumbrance] = field(default_factory=dict)
    reversals: dict[ReversalId, Reversal] = field(default_factory=dict)

    def add(self, encumbrance: Encumbrance) -> None:
        """Enter an encumbrance."""
        self.by_id[encumbrance.encumbrance] = encumbrance
        if not encumbrance.lifted:
            self.standing[encumbrance.encumbrance] = encumbrance
        if encumbrance.working:
            self.working[encumbrance.encumbrance] = encumbrance

    def lift(self, encumbrance: Encumbrance) -> None:
        """It stands no longer; its units are let go one after the other."""
        encumbrance.lifted = encumbrance.working = True
        del self.standing[encumbrance.encumbrance]
        self.working[encumbrance.encumbrance] = encumbrance

    def finish(self, encumbrance: Encumbrance) -> None:
        """All its units are held fast, or let go."""
        encumbrance.working = False
        encumbrance.at_lot, encumbrance.at_serial = NO_LOT, 0
        del self.working[encumbrance.encumbrance]

    def left_to_lose(self, project: ProjectId, firm: ParticipantId, brought: dict[int, int]) -> dict[int, int]:
        """How many tonnes of each vintage of a project (0: of all) a firm has ``brought`` in and does not answer for as
        lost yet.
        """
        left = {**brought, EVERY_VINTAGE: sum(brought.values())}
        for reversal in self.reversals.values():
            if (reversal.project, reversal.responsible) == (project, firm):
                for vintage in sorted({reversal.vintage, EVERY_VINTAGE}):
                    left[vintage] -= reversal.quantity
        return left

    def are_in_doubt(self, units: Iterable[LotRanges]) -> bool:
        """Whether a doubt about any of these serials stands; it does until the last of what it holds is let go."""
        doubts = [made for made in self.holding() if made.is_doubt]
        return any(made.lot == part.lot and made.meets(part.ranges) for made in doubts for part in units)

    def holding(self) -> Iterator[Encumbrance]:
        """Every encumbrance that can hold something: those that stand, and those that are being lifted."""
        yield from self.standing.values()
        yield from (made for made in self.working.values() if made.lifted)
