"""From journal entries to rows: pure functions, one file a department, without any SQL.

Every department gets the events of a whole batch and gives final rows: an order that is touched five times in a batch
is written once, a parcel that is opened and closed again never. What an earlier batch wrote is not known here, so
changes of such rows are told as differences or as final values, whichever is right after any way of cutting the journal
into batches (``tests/store/test_batch_cuts.py`` holds them to it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from exchange.core.events.governance import Rejected, SnapshotAttested
from exchange.core.events.markets import JobFinished, JobStarted
from exchange.core.events.orders import CancelAfterSet
from exchange.core.events.participants import CashWithdrawn
from exchange.sequencer.journal import Entry
from exchange.store.projections import (
    agreements,
    budgets,
    credits,
    encumbrances,
    feed,
    governance,
    imports,
    journal,
    ledger,
    markets,
    orders,
    people,
    projects,
    refusals,
    registry,
    units,
    uses,
)
from exchange.store.projections.happened import Happened, History, Rows

_DEPARTMENTS: Final[tuple[tuple[tuple[type, ...], Callable[[History], Rows]], ...]] = (
    (ledger.EVENTS, ledger.project),
    (orders.EVENTS, orders.project),
    (credits.EVENTS, credits.project),
    (people.EVENTS, people.project),
    (markets.EVENTS, markets.project),
    (governance.EVENTS, governance.project),
    (agreements.EVENTS, agreements.project),
    (projects.EVENTS, projects.project),
    (units.EVENTS, units.project),
    (registry.EVENTS, registry.project),
    (uses.EVENTS, uses.project),
    (budgets.EVENTS, budgets.project),
    (encumbrances.EVENTS, encumbrances.project),
    (imports.EVENTS, imports.project),
)

WITHOUT_ROWS: Final = (Rejected, SnapshotAttested, JobStarted, JobFinished, CancelAfterSet, CashWithdrawn)
"""Events that make no rows by themselves: they are in the journal and the feeds, a withdrawal's money in the ledger,
and a refusal is shown from its whole entry, because only the command tells who was refused what.
"""

ROUTES: Final[dict[type, int]] = {event: n for n, (events, _) in enumerate(_DEPARTMENTS) for event in events}
"""Which department an event belongs to; each belongs to one."""


def project(entries: Sequence[Entry]) -> Rows:
    """All rows of a batch, without empty lists."""
    histories: list[list[Happened]] = [[] for _ in _DEPARTMENTS]
    for entry in entries:
        leaf = entry.leaf
        for event in entry.events:
            department = ROUTES.get(type(event))
            if department is not None:
                histories[department].append((leaf, event))
    rows = {**journal.project(entries), **feed.project(entries), **refusals.project(entries)}
    for (_, department_rows), history in zip(_DEPARTMENTS, histories, strict=True):
        if history:
            for name, written in department_rows(history).items():
                rows[name] = [*rows[name], *written] if name in rows else written
    return {name: written for name, written in rows.items() if written}
