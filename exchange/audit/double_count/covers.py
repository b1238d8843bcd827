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
        self._ratios: dict[int, int] = {}
        """By use how many parts per million of a tonne were asked for one when it was proposed."""

    def claim(self, event: ClaimMade) -> None:
        """Units were chosen: the ratio of that day is the one that counts."""
        rule = RATIO_RULES.get(event.details.intensity)
        ratio = _MILLION if rule is None else self._ends.rule(rule) or _MILLION
        self._ratios[event.claim] = ratio
        if event.ratio != ratio:
            self._tell("CLAIM-WRONG", end=event.claim, ratio=event.ratio, wanted=ratio)
        if event.quantity * _MILLION < ratio:
            self._tell("CLAIM-WRONG", end=event.claim, quantity=event.quantity, problem="covers nothing")
        self._compare(event.claim, event.covers, event.quantity)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """What was refused covers nothing."""
        if event.claim in self._ratios:
            self._compare(event.claim, event.covers, event.quantity)

    def _compare(self, claim: int, said: int, quantity: int) -> None:
        wanted = quantity * _MILLION // self._ratios[claim]
        if said != wanted:
            self._tell("CLAIM-WRONG", end=claim, covers=said, wanted=wanted)
