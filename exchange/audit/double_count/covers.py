"""What a use covers, which its certificate says: its units, or fewer tonnes where the rulebook asks for more."""

from __future__ import annotations

from typing import Final

from exchange.audit.double_count.ends import Ends
from exchange.audit.double_count.findings import Notebook
from exchange.core.commands.uses import Intensity
from exchange.core.events.uses import ClaimFulfilled, ClaimMade

RATIO_RULES: Final = {Intensity.HIGH: "DIFF-HIGH", Intensity.LOW: "DIFF-LOW"}
"""How many parts per million of a tonne a new project is to use for one, by how carbon-intensive it is."""

_MILLION: Final = 1_000_000


class Covers:
    """Follows what uses stand for."""

    def __init__(self, notebook: Notebook, ends: Ends) -> None:
        """Nothing is used yet."""
        self._tell = notebook.tell
        self._ends = ends
        self._chosen: dict[int, tuple[int, int]] = {}
        """By use how many tonnes were chosen, and what they cover."""

    def claim(self, event: ClaimMade) -> None:
        """Units were chosen: the ratio of that day is the one that counts."""
        self._chosen[event.claim] = (event.quantity, event.covers)
        rule = RATIO_RULES.get(event.details.intensity)
        ratio = _MILLION if rule is None else self._ends.rule(rule) or _MILLION
        self._compare(event.claim, event.covers, event.quantity * _MILLION // ratio)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """What was refused covers nothing."""
        quantity, covers = self._chosen.get(event.claim, (0, 0))
        if quantity:
            self._compare(event.claim, event.covers, covers * event.quantity // quantity)

    def _compare(self, claim: int, said: int, wanted: int) -> None:
        if said != wanted:
            self._tell("CLAIM-WRONG", end=claim, covers=said, wanted=wanted)
