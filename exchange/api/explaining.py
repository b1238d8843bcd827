"""Which fields of an action a refusal is about, for refusals that say only that something in it does not fit.

The core refuses an action as one thing. Whoever typed it needs the field: what its purpose lacks or does not take,
which end of a period lies outside. It is worked out here from the core's own tables and from what is committed, before
the command is sequenced; it is told only if the core refuses for that reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from exchange.api.explaining_choices import choice_errors, counterparty_errors, lot_errors, serial_errors
from exchange.api.explaining_conversions import issuance_errors, lifting_errors, lot_errors_of
from exchange.api.problems import FieldError
from exchange.core.commands.agreements import AffirmAgreement, AgreementKind, ProposeAgreement
from exchange.core.commands.approvals import Action
from exchange.core.commands.credits import AdmitLot, ImportRow, ReturnUnits
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import (
    CcerGeneration,
    FacilityTerms,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
    SetFacility,
)
from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, ReleaseUnits, UseUnits
from exchange.core.credits.claims import EVENT_YEARS, NEEDS
from exchange.core.credits.project import YEAR, fits_activity
from exchange.core.credits.provinces import PROVINCES, is_province
from exchange.core.credits.registry_lock import PLAY_REGISTRY
from exchange.core.credits.spelling import folded, folded_space, is_firm_code, is_name
from exchange.core.rejections import RejectReason as R
from exchange.core.rulebook import SECTOR_RULES, rules_in_force
from exchange.core.values import NOBODY, ProjectId, Side
from exchange.sequencer.committed_view import CommittedView

Errors = tuple[FieldError, ...]
Explained = Mapping[R, Errors]
"""Refusal → the fields that it is about."""

_LAST_YEAR: Final = 2100
_YEARS: Final = range(1990, _LAST_YEAR + 1)


def explained(action: Action | ProposeAgreement | AffirmAgreement, view: CommittedView, place: str = "") -> Explained:
    """The fields that some refusals of this action or command would be about; ``place`` is where in the body it
    stands.
    """
    explain = _EXPLAINERS.get(type(action))
    return {} if explain is None else explain(action, view, place)


# --- uses ------------------------------------------------------------------------------------------------------------


def _use(action: UseUnits, _view: CommittedView, place: str) -> Explained:
    return {
        R.INVALID_FIELD: tuple(choice_errors(action.picks, action.instrument, place)),
        R.ROLE_CANNOT_SELL: (FieldError(f"{place}/purpose", "OF_SELLER"),),
        R.PURPOSE_DETAILS: tuple(purpose_errors(action, place)),
        R.SERIALS_INVALID: tuple(serial_errors(action.picks, place)),
    }


def purpose_errors(action: UseUnits, place: str = "") -> Iterator[FieldError]:
    """What the purpose needs and is missing, what it does not take, and what is there but is not such a thing.

    There is none when, and only when, the details fit (:func:`exchange.core.credits.claims.fits_purpose`).
    """
    needed, given = _needed(action), _given(action)
    for name, is_there in given.items():
        pointer = f"{place}/{name}"
        if name in needed and not is_there:
            yield FieldError(pointer, "MISSING")
        if name not in needed and is_there and (action.reversal or name != "beneficiary_code"):
            yield FieldError(pointer, "NOT_OF_PURPOSE")
    if action.reversal:
        yield from _purpose_of_replacing(action, place)
        return
    details = action.details
    if "facility" in needed and given["facility"] and not is_name(details.facility):
        yield FieldError(f"{place}/facility", "NAME")
    if given["beneficiary_code"] and not is_firm_code(details.beneficiary_code):
        yield FieldError(f"{place}/beneficiary_code", "FIRM_CODE")
    if "province" in needed and given["province"] and not is_province(details.province):
        yield FieldError(f"{place}/province", "PROVINCE", allowed=tuple(PROVINCES))
    if "event_day" in needed and given["event_day"] and details.event_day // YEAR not in EVENT_YEARS:
        yield FieldError(f"{place}/event_day", "EVENT_DAY")


def _purpose_of_replacing(action: UseUnits, place: str) -> Iterator[FieldError]:
    """A firm replaces what was lost of its own accord."""
    if action.purpose is not Purpose.VOLUNTARY:
        yield FieldError(f"{place}/purpose", "OF_REPLACEMENT")


def _needed(action: UseUnits) -> set[str]:
    """The names of the fields that the purpose needs; a replacement says nothing of its own."""
    needs = NEEDS.get(action.purpose)
    if needs is None or action.reversal:
        return set()
    groups = {
        ("facility", "year", "beneficiary_code"): needs.facility,
        ("offset_project", "intensity"): needs.project,
        ("neutrality", "event", "event_day"): needs.neutrality,
        ("province",): needs.province,
        ("league",): needs.league,
    }
    return {name for names, is_needed in groups.items() if is_needed for name in names}


def _given(action: UseUnits) -> dict[str, bool]:
    """The fields of the details, and whether something stands in them."""
    details = action.details
    return {
        "facility": bool(details.facility),
        "year": details.year > 0,
        "beneficiary_code": bool(details.beneficiary_code),
        "offset_project": bool(details.project),
        "intensity": details.intensity is not Intensity.NONE,
        "neutrality": details.neutrality is not Neutrality.NONE,
        "event": bool(details.event),
        "event_day": details.event_day > 0,
        "province": bool(details.province),
        "league": details.league is not League.NONE,
    }


# --- releases, agreed trades, answers on paper ------------------------------------------------------------------------


def _release(action: ReleaseUnits, _view: CommittedView, place: str) -> Explained:
    return {
        R.INVALID_FIELD: tuple(choice_errors(action.picks, NOBODY, place)),
        R.SERIALS_INVALID: tuple(serial_errors(action.picks, place)),
    }


def _agreement(command: ProposeAgreement, _view: CommittedView, _place: str) -> Explained:
    oneself = tuple(counterparty_errors(command.participant, command.counterparty))
    issued = command.kind is not AgreementKind.PRE_ISSUANCE
    return {
        R.INVALID_FIELD: tuple(lot_errors(command.lots, command.side, issued=issued)),
        **dict.fromkeys((R.ROLE_CANNOT_BUY, R.ROLE_CANNOT_SELL, R.SAME_OWNER_GROUP), oneself),
    }


def _affirmation(command: AffirmAgreement, view: CommittedView, _place: str) -> Explained:
    row = view.agreements.by_id.get(command.agreement)
    if row is None:
        return {}
    side = Side.SELL if row.terms.side is Side.BUY else Side.BUY
    issued = row.terms.kind is not AgreementKind.PRE_ISSUANCE
    return {R.INVALID_FIELD: tuple(lot_errors(command.lots, side, issued=issued))}


def _receipt(action: AnswerOnPaper, _view: CommittedView, place: str) -> Explained:
    is_confirmed = action.outcome is RegistryOutcome.CONFIRMED
    name, text = ("reason", action.reason) if is_confirmed else ("receipt", action.receipt)
    return {R.INVALID_FIELD: (FieldError(f"{place}/{name}", "NOT_OF_OUTCOME"),)} if text else {}


# --- projects, issuances, facilities ---------------------------------------------------------------------------------


def _project(action: RegisterProject, view: CommittedView, place: str) -> Explained:
    return {
        R.INVALID_FIELD: tuple(_unfounded(action.terms, view, place)),
        R.PROJECT_INVALID: tuple(_unsound(action.terms, place)),
    }


def _unfounded(terms: ProjectTerms, view: CommittedView, place: str) -> Iterator[FieldError]:
    """An estimate has both numbers or neither, and play units are a sandbox's."""
    for name, number, other in (
        ("estimate_years", terms.estimate_years, terms.estimate_kg),
        ("estimate_kg", terms.estimate_kg, terms.estimate_years),
    ):
        if other and not number:
            yield FieldError(f"{place}/{name}", "MISSING")
    if folded(terms.registry) == folded(PLAY_REGISTRY) and not view.governance.is_sandbox:
        yield FieldError(f"{place}/registry", "OF_SANDBOX")


def _unsound(terms: ProjectTerms, place: str) -> Iterator[FieldError]:
    """What in a project does not fit its family, its mechanism or its own days."""
    yield from _of_quota(terms, place) if terms.family is Family.REDUCTION_QUOTA else _of_sink(terms, place)
    if not fits_activity(terms):
        yield FieldError(f"{place}/activity", "NOT_OF_PROJECT")
    has_generation = terms.ccer_generation is not CcerGeneration.NONE
    if terms.mechanism is Mechanism.CCER and not has_generation:
        yield FieldError(f"{place}/ccer_generation", "MISSING")
    if terms.mechanism is not Mechanism.CCER and has_generation:
        yield FieldError(f"{place}/ccer_generation", "NOT_OF_MECHANISM")
    if terms.started > terms.crediting_start:
        yield FieldError(f"{place}/started", "DAYS_IN_ORDER")
    if terms.crediting_start > terms.crediting_end or terms.crediting_end // YEAR not in _YEARS:
        yield FieldError(f"{place}/crediting_end", "DAYS_IN_ORDER")


def _of_quota(terms: ProjectTerms, place: str) -> Iterator[FieldError]:
    if terms.mechanism is not Mechanism.REGIONAL_QUOTA:
        yield FieldError(f"{place}/mechanism", "NOT_OF_PROJECT")
    if terms.source_category is SourceCategory.NONE:
        yield FieldError(f"{place}/source_category", "MISSING")
    if terms.league is League.NONE:
        yield FieldError(f"{place}/league", "MISSING")
    if terms.source_category is not SourceCategory.ECOSYSTEM_SINK and not folded(terms.source_facility):
        yield FieldError(f"{place}/source_facility", "MISSING")


def _of_sink(terms: ProjectTerms, place: str) -> Iterator[FieldError]:
    if terms.source_category is not SourceCategory.NONE:
        yield FieldError(f"{place}/source_category", "NOT_OF_PROJECT")
    is_ccer = terms.family is Family.FORESTRY_CCER
    if terms.mechanism is Mechanism.REGIONAL_QUOTA or (terms.mechanism is Mechanism.CCER) != is_ccer:
        yield FieldError(f"{place}/mechanism", "NOT_OF_PROJECT")


def _issuance(action: RecordIssuance, view: CommittedView, place: str) -> Explained:
    return {
        R.PERIOD_INVALID: tuple(period_errors(action, action.project, view, place)),
        R.SPACE_SPELT_OTHERWISE: tuple(_spelling(action, view, place)),
        **_block(action, view, place),
        **issuance_errors(action, view, place),
    }


def _spelling(action: RecordIssuance, view: CommittedView, place: str) -> Iterator[FieldError]:
    known = view.units.spellings.get(folded_space(action.space), action.space)
    if known != action.space:
        yield FieldError(f"{place}/space", "SPELT_OTHERWISE", allowed=(known,))


def _admission(action: AdmitLot, view: CommittedView, place: str) -> Explained:
    return {**_block(action, view, place), **lot_errors_of(action, view, place)}


def _block(action: RecordIssuance | AdmitLot | ReturnUnits, _view: CommittedView, place: str) -> Explained:
    is_none = action.serial_hi <= action.serial_lo
    return {R.SERIALS_INVALID: (FieldError(f"{place}/serial_hi", "ABOVE_SERIAL_LO"),)} if is_none else {}


def period_errors(
    action: RecordIssuance | ImportRow, of_project: ProjectId | None, view: CommittedView, place: str = ""
) -> Iterator[FieldError]:
    """Which day of an issuance, or of a row of a file, lies where it cannot."""
    start, end, applied = action.monitoring_start, action.monitoring_end, action.applied_on
    if start > end or start // YEAR != end // YEAR:
        yield FieldError(f"{place}/monitoring_end", "ONE_YEAR")
    if applied < end:
        yield FieldError(f"{place}/applied_on", "BEFORE_PERIOD_ENDS")
    if applied > view.markets.day:
        yield FieldError(f"{place}/applied_on", "IN_FUTURE")
    project = None if of_project is None else view.projects.by_id.get(of_project)
    if project is not None and start < project.terms.crediting_start:
        yield FieldError(f"{place}/monitoring_start", "OUTSIDE_CREDITING")
    if project is not None and end > project.terms.crediting_end:
        yield FieldError(f"{place}/monitoring_end", "OUTSIDE_CREDITING")


def _facility(action: SetFacility, view: CommittedView, place: str) -> Explained:
    terms = action.terms
    first = FieldError(f"{place}/covered_from", "OUT_OF_RANGE", lowest=_first_year(terms, view), highest=_LAST_YEAR)
    return {R.INVALID_FIELD: tuple(_unsound_facility(terms, place)), R.SECTOR_NOT_COVERED_YET: (first,)}


def _unsound_facility(terms: FacilityTerms, place: str) -> Iterator[FieldError]:
    if not is_firm_code(terms.operating_firm):
        yield FieldError(f"{place}/operating_firm", "FIRM_CODE")
    if terms.covered_to and not terms.covered_from:
        yield FieldError(f"{place}/covered_from", "MISSING")
    if 0 < terms.covered_to < terms.covered_from:
        yield FieldError(f"{place}/covered_to", "OUT_OF_RANGE", lowest=terms.covered_from, highest=_LAST_YEAR)


def _first_year(terms: FacilityTerms, view: CommittedView) -> int | None:
    """From which year on the national market has covered the sector."""
    rulebook, rule = view.governance.rulebook, SECTOR_RULES.get(terms.sector)
    if rulebook is None or rule is None:
        return None
    return rules_in_force(rulebook.rules, view.markets.day)[rule].value


_EXPLAINERS: Final[dict[type, Callable[[Any, CommittedView, str], Explained]]] = {
    UseUnits: _use,
    RegisterProject: _project,
    RecordIssuance: _issuance,
    SetFacility: _facility,
    AdmitLot: _admission,
    ReturnUnits: _block,
    LiftEncumbrance: lifting_errors,
    ReleaseUnits: _release,
    AnswerOnPaper: _receipt,
    ProposeAgreement: _agreement,
    AffirmAgreement: _affirmation,
}
