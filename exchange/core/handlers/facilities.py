"""Facilities: which of them are inside the national market, and what becomes of the units that they have yielded here.

Units may have been issued of a facility before the regulator enters it as covered for their year. That is a fact of law
and is never refused; so what has been issued is held fast in the same entry, until the facility is known otherwise.
"""

from __future__ import annotations

from exchange.core.commands.projects import FacilityTerms, SetFacility
from exchange.core.credits.spelling import folded_number, is_firm_code, is_name
from exchange.core.events.credits import FacilitySet
from exchange.core.handlers.encumbering import suspend_vintages
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.projects import VINTAGES
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.rulebook import SECTOR_RULES
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_TEXT


def refuse_facility(state: ExchangeState, action: SetFacility) -> Refusal | None:
    """Whether the facility's record is sound, and covered in no year in which its sector was not yet.

    A known one may change, for past years too: the regulator's word.
    """
    terms = action.terms
    named = is_name(terms.code) and is_text(terms.name_en) and is_text(terms.name_zh)
    if not named or not is_firm_code(terms.operating_firm) or not _are_years(terms):
        return Refusal(RejectReason.INVALID_FIELD)
    rule = SECTOR_RULES.get(terms.sector)
    first = 0 if rule is None else state.rulebook.number(rule)
    if terms.covered_from and terms.covered_from < first:
        return Refusal(RejectReason.SECTOR_NOT_COVERED_YET)
    return None


def _are_years(terms: FacilityTerms) -> bool:
    """Whether it is covered in these years: from one on or up to another one, or in none at all."""
    if terms.covered_from == 0:
        return terms.covered_to == 0
    until = terms.covered_to == 0 or (terms.covered_to in VINTAGES and terms.covered_from <= terms.covered_to)
    return until and terms.covered_from in VINTAGES


def set_facility(step: Step, action: SetFacility) -> None:
    """Enter the facility, in place of what was known of it, and hold fast what it should not have yielded (guard 3)."""
    step.state.credits.projects.facilities[folded_number(action.terms.code)] = action.terms
    step.emit(FacilitySet(action.terms))
    reference = f"source inside the national market: {action.terms.code}"[:MAX_TEXT]
    suspend_vintages(step, step.state.credits.projects.covered_by(action.terms), reference)
