"""Projects with their sites, and what is said of facilities of the national market.

Names are compared as the core folds them, so the folded ones are written beside what was entered.
"""

from __future__ import annotations

from typing import Any, Final

from exchange.core.credits.project import SEPARATOR, path_of
from exchange.core.credits.spelling import folded, folded_number
from exchange.core.events.credits import FacilitySet, ProjectRegistered
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (ProjectRegistered, FacilitySet)


def project(history: History) -> Rows:
    """One row for each project, for each of its sites, and for each time that something is said of a facility."""
    rows: Rows = {"projects": [], "project_sites": [], "facilities": []}
    for leaf, event in history:
        if type(event) is ProjectRegistered:
            rows["projects"].append(_project_row(leaf, event))
            rows["project_sites"] += _site_rows(leaf, event)
        else:
            rows["facilities"].append(_facility_row(leaf, event))
    return rows


def path_text(site_parcel: str) -> str:
    """The folded way to a site parcel as the tables have it: a slash behind each name."""
    return "".join(name + SEPARATOR for name in path_of(site_parcel))


def _project_row(leaf: Leaf, event: ProjectRegistered) -> tuple[Any, ...]:
    terms = event.terms
    return (
        event.project,
        terms.code,
        folded(terms.code),
        terms.family,
        terms.mechanism,
        terms.registry,
        terms.name_en,
        terms.name_zh,
        terms.methodology,
        terms.activity,
        terms.league,
        terms.source_category,
        terms.source_facility,
        folded_number(terms.source_facility),
        terms.ccer_generation,
        terms.started,
        terms.crediting_start,
        terms.crediting_end,
        terms.estimate_kg,
        terms.estimate_years,
        terms.uniqueness_declaration,
        leaf.seq,
        leaf.at,
    )


def _site_rows(leaf: Leaf, event: ProjectRegistered) -> list[tuple[Any, ...]]:
    return [
        (event.project, n, site_parcel, event.terms.activity, path_text(site_parcel), leaf.seq)
        for n, site_parcel in enumerate(event.terms.site_parcels)
    ]


def _facility_row(leaf: Leaf, event: FacilitySet) -> tuple[Any, ...]:
    terms = event.terms
    names = (terms.code, terms.name_en, terms.name_zh, terms.operating_firm, folded(terms.operating_firm))
    covered = (terms.covered_from, terms.covered_to)
    return (folded_number(terms.code), leaf.seq, leaf.at, *names, terms.sector, terms.league, *covered)
