"""A sandbox gives each firm that it admits something to play with: money to buy with, units to sell.

What is given is booked and recorded as at a real venue, by the same functions, so that everything that can be done with
real money and units can be tried. Only the names say what it is: every serial space, registry, project and reference
begins with SANDBOX. At a real venue, where both amounts are 0, nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exchange.core.commands.credits import AdmitLot, CcerGeneration, Mechanism, RecordIssuance
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole
from exchange.core.credits.spelling import folded_space
from exchange.core.handlers import cash, credits
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import Day, IssuanceId, ParticipantId

SANDBOX: Final = "SANDBOX"
PLAY_VINTAGE: Final = 2025
PLAY_CATEGORY: Final = SourceCategory.ENERGY_SAVING
PLAY_LEAGUE: Final = League.BAOTOU
"""What the units are, so that instruments can be listed for them: forestry CCER of the project SANDBOX and this
vintage, and reduction quota of this source category, vintage and league.
"""

MAX_SANDBOX_CASH: Final = 10**12
"""The most that one participant can be given, in fen: so little that there is enough for a hundred thousand."""

_FAMILIES: Final = {Family.FORESTRY_CCER: "CCER", Family.REDUCTION_QUOTA: "QUOTA"}


def refuse_grants(state: ExchangeState, command: AdmitParticipant, participant: ParticipantId) -> Refusal | None:
    """Why what a firm is to be given cannot be: somebody used its names before, or the venue is full of money."""
    if _gives_units(state, command.role):
        for action in _issuances(state, command, participant):
            refusal = credits.refuse_issuance(state, action)
            if refusal is not None:
                return refusal
        if any(state.credits.is_lock_used(_reference(family, participant)) for family in _FAMILIES):
            return Refusal(RejectReason.LOCK_REFERENCE_USED)
    if _gives_cash(state, command.role):
        return cash.refuse_credit(state, state.session.sandbox_cash, _bank_reference(participant))
    return None


def give_grants(step: Step, command: AdmitParticipant, participant: ParticipantId) -> None:
    """Give a firm that has just been admitted what its role can use."""
    state = step.state
    if _gives_cash(state, command.role):
        cash.credit_cash(step, participant, state.session.sandbox_cash, _bank_reference(participant))
    if _gives_units(state, command.role):
        for action in _issuances(state, command, participant):
            credits.record_issuance(step, action)
            lock, lo, hi = _reference(action.family, participant), action.serial_lo, action.serial_hi
            credits.admit_lot(step, AdmitLot(command.actor, IssuanceId(step.created), participant, lo, hi, lock))


def _gives_cash(state: ExchangeState, role: ParticipantRole) -> bool:
    return state.session.sandbox_cash > 0 and role is not ParticipantRole.SELLER


def _gives_units(state: ExchangeState, role: ParticipantRole) -> bool:
    return state.session.sandbox_tonnes > 0 and role is not ParticipantRole.BUYER


def _bank_reference(participant: ParticipantId) -> str:
    return f"{SANDBOX}-{participant}"


def _reference(family: Family, participant: ParticipantId) -> str:
    return f"{SANDBOX}-{_FAMILIES[family]}-{participant}"


def _issuances(state: ExchangeState, command: AdmitParticipant, participant: ParticipantId) -> Iterator[RecordIssuance]:
    """One of each family, all of it for this firm, with the next serials of the family's space."""
    for family, name in _FAMILIES.items():
        # An operator may have recorded serials under another spelling of the name; one space has one spelling.
        space = f"{SANDBOX}-{name}"
        space = state.credits.spellings.get(folded_space(space), space)
        yield _issuance(state, command, participant, family, space)


def _issuance(
    state: ExchangeState, command: AdmitParticipant, participant: ParticipantId, family: Family, space: str
) -> RecordIssuance:
    quota = family is Family.REDUCTION_QUOTA
    lo = state.credits.next_serial(space)
    return RecordIssuance(
        command.actor,
        family,
        Mechanism.REGIONAL_QUOTA if quota else Mechanism.CCER,
        SANDBOX,
        SANDBOX,
        "Sandbox project",
        "沙箱项目",
        "",
        (_reference(family, participant),),
        SANDBOX,
        Day(PLAY_VINTAGE * 10_000 + 101),
        Day(PLAY_VINTAGE * 10_000 + 1231),
        PLAY_VINTAGE,
        PLAY_CATEGORY if quota else SourceCategory.NONE,
        SANDBOX if quota else "",
        PLAY_LEAGUE if quota else League.NONE,
        CcerGeneration.NONE if quota else CcerGeneration.NEW,
        space,
        lo,
        lo + state.session.sandbox_tonnes,
    )
