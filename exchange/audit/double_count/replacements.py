"""What was lost again and replaced: by whoever owes it, with units of the same family, and each tonne replaces one.

What a revoked claim had replaced is owed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.core.commands.instruments import Family
from exchange.core.commands.uses import Purpose
from exchange.core.events.encumbrances import (
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
)
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ClaimFulfilled, ClaimMade, ClaimRevoked

_REPLACES: Final = (Purpose.FORCED, Purpose.VOLUNTARY)
"""For what units are cancelled that replace others: by order, or of the firm's own accord."""


@dataclass(slots=True)
class Loss:
    """What was lost: ``left`` is what nothing has replaced yet, ``pending`` what approved claims are about to."""

    responsible: int
    family: Family | None
    quantity: int
    left: int
    pending: int = 0


@dataclass(slots=True)
class Replacement:
    """A claim in place of a loss, how much of it is pending, and how much is gone and counts."""

    reversal: int
    quantity: int
    pending: int = 0
    gone: int = 0


class Replacements:
    """Follows losses and the claims that name them."""

    def __init__(self, notebook: Notebook, origins: Origins) -> None:
        """Nothing was lost yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._losses: dict[int, Loss] = {}
        self._claims: dict[int, Replacement] = {}
        self._untold: dict[int, tuple[type, int, int]] = {}

    def lost(self, event: ReversalReported) -> None:
        """So much is owed, of the family of the project that lost it."""
        project = self._origins.projects.get(event.project)
        family = None if project is None else project.family
        self._losses[event.reversal] = Loss(event.responsible, family, event.quantity, event.quantity)

    def withdrawn(self, event: ReversalWithdrawn) -> None:
        """It was a mistake: nothing replaces it, nor is about to, and nothing is owed."""
        loss = self._losses.pop(event.reversal, None)
        if loss is None or loss.pending or loss.left != loss.quantity:
            self._tell("REPLACED-WRONG", reversal=event.reversal, problem="withdrawn after it was replaced")

    def claim(self, event: ClaimMade) -> None:
        """A claim that names a loss: by whoever owes it, for nothing else, with the same kind of units."""
        if not event.reversal:
            if event.purpose is Purpose.FORCED:
                self._tell("REPLACED-WRONG", claim=event.claim, problem="forced and replaces nothing")
            return
        self._claims[event.claim] = Replacement(event.reversal, event.quantity)
        loss = self._losses.get(event.reversal)
        families = {self._origins.lots[part.lot].terms.family for part in event.units if part.lot in self._origins.lots}
        if loss is None or event.participant != loss.responsible or event.purpose not in _REPLACES:
            self._tell("REPLACED-WRONG", claim=event.claim, reversal=event.reversal, participant=event.participant)
        elif families - {loss.family}:
            self._tell("REPLACED-WRONG", claim=event.claim, reversal=event.reversal, problem="other units")

    def approved(self, event: ClaimApproved) -> None:
        """From now on its tonnes are about to replace as many, and no two claims may be about to replace the same."""
        made = self._claims.get(event.claim)
        loss = None if made is None else self._losses.get(made.reversal)
        if made is None or loss is None:
            return
        made.pending = made.quantity
        loss.pending += made.quantity
        if loss.pending > loss.left:
            self._tell("REPLACED-WRONG", claim=event.claim, reversal=made.reversal, problem="more than is owed")

    def ended(self, event: ClaimEnded) -> None:
        """It came to nothing."""
        self._settle(event.claim, 0)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """It has replaced as many tonnes as are gone, and the same entry says so."""
        made = self._settle(event.claim, event.quantity)
        if made is not None:
            made.gone = event.quantity
            self._untold[event.claim] = (ReversalReplaced, made.reversal, event.quantity)

    def revoked(self, event: ClaimRevoked) -> None:
        """It counts no more: as much is owed again, and the same entry says so."""
        made = self._claims.get(event.claim)
        if made is not None and made.gone:
            self._untold[event.claim] = (ReversalOwedAgain, made.reversal, made.gone)
            self._settle(event.claim, -made.gone)
            made.gone = 0

    def _settle(self, claim: int, gone: int) -> Replacement | None:
        made = self._claims.get(claim)
        loss = None if made is None else self._losses.get(made.reversal)
        if made is not None and loss is not None:
            loss.pending -= made.pending
            loss.left -= gone
            made.pending = 0
        return made

    def told(self, event: ReversalReplaced | ReversalOwedAgain) -> None:
        """What is said of it is what was done: of this claim, and what is left."""
        done, loss = self._untold.pop(event.claim, None), self._losses.get(event.reversal)
        is_done = done == (type(event), event.reversal, event.quantity)
        if not is_done or loss is None or not event.shortfall == loss.left >= 0:
            self._tell("REPLACED-WRONG", claim=event.claim, reversal=event.reversal, shortfall=event.shortfall)

    def end(self) -> None:
        """The end of an entry."""
        for claim in self._untold:
            self._tell("REPLACED-WRONG", claim=claim, problem="what was replaced, or is owed again, was not told")
        self._untold.clear()
