"""What comes back from the national market: on a lock of its own, to the firm for which two persons agreed to it."""

from __future__ import annotations

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.persons import Persons
from exchange.audit.double_count.spans import SpanMap
from exchange.core.events.credits import Cause, ParcelState, UnitsChanged


class Returns:
    """Follows units that are to come back."""

    def __init__(self, notebook: Notebook, origins: Origins, persons: Persons) -> None:
        """Nothing is to come back yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._persons = persons
        self._coming: dict[int, SpanMap[int]] = {}
        """By lot the serials that the registry was asked to lock again, and for which firm."""

    def changed(self, event: UnitsChanged) -> None:
        """Units are to come back, have come back, or the registry has refused them."""
        if event.cause is Cause.RETURN_REQUESTED:
            self._ask(event)
        elif event.cause is Cause.LOCK_CONFIRMED and event.state_before == ParcelState.RETURN_REQUESTED:
            coming = self._coming.get(event.lot, SpanMap[int]())
            for serials in event.ranges:
                found = coming.within(serials.lo, serials.hi)
                if {owner for _, _, owner in found} != {event.owner}:
                    self._tell("ONE-PERSON", what="ReturnUnits", lot=event.lot, owner=event.owner)

    def _ask(self, event: UnitsChanged) -> None:
        spans = [(serials.lo, serials.hi) for serials in event.ranges]
        coming = self._coming.setdefault(event.lot, SpanMap())
        for lo, hi in spans:
            coming.put(lo, hi, [(lo, hi, event.owner)])
        reference = self._persons.demand_return(event.lot, event.owner, spans)
        if reference is not None:
            self._origins.paper(reference, event.lot)
