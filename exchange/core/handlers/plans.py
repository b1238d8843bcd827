"""What the regulator sets: budgets of the region and its leagues, and what facilities have to surrender nationally."""

from __future__ import annotations

from typing import Final

from exchange.core.commands.uses import SetBudget, SetObligation
from exchange.core.credits.budgets import Budget, is_plan_period
from exchange.core.credits.spelling import folded_number, is_name
from exchange.core.events.uses import BudgetSet, ObligationSet
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_QUANTITY, Tonnes

MAX_PLANNED: Final = Tonnes(10**12)
"""Most tonnes of one plan: five years of the whole region are more than one lot may have."""


def refuse_obligation(state: ExchangeState, action: SetObligation) -> Refusal | None:
    """A duty to surrender is a covered facility's, for a year in which it is covered."""
    if not is_name(action.facility):
        return Refusal(RejectReason.INVALID_FIELD)
    if not 0 <= action.due <= MAX_QUANTITY:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 0), ("highest", MAX_QUANTITY)))
    covered = state.credits.projects.covers(action.facility, action.year)
    return None if covered else Refusal(RejectReason.FACILITY_NOT_COVERED)


def set_obligation(step: Step, action: SetObligation) -> None:
    """Enter the duty in place of an earlier figure; what is claimed against it already stays claimed."""
    step.state.claims.due[folded_number(action.facility), action.year] = action.due
    step.emit(ObligationSet(action.facility, action.year, action.due))


def refuse_budget(state: ExchangeState, action: SetBudget) -> Refusal | None:
    """A plan is for one year or for a plan period of five."""
    if not 0 <= action.planned <= MAX_PLANNED:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 0), ("highest", MAX_PLANNED)))
    fits = is_plan_period(action.first_year, action.last_year)
    return None if fits else Refusal(RejectReason.PLAN_PERIOD_INVALID)


def set_budget(step: Step, action: SetBudget) -> None:
    """Enter the plan in place of an earlier one for the same years."""
    budget = Budget(action.league, action.first_year, action.last_year, action.planned)
    step.state.budgets.set(budget)
    step.emit(BudgetSet(budget.league, budget.first_year, budget.last_year, budget.planned))
