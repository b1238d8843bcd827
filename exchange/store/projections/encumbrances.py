"""Encumbrances with the serials that they hold, and reversals with what was replaced of them."""

from __future__ import annotations

from typing import Any, Final

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
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (
    EncumbranceSet,
    UnitsEncumbered,
    UnitsFreed,
    EncumbranceLifted,
    ReversalReported,
    ReversalReplaced,
    ReversalOwedAgain,
    ReversalWithdrawn,
)


def project(history: History) -> Rows:
    """New encumbrances with what they hold and let go, and what became of reversals."""
    names = ("encumbrances", "encumbered_ranges", "freed_ranges", "encumbrances_lifted")
    rows: Rows = {name: [] for name in names}
    for leaf, event in history:
        if type(event) is EncumbranceSet:
            rows["encumbrances"].append(_encumbrance_row(leaf, event))
        elif type(event) is UnitsEncumbered:
            rows["encumbered_ranges"] += _range_rows(leaf, event)
        elif type(event) is UnitsFreed:
            rows["freed_ranges"] += _range_rows(leaf, event)
        elif type(event) is EncumbranceLifted:
            rows["encumbrances_lifted"].append((event.encumbrance, leaf.seq, leaf.at, leaf.seq))
    return rows | _reversal_rows(history)


def _reversal_rows(history: History) -> Rows:
    """New reversals; of those that are known what replaces them more or less than before the batch, as one sum, and
    those that were withdrawn.

    A reversal that was reported in the batch is written at once as what became of it: of one that was withdrawn again
    the same tonnes may be reported next.
    """
    reported = {event.reversal: (leaf, event) for leaf, event in history if type(event) is ReversalReported}
    withdrawn = {event.reversal: (leaf, event) for leaf, event in history if type(event) is ReversalWithdrawn}
    replaced: dict[int, tuple[int, int, int]] = {}
    for leaf, event in history:
        if type(event) is ReversalReplaced or type(event) is ReversalOwedAgain:
            before = replaced.get(event.reversal, (0, 0, 0))[0]
            change = event.quantity if type(event) is ReversalReplaced else -event.quantity
            replaced[event.reversal] = (before + change, leaf.seq, leaf.at)
    made = [_reversal_row(*known, replaced.pop(one, None), withdrawn.pop(one, None)) for one, known in reported.items()]
    return {
        "reversals": made,
        "reversals_replaced": [(reversal, *sum_) for reversal, sum_ in replaced.items()],
        "reversals_withdrawn": [(reversal, *_withdrawal(*known)) for reversal, known in withdrawn.items()],
    }


def _range_rows(leaf: Leaf, event: UnitsEncumbered | UnitsFreed) -> list[tuple[Any, ...]]:
    return [(event.lot, event.encumbrance, serials.lo, serials.hi, leaf.seq) for serials in event.ranges]


def _encumbrance_row(leaf: Leaf, event: EncumbranceSet) -> tuple[Any, ...]:
    scope = (event.project or None, event.vintage, event.lot or None, event.serial_lo, event.serial_hi)
    when = (leaf.seq, leaf.at, None, None, leaf.seq)
    return (event.encumbrance, event.kind, *scope, event.reference, event.by or None, *when)


def _withdrawal(leaf: Leaf, event: ReversalWithdrawn) -> tuple[Any, ...]:
    return (leaf.seq, leaf.at, event.reason, leaf.seq, leaf.at)


def _reversal_row(
    leaf: Leaf,
    event: ReversalReported,
    replaced: tuple[int, int, int] | None,
    withdrawn: tuple[Leaf, ReversalWithdrawn] | None,
) -> tuple[Any, ...]:
    when = (leaf.seq, leaf.at)
    tonnes, *changed = replaced or (0, *when)
    ended = (None, None, None, *changed) if withdrawn is None else _withdrawal(*withdrawn)
    owed = (event.project, event.vintage, event.responsible, event.quantity, tonnes)
    return (event.reversal, *owed, event.cause, *ended[:3], *when, *ended[3:])
