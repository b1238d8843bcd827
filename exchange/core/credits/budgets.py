"""Carbon budgets of the region and its twelve leagues (盟市), and the adjustment that a use in another league makes.

There are none below the leagues (Regional Plan: targets are not broken down to banners). A tonne counts in the league
that made it until it is used somewhere else: then it comes off the source's account and onto the other's, in the same
command as the use, so that no two places ever count it (rule LEAGUE-CA). Trade alone changes nothing, nor does what
replaces a loss of no league of the region: it makes good for tonnes that were in nobody's account here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.instruments import League
from exchange.core.values import Tonnes

PERIOD_YEARS: Final = 5
"""How long a plan period is; a plan is for one year or for this many."""

YEARS: Final = range(2021, 2101)


@dataclass(slots=True)
class Budget:
    """A plan of a league (NONE: of the region) for ``first_year`` to ``last_year``."""

    league: League
    first_year: int
    last_year: int
    planned: Tonnes


@dataclass(slots=True)
class Adjustment:
    """Tonnes that ``source`` made and that count elsewhere from ``year`` on, by where they were used: a league, or NONE
    and a province, or NONE and "" for the national market. Sums of all that happened, so they can be zero.
    """

    source: League
    used_in: League
    province: str
    year: int
    quantity: int


AdjustmentKey = tuple[League, League, str, int]


@dataclass(slots=True)
class Budgets:
    """The plans, and the sums of all adjustments."""

    plans: dict[tuple[League, int, int], Budget] = field(default_factory=dict)
    adjustments: dict[AdjustmentKey, Adjustment] = field(default_factory=dict)

    def set(self, budget: Budget) -> None:
        """Enter a plan in place of an earlier one for the same years."""
        self.plans[budget.league, budget.first_year, budget.last_year] = budget

    def adjust(self, source: League, used_in: League, province: str, year: int, quantity: int) -> None:
        """Book an adjustment; a negative quantity takes one back."""
        key = (source, used_in, province, year)
        sum_ = self.adjustments.setdefault(key, Adjustment(*key, 0))
        sum_.quantity += quantity


def is_plan_period(first_year: int, last_year: int) -> bool:
    """Whether these years are one year, or one of the five-year periods (2021–2025, 2026–2030, ...)."""
    if first_year not in YEARS or last_year not in YEARS:
        return False
    whole = (first_year - YEARS.start) % PERIOD_YEARS == 0 and last_year == first_year + PERIOD_YEARS - 1
    return first_year == last_year or whole
