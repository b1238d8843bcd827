"""What an encumbrance is about must be held fast by it, not only what was told to be.

From the entry in which it is set until the one in which it is lifted, no tonne of a frozen project or of frozen serials
is sold, used or released; a lot that comes in later no more than the others. Large ones are set in several entries, and
until the last of them nothing moves anywhere: so with the first movement all of it is held. And what it is not about it
does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exchange.audit.double_count.doubts import is_doubt
from exchange.audit.double_count.ends import Ends
from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.holds import Holds
from exchange.audit.double_count.layers import Layers
from exchange.audit.double_count.places import AWAY, Places
from exchange.core.events.agreements import AgreementEnded
from exchange.core.events.credits import Cause, IssuanceRecorded, LotAdmitted, ParcelsMoved, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered
from exchange.core.events.orders import OrderCancelled
from exchange.core.events.uses import ClaimApproved, ReleaseApproved, ReleaseSent

HELD_AT_ONCE: Final = 500
"""So many parcels one entry holds fast at the most; what has fewer is held in the entry that sets it."""

_LEAVES: Final = (Cause.USE_PROPOSED, Cause.RETIRED, Cause.EXPORTED, Cause.RELEASE_PROPOSED)
_ALL: Final = 0
"""The vintage of an encumbrance of every vintage."""

_Kin = tuple[int, int]
"""A project and a vintage."""


class Scopes:
    """Follows what encumbrances are about."""

    def __init__(self, notebook: Notebook, places: Places, holds: Holds, ends: Ends) -> None:
        """Nothing is to be held fast yet."""
        self._tell = notebook.tell
        self._places = places
        self._holds = holds
        self._ends = ends
        self._issued: dict[int, tuple[_Kin, int]] = {}
        self._lots: dict[int, _Kin] = {}
        self._quota: dict[int, int] = {}
        """By lot the claim that its quota stands on."""
        self._standing: dict[int, EncumbranceSet] = {}
        self._of_project: dict[_Kin, set[int]] = {}
        self._of_lot: dict[int, Layers] = {}
        self._just_set: list[int] = []
        self._unfinished: set[int] = set()
        """What may have been set in part, since nothing has moved after it."""
        self._has_ended_sells = False

    def issuance(self, event: IssuanceRecorded) -> None:
        """Units of a project and a vintage."""
        self._issued[event.issuance] = (event.project, event.vintage), event.converted

    def lot(self, event: LotAdmitted) -> None:
        """Some of them come in."""
        self._lots[event.lot], claim = self._issued.get(event.issuance, ((0, 0), 0))
        if claim:
            self._quota[event.lot] = claim

    def set(self, event: EncumbranceSet) -> None:
        """From now on all that it is about stays where it is."""
        self._standing[event.encumbrance] = event
        self._just_set.append(event.encumbrance)
        if event.project:
            self._of_project.setdefault((event.project, event.vintage), set()).add(event.encumbrance)
        elif event.serial_lo < event.serial_hi:
            layers = self._of_lot.setdefault(event.lot, Layers())
            layers.lay(event.encumbrance, event.serial_lo, event.serial_hi)

    def held(self, event: UnitsEncumbered) -> None:
        """It holds nothing but what it is about."""
        scope = self._standing.get(event.encumbrance)
        for one in event.ranges:
            if scope is not None and not self._is_about(scope, event.lot, one.lo, one.hi):
                where = {"encumbrance": event.encumbrance, "lot": event.lot, "lo": one.lo, "hi": one.hi}
                self._tell("HELD-MISCOUNTED", **where, problem="is not about these")

    def _is_about(self, scope: EncumbranceSet, lot: int, lo: int, hi: int) -> bool:
        """Whether all of these serials are of its project and vintage, or of its own serials; a doubt reaches the quota
        too that stands on any of these.
        """
        if scope.project:
            project, vintage = self._lots.get(lot, (0, _ALL))
            return project == scope.project and scope.vintage in (_ALL, vintage)
        if lot == scope.lot:
            return scope.serial_lo <= lo and hi <= scope.serial_hi
        claim = self._ends.ends.get(self._quota.get(lot, 0)) if is_doubt(scope) else None
        cancelled = [] if claim is None else claim.chosen.get(scope.lot, [])
        return any(a < scope.serial_hi and scope.serial_lo < b for a, b in cancelled)

    def lifted(self, event: EncumbranceLifted) -> None:
        """It is over."""
        scope = self._standing.pop(event.encumbrance, None)
        if scope is None:
            return
        if scope.project:
            self._of_project[scope.project, scope.vintage].discard(event.encumbrance)
        elif scope.serial_lo < scope.serial_hi:
            self._of_lot[scope.lot].take(event.encumbrance, scope.serial_lo, scope.serial_hi)

    def uncovered(self, event: OrderCancelled | AgreementEnded) -> None:
        """A sell has ended. Many in the way of an encumbrance make it go on in the next entry."""
        self._has_ended_sells = True

    # --- what moves --------------------------------------------------------------------------------------------------

    def moved(self, event: ParcelsMoved) -> None:
        """Units of one firm go to another."""
        if event.source and event.target:
            self._demand_free("ParcelsMoved", event.lot, ((one.lo, one.hi) for one in event.ranges))

    def changed(self, event: UnitsChanged) -> None:
        """Units are chosen for a use or a release, or used."""
        if event.cause in _LEAVES:
            self._demand_free(event.cause.name, event.lot, ((one.lo, one.hi) for one in event.ranges))

    def going(self, event: ClaimApproved | ReleaseApproved | ReleaseSent) -> None:
        """What was chosen before may be frozen by now."""
        end = self._ends.ends.get(event.claim if isinstance(event, ClaimApproved) else event.release)
        for lot, spans in {} if end is None else end.chosen.items():
            self._demand_free(type(event).__name__, lot, spans)

    def _demand_free(self, what: str, lot: int, spans: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> None:
        """Nothing that stands is about any of these serials."""
        self._unfinished.clear()
        for lo, hi in spans if self._standing else ():
            for a, b, wanted in self._wanted(lot, lo, hi):
                if wanted:
                    self._tell("HELD-MOVED", what=what, lot=lot, lo=a, hi=b, encumbrance=min(wanted))

    def _wanted(self, lot: int, lo: int, hi: int) -> Iterator[tuple[int, int, frozenset[int]]]:
        """Stretch by stretch which encumbrances are about these serials."""
        project, vintage = self._lots.get(lot, (0, 0))
        everywhere = frozenset(self._of_project.get((project, vintage), ())).union(
            self._of_project.get((project, _ALL), ())
        )
        layers = self._of_lot.get(lot)
        stretches = ((lo, hi, frozenset[int]()),) if layers is None else layers.over(lo, hi)
        return ((a, b, numbers | everywhere) for a, b, numbers in stretches)

    # --- what is held ------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """What was set in this entry is held by now, unless there is too much of it for one entry."""
        for number in self._just_set:
            if self._has_ended_sells or self._is_large(self._standing.get(number)):
                self._unfinished.add(number)
        self._just_set.clear()
        self._has_ended_sells = False

    def _is_large(self, scope: EncumbranceSet | None) -> bool:
        """Whether it is about so many parcels that one entry cannot hold them all."""
        if scope is None:
            return False
        lots: list[int] = [scope.lot]
        if scope.project:
            lots = [lot for lot, kin in self._lots.items() if kin[0] == scope.project]
        return sum(len(self._places.parcels.get(lot, ())) for lot in lots) >= HELD_AT_ONCE

    def conclude(self) -> None:
        """Everything that stands holds all that it is about and that is here."""
        if not self._standing:
            return
        for lot, parcels in self._places.parcels.items():
            for lo, (hi, standing) in parcels.items():
                if standing.state not in AWAY:
                    self._demand_held(lot, lo, hi)

    def _demand_held(self, lot: int, lo: int, hi: int) -> None:
        for a, b, wanted in self._wanted(lot, lo, hi):
            for c, d, holding in self._holds.over(lot, a, b) if wanted else ():
                for number in sorted(wanted - holding - self._unfinished):
                    self._tell("HELD-MISCOUNTED", encumbrance=number, lot=lot, lo=c, hi=d, problem="not held by it")
