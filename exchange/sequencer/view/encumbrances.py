"""What holds units fast, and reversals, as committed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalReplaced,
    ReversalReported,
    UnitsEncumbered,
)
from exchange.core.events.uses import LotRanges
from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId, LotId, Micros, ReversalId, Seq, Tonnes
from exchange.sequencer.view.unit_rows import EncumbranceRow, ReversalRow


@dataclass(slots=True)
class Encumbrances:
    """Every encumbrance and every reversal by id, and the ranges of each lot that each encumbrance holds, in order."""

    by_id: dict[EncumbranceId, EncumbranceRow] = field(default_factory=dict)
    of_lot: dict[LotId, dict[EncumbranceId, list[SerialRange]]] = field(default_factory=dict)
    reversals: dict[ReversalId, ReversalRow] = field(default_factory=dict)

    def add(self, row: EncumbranceRow) -> None:
        """Enter an encumbrance with all that it holds."""
        self.by_id[row.terms.encumbrance] = row
        if not row.lifted_at:
            for units in row.units:
                self._hold(row, units)

    def _hold(self, row: EncumbranceRow, units: LotRanges) -> None:
        ranges = self.of_lot.setdefault(units.lot, {}).setdefault(row.terms.encumbrance, [])
        for serials in units.ranges:
            ranges.insert(bisect_right(ranges, serials.lo, key=_lo), serials)

    def holding(self, lot: LotId, serials: SerialRange) -> list[EncumbranceId]:
        """What holds any of these serials fast, oldest first."""
        return sorted(number for number, ranges in self.of_lot.get(lot, {}).items() if _touches(ranges, serials))

    def on_set(self, event: EncumbranceSet, seq: Seq, at: Micros) -> None:
        """Units are to be held fast; which, is told next."""
        self.add(EncumbranceRow(event, seq, at, Micros(0), [], 0))

    def on_encumbered(self, event: UnitsEncumbered, _seq: Seq, _at: Micros) -> None:
        """Serials of a lot are held fast."""
        row = self.by_id[event.encumbrance]
        units = LotRanges(event.lot, event.ranges)
        row.units.append(units)
        row.quantity += sum(serials.tonnes for serials in event.ranges)
        self._hold(row, units)

    def on_lifted(self, event: EncumbranceLifted, _seq: Seq, at: Micros) -> None:
        """Its units can move again, as far as nothing else holds them."""
        row = self.by_id[event.encumbrance]
        row.lifted_at = at
        for units in row.units:
            self.of_lot[units.lot].pop(event.encumbrance, None)

    def on_reversal(self, event: ReversalReported, seq: Seq, at: Micros) -> None:
        """Stored carbon was lost again."""
        self.reversals[event.reversal] = ReversalRow(event, seq, at, Tonnes(0))

    def on_replaced(self, event: ReversalReplaced, _seq: Seq, _at: Micros) -> None:
        """Others were cancelled in its place."""
        row = self.reversals[event.reversal]
        row.replaced = Tonnes(row.terms.quantity - event.shortfall)


def _lo(serials: SerialRange) -> int:
    return serials.lo


def _touches(ranges: list[SerialRange], serials: SerialRange) -> bool:
    """Whether one of these ranges, which lie apart and in order, overlaps another one."""
    at = bisect_right(ranges, serials.hi - 1, key=_lo)
    return at > 0 and ranges[at - 1].hi > serials.lo
