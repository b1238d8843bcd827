"""Whether picks of lots and serials are one choice, as the naive exchange sees it."""

from __future__ import annotations

from itertools import combinations

from exchange.core.commands.uses import Pick


def are_of_one_kind(picks: tuple[Pick, ...]) -> bool:
    """Whether all picks name serials, or none does and each names another lot."""
    with_serials = [pick for pick in picks if (pick.lo, pick.hi) != (0, 0)]
    if not with_serials:
        return len({pick.lot for pick in picks}) == len(picks)
    return len(with_serials) == len(picks)


def is_named_twice(picks: tuple[Pick, ...]) -> bool:
    """Whether two picks have a serial of one lot in common."""
    pairs = combinations(picks, 2)
    return any(one.lot == other.lot and max(one.lo, other.lo) < min(one.hi, other.hi) for one, other in pairs)


def are_ranges(picks: tuple[Pick, ...]) -> bool:
    """Whether serials that are named can be."""
    return all(1 <= pick.lo < pick.hi < 2**63 - 1 for pick in picks if (pick.lo, pick.hi) != (0, 0))
