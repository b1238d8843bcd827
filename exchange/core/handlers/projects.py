"""Projects and issuances: what comes in must be new, eligible and counted nowhere else."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from exchange.core.commands.instruments import SourceCategory
from exchange.core.commands.projects import (
    CcerGeneration,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
)
from exchange.core.credits.issuance import Issuance, RangeIndex, fits_family, fits_generation
from exchange.core.credits.project import YEAR, Project, fits_activity, parcel_met, path_of
from exchange.core.credits.registry_lock import PLAY_REGISTRY
from exchange.core.credits.serial_text import is_template
from exchange.core.credits.spelling import folded, is_name
from exchange.core.events.credits import IssuanceRecorded, ProjectRegistered
from exchange.core.handlers.conversions import origins_of, refuse_standing_on
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.rulebook import REDUCTION_RULE, START_RULE, VINTAGE_RULE, Rulebook
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import (
    MAX_QUANTITY,
    MAX_TEXT,
    Day,
    IssuanceId,
    ProjectId,
    Tonnes,
    is_day,
)

MAX_SERIAL: Final = 1 << 62
MAX_SITE_PARCELS: Final = 100
MAX_LEVELS: Final = 8
"""Most names on the way to a site parcel: region, league, banner, forest farm, compartment, sub-compartment and two."""

MAX_VERIFIED: Final = Tonnes(10**12)
"""Most tonnes of one monitoring period."""

MAX_ESTIMATE_KG: Final = 10**15
MAX_ESTIMATE_YEARS: Final = 100
VINTAGES: Final = range(1990, 2101)


# --- projects --------------------------------------------------------------------------------------------------------


def refuse_project(state: ExchangeState, action: RegisterProject) -> Refusal | None:
    """Whether the record is sound, its code new, and a CCER project eligible (M10, M48)."""
    terms = action.terms
    if not _are_project_texts(terms) or not _is_estimate(terms) or _plays(state, terms):
        return Refusal(RejectReason.INVALID_FIELD)
    if folded(terms.code) in state.credits.projects.codes:
        return Refusal(RejectReason.PROJECT_CODE_TAKEN)
    if not _is_sound_project(terms):
        return Refusal(RejectReason.PROJECT_INVALID)
    if not _are_apart(terms.site_parcels):
        return Refusal(RejectReason.SITE_PARCELS_INVALID)
    return _refuse_eligibility(state.rulebook, terms)


def _are_project_texts(terms: ProjectTerms) -> bool:
    names = (terms.code, terms.registry, *terms.site_parcels)
    texts = (terms.name_en, terms.name_zh)
    optional = (terms.methodology, terms.uniqueness_declaration)
    return (
        1 <= len(terms.site_parcels) <= MAX_SITE_PARCELS
        and all(map(is_name, names))
        and all(map(is_text, texts))
        and (not terms.source_facility or is_name(terms.source_facility))
        and all(len(text) <= MAX_TEXT for text in optional)
    )


def _plays(state: ExchangeState, terms: ProjectTerms) -> bool:
    """Whether a project claims to be of a sandbox at a venue that is none: no registry would be asked for its locks."""
    return folded(terms.registry) == folded(PLAY_REGISTRY) and not state.session.sandbox_tonnes


def _is_estimate(terms: ProjectTerms) -> bool:
    """An estimate has both numbers or neither."""
    amount = 0 <= terms.estimate_kg <= MAX_ESTIMATE_KG
    years = 0 <= terms.estimate_years <= MAX_ESTIMATE_YEARS
    return amount and years and (terms.estimate_kg > 0) == (terms.estimate_years > 0)


def _is_sound_project(terms: ProjectTerms) -> bool:
    days = (terms.started, terms.crediting_start, terms.crediting_end)
    return (
        fits_family(terms)
        and fits_activity(terms)
        and fits_generation(terms.mechanism, terms.ccer_generation)
        and all(map(is_day, days))
        and terms.started <= terms.crediting_start <= terms.crediting_end
        and terms.crediting_end // YEAR in VINTAGES
    )


def _are_apart(site_parcels: tuple[str, ...]) -> bool:
    """Whether no parcel of a project is named twice, lies in another one, or too deep."""
    paths = sorted(map(path_of, site_parcels))
    is_deep = any(not 1 <= len(path) <= MAX_LEVELS for path in paths)
    return not is_deep and not any(after[: len(path)] == path for path, after in pairwise(paths))


def _refuse_eligibility(rulebook: Rulebook, terms: ProjectTerms) -> Refusal | None:
    """Rules ELIG-START and ELIG-UNIQUE."""
    if terms.mechanism is not Mechanism.CCER:
        return None
    if terms.started <= rulebook.number(START_RULE):
        return Refusal(RejectReason.STARTED_TOO_EARLY)
    return None if terms.uniqueness_declaration else Refusal(RejectReason.UNIQUENESS_MISSING)


def register_project(step: Step, action: RegisterProject) -> None:
    """Enter the project under a new id."""
    project = Project(ProjectId(step.new_id()), action.terms)
    step.state.credits.projects.add(project)
    step.created = project.project
    step.emit(ProjectRegistered(project.project, project.terms))


# --- issuances -------------------------------------------------------------------------------------------------------


def refuse_serials(lo: int, hi: int) -> Refusal | None:
    """Whether these can be serials of one block (INV-01)."""
    fits = 1 <= lo < hi <= MAX_SERIAL and hi - lo <= MAX_QUANTITY
    return None if fits else Refusal(RejectReason.SERIALS_INVALID, (("highest", MAX_QUANTITY),))


def refuse_issuance(state: ExchangeState, action: RecordIssuance) -> Refusal | None:
    """Whether the issuance is new in every way that a tonne can be counted by: serials, ground and time, and source."""
    project = state.credits.projects.projects.get(action.project)
    if project is None:
        return Refusal(RejectReason.PROJECT_NOT_FOUND)
    if not (is_name(action.space) and action.space.isascii()) or not is_template(action.serial_text):
        return Refusal(RejectReason.INVALID_FIELD)
    if not 1 <= action.verified <= MAX_VERIFIED:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 1), ("highest", MAX_VERIFIED)))
    return first_of(
        refuse_serials(action.serial_lo, action.serial_hi),
        _refuse_taken(state, action),
        _refuse_period(state, project, action),
        _refuse_ground(state, project, action),
        _refuse_age(state.rulebook, project, action),
        refuse_source(state, project.project, action.monitoring_start // YEAR),
        _refuse_conversion(state, project, action),
    )


def _refuse_taken(state: ExchangeState, action: RecordIssuance) -> Refusal | None:
    """Guard 1: no serial of a space was ever issued before."""
    taken = state.credits.issued.get(state.credits.space_of(action.space), RangeIndex())
    first = taken.first_taken(SerialRange(action.serial_lo, action.serial_hi))
    if first is not None:
        return Refusal(RejectReason.SERIALS_OVERLAP, (("taken", first.lo), ("taken_to", first.hi - 1)))
    # Two names for one registry's space would let the same serials in twice, since spaces do not see each other.
    if state.credits.is_spelt_otherwise(action.space):
        return Refusal(RejectReason.SPACE_SPELT_OTHERWISE)
    # The same serials under the name of another space would come in twice as well.
    elsewhere = state.credits.is_worded_as_another(action.space, action.serial_text)
    return Refusal(RejectReason.SERIALS_OF_ANOTHER_SPACE) if elsewhere else None


def _refuse_period(state: ExchangeState, project: Project, action: RecordIssuance) -> Refusal | None:
    """The period lies in one calendar year and in the crediting period, and is over: what is to come is an estimate."""
    start, end, applied = action.monitoring_start, action.monitoring_end, action.applied_on
    days = is_day(start) and is_day(end) and is_day(applied) and start <= end <= applied <= state.session.day
    inside = project.terms.crediting_start <= start and end <= project.terms.crediting_end
    one_year = start // YEAR == end // YEAR and start // YEAR in VINTAGES
    return None if days and inside and one_year else Refusal(RejectReason.PERIOD_INVALID)


def _refuse_age(rulebook: Rulebook, project: Project, action: RecordIssuance) -> Refusal | None:
    """Rules ELIG-REDUCTION and ELIG-VINTAGE: a new CCER's reductions are young enough."""
    start = action.monitoring_start
    # The same day so many years earlier; as a number to compare with, be it a real day or not.
    oldest = action.applied_on - rulebook.number(VINTAGE_RULE) * YEAR
    too_old = start <= rulebook.number(REDUCTION_RULE) or start < oldest
    is_new = project.terms.ccer_generation is CcerGeneration.NEW
    return Refusal(RejectReason.REDUCTION_TOO_OLD) if is_new and too_old else None


def _refuse_ground(state: ExchangeState, project: Project, action: RecordIssuance) -> Refusal | None:
    """Guard 2, and no more than what was verified. Converted quota stands on the ground of the CCER it replaces."""
    start, end = action.monitoring_start, action.monitoring_end
    taken_by = None if action.converted else state.credits.projects.overlapping(project, start, end)
    if taken_by is not None:
        return _taken(state, project.terms, taken_by, (start, end))
    period = state.credits.projects.periods.get((project.project, start, end))
    issued = period.issued if period is not None else 0
    if period is not None and period.verified != action.verified:
        return Refusal(RejectReason.VERIFIED_DIFFERS, (("verified", period.verified),))
    left = action.verified - issued
    if action.serial_hi - action.serial_lo > left:
        return Refusal(RejectReason.VERIFIED_EXCEEDED, (("highest", left),))
    return None


def refuse_ground(state: ExchangeState, terms: ProjectTerms, start: Day, end: Day) -> Refusal | None:
    """Guard 2 for a project that is still to be made."""
    known = state.credits.projects
    taken_by = known.taken_by(known.ground.around(terms), start, end)
    return None if taken_by is None else _taken(state, terms, taken_by, (start, end))


def _taken(state: ExchangeState, terms: ProjectTerms, taken_by: ProjectId, days: tuple[Day, Day]) -> Refusal:
    """Whose period has the ground, which of its site parcels that is, and from when to when: all can be read by
    everybody.
    """
    known = state.credits.projects
    parcel, (start, end) = parcel_met(terms, known.projects[taken_by].terms), known.period_met(taken_by, *days)
    facts = (("project", taken_by), ("parcel", parcel), ("period_start", start), ("period_end", end))
    return Refusal(RejectReason.GROUND_TAKEN, facts)


def refuse_source(state: ExchangeState, project: ProjectId, vintage: int) -> Refusal | None:
    """Guard 3: the reductions of a facility inside the national market have been counted there already.

    Asked whenever something of an issuance comes in, too: the facility may be covered since it was recorded.
    """
    covered = state.credits.projects.is_source_covered(project, vintage)
    return Refusal(RejectReason.SOURCE_COVERED) if covered else None


def _refuse_conversion(state: ExchangeState, project: Project, action: RecordIssuance) -> Refusal | None:
    """Guard 5: ecosystem-sink quota stands on CCER that the registry has cancelled for it, tonne for tonne.

    They are the same tonnes: of the same league, in whose budget they count, and of the same year.
    """
    if project.terms.source_category is not SourceCategory.ECOSYSTEM_SINK:
        return None if not action.converted else Refusal(RejectReason.CONVERSION_INVALID)
    groundless = refuse_standing_on(state, action.converted)
    if groundless is not None:
        return groundless
    claim = state.claims.claims[action.converted]
    if origins_of(state, claim.units) != {(project.terms.league, action.monitoring_start // YEAR)}:
        return Refusal(RejectReason.CONVERSION_INVALID)
    left = claim.quantity - claim.converted
    if action.serial_hi - action.serial_lo > left:
        return Refusal(RejectReason.CONVERSION_EXCEEDED, (("highest", left),))
    return None


def record_issuance(step: Step, action: RecordIssuance) -> None:
    """Enter the issuance under a new id, its serials into their space, its period onto the ground."""
    credit = step.state.credits
    issuance = Issuance(
        IssuanceId(step.new_id()),
        action.project,
        action.monitoring_start,
        action.monitoring_end,
        action.verified,
        action.applied_on,
        action.monitoring_start // YEAR,
        credit.space_of(action.space),
        action.serial_text,
        SerialRange(action.serial_lo, action.serial_hi),
        action.converted,
    )
    credit.add_issuance(issuance, action.space)
    if action.converted:
        claim = step.state.claims.claims[action.converted]
        claim.converted = Tonnes(claim.converted + issuance.serials.tonnes)
    step.created = issuance.issuance
    step.emit(_recorded(issuance, action.space))


def _recorded(issuance: Issuance, space_name: str) -> IssuanceRecorded:
    return IssuanceRecorded(
        issuance.issuance,
        issuance.project,
        issuance.monitoring_start,
        issuance.monitoring_end,
        issuance.verified,
        issuance.applied_on,
        issuance.vintage,
        issuance.space,
        space_name,
        issuance.serial_text,
        issuance.serials,
        issuance.converted,
    )
