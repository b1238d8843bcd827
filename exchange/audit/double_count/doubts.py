"""Quota stands on cancelled CCER: is any of it issued, brought in, moved or let go while there is doubt about them?

There is doubt from the entry on in which the program suspends serials, or anybody those that a reconciliation with the
registry has found, until that suspension is lifted; and for good when the claim for which they were cancelled is
revoked. The program suspends what an entry puts in doubt in that entry: serials about which their registry contradicts
itself, serials that were cancelled for a claim which is revoked. Beside that it suspends only what a reconciliation has
found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exchange.audit.double_count.ends import Ends
from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.layers import Layers
from exchange.audit.double_count.roles import OF_RECONCILIATION
from exchange.audit.double_count.spans import SpanMap
from exchange.audit.double_count.statements import Statements
from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.events.credits import Cause, IssuanceRecorded, LotAdmitted, ParcelsMoved, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsFreed
from exchange.core.events.registry import RegistryContradicted
from exchange.core.events.uses import ClaimRevoked
from exchange.core.values import NOBODY

_LEAVES: Final = (Cause.USE_PROPOSED, Cause.RETIRED, Cause.EXPORTED)
_NOTHING: Final[SpanMap[int]] = SpanMap()
_NO_LAYERS: Final = Layers()


@dataclass(frozen=True, slots=True)
class _Owed:
    """A suspension that an entry owes: what it must say, and of which request's serials or of which claim's."""

    reference: str
    request: int = 0
    claim: int = 0


def _is_reconciled(event: EncumbranceSet) -> bool:
    of_serials = event.kind is EncumbranceKind.SUSPENSION and event.lot != 0
    return of_serials and event.reference.startswith(OF_RECONCILIATION)


def is_doubt(event: EncumbranceSet) -> bool:
    """Whether it says that there is doubt about serials: a reconciliation asks for it, or the program has set it. What
    that suspends of a project is no doubt, but of a covered source.
    """
    return _is_reconciled(event) or (event.by == NOBODY and event.lot != 0)


class Doubts:
    """Follows doubts, revocations, and the quota that each is about."""

    def __init__(self, notebook: Notebook, statements: Statements, ends: Ends) -> None:
        """There is no doubt yet."""
        self._tell = notebook.tell
        self._statements = statements
        self._ends = ends
        self._issued: dict[int, int] = {}
        self._lots: dict[int, int] = {}
        self._converted: set[int] = set()
        """Claims against which quota has come in."""
        self._standing: dict[int, tuple[int, int, int]] = {}
        self._suspended: dict[int, Layers] = {}
        """By lot the suspensions that stand."""
        self._known: dict[int, bool] = {}
        """Of which claims it was asked whether any of their serials are suspended, since one was set or lifted."""
        self._owed: list[_Owed] = []
        """What this entry has put in doubt and not suspended yet."""

    # --- the doubt itself --------------------------------------------------------------------------------------------

    def contradicted(self, event: RegistryContradicted) -> None:
        """The serials of the request are to be suspended in this entry."""
        self._owed.append(_Owed(event.message, request=event.request))

    def revoked(self, event: ClaimRevoked) -> None:
        """If quota has come in against it, some of its serials are to be suspended in this entry, or are: one doubt
        reaches all of the quota.
        """
        if event.claim in self._converted and not self._is_suspended(event.claim):
            self._owed.append(_Owed(event.reason, claim=event.claim))

    def set(self, event: EncumbranceSet) -> None:
        """A doubt begins. Beside those that a reconciliation asks for the program sets just what this entry owes."""
        if not is_doubt(event):
            return
        self._standing[event.encumbrance] = scope = (event.lot, event.serial_lo, event.serial_hi)
        self._suspended.setdefault(event.lot, Layers()).lay(event.encumbrance, *scope[1:])
        self._known.clear()
        paid = next((owed for owed in self._owed if event.by == NOBODY and self._pays(event, owed)), None)
        if paid is not None:
            self._owed.remove(paid)
        elif not _is_reconciled(event):
            self._tell("HELD-MISCOUNTED", encumbrance=event.encumbrance, lot=event.lot, problem="without any doubt")

    def _pays(self, event: EncumbranceSet, owed: _Owed) -> bool:
        """Whether it is just about the serials of the request, or only about such as the claim has cancelled."""
        lo, hi = event.serial_lo, event.serial_hi
        if event.reference != owed.reference:
            return False
        if owed.claim:
            found = self._ends.of_lot.get(event.lot, _NOTHING).within(lo, hi)
            return lo < hi == lo + sum(b - a for a, b, number in found if number == owed.claim)
        asked = self._statements.asked.get(owed.request)
        return asked is not None and (asked.lot, asked.serials.lo, asked.serials.hi) == (event.lot, lo, hi)

    def lifted(self, event: EncumbranceLifted) -> None:
        """It is over."""
        scope = self._standing.pop(event.encumbrance, None)
        if scope is not None:
            self._suspended[scope[0]].take(event.encumbrance, *scope[1:])
            self._known.clear()

    def end(self) -> None:
        """The entry has suspended all that it has put in doubt."""
        for owed in self._owed:
            self._tell("HELD-MISCOUNTED", request=owed.request, claim=owed.claim, problem="in doubt and not suspended")
        self._owed.clear()

    def _is_suspended(self, claim: int) -> bool:
        if claim not in self._known:
            self._known[claim] = any(self._suspended_of(claim))
        return self._known[claim]

    def _suspended_of(self, claim: int) -> Iterator[bool]:
        """Stretch by stretch of what a claim has: whether a suspension of it stands."""
        end = self._ends.ends.get(claim)
        for lot, spans in () if end is None else end.chosen.items():
            layers, mine = self._suspended.get(lot, _NO_LAYERS), self._ends.of_lot.get(lot, _NOTHING)
            for a, b, standing in (stretch for lo, hi in spans for stretch in layers.over(lo, hi)):
                yield bool(standing) and any(number == claim for _, _, number in mine.within(a, b))

    def _is_doubtful(self, claim: int) -> bool:
        end = self._ends.ends.get(claim)
        return (end is not None and end.is_revoked) or self._is_suspended(claim)

    # --- the quota ---------------------------------------------------------------------------------------------------

    def issuance(self, event: IssuanceRecorded) -> None:
        """Quota is issued against a claim."""
        if event.converted:
            self._issued[event.issuance] = event.converted
            if self._is_suspended(event.converted):
                self._tell("CONVERSION-WRONG", issuance=event.issuance, claim=event.converted, problem="in doubt")

    def lot(self, event: LotAdmitted) -> None:
        """Some of it comes in, for the firm whose CCER were cancelled."""
        claim = self._issued.get(event.issuance)
        if claim is not None:
            self._lots[event.lot] = claim
            self._converted.add(claim)
            if self._is_doubtful(claim):
                self._tell("CONVERSION-WRONG", lot=event.lot, claim=claim, problem="came in while in doubt")
            end = self._ends.ends.get(claim)
            if end is not None and end.participant != event.owner:
                self._tell("CONVERSION-WRONG", lot=event.lot, claim=claim, problem="came in for another firm")

    def moved(self, event: ParcelsMoved) -> None:
        """Units of one firm go to another."""
        claim = self._lots.get(event.lot)
        if claim is not None and event.source and event.target and self._is_doubtful(claim):
            self._tell("HELD-MOVED", lot=event.lot, claim=claim, problem="sold while in doubt")

    def changed(self, event: UnitsChanged) -> None:
        """Units are chosen for a use, or used."""
        claim = self._lots.get(event.lot)
        if claim is not None and event.cause in _LEAVES and self._is_doubtful(claim):
            self._tell("HELD-MOVED", lot=event.lot, claim=claim, cause=event.cause.name, problem="used while in doubt")

    def freed(self, event: UnitsFreed) -> None:
        """Units are let go; not those that nothing stands behind any more."""
        claim = self._lots.get(event.lot)
        end = None if claim is None or event.encumbrance not in self._standing else self._ends.ends.get(claim)
        if end is not None and end.is_revoked:
            self._tell("CONVERSION-WRONG", lot=event.lot, claim=end.number, problem="let go after the revocation")
