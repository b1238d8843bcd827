"""A facility may be found to be inside the national market after it has yielded units here: are they held fast since?

From the entry on in which the regulator enters it so, nothing of those years comes in, is sold, chosen or used, and the
program suspends what was issued in that very entry. Only when the facility is known otherwise is the suspension lifted.
"""

from __future__ import annotations

from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.credits.spelling import folded_number
from exchange.core.events.credits import (
    Cause,
    FacilitySet,
    IssuanceRecorded,
    LotAdmitted,
    ParcelsMoved,
    UnitsChanged,
)
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet
from exchange.core.values import NOBODY

_LEAVES: Final = (Cause.USE_PROPOSED, Cause.RETIRED, Cause.EXPORTED, Cause.RELEASE_PROPOSED)

Yield = tuple[int, int]
"""A project and a year for which something was issued."""


class Sources:
    """Follows what facilities have yielded, and which of it the program suspends."""

    def __init__(self, notebook: Notebook, origins: Origins) -> None:
        """Nothing is issued yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._issued: dict[str, dict[Yield, None]] = {}
        """By folded facility, in the order in which it was issued."""
        self._held: dict[Yield, set[int]] = {}
        """The suspensions that stand."""
        self._of: dict[int, Yield] = {}
        self._asked: dict[Yield, None] = {}
        """Of which this entry has said something that may leave them free."""

    def issuance(self, event: IssuanceRecorded) -> None:
        """Something is issued of a facility."""
        terms = self._origins.projects.get(event.project)
        if terms is not None and terms.source_facility:
            self._issued.setdefault(folded_number(terms.source_facility), {})[event.project, event.vintage] = None

    def facility(self, event: FacilitySet) -> None:
        """It is known as inside the national market, or as outside of it."""
        self._asked.update(self._issued.get(folded_number(event.terms.code), {}))

    def set(self, event: EncumbranceSet) -> None:
        """The program suspends what a facility has yielded, but nothing else of a project."""
        if event.by != NOBODY or not event.project:
            return
        made = (int(event.project), event.vintage)
        self._held.setdefault(made, set()).add(event.encumbrance)
        self._of[event.encumbrance] = made
        if event.kind is not EncumbranceKind.SUSPENSION or not self._is_covered(made):
            self._tell("HELD-MISCOUNTED", encumbrance=event.encumbrance, problem="source outside the national market")

    def lifted(self, event: EncumbranceLifted) -> None:
        """A suspension is over."""
        made = self._of.get(event.encumbrance)
        if made is not None:
            self._held[made].discard(event.encumbrance)
            self._asked[made] = None

    def end(self) -> None:
        """What the entry was about is held fast by now."""
        for made in self._asked:
            if self._is_covered(made) and not self._held.get(made):
                project, year = made
                self._tell("SOURCE-COVERED", project=project, year=year, problem="not held fast")
        self._asked.clear()

    # --- the units ---------------------------------------------------------------------------------------------------

    def lot(self, event: LotAdmitted) -> None:
        """Some of it comes in."""
        self._refuse(event.lot, "came in")

    def moved(self, event: ParcelsMoved) -> None:
        """Units of one firm go to another."""
        if event.source and event.target:
            self._refuse(event.lot, "sold")

    def changed(self, event: UnitsChanged) -> None:
        """Units are chosen for a use or release, or used."""
        if event.cause in _LEAVES:
            self._refuse(event.lot, event.cause.name)

    def _refuse(self, lot: int, what: str) -> None:
        origin = self._origins.lots.get(lot)
        if origin is None or not origin.terms.source_facility:
            return
        if self._origins.is_covered(origin.terms.source_facility, origin.vintage):
            self._tell("SOURCE-COVERED", lot=lot, facility=origin.terms.source_facility, problem=what)

    def _is_covered(self, made: Yield) -> bool:
        """Whether something was issued so, of a facility that is known as inside the national market then."""
        terms = self._origins.projects.get(made[0])
        if terms is None or made not in self._issued.get(folded_number(terms.source_facility), {}):
            return False
        return self._origins.is_covered(terms.source_facility, made[1])
