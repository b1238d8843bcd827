"""Releasing units to the national market: two persons, a cool-down, time to call it off, then the registry's word.

Thieves of units need them to be gone before anybody looks (the registries of 2010 and 2011): so nothing leaves at once
or while nobody is there (:mod:`exchange.core.leaving`), and any one person of the firm can stop it.
"""

from __future__ import annotations

from typing import Final

from exchange.core.approvals import Proposal
from exchange.core.commands.registry import RequestKind, SendRelease
from exchange.core.commands.uses import CallOffRelease, ReleaseUnits
from exchange.core.credits.claims import Release, ReleaseStatus
from exchange.core.credits.states import LEAVING, SELLABLE
from exchange.core.events.credits import Cause
from exchange.core.events.uses import ReleaseApproved, ReleaseEnded, ReleaseMade, ReleaseSent
from exchange.core.handlers.asking import ask_registry, is_national
from exchange.core.handlers.changing import change_all
from exchange.core.handlers.choosing import choose_units, refuse_unknown, tonnes_of
from exchange.core.handlers.encumbering import refuse_while_encumbering
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.handlers.uses import is_encumbered
from exchange.core.leaving import MICROS_PER_HOUR, earliest_leaving, may_leave, next_leaving
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.rulebook import RELEASE_CANCEL_RULE
from exchange.core.state import ExchangeState
from exchange.core.timers import TimerKind
from exchange.core.values import InstrumentId, Micros, ReleaseId, Tonnes

NO_INSTRUMENT: Final = InstrumentId(0)


def refuse_release(state: ExchangeState, action: ReleaseUnits) -> Refusal | None:
    """Whether these serials can leave: named one by one, sellable, and of the national registry."""
    chosen = (state, action.participant, NO_INSTRUMENT, action.picks)
    refusal = refuse_unknown(*chosen)
    if refusal is not None:
        return refusal
    units = choose_units(*chosen, _quantity(action))
    well_formed = is_text(action.national_account) and all(pick.hi for pick in action.picks)
    national = all(is_national(state, pick.lot) for pick in action.picks)
    return first_of(
        refuse_while_encumbering(state),
        None if well_formed else Refusal(RejectReason.INVALID_FIELD),
        units if isinstance(units, Refusal) else None,
        None if national else Refusal(RejectReason.NOT_OF_NATIONAL_REGISTRY),
    )


def _quantity(action: ReleaseUnits) -> Tonnes:
    return Tonnes(sum(pick.hi - pick.lo for pick in action.picks))


def reserve_release(step: Step, action: ReleaseUnits) -> None:
    """Set the serials aside, on their way out."""
    state = step.state
    units = choose_units(state, action.participant, NO_INSTRUMENT, action.picks, _quantity(action))
    assert not isinstance(units, Refusal), "it was checked"
    number, quantity = ReleaseId(step.new_id()), tonnes_of(units)
    account = action.national_account
    release = Release(
        number, step.proposal, action.participant, units, quantity, account, Micros(0), ReleaseStatus.PROPOSED
    )
    state.claims.add_release(release)
    step.emit(ReleaseMade(number, step.proposal, action.participant, units, quantity, account))
    change_all(step, units, action.participant, SELLABLE, Cause.RELEASE_PROPOSED, number)


def refuse_leaving(state: ExchangeState, proposal: Proposal) -> Refusal | None:
    """Whether what was set aside can still leave."""
    release = state.claims.leaving[proposal.proposal]
    held = is_encumbered(state, release.units, release.participant)
    return refuse_while_encumbering(state) or (Refusal(RejectReason.UNITS_ENCUMBERED) if held else None)


def approve_release(step: Step, action: ReleaseUnits) -> None:
    """The cool-down begins; until shortly before the release leaves the firm can call it off."""
    state = step.state
    release = state.claims.leaving.pop(step.proposal)
    leaves_at = earliest_leaving(state, step.at)
    notice = state.rulebook.number(RELEASE_CANCEL_RULE) * MICROS_PER_HOUR
    release.callable_until = Micros(max(leaves_at - notice, step.at))
    release.status = ReleaseStatus.COOLING
    state.timers.set(TimerKind.RELEASE, release.release, leaves_at)
    step.created = release.release
    step.emit(ReleaseApproved(release.release, release.callable_until, leaves_at))


def withdraw_release(step: Step, action: ReleaseUnits) -> None:
    """The proposal was rejected."""
    end_release(step, step.state.claims.leaving[step.proposal])


def end_release(step: Step, release: Release) -> None:
    """What the registry was not asked for is over, proposed or approved: the units are free again."""
    step.state.claims.leaving.pop(release.proposal, None)
    release.status = ReleaseStatus.ENDED
    step.state.timers.clear(TimerKind.RELEASE, release.release)
    change_all(step, release.units, release.participant, LEAVING, Cause.RELEASE_WITHDRAWN, release.release)
    step.emit(ReleaseEnded(release.release))


def call_off_release(step: Step, command: CallOffRelease) -> Refusal | None:
    """Any person of the firm can call it off, alone, while there is time."""
    release = step.state.claims.releases.get(command.release)
    if release is None or release.participant != command.participant:
        return Refusal(RejectReason.RELEASE_NOT_FOUND)
    if release.status is not ReleaseStatus.COOLING or not _is_callable(step.state, release, step.at):
        return Refusal(RejectReason.RELEASE_NOT_CALLABLE)
    # -- everything is checked; nothing below may fail --
    end_release(step, release)
    return None


def _is_callable(state: ExchangeState, release: Release, at: Micros) -> bool:
    """Whether there is time: ``callable_until`` is a promise, and a release that must wait longer can be called off for
    as long as it cannot leave on this trading day, or not so soon.
    """
    leaves_at = state.timers.of[TimerKind.RELEASE, release.release]
    leaving = next_leaving(state, leaves_at, at)
    return leaving is None or at < leaving - (leaves_at - release.callable_until)


def send_release(step: Step, command: SendRelease) -> Refusal | None:
    """Its time has come: the registry is asked. What is held fast meanwhile stays, and the release has failed."""
    state = step.state
    release = state.claims.releases.get(ReleaseId(command.release))
    if release is None:
        return Refusal(RejectReason.RELEASE_NOT_FOUND)
    due = state.timers.of.get((TimerKind.RELEASE, release.release))
    # While units are being held fast it is not known yet whether these are; it is sent, or fails, right afterwards.
    if due is None or not may_leave(state, due, step.at) or state.encumbrances.working:
        return Refusal(RejectReason.NOT_DUE)
    # -- everything is checked; nothing below may fail --
    state.timers.clear(TimerKind.RELEASE, release.release)
    if is_encumbered(state, release.units, release.participant):
        end_release(step, release)
        return None
    release.status = ReleaseStatus.SENT
    step.emit(ReleaseSent(release.release))
    for part in release.units:
        for serials in part.ranges:
            lot = state.credits.lots[part.lot]
            about = (lot, release.participant, serials, release.release)
            ask_registry(step, RequestKind.RELEASE, *about, account=release.national_account)
    return None
