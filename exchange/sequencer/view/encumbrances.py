"""What holds units fast, and reversals, as committed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from exchange.core.credits.encumbrance import is_reconciled
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
from exchange.core.events.uses import LotRanges
from exchange.core.serials import RangeSet, SerialRange
from exchange.core.values import EncumbranceId, LotId, Micros, ReversalId, Seq, Tonnes
from exchange.sequencer.view.layers import Layers
from exchange.sequencer.view.unit_rows import EncumbranceRow, ReversalRow


@dataclass(slots=True)
class Encumbrances:
    """Every encumbrance and every reversal by id, the serials of each lot that each encumbrance holds, the same serial
    by serial, and by lot those that stand because a reconciliation with the registry has found something.
    """

    by_id: dict[EncumbranceId, EncumbranceRow] = field(default_factory=dict)
    of_lot: dict[LotId, dict[EncumbranceId, RangeSet]] = field(default_factory=dict)
    layers: dict[LotId, Layers] = field(default_factory=dict)
    reconciled: dict[LotId, dict[EncumbranceId, EncumbranceRow]] = field(default_factory=dict)
    reversals: dict[ReversalId, ReversalRow] = field(default_factory=dict)

    def add(self, row: EncumbranceRow) -> None:
        """Enter an encumbrance with all that it holds."""
        self.by_id[row.terms.encumbrance] = row
        if not row.lifted_at:
            if is_reconciled(row.terms):
                self.reconciled.setdefault(row.terms.lot, {})[row.terms.encumbrance] = row
            for units in row.units:
                self._hold(row, units)
            for units in row.freed:
                self._free(row, units)

    def _hold(self, row: EncumbranceRow, units: LotRanges) -> None:
        number, layers = row.terms.encumbrance, self.layers.setdefault(units.lot, Layers())
        held = self.of_lot.setdefault(units.lot, {}).setdefault(number, RangeSet())
        for serials in units.ranges:
            held.add(serials)
            layers.lay(number, serials)

    def _free(self, row: EncumbranceRow, units: LotRanges) -> None:
        held = self.of_lot[units.lot][row.terms.encumbrance]
        for serials in units.ranges:
            held.remove(serials)
            self.layers[units.lot].take(row.terms.encumbrance, serials)

    def holding(self, lot: LotId, serials: SerialRange) -> list[EncumbranceId]:
        """What holds any of these serials fast, oldest first."""
        layers = self.layers.get(lot)
        return [] if layers is None else sorted(layers.over(serials))

    def held_any(self, units: Iterable[LotRanges], at: Micros) -> bool:
        """Whether any of these units was held fast at a time. Every encumbrance there was is looked at."""
        there = [row for row in self.by_id.values() if row.at <= at and not 0 < row.lifted_at <= at]
        held = [one for row in there for one in row.units]
        return any(one.lot == part.lot and _share(one, part) for one in held for part in units)

    def on_set(self, event: EncumbranceSet, seq: Seq, at: Micros) -> None:
        """Units are to be held fast; which, is told next."""
        self.add(EncumbranceRow(event, seq, at, Micros(0), [], [], 0))

    def on_encumbered(self, event: UnitsEncumbered, _seq: Seq, _at: Micros) -> None:
        """Serials of a lot are held fast; some may have been before they were away, and are counted once."""
        row = self.by_id[event.encumbrance]
        held = self.of_lot.get(event.lot, {}).get(event.encumbrance, RangeSet())
        new = tuple(part for serials in event.ranges for part in held.missing_of(serials))
        if new:
            units = LotRanges(event.lot, new)
            row.units.append(units)
            row.quantity += sum(serials.tonnes for serials in new)
            self._hold(row, units)

    def on_freed(self, event: UnitsFreed, _seq: Seq, _at: Micros) -> None:
        """Serials of a lot are let go again."""
        row = self.by_id[event.encumbrance]
        units = LotRanges(event.lot, event.ranges)
        row.freed.append(units)
        self._free(row, units)

    def on_lifted(self, event: EncumbranceLifted, _seq: Seq, at: Micros) -> None:
        """Its units can move again, as far as nothing else holds them."""
        row = self.by_id[event.encumbrance]
        row.lifted_at = at
        row.freed.clear()
        self.reconciled.get(row.terms.lot, {}).pop(event.encumbrance, None)
        for units in row.units:
            for serials in self.of_lot[units.lot].pop(event.encumbrance, ()):
                self.layers[units.lot].take(event.encumbrance, serials)

    def on_reversal(self, event: ReversalReported, seq: Seq, at: Micros) -> None:
        """Stored carbon was lost again."""
        self.reversals[event.reversal] = ReversalRow(event, seq, at, Tonnes(0))

    def on_withdrawn(self, event: ReversalWithdrawn, _seq: Seq, at: Micros) -> None:
        """It was a mistake."""
        row = self.reversals[event.reversal]
        row.withdrawn_at, row.reason = at, event.reason

    def on_replaced(self, event: ReversalReplaced | ReversalOwedAgain, _seq: Seq, _at: Micros) -> None:
        """Others were cancelled in its place, or what was proved to be nothing."""
        row = self.reversals[event.reversal]
        row.replaced = Tonnes(row.terms.quantity - event.shortfall)


def _share(one: LotRanges, other: LotRanges) -> bool:
    return any(ours.overlaps(theirs) for ours in one.ranges for theirs in other.ranges)
