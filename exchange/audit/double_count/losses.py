"""What was reported as lost: owed by a firm that had brought such tonnes in, and no more of it than it had.

A loss that was a mistake counts until two persons withdraw it (:mod:`.persons`); what takes the place of lost tonnes is
followed by :mod:`.replacements`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted
from exchange.core.events.encumbrances import ReversalReported, ReversalWithdrawn

EVERY_VINTAGE: Final = 0
"""The vintage of a loss of which only the project is known: it counts against all vintages together."""


class Losses:
    """Follows issuances and lots, and what was lost of them again."""

    def __init__(self, notebook: Notebook) -> None:
        """Nothing is issued yet."""
        self._tell = notebook.tell
        self._fresh: list[IssuanceRecorded | LotAdmitted] = []
        self._issuances: dict[int, tuple[int, int]] = {}
        self._left: Counter[tuple[int, int, int]] = Counter()
        self._standing: dict[int, ReversalReported] = {}

    def came(self, event: IssuanceRecorded | LotAdmitted) -> None:
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
                self._issuances[event.issuance] = (event.project, event.vintage)
            elif event.issuance in self._issuances:
                project, made = self._issuances[event.issuance]
                for vintage in (EVERY_VINTAGE, made):
                    self._left[event.owner, project, vintage] += event.serials.tonnes
        self._fresh.clear()
