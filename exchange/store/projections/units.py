"""The steps that units took from one state to another."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.events.credits import UnitsChanged
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (UnitsChanged,)


def project(history: History) -> Rows:
    """One row for each range, numbered within its entry. All steps are told, those that a later one of the batch takes
    back too: the database follows them one by one.
    """
    changes: list[tuple[Any, ...]] = []
    last_seq = n = 0
    for leaf, event in history:
        if leaf.seq != last_seq:
            last_seq, n = leaf.seq, 0
        changes += _rows(leaf, event, n)
        n += len(event.ranges)
    return {"parcel_changes": changes}


def _rows(leaf: Leaf, event: UnitsChanged, first: int) -> list[tuple[Any, ...]]:
    step = (event.tag_before, event.state_before, event.tag, event.state, event.cause, event.subject)
    return [
        (leaf.seq, n, leaf.at, event.lot, event.owner, serials.lo, serials.hi, *step)
        for n, serials in enumerate(event.ranges, first)
    ]
