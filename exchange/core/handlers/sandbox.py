"""A sandbox gives each firm that it admits something to play with: money to buy with, units to sell.

What is given is booked and recorded as at a real venue, by the same functions, so that everything that can be done with
real money and units can be tried. Only the names say what it is: every serial space, registry, project and reference
begins with SANDBOX. At a real venue, where both amounts are 0, nothing here does anything.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
)
from exchange.core.credits.registry_lock import PLAY_REGISTRY
from exchange.core.credits.spelling import folded, folded_space
from exchange.core.handlers import cash, credits, projects
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, Day, IssuanceId, ParticipantId, PersonId, ProjectId

SANDBOX: Final = PLAY_REGISTRY
PLAY_VINTAGE: Final = 2025
PLAY_CATEGORY: Final = SourceCategory.ENERGY_SAVING
PLAY_LEAGUE: Final = League.BAOTOU
"""What the units are, so that instruments can be listed for them: forestry CCER of the project SANDBOX and this
vintage, and reduction quota of this source category, vintage and league.
"""

MAX_SANDBOX_CASH: Final = 10**12
"""The most that one participant can be given, in fen: so little that there is enough for a hundred thousand."""

_FAMILIES: Final = {Family.FORESTRY_CCER: "CCER", Family.REDUCTION_QUOTA: "QUOTA"}


PLAY_START: Final = Day(PLAY_VINTAGE * 10_000 + 101)
PLAY_END: Final = Day(PLAY_VINTAGE * 10_000 + 1231)


def _terms(family: Family) -> ProjectTerms:
    """The project that all play units of a family are of."""
    quota = family is Family.REDUCTION_QUOTA
    return ProjectTerms(
        code=f"{SANDBOX}-QUOTA" if quota else SANDBOX,
        family=family,
        mechanism=Mechanism.REGIONAL_QUOTA if quota else Mechanism.CCER,
        registry=SANDBOX,
        name_en="Sandbox project",
        name_zh="沙箱项目",
        methodology="",
        site_parcels=(f"{SANDBOX}/{_FAMILIES[family]}",),
        activity=Activity.ENERGY_SAVING if quota else Activity.AFFORESTATION,
        league=PLAY_LEAGUE if quota else League.NONE,
        source_category=PLAY_CATEGORY if quota else SourceCategory.NONE,
        source_facility=SANDBOX if quota else "",
        ccer_generation=CcerGeneration.NONE if quota else CcerGeneration.NEW,
        started=PLAY_START,
        crediting_start=PLAY_START,
        crediting_end=PLAY_END,
        estimate_kg=0,
        estimate_years=0,
        uniqueness_declaration="" if quota else SANDBOX,
    )


def refuse_grants(state: ExchangeState, command: AdmitParticipant, participant: ParticipantId) -> Refusal | None:
    """Why what a firm is to be given cannot be: somebody used its names before, or the venue is full of money."""
    if _gives_units(state, command.role):
        for family in _FAMILIES:
            refusal = _refuse_units(state, command.actor, family)
            if refusal is not None:
                return refusal
        if any(state.credits.is_lock_used(_reference(family, participant)) for family in _FAMILIES):
            return Refusal(RejectReason.LOCK_REFERENCE_USED)
    if _gives_cash(state, command.role):
        return cash.refuse_credit(state, state.session.sandbox_cash, _bank_reference(participant))
    return None


def _refuse_units(state: ExchangeState, actor: PersonId, family: Family) -> Refusal | None:
    """Whether the family's project is ours, or can still be made, and has tonnes left."""
    terms, known = _terms(family), state.credits.projects
    number = known.codes.get(folded(terms.code))
    if number is not None:
        if known.projects[number].terms != terms:
            return Refusal(RejectReason.PROJECT_CODE_TAKEN)
        return projects.refuse_issuance(state, _issuance(state, actor, family, number))
    refusal = projects.refuse_project(state, RegisterProject(actor, terms))
    return refusal or projects.refuse_ground(state, terms, PLAY_START, PLAY_END)


def give_grants(step: Step, command: AdmitParticipant, participant: ParticipantId) -> None:
    """Give a firm that has just been admitted what its role can use."""
    state = step.state
    if _gives_cash(state, command.role):
        cash.credit_cash(step, participant, state.session.sandbox_cash, _bank_reference(participant))
    if _gives_units(state, command.role):
        for family in _FAMILIES:
            issuance = _issuance(state, command.actor, family, _project(step, command.actor, family))
            projects.record_issuance(step, issuance)
            lock, lo, hi = _reference(family, participant), issuance.serial_lo, issuance.serial_hi
            credits.admit_lot(step, AdmitLot(command.actor, IssuanceId(step.created), participant, lo, hi, lock))


def _project(step: Step, actor: PersonId, family: Family) -> ProjectId:
    """The project of a family, made for the first firm."""
    terms = _terms(family)
    number = step.state.credits.projects.codes.get(folded(terms.code))
    if number is None:
        projects.register_project(step, RegisterProject(actor, terms))
        number = ProjectId(step.created)
    return number


def _gives_cash(state: ExchangeState, role: ParticipantRole) -> bool:
    return state.session.sandbox_cash > 0 and role is not ParticipantRole.SELLER


def _gives_units(state: ExchangeState, role: ParticipantRole) -> bool:
    return state.session.sandbox_tonnes > 0 and role is not ParticipantRole.BUYER


def _bank_reference(participant: ParticipantId) -> str:
    return f"{SANDBOX}-{participant}"


def _reference(family: Family, participant: ParticipantId) -> str:
    return f"{SANDBOX}-{_FAMILIES[family]}-{participant}"


def _issuance(state: ExchangeState, actor: PersonId, family: Family, project: ProjectId) -> RecordIssuance:
    """The next serials of the family's space, all of them for one firm."""
    # An operator may have recorded serials under another spelling of the name; one space has one spelling.
    space = f"{SANDBOX}-{_FAMILIES[family]}"
    space = state.credits.spellings.get(folded_space(space), space)
    lo = state.credits.next_serial(space)
    tonnes = state.session.sandbox_tonnes
    return RecordIssuance(
        actor, project, PLAY_START, PLAY_END, projects.MAX_VERIFIED, PLAY_END, space, "", lo, lo + tonnes, ClaimId(0)
    )
