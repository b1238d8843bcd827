"""Encumbrances with the serials that they hold, and reversals with what was replaced of them."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (
    EncumbranceSet,
    UnitsEncumbered,
    UnitsFreed,
    EncumbranceLifted,
    ReversalReported,
    ReversalReplaced,
    ReversalWithdrawn,
)


def project(history: History) -> Rows:
    """New encumbrances and reversals; of a reversal what was replaced in the batch, as one sum.

    A reversal that was withdrawn in the batch in which it was reported is written as that at once: what is reported
    next may be of the same tonnes.
    """
    names = ("encumbrances", "encumbered_ranges", "freed_ranges", "encumbrances_lifted", "reversals")
    rows: Rows = {name: [] for name in names}
    withdrawn = {event.reversal: (leaf, event) for leaf, event in history if type(event) is ReversalWithdrawn}
    replaced: dict[int, tuple[int, int, int]] = {}
    for leaf, event in history:
        if type(event) is EncumbranceSet:
            rows["encumbrances"].append(_encumbrance_row(leaf, event))
        elif type(event) is UnitsEncumbered:
            rows["encumbered_ranges"] += _range_rows(leaf, event)
        elif type(event) is UnitsFreed:
            rows["freed_ranges"] += _range_rows(leaf, event)
        elif type(event) is EncumbranceLifted:
            rows["encumbrances_lifted"].append((event.encumbrance, leaf.seq, leaf.at, leaf.seq))
        elif type(event) is ReversalReported:
            rows["reversals"].append(_reversal_row(leaf, event, withdrawn.pop(event.reversal, None)))
        elif type(event) is ReversalReplaced:
            before = replaced.get(event.reversal, (0, 0, 0))[0]
            replaced[event.reversal] = (before + event.quantity, leaf.seq, leaf.at)
    rows["reversals_replaced"] = [(reversal, *sum_) for reversal, sum_ in replaced.items()]
    rows["reversals_withdrawn"] = [(reversal, *_withdrawal(*known)) for reversal, known in withdrawn.items()]
    return rows


def _range_rows(leaf: Leaf, event: UnitsEncumbered | UnitsFreed) -> list[tuple[Any, ...]]:
    return [(event.lot, event.encumbrance, serials.lo, serials.hi, leaf.seq) for serials in event.ranges]


def _encumbrance_row(leaf: Leaf, event: EncumbranceSet) -> tuple[Any, ...]:
    scope = (event.project or None, event.vintage, event.lot or None, event.serial_lo, event.serial_hi)
    when = (leaf.seq, leaf.at, None, None, leaf.seq)
    return (event.encumbrance, event.kind, *scope, event.reference, event.by or None, *when)


def _withdrawal(leaf: Leaf, event: ReversalWithdrawn) -> tuple[Any, ...]:
    return (leaf.seq, leaf.at, event.reason, leaf.seq, leaf.at)


def _reversal_row(
    leaf: Leaf, event: ReversalReported, withdrawn: tuple[Leaf, ReversalWithdrawn] | None
) -> tuple[Any, ...]:
    when = (leaf.seq, leaf.at)
    ended = (None, None, None, *when) if withdrawn is None else _withdrawal(*withdrawn)
    owed = (event.project, event.vintage, event.responsible, event.quantity, 0)
    return (event.reversal, *owed, event.cause, *ended[:3], *when, *ended[3:])
