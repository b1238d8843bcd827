"""Admission of firms, and of the persons who trade for them by two persons of the venue."""

from __future__ import annotations

from exchange.core.commands.governance import PersonRole
from exchange.core.commands.participants import AdmitParticipant, RegisterTrader
from exchange.core.events.participants import ParticipantAdmitted
from exchange.core.handlers.governance import add_person
from exchange.core.handlers.keys import add_first_key, is_text, refuse_secret
from exchange.core.handlers.sandbox import give_grants, refuse_grants
from exchange.core.handlers.step import Step
from exchange.core.participants import Participant
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_TEXT, OwnerGroupId, ParticipantId, derived_id


def admit_participant(step: Step, command: AdmitParticipant) -> Refusal | None:
    """Admit a firm under a code of its own; without an owner group it is a group of itself."""
    register = step.state.register
    if command.code in register.codes:
        return Refusal(RejectReason.CODE_TAKEN)
    named = is_text(command.code) and is_text(command.name_en) and is_text(command.name_zh)
    if not named or len(command.owner_group) > MAX_TEXT:
        return Refusal(RejectReason.INVALID_FIELD)
    refusal = refuse_grants(step.state, command, ParticipantId(derived_id(step.seq)))
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    participant = ParticipantId(step.new_id())
    # Named groups and lone firms must not meet in one namespace, or a firm could name itself into another's group.
    group_name = f"group:{command.owner_group}" if command.owner_group else f"firm:{command.code}"
    group = register.groups.setdefault(group_name, OwnerGroupId(len(register.groups) + 1))
    register.codes[command.code] = participant
    register.participants[participant] = Participant(
        participant, command.code, command.name_en, command.name_zh, command.role, command.owner_group, group, 0, 0
    )
    step.emit(
        ParticipantAdmitted(
            participant, command.code, command.name_en, command.name_zh, command.role, command.owner_group, group
        )
    )
    give_grants(step, command, participant)
    step.created = participant
    return None


def refuse_trader(state: ExchangeState, action: RegisterTrader) -> Refusal | None:
    """A participant has up to the number of traders that rule OPERATORS allows (T7: five)."""
    participant = state.register.participants.get(action.participant)
    if participant is None:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    if participant.traders >= state.rulebook.operators:
        return Refusal(RejectReason.TOO_MANY_OPERATORS, (("highest", state.rulebook.operators),))
    return refuse_secret(state, action.secret_hash, action.public_key, is_text(action.name))


def register_trader(step: Step, action: RegisterTrader) -> None:
    """Add the person and their first key."""
    step.state.register.participants[action.participant].traders += 1
    person = add_person(step, action.name, PersonRole.TRADER, action.participant)
    step.created = person
    add_first_key(step, person, action.secret_hash, action.public_key)
