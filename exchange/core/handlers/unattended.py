"""Orders that nobody attends any more: the dead-man's switch of a key, and what happens when it goes off.

None of this asks for a phase: a switch is armed, renewed and disarmed, and goes off, also while trading is halted or a
day is being closed.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.orders import CancelUnattended, SetCancelAfter, UnattendedCause
from exchange.core.events.markets import JobKind
from exchange.core.events.orders import CancelAfterSet
from exchange.core.handlers.jobs import continue_cancelling, start_job
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.values import MICROS_PER_SECOND, NOBODY, InstrumentId, KeyId, Micros, ParticipantId

SHORTEST_SECONDS: Final = 5
LONGEST_SECONDS: Final = 86_400
DISARMED: Final = Micros(0)
EVERY_INSTRUMENT: Final = InstrumentId(NOBODY)

_JOBS: Final = {
    UnattendedCause.DEADLINE: JobKind.CANCEL_AFTER,
    UnattendedCause.DISCONNECTED: JobKind.DISCONNECTED,
}


def set_cancel_after(step: Step, command: SetCancelAfter) -> Refusal | None:
    """Arm, renew or disarm the switch of the key in use; the switches of the keys that it replaced give way to it."""
    seconds = command.seconds
    if seconds and not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        return Refusal(RejectReason.INVALID_FIELD)
    # -- everything is checked; nothing below may fail --
    # Whoever speaks with the new key attends to the old keys' orders too, so theirs must not go off any more.
    register, deadlines = step.state.register, step.state.deadlines
    for old in register.lately(register.line_of(register.keys[step.key]), step.at):
        if old.key < step.key and deadlines.disarm(old.key):
            step.emit(CancelAfterSet(command.participant, old.key, DISARMED))
    deadline = DISARMED
    deadlines.disarm(step.key)
    if seconds:
        deadline = Micros(step.at + seconds * MICROS_PER_SECOND)
        deadlines.arm(step.key, deadline)
    step.emit(CancelAfterSet(command.participant, step.key, deadline))
    return None


def cancel_unattended(step: Step, command: CancelUnattended) -> Refusal | None:
    """Cancel the orders of a key; the first chunk at once, the rest as a job. Whether the key is still good is all
    one: what it entered would rest without anybody.
    """
    overdue = command.cause is UnattendedCause.DEADLINE
    refusal = _refuse_key(step, command.participant, command.key) or (_refuse_early(step, command.key, overdue))
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    if overdue:
        step.state.deadlines.disarm(command.key)
        step.emit(CancelAfterSet(command.participant, command.key, DISARMED))
    job = start_job(step, _JOBS[command.cause], command.participant, EVERY_INSTRUMENT, key=command.key)
    continue_cancelling(step, job)
    return None


def _refuse_key(step: Step, participant: ParticipantId, number: KeyId) -> Refusal | None:
    register = step.state.register
    if participant not in register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    key = register.keys.get(number)
    if key is None or register.persons[key.person].participant != participant:
        return Refusal(RejectReason.KEY_NOT_FOUND)
    return None


def _refuse_early(step: Step, key: KeyId, overdue: bool) -> Refusal | None:
    deadline = step.state.deadlines.of.get(key)
    early = overdue and (deadline is None or step.at < deadline)
    return Refusal(RejectReason.CANCEL_AFTER_NOT_DUE) if early else None
