"""What was reported as lost: owed by a firm that had brought such tonnes in, and no more of it than it had.

What the registry has never locked here was no unit that could be lost. And what quota of a sink stands on is the tonnes
of CCER that were cancelled for it: whoever brought those in owes them, and nobody owes them a second time as quota,
unless that cancellation was revoked, so that the quota stands on nothing.

A loss that was a mistake counts until two persons withdraw it (:mod:`.persons`); what takes the place of lost tonnes is
followed by :mod:`.replacements`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, MarketTag, ParcelState, UnitsChanged
from exchange.core.events.encumbrances import ReversalReported, ReversalWithdrawn
from exchange.core.events.uses import ClaimRevoked

EVERY_VINTAGE: Final = 0
"""The vintage of a loss of which only the project is known: it counts against all vintages together."""


_NEVER_HERE: Final = frozenset({0, ParcelState.LOCK_REQUESTED, ParcelState.LOCK_UNKNOWN})
"""The states out of which units come into this market for the first time."""

Debt = tuple[int, int, int]
"""A firm, a project and a vintage."""


class Losses:
    """Follows issuances, lots and what becomes a unit of them, and what was lost of them again."""

    def __init__(self, notebook: Notebook) -> None:
        """Nothing is issued yet."""
        self._tell = notebook.tell
        self._fresh: list[IssuanceRecorded | LotAdmitted | UnitsChanged | ClaimRevoked] = []
        self._issuances: dict[int, IssuanceRecorded] = {}
        self._lots: dict[int, LotAdmitted] = {}
        self._revoked: set[int] = set()
        self._converted: dict[int, Counter[Debt]] = {}
        """By claim the quota that came in against it, for which nobody answers so long."""
        self._left: Counter[Debt] = Counter()
        self._standing: dict[int, ReversalReported] = {}

    def came(self, event: IssuanceRecorded | LotAdmitted | UnitsChanged | ClaimRevoked) -> None:
        """From the next entry on this can be lost, and be owed."""
        self._fresh.append(event)

    def lost(self, event: ReversalReported) -> None:
        """The firm owes so much more: of its vintage, and of all vintages together."""
        self._standing[event.reversal] = event
        firm, project = event.responsible, event.project
        for vintage in sorted({EVERY_VINTAGE, event.vintage}):
            left = self._left[firm, project, vintage]
            if event.quantity > left:
                facts = {"project": project, "vintage": vintage, "quantity": event.quantity, "left": left}
                self._tell("LOSS-WRONG", reversal=event.reversal, firm=firm, **facts)
            self._left[firm, project, vintage] -= event.quantity

    def withdrawn(self, event: ReversalWithdrawn) -> None:
        """It was a mistake: the tonnes are there again."""
        loss = self._standing.pop(event.reversal, None)
        if loss is not None:
            for vintage in {EVERY_VINTAGE, loss.vintage}:
                self._left[loss.responsible, loss.project, vintage] += loss.quantity

    def end(self) -> None:
        """The end of an entry."""
        for event in self._fresh:
            if isinstance(event, IssuanceRecorded):
                self._issuances[event.issuance] = event
            elif isinstance(event, LotAdmitted):
                self._lots[event.lot] = event
            elif isinstance(event, UnitsChanged):
                self._became(event)
            else:
                self._revoked.add(event.claim)
                self._left.update(self._converted.pop(event.claim, Counter()))
        self._fresh.clear()

    def _became(self, event: UnitsChanged) -> None:
        """Tonnes of a lot are units of this market, unless they came back to it."""
        here = (event.tag, event.state) == (MarketTag.REGIONAL, ParcelState.ACTIVE)
        lot = self._lots.get(event.lot)
        issued = None if lot is None else self._issuances.get(lot.issuance)
        if lot is None or issued is None or not here or event.state_before not in _NEVER_HERE:
            return
        is_other = issued.converted and issued.converted not in self._revoked
        left = self._converted.setdefault(issued.converted, Counter()) if is_other else self._left
        for vintage in (EVERY_VINTAGE, issued.vintage):
            left[lot.owner, issued.project, vintage] += sum(serials.tonnes for serials in event.ranges)
