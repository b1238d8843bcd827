"""Budgets of the region and its leagues as committed, and the adjustments between their accounts."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.credits.budgets import Budget, Budgets
from exchange.core.events.uses import BudgetAdjusted, BudgetSet
from exchange.core.values import Micros, Seq


@dataclass(slots=True)
class Plans:
    """The plans in force, and the sums of all adjustments."""

    budgets: Budgets = field(default_factory=Budgets)

    def on_set(self, event: BudgetSet, _seq: Seq, _at: Micros) -> None:
        """A plan was entered, in place of an earlier one for the same years."""
        self.budgets.set(Budget(event.league, event.first_year, event.last_year, event.planned))

    def on_adjusted(self, event: BudgetAdjusted, _seq: Seq, _at: Micros) -> None:
        """Tonnes count somewhere else from now on."""
        self.budgets.adjust(event.source, event.used_in, event.province, event.year, event.quantity)
