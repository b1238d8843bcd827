"""Files of units: rows that were put aside or left out, and what became of them."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.events.credits import ImportCommitted, UnitsStaged
from exchange.core.values import maker_of
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (UnitsStaged, ImportCommitted)


def project(history: History) -> Rows:
    """New imports and their rows; of an earlier import how many rows it has at the end of the batch."""
    rows: Rows = {"imports": [], "import_rows": [], "import_refusals": [], "imports_committed": [], "import_units": []}
    staged: dict[int, tuple[int, int]] = {}
    for leaf, event in history:
        if type(event) is ImportCommitted:
            rows["imports_committed"].append((event.staged, leaf.seq, leaf.at, leaf.seq))
            made = enumerate(zip(event.issuances, event.lots, strict=True))
            rows["import_units"] += [(event.staged, n, *units, leaf.seq) for n, units in made]
            continue
        if maker_of(event.staged)[0] == leaf.seq:
            rows["imports"].append((event.staged, event.by, event.total, leaf.seq, leaf.at, None, None, leaf.seq))
        else:
            staged[event.staged] = (event.total, leaf.seq)
        rows["import_rows"] += _staged_rows(leaf, event)
        left_out = enumerate(event.refused)
        rows["import_refusals"] += [(event.staged, leaf.seq, n, row.line, row.reason) for n, row in left_out]
    return rows | {"imports_staged": [(number, *last) for number, last in staged.items()]}


def _staged_rows(leaf: Leaf, event: UnitsStaged) -> list[tuple[Any, ...]]:
    return [
        (
            event.staged,
            n,
            row.line,
            row.project,
            row.monitoring_start,
            row.monitoring_end,
            row.verified,
            row.applied_on,
            row.space,
            row.serial_text,
            row.serial_lo,
            row.serial_hi,
            row.owner,
            row.lock_reference,
            leaf.seq,
        )
        for n, row in enumerate(event.rows, event.total - len(event.rows))
    ]
