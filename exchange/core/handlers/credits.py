"""Lots come in: admitted by two persons, locked by the national registry where the unit is of it, returned from it."""

from __future__ import annotations

from itertools import islice

from exchange.core.commands.credits import AdmitLot, RequestLock, ReturnUnits
from exchange.core.commands.registry import RequestKind
from exchange.core.credits.issuance import Issuance
from exchange.core.credits.lots import Lot
from exchange.core.credits.spelling import is_name
from exchange.core.credits.states import ASKED, OUT, SELLABLE, WAITING
from exchange.core.events.credits import Cause, LotAdmitted
from exchange.core.events.registry import ReturnAsked
from exchange.core.handlers.asking import ask_registry, is_national
from exchange.core.handlers.changing import admit_units, change_units
from exchange.core.handlers.conversions import refuse_owner, refuse_standing_on
from exchange.core.handlers.encumbering import encumber_new_lot
from exchange.core.handlers.projects import refuse_serials, refuse_source
from exchange.core.handlers.scattered import MAX_RANGES, TOO_SCATTERED
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import LotId, ParticipantId


def refuse_lot(state: ExchangeState, action: AdmitLot) -> Refusal | None:
    """Whether the owner may sell here, the serials are of the issuance and new, and the lock was not used before.

    What was true of the issuance must still be: its source is outside the national market, and what quota stands on is
    cancelled. It was the owner's.
    """
    if action.owner not in state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    issuance = state.credits.issuances.get(action.issuance)
    if issuance is None:
        return Refusal(RejectReason.ISSUANCE_NOT_FOUND)
    return first_of(
        refuse_source(state, issuance.project, issuance.vintage),
        _refuse_quota(state, issuance, action.owner) if issuance.converted else None,
        refuse_new_lot(state, action.owner, action.lock_reference),
        refuse_serials(action.serial_lo, action.serial_hi),
        _refuse_block(state, action.owner, issuance, SerialRange(action.serial_lo, action.serial_hi)),
    )


def _refuse_quota(state: ExchangeState, issuance: Issuance, owner: ParticipantId) -> Refusal | None:
    """Quota comes in while it stands on cancelled CCER, and for the firm that had them cancelled."""
    return first_of(refuse_standing_on(state, issuance.converted), refuse_owner(state, issuance.converted, owner))


def _refuse_block(
    state: ExchangeState, owner: ParticipantId, issuance: Issuance, serials: SerialRange
) -> Refusal | None:
    """A lot's serials are of its issuance, and of no lot that was admitted before."""
    taken = state.credits.admitted[issuance.issuance].first_taken(serials)
    if taken is None:
        return None if issuance.serials.contains(serials) else Refusal(RejectReason.OUTSIDE_ISSUANCE)
    lot = _own_lot(state, owner, issuance, taken)
    if lot is None:
        return Refusal(RejectReason.SERIALS_OVERLAP, (("taken", taken.lo), ("taken_to", taken.hi - 1)))
    return Refusal(RejectReason.SERIALS_OVERLAP, (("taken", taken.lo), ("taken_to", taken.hi - 1), ("lot", lot)))


def _own_lot(state: ExchangeState, owner: ParticipantId, issuance: Issuance, serials: SerialRange) -> LotId | None:
    """In which lot of the firm's own these serials came in; what others have brought in is not told."""
    lots = (state.credits.lots[lot] for lot in state.credits.of_project.get(issuance.project, ()))
    own = (lot for lot in lots if lot.brought_by == owner and lot.issuance == issuance.issuance)
    return next((lot.lot for lot in own if lot.serials.overlaps(serials)), None)


def refuse_new_lot(state: ExchangeState, owner: ParticipantId, lock_reference: str) -> Refusal | None:
    """Whether a firm may bring units in here, and the paper of their lock was not used before."""
    firm = state.register.participants.get(owner)
    if firm is None:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    return first_of(
        refuse_lock_paper(state, lock_reference),
        None if firm.may_sell else Refusal(RejectReason.ROLE_CANNOT_SELL),
    )


def refuse_lock_paper(state: ExchangeState, lock_reference: str) -> Refusal | None:
    """Whether this is the name of a paper, and no lock was entered on it before."""
    if not is_name(lock_reference):
        return Refusal(RejectReason.INVALID_FIELD)
    # One receipt of the registry locks one block; used twice it would vouch for tonnes that nobody locked.
    return Refusal(RejectReason.LOCK_REFERENCE_USED) if state.credits.is_lock_used(lock_reference) else None


def admit_lot(step: Step, action: AdmitLot) -> None:
    """Enter the lot, book its tonnes in from the registry and give its owner the first parcel.

    Units of the national registry wait for its lock, which is asked for at once; all others are admitted on paper.
    """
    lot = _enter_lot(step, action)
    encumbered = encumber_new_lot(step, lot)
    if not is_national(step.state, lot.lot):
        admit_units(step, lot, action.owner, SELLABLE, Cause.ADMITTED_HERE, encumbered)
        return
    admit_units(step, lot, action.owner, WAITING, Cause.ADMITTED_FOR_LOCK, encumbered)
    _ask_for_lock(step, lot, action.owner, lot.serials)


def _enter_lot(step: Step, action: AdmitLot) -> Lot:
    credit = step.state.credits
    issuance = credit.issuances[action.issuance]
    serials = SerialRange(action.serial_lo, action.serial_hi)
    lot = Lot(
        LotId(step.new_id()),
        action.issuance,
        issuance.space,
        serials,
        issuance.vintage,
        credit.basket_of(issuance),
        action.lock_reference,
        action.owner,
    )
    credit.add_lot(lot)
    step.created = lot.lot
    step.emit(LotAdmitted(lot.lot, lot.issuance, lot.space, serials, action.owner, lot.lock_reference))
    return lot


def _ask_for_lock(step: Step, lot: Lot, owner: ParticipantId, serials: SerialRange) -> None:
    change_units(step, lot, owner, (serials,), WAITING, Cause.LOCK_REQUESTED, lot.lot)
    ask_registry(step, RequestKind.LOCK, lot, owner, serials)


def request_lock(step: Step, command: RequestLock) -> Refusal | None:
    """Ask again for what the registry has refused to lock."""
    state = step.state
    lot = state.credits.lots.get(command.lot)
    if lot is None:
        return Refusal(RejectReason.LOT_NOT_FOUND)
    waiting = [
        (parcel.owner, part)
        for parcel, part in state.parcels.pieces(lot.lot, lot.serials)
        if (parcel.tag, parcel.state) == WAITING
    ]
    if not waiting:
        pieces = state.parcels.pieces(lot.lot, lot.serials)
        asked = sum(part.tonnes for parcel, part in pieces if (parcel.tag, parcel.state) == ASKED)
        if not asked:
            return Refusal(RejectReason.UNITS_NOT_THERE)
        return Refusal(RejectReason.UNITS_NOT_THERE, (("asked", asked),))
    # -- everything is checked; nothing below may fail --
    for owner, part in waiting:
        _ask_for_lock(step, lot, owner, part)
    return None


def refuse_return(state: ExchangeState, action: ReturnUnits) -> Refusal | None:
    """Whether exactly these serials are out, all of them, and the new lock's paper was not used before.

    A firm that only buys here can take back as well: what it bought here it may have taken out.
    """
    if action.owner not in state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    lot = state.credits.lots.get(action.lot)
    if lot is None:
        return Refusal(RejectReason.LOT_NOT_FOUND)
    return first_of(
        refuse_lock_paper(state, action.lock_reference),
        refuse_serials(action.serial_lo, action.serial_hi),
        _refuse_not_out(state, lot, SerialRange(action.serial_lo, action.serial_hi)),
    )


def _refuse_not_out(state: ExchangeState, lot: Lot, serials: SerialRange) -> Refusal | None:
    """All of these serials are in the national market, in no more pieces than one entry may move."""
    pieces = [
        part
        for parcel, part in islice(state.parcels.pieces(lot.lot, serials), MAX_RANGES + 1)
        if (parcel.tag, parcel.state) == OUT
    ]
    if len(pieces) > MAX_RANGES:
        return TOO_SCATTERED
    return None if sum(part.tonnes for part in pieces) == serials.tonnes else Refusal(RejectReason.UNITS_NOT_THERE)


def return_units(step: Step, action: ReturnUnits) -> None:
    """Ask the registry to lock again what went to the national market; until it has, it is on nobody's account."""
    lot = step.state.credits.lots[action.lot]
    serials = SerialRange(action.serial_lo, action.serial_hi)
    step.state.credits.take_lock(action.lock_reference, lot.lot)
    step.emit(ReturnAsked(lot.lot, action.owner, serials, action.lock_reference))
    change_units(step, lot, action.owner, (serials,), OUT, Cause.RETURN_REQUESTED, lot.lot)
    ask_registry(step, RequestKind.LOCK, lot, action.owner, serials, returning=True)
    step.created = lot.lot
