"""Where units stand by the steps that were told, outside of the database: a second opinion on its table ``standings``.

The trigger ``follow_steps`` (``migrations/versions/0001/units.sql``) keeps that table. What is made again from the
journal has no triggers, so the same is done here, by other code.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Final

from exchange.core.credits.states import GONE, SELLABLE
from exchange.core.events.credits import ParcelState
from exchange.core.ledger import chart

_ACCOUNTS: Final = {
    ParcelState.RETIRED: chart.RETIRED,
    ParcelState.CANCELLED: chart.CANCELLED,
    ParcelState.OUT: chart.OUT,
    ParcelState.RETURN_REQUESTED: chart.OUT,
    ParcelState.EXPORTED: chart.EXPORTED,
}
assert set(_ACCOUNTS) == GONE, "every state in which units are gone has an account"


def account_column(parcels: str) -> str:
    """SQL for the account of the ledger on which a parcel's tonnes stand; ``parcels`` names the table in the query."""
    cases = " ".join(f"WHEN {state:d} THEN {account}" for state, account in _ACCOUNTS.items())
    return f"CASE {parcels}.state {cases} ELSE {parcels}.owner END"


class Standings:
    """Serials that stand otherwise than REGIONAL and ACTIVE, by lot, in order, each piece as it was brought there."""

    def __init__(self) -> None:
        """Nothing has come in yet."""
        self._lots: dict[int, list[tuple[Any, ...]]] = {}

    def follow(self, steps: Iterable[Sequence[Any]]) -> None:
        """Follow steps in order: rows of the table ``parcel_changes``.

        Raises:
            AssertionError: when units do not stand where a step takes them from.
        """
        for _, _, _, lot, owner, lo, hi, *standings, _, _ in steps:
            tag_before, state_before, tag, state = standings
            pieces = self._lots.setdefault(lot, [])
            before = (tag_before, state_before)
            if state_before == 0 or before == SELLABLE:
                assert self._cut(pieces, lo, hi, None) == 0, f"serials {lo}-{hi} of lot {lot} stand elsewhere"
            else:
                assert self._cut(pieces, lo, hi, before) == hi - lo, f"serials {lo}-{hi} of lot {lot} stand elsewhere"
            if (tag, state) != SELLABLE:
                pieces.insert(bisect_left(pieces, (lo,)), (lo, hi, tag, state, owner))

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows of the table ``standings``."""
        return [(lot, *piece) for lot, pieces in self._lots.items() for piece in pieces]

    @staticmethod
    def _cut(pieces: list[tuple[Any, ...]], lo: int, hi: int, standing: tuple[int, int] | None) -> int:
        """Take serials out of the pieces that they are in, and say how many there were; all must be in ``standing``."""
        start = end = max(bisect_left(pieces, (lo,)) - 1, 0)
        kept: list[tuple[Any, ...]] = []
        found = 0
        while end < len(pieces) and pieces[end][0] < hi:
            first, behind, *rest = pieces[end]
            end += 1
            if behind <= lo:
                kept.append((first, behind, *rest))
                continue
            assert tuple(rest[:2]) == standing, f"serials {first}-{behind} stand elsewhere"
            found += min(behind, hi) - max(first, lo)
            kept += [(a, b, *rest) for a, b in ((first, lo), (hi, behind)) if a < b]
        pieces[start:end] = kept
        return found
