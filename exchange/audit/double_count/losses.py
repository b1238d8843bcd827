"""What was reported as lost: no more than had been issued, and owed by a firm that had brought such tonnes in.

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
        self._left: Counter[tuple[int, int]] = Counter()
        self._brought: set[tuple[int, int, int]] = set()
        self._standing: dict[int, ReversalReported] = {}

    def came(self, event: IssuanceRecorded | LotAdmitted) -> None:
        """From the next entry on this can be lost, and be owed."""
        self._fresh.append(event)

    def lost(self, event: ReversalReported) -> None:
        """So much is gone: of its vintage, and of all vintages together."""
        self._standing[event.reversal] = event
        for vintage in sorted({EVERY_VINTAGE, event.vintage}):
            left = self._left[event.project, vintage]
            if event.quantity > left:
                facts = {"project": event.project, "vintage": vintage, "quantity": event.quantity, "left": left}
                self._tell("LOSS-WRONG", reversal=event.reversal, **facts)
            self._left[event.project, vintage] -= event.quantity
        if (event.project, event.vintage, event.responsible) not in self._brought:
            self._tell("LOSS-WRONG", reversal=event.reversal, firm=event.responsible, problem="brought none in")

    def withdrawn(self, event: ReversalWithdrawn) -> None:
        """It was a mistake: the tonnes are there again."""
        loss = self._standing.pop(event.reversal, None)
        if loss is not None:
            for vintage in {EVERY_VINTAGE, loss.vintage}:
                self._left[loss.project, vintage] += loss.quantity

    def end(self) -> None:
        """The end of an entry."""
        for event in self._fresh:
            if isinstance(event, IssuanceRecorded):
                self._issuances[event.issuance] = (event.project, event.vintage)
                for vintage in (EVERY_VINTAGE, event.vintage):
                    self._left[event.project, vintage] += event.serials.tonnes
            elif event.issuance in self._issuances:
                project, made = self._issuances[event.issuance]
                self._brought |= {(project, vintage, int(event.owner)) for vintage in (EVERY_VINTAGE, made)}
        self._fresh.clear()
