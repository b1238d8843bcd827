"""Quota stands on cancelled CCER: is any of it issued, brought in, moved or let go while there is doubt about them?

There is doubt from the entry on in which the program suspends serials because their registry contradicts itself, until
that suspension is lifted; and for good when the claim for which they were cancelled is revoked.
"""

from __future__ import annotations

from typing import Final

from exchange.audit.double_count.ends import Ends
from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.spans import SpanMap
from exchange.core.events.credits import Cause, IssuanceRecorded, LotAdmitted, ParcelsMoved, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsFreed
from exchange.core.events.registry import RegistryContradicted
from exchange.core.events.uses import ClaimRevoked
from exchange.core.values import NOBODY

_LEAVES: Final = (Cause.USE_PROPOSED, Cause.RETIRED, Cause.EXPORTED)


class Doubts:
    """Follows suspensions that nobody set, revocations, and the quota that each is about."""

    def __init__(self, notebook: Notebook, ends: Ends) -> None:
        """There is no doubt yet."""
        self._tell = notebook.tell
        self._ends = ends
        self._issued: dict[int, int] = {}
        self._lots: dict[int, int] = {}
        self._standing: dict[int, tuple[int, int, int]] = {}
        self._owed = 0

    # --- the doubt itself --------------------------------------------------------------------------------------------

    def contradicted(self, event: RegistryContradicted) -> None:
        """The serials of the request are to be suspended in this entry."""
        self._owed += 1

    def revoked(self, event: ClaimRevoked) -> None:
        """If quota has come in against it, its serials are to be suspended in this entry, or are."""
        if event.claim in self._lots.values() and not self._is_suspended(event.claim):
            self._owed += 1

    def set(self, event: EncumbranceSet) -> None:
        """A suspension by the program is a doubt."""
        if event.by == NOBODY:
            self._standing[event.encumbrance] = (event.lot, event.serial_lo, event.serial_hi)
            self._owed -= 1

    def lifted(self, event: EncumbranceLifted) -> None:
        """It is over."""
        self._standing.pop(event.encumbrance, None)

    def end(self) -> None:
        """The entry has suspended what it has put in doubt, and nothing else."""
        if self._owed:
            self._tell("HELD-MISCOUNTED", suspensions_missing=self._owed)
            self._owed = 0

    def _is_suspended(self, claim: int) -> bool:
        none: SpanMap[int] = SpanMap()
        return any(
            number == claim
            for lot, lo, hi in self._standing.values()
            for _, _, number in self._ends.of_lot.get(lot, none).within(lo, hi)
        )

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
        """Some of it comes in."""
        claim = self._issued.get(event.issuance)
        if claim is not None:
            self._lots[event.lot] = claim
            if self._is_doubtful(claim):
                self._tell("CONVERSION-WRONG", lot=event.lot, claim=claim, problem="came in while in doubt")

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
