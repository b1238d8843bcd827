"""The one way to change the exchange: :func:`apply` takes a command at its place in the log and gives what happened.

A refused command changes nothing but the place in the log. Invariants are checked after each command; a broken one is a
bug and raises, so that the process stops before anything wrong is made durable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from exchange.core.authority import refuse_actor
from exchange.core.commands import Command
from exchange.core.commands.agreements import AffirmAgreement, ConfirmAgreement, DeclineAgreement, ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import RequestLock, StageUnits
from exchange.core.commands.encumbrances import ContinueEncumbering, Encumber
from exchange.core.commands.governance import Genesis, RegisterKey, RevokeKey, RotateKey
from exchange.core.commands.instruments import AttestSnapshot, ContinueJob, EndOfDay, HaltTrading, ListInstrument
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    PlaceOrder,
    SetCancelAfter,
    UnattendedCause,
)
from exchange.core.commands.participants import AdmitParticipant
from exchange.core.commands.registry import AnswerRequest, GiveUpWaiting, SendRelease
from exchange.core.commands.uses import CallOffRelease
from exchange.core.events import Event, Rejected
from exchange.core.handlers import (
    agreements,
    approvals,
    cash,
    credits,
    encumbering,
    governance,
    imports,
    jobs,
    keys,
    markets,
    orders,
    participants,
    registry,
    releases,
    unattended,
)
from exchange.core.handlers.step import Step
from exchange.core.invariants import check_step
from exchange.core.leaving import next_leaving
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.timers import TimerKind
from exchange.core.values import NOBODY, KeyId, Micros, PersonId, RequestId, Seq

ENGINE_VERSION: Final = 1
"""Goes up with every change that makes the same log give other events; such an upgrade begins with a snapshot."""

Handler = Callable[[Step, Any], Refusal | None]

HANDLERS: Final[dict[type, Handler]] = {
    Genesis: governance.open_venue,
    RegisterKey: keys.register_key,
    RotateKey: keys.rotate_key,
    RevokeKey: keys.revoke_key,
    AdmitParticipant: participants.admit_participant,
    ListInstrument: markets.list_instrument,
    HaltTrading: markets.halt_trading,
    EndOfDay: markets.end_day,
    ContinueJob: jobs.continue_job,
    AttestSnapshot: governance.attest_snapshot,
    DepositCash: cash.deposit_cash,
    PlaceOrder: orders.place_order,
    CancelOrder: orders.cancel_order,
    AmendOrder: orders.amend_order,
    CancelAllOrders: jobs.cancel_all,
    SetCancelAfter: unattended.set_cancel_after,
    CancelUnattended: unattended.cancel_unattended,
    ProposeAgreement: agreements.propose_agreement,
    AffirmAgreement: agreements.affirm_agreement,
    DeclineAgreement: agreements.decline_agreement,
    ConfirmAgreement: agreements.confirm_agreement,
    Propose: approvals.propose,
    Approve: approvals.approve,
    RejectProposal: approvals.reject_proposal,
    RequestLock: credits.request_lock,
    StageUnits: imports.stage_units,
    AnswerRequest: registry.answer_request,
    GiveUpWaiting: registry.give_up_waiting,
    SendRelease: releases.send_release,
    CallOffRelease: releases.call_off_release,
    Encumber: encumbering.encumber,
    ContinueEncumbering: encumbering.go_on,
}


@dataclass(slots=True)
class Outcome:
    """What a command came to: ``reason`` None means done; ``created`` is the id of the new thing, or 0."""

    reason: RejectReason | None
    created: int
    events: list[Event]


def apply(state: ExchangeState, command: Command, key: KeyId, seq: Seq, at: Micros) -> Outcome:
    """Do one command: ``seq`` is the next place in the log, ``at`` the sequencer's clock, never before the last one.

    ``key`` is the API key that the actor used, 0 for the program itself. Whether it was good is decided here too, at
    ``seq``, since a key may be revoked between the request and its place in the log.

    Raises:
        AssertionError: when the log is out of order or an invariant is broken. Both are bugs; the state is then lost.
    """
    assert seq == state.seq + 1 and at >= state.at, "the log is out of order"
    state.at = at
    step = Step(state, key, seq, at)
    refusal = refuse_actor(state.register, command, key, at) or HANDLERS[type(command)](step, command)
    state.seq = seq
    if refusal is not None:
        assert not step.events, "a refused command has changed something"
        names = tuple(name for name, _ in refusal.facts)
        numbers = tuple(value for _, value in refusal.facts)
        rejected = Rejected(int(refusal.reason), state.rulebook.version, names, numbers)
        return Outcome(refusal.reason, 0, [rejected])
    check_step(state, step.events)
    return Outcome(None, step.created, step.events)


def due(state: ExchangeState, at: Micros) -> Command | None:
    """The command that the program itself must give next, by a clock that shows ``at``; None when there is nothing.

    Units that are being held fast come before all, because nothing can be traded until they are. Then the orders of the
    key whose switch went off first: nobody attends them, and a switch goes off once, so mass commands wait for no more
    of these than there are keys. Then requests without an answer, then releases whose time has come, and then an
    unfinished mass command gets its next chunk.
    """
    if state.encumbrances.working:
        return ContinueEncumbering(PersonId(NOBODY), min(state.encumbrances.working))
    key = state.deadlines.passed(at)
    if key is not None:
        participant = state.register.persons[state.register.keys[key].person].participant
        return CancelUnattended(PersonId(NOBODY), participant, key, UnattendedCause.DEADLINE)
    silent = state.timers.passed(TimerKind.REGISTRY_ANSWER, at)
    if silent is not None:
        return GiveUpWaiting(PersonId(NOBODY), RequestId(silent))
    leaving = state.timers.passed(TimerKind.RELEASE, at)
    if leaving is not None and _leaves_by(state, at):
        return SendRelease(PersonId(NOBODY), leaving)
    for job in state.session.jobs:
        return ContinueJob(PersonId(NOBODY), job)
    return None


def _leaves_by(state: ExchangeState, at: Micros) -> bool:
    """Whether the first of the releases that cool down is to be sent by now."""
    leaving = _next_release(state, at)
    return leaving is not None and leaving <= at


def _next_release(state: ExchangeState, at: Micros) -> Micros | None:
    """When the first of the releases that cool down is to be sent, on the trading day that is open; the others leave no
    sooner.
    """
    leaves_at = state.timers.next(TimerKind.RELEASE)
    return None if leaves_at is None else next_leaving(state, leaves_at, at)


def next_deadline(state: ExchangeState, at: Micros) -> Micros | None:
    """When :func:`due` has something to give by the clock alone, for a clock that shows ``at``: the earliest switch or
    timer; None without any. A release that must wait for another trading day is none: that day is entered by a command.
    """
    times = (state.deadlines.next(), state.timers.next(TimerKind.REGISTRY_ANSWER), _next_release(state, at))
    return min((time for time in times if time is not None), default=None)
