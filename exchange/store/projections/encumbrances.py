"""Encumbrances with the serials that they hold, and reversals with what was replaced of them."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalReplaced,
    ReversalReported,
    UnitsEncumbered,
)
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (EncumbranceSet, UnitsEncumbered, EncumbranceLifted, ReversalReported, ReversalReplaced)


def project(history: History) -> Rows:
    """New encumbrances and reversals; of a reversal what was replaced in the batch, as one sum."""
    rows: Rows = {"encumbrances": [], "encumbered_ranges": [], "encumbrances_lifted": [], "reversals": []}
    replaced: dict[int, tuple[int, int, int]] = {}
    for leaf, event in history:
        if type(event) is EncumbranceSet:
            rows["encumbrances"].append(_encumbrance_row(leaf, event))
        elif type(event) is UnitsEncumbered:
            held = ((serials.lo, serials.hi) for serials in event.ranges)
            rows["encumbered_ranges"] += [(event.lot, event.encumbrance, lo, hi, leaf.seq) for lo, hi in held]
        elif type(event) is EncumbranceLifted:
            rows["encumbrances_lifted"].append((event.encumbrance, leaf.seq, leaf.at, leaf.seq))
        elif type(event) is ReversalReported:
            rows["reversals"].append(_reversal_row(leaf, event))
        else:
            before = replaced.get(event.reversal, (0, 0, 0))[0]
            replaced[event.reversal] = (before + event.quantity, leaf.seq, leaf.at)
    return rows | {"reversals_replaced": [(reversal, *sum_) for reversal, sum_ in replaced.items()]}


def _encumbrance_row(leaf: Leaf, event: EncumbranceSet) -> tuple[Any, ...]:
    scope = (event.project or None, event.vintage, event.lot or None, event.serial_lo, event.serial_hi)
    when = (leaf.seq, leaf.at, None, None, leaf.seq)
    return (event.encumbrance, event.kind, *scope, event.reference, event.by or None, *when)


def _reversal_row(leaf: Leaf, event: ReversalReported) -> tuple[Any, ...]:
    when = (leaf.seq, leaf.at)
    owed = (event.project, event.vintage, event.responsible, event.quantity, 0)
    return (event.reversal, *owed, event.cause, *when, *when)
