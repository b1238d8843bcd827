"""What a reconciliation suspends: just the serials of our lots about which something does not agree, each once.

What is alive cannot move any more. What is used up cannot be held fast, but there is doubt about it as long as the
suspension stands: its certificates say so, and quota that was issued against it is held.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.serials import RangeSet, SerialRange
from exchange.registry.reconcile import Discrepancy

_NOTHING: Final = RangeSet()
_NO_USE: Final = 0


@dataclass(frozen=True, slots=True, order=True)
class Affected:
    """Serials ``[lo, hi)`` of a lot that are to be suspended, and the reference under which they are."""

    lot: int
    lo: int
    hi: int
    reference: str


@dataclass(frozen=True, slots=True)
class Used:
    """Serials ``[lo, hi)`` of a lot that a use has chosen or used up. No two overlap: one tonne has one use."""

    lot: int
    lo: int
    hi: int
    claim: int


def uses_within(uses: Sequence[Used], lot: int, lo: int, hi: int) -> Iterator[Used]:
    """Those of these uses, which are in the order of lot and serial, that have any of the serials ``[lo, hi)``."""
    behind = bisect_right(uses, (lot, lo), key=lambda used: (used.lot, used.hi))
    following = (uses[at] for at in range(behind, len(uses)))
    return takewhile(lambda used: (used.lot, used.lo) < (lot, hi), following)


def affected(found: Iterable[Discrepancy], uses: Sequence[Used]) -> list[Affected]:
    """What is to be suspended. What is alive and what is used up are suspended apart, and so is each use: persons may
    decide otherwise about each, and a suspension under which a use was revoked may never be lifted.
    """
    held: list[Affected] = []
    of_last = _NO_USE
    for lot, lo, hi, use, finding in sorted(piece for one in found if one.lot for piece in _apart(one, uses)):
        last = held[-1] if held and held[-1].lot == lot else None
        if last is not None and of_last == use and lo <= last.hi and finding in last.reference:
            held[-1] = replace(last, hi=max(last.hi, hi))
            continue
        start = max(lo, last.hi) if last is not None else lo
        if start < hi:
            held.append(Affected(lot, start, hi, f"{RECONCILIATION}{finding}"))
            of_last = use
    return held


_Piece = tuple[int, int, int, int, str]
"""Lot, first serial, behind the last one, the use that has used them up, and the finding."""


def _apart(one: Discrepancy, uses: Sequence[Used]) -> Iterator[_Piece]:
    """A discrepancy cut where a use begins or ends, if it is about what is used up."""
    finding, at = str(one.finding), one.lo
    for used in () if one.movable else uses_within(uses, one.lot, one.lo, one.hi):
        if at < used.lo:
            yield one.lot, at, used.lo, _NO_USE, finding
        yield one.lot, max(at, used.lo), min(used.hi, one.hi), used.claim, finding
        at = used.hi
    if at < one.hi:
        yield one.lot, at, one.hi, _NO_USE, finding


def not_held_yet(parts: Iterable[Affected], standing: Iterable[Affected]) -> list[Affected]:
    """What of these serials no reconciliation before has suspended already: the same fault is held once, until persons
    have lifted it.
    """
    held: dict[int, RangeSet] = {}
    for one in sorted(standing):
        if one.reference.startswith(RECONCILIATION):
            held.setdefault(one.lot, RangeSet()).add(SerialRange(one.lo, one.hi))
    return [
        replace(part, lo=free.lo, hi=free.hi)
        for part in parts
        for free in held.get(part.lot, _NOTHING).missing_of(SerialRange(part.lo, part.hi))
    ]
