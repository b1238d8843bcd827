"""Checks of a scenario about the life of units: where they stand, uses, releases, budgets and reversals."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exchange.core.commands.instruments import League
from exchange.core.credits.claims import Claim
from exchange.core.events.credits import Parcel
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, LotId, ReleaseId, ReversalId
from tests.scenarios.drawing import serials
from tests.scenarios.language import Words, count
from tests.scenarios.terms import league
from tests.support.market import Market


class UnitChecks:
    """The part of a stage that looks at units."""

    market: Market
    id: Callable[[str], int]

    def draw_states(self, words: Words) -> list[str]:
        """``states N1 active 1-70, 81-90; cancelled 71-80; active held 91-100``: where each serial of a lot stands."""
        name = words.next()
        words.rest()
        state = self.market.state
        lot = state.credits.lots[LotId(self.id(name))]
        found: dict[str, list[SerialRange]] = {}
        pieces = sorted(state.parcels.pieces(lot.lot, lot.serials), key=lambda piece: piece[1].lo)
        for parcel, part in pieces:
            _append(found.setdefault(_standing(parcel), []), part)
        return [f"states {name} {'; '.join(f'{standing} {serials(ranges)}' for standing, ranges in found.items())}"]

    def draw_use(self, words: Words) -> list[str]:
        """``use c1 fulfilled 10 t for 8 t``: how far it is, its tonnes, and what they stand for where it is less."""
        name = words.next()
        words.rest()
        claim = self.market.state.claims.claims[ClaimId(self.id(name))]
        covers = "" if claim.covers == claim.quantity else f" for {claim.covers:,} t"
        return [f"use {name} {claim.status.name.lower()} {claim.quantity:,} t{covers}"]

    def draw_release(self, words: Words) -> list[str]:
        """``release r1 cooling 10 t``."""
        name = words.next()
        words.rest()
        release = self.market.state.claims.releases[ReleaseId(self.id(name))]
        return [f"release {name} {release.status.name.lower()} {release.quantity:,} t"]

    def draw_reversal(self, words: Words) -> list[str]:
        """``reversal v1 130 t replaced 100 pending 0 short 30``."""
        name = words.next()
        words.rest()
        reversal = self.market.state.encumbrances.reversals[ReversalId(self.id(name))]
        done = f"replaced {reversal.replaced:,} pending {reversal.pending:,} short {reversal.shortfall:,}"
        return [f"reversal {name} {reversal.quantity:,} t {done}"]

    def draw_budget(self, words: Words) -> list[str]:
        """``budget baotou 2026 planned 1,000 used 30 gave 20 took 0``: a league's report for a year or a plan period.

        Used is what claims used there, wherever it was made; given and taken are the adjustments. The region's own
        line counts what leaves the region and what its leagues use.
        """
        name, years = words.next(), words.next()
        words.rest()
        first, _, last = years.partition("-")
        where, span = league(name), range(count(first), count(last or first) + 1)
        budgets = self.market.state.budgets
        plan = budgets.plans.get((where, span.start, span.stop - 1))
        sums = [one for one in budgets.adjustments.values() if one.year in span]
        if where is League.NONE:
            gave, took = sum(one.quantity for one in sums if one.used_in is League.NONE), 0
        else:
            gave = sum(one.quantity for one in sums if one.source is where)
            took = sum(one.quantity for one in sums if one.used_in is where)
        used = sum(claim.quantity for claim in self._fulfilled() if _is_used_in(claim, where, span))
        planned = f"{plan.planned:,}" if plan is not None else "nothing"
        return [f"budget {name} {years} planned {planned} used {used:,} gave {gave:,} took {took:,}"]

    def _fulfilled(self) -> Iterable[Claim]:
        """The uses that count, and those whose certificate was revoked: their units stay used."""
        claims = self.market.state.claims.claims.values()
        return [claim for claim in claims if claim.status.name in ("FULFILLED", "REVOKED")]


def _is_used_in(claim: Claim, where: League, span: range) -> bool:
    """Whether a use counts in a league, or in any of the region's, in these years."""
    there = claim.details.league
    inside = there is not League.NONE if where is League.NONE else there is where
    return inside and claim.day // 10_000 in span


def _standing(parcel: Parcel) -> str:
    held = " held" if parcel.encumbered else ""
    return f"{parcel.state.name.lower().replace('_', ' ')}{held}"


def _append(ranges: list[SerialRange], part: SerialRange) -> None:
    """Add a range behind others, joined with the last one where they touch."""
    if ranges and ranges[-1].hi == part.lo:
        ranges[-1] = SerialRange(ranges[-1].lo, part.hi)
    else:
        ranges.append(part)
