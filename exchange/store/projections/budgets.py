"""Budgets of the leagues with their corresponding adjustments, and duties to surrender."""

from __future__ import annotations

from typing import Final

from exchange.core.credits.spelling import folded_number
from exchange.core.events.uses import BudgetAdjusted, BudgetSet, ObligationSet
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (BudgetSet, BudgetAdjusted, ObligationSet)


def project(history: History) -> Rows:
    """One row each; adjustments are numbered within their entry."""
    rows: Rows = {"budgets": [], "budget_entries": [], "obligations": []}
    last_seq = n = 0
    for leaf, event in history:
        when = (leaf.seq, leaf.at)
        if type(event) is BudgetSet:
            rows["budgets"].append((event.league, event.first_year, event.last_year, *when, event.planned))
        elif type(event) is ObligationSet:
            of = (folded_number(event.facility), event.year)
            rows["obligations"].append((*of, *when, event.facility, event.due))
        else:
            last_seq, n = leaf.seq, n + 1 if leaf.seq == last_seq else 0
            used = (event.used_in, event.province, event.year)
            rows["budget_entries"].append((leaf.seq, n, leaf.at, event.source, *used, event.quantity, event.subject))
    return rows
