"""Issuances recorded and lots admitted, both after two persons agreed."""

from __future__ import annotations

from exchange.core.commands.credits import AdmitLot, RecordIssuance
from exchange.core.credits.issuance import Issuance, RangeIndex, fits_family, fits_generation
from exchange.core.credits.lots import Lot
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, ParcelsMoved
from exchange.core.events.participants import Posting
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.ledger import posting
from exchange.core.ledger.chart import REGISTRY
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_QUANTITY, IssuanceId, LotId, ParticipantId, is_day

MAX_SERIAL = 1 << 62
MAX_SITE_PARCELS = 100
VINTAGES = range(1990, 2101)


def _refuse_serials(lo: int, hi: int) -> Refusal | None:
    fits = 1 <= lo < hi <= MAX_SERIAL and hi - lo <= MAX_QUANTITY
    return None if fits else Refusal(RejectReason.SERIALS_INVALID, (("highest", MAX_QUANTITY),))


def refuse_issuance(state: ExchangeState, action: RecordIssuance) -> Refusal | None:
    """Whether the record is sound and its serials are new in their space (guard 1: spent ones are not new)."""
    refusal = _refuse_issuance_texts(action) or _refuse_serials(action.serial_lo, action.serial_hi)
    if refusal is not None:
        return refusal
    taken = state.credits.issued.get(state.credits.space_of(action.space), RangeIndex())
    if taken.overlaps(SerialRange(action.serial_lo, action.serial_hi)):
        return Refusal(RejectReason.SERIALS_OVERLAP)
    if not _is_sound(action):
        return Refusal(RejectReason.ISSUANCE_INVALID)
    # Two names for one registry's space would let the same serials in twice, since spaces do not see each other.
    return Refusal(RejectReason.SPACE_SPELT_OTHERWISE) if state.credits.is_spelt_otherwise(action.space) else None


def _refuse_issuance_texts(action: RecordIssuance) -> Refusal | None:
    required = (action.registry, action.project, action.project_name_en, action.project_name_zh, action.space)
    optional = (action.methodology, action.activity, action.source_facility)
    texts = all(is_text(text) for text in required) and all(not text or is_text(text) for text in optional)
    parcels = len(action.site_parcels) <= MAX_SITE_PARCELS and all(is_text(parcel) for parcel in action.site_parcels)
    return None if texts and parcels else Refusal(RejectReason.INVALID_FIELD)


def _is_sound(action: RecordIssuance) -> bool:
    start, end = action.monitoring_start, action.monitoring_end
    return (
        fits_family(action.family, action.mechanism, action.source_category, action.league)
        and fits_generation(action.mechanism, action.ccer_generation)
        and (is_day(start) and is_day(end) and start <= end)
        and action.vintage in VINTAGES
    )


def record_issuance(step: Step, action: RecordIssuance) -> None:
    """Enter the issuance under a new id and its serials into their space."""
    credit = step.state.credits
    issuance = Issuance(
        IssuanceId(step.new_id()),
        action.family,
        action.mechanism,
        action.registry,
        action.project,
        action.project_name_en,
        action.project_name_zh,
        action.methodology,
        action.site_parcels,
        action.activity,
        action.monitoring_start,
        action.monitoring_end,
        action.vintage,
        action.source_category,
        action.source_facility,
        action.league,
        action.ccer_generation,
        credit.space_of(action.space),
        SerialRange(action.serial_lo, action.serial_hi),
    )
    credit.add_issuance(issuance, action.space)
    step.created = issuance.issuance
    step.emit(_recorded(issuance, action.space))


def _recorded(issuance: Issuance, space_name: str) -> IssuanceRecorded:
    return IssuanceRecorded(
        issuance.issuance,
        issuance.family,
        issuance.mechanism,
        issuance.registry,
        issuance.project,
        issuance.project_name_en,
        issuance.project_name_zh,
        issuance.methodology,
        issuance.site_parcels,
        issuance.activity,
        issuance.monitoring_start,
        issuance.monitoring_end,
        issuance.vintage,
        issuance.source_category,
        issuance.source_facility,
        issuance.league,
        issuance.ccer_generation,
        issuance.space,
        space_name,
        issuance.serials,
    )


def refuse_lot(state: ExchangeState, action: AdmitLot) -> Refusal | None:
    """Whether the owner may sell here, the serials are of the issuance and new, and the lock was not used before."""
    owner = state.register.participants.get(action.owner)
    if owner is None:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    issuance = state.credits.issuances.get(action.issuance)
    if issuance is None:
        return Refusal(RejectReason.ISSUANCE_NOT_FOUND)
    if not is_text(action.lock_reference):
        return Refusal(RejectReason.INVALID_FIELD)
    if not owner.may_sell:
        return Refusal(RejectReason.ROLE_CANNOT_SELL)
    refusal = _refuse_serials(action.serial_lo, action.serial_hi)
    if refusal is not None:
        return refusal
    serials = SerialRange(action.serial_lo, action.serial_hi)
    if state.credits.admitted[action.issuance].overlaps(serials):
        return Refusal(RejectReason.SERIALS_OVERLAP)
    if not issuance.serials.contains(serials):
        return Refusal(RejectReason.OUTSIDE_ISSUANCE)
    # One receipt of the registry locks one block; used twice it would vouch for tonnes that nobody locked.
    return Refusal(RejectReason.LOCK_REFERENCE_USED) if state.credits.is_lock_used(action.lock_reference) else None


def admit_lot(step: Step, action: AdmitLot) -> None:
    """Enter the lot, book its tonnes in from the registry and give its owner the first parcel."""
    state = step.state
    issuance = state.credits.issuances[action.issuance]
    serials = SerialRange(action.serial_lo, action.serial_hi)
    lot = Lot(
        LotId(step.new_id()),
        action.issuance,
        issuance.space,
        serials,
        issuance.vintage,
        issuance.basket,
        action.lock_reference,
    )
    state.credits.add_lot(lot)
    step.created = lot.lot
    step.emit(LotAdmitted(lot.lot, lot.issuance, lot.space, serials, action.owner, lot.lock_reference))
    postings: list[Posting] = []
    posting.move(REGISTRY, action.owner, lot.lot, serials.tonnes, postings)
    transaction = step.book(postings)
    shape = state.parcels.admit(lot, action.owner, serials, state.session.day)
    step.emit(ParcelsMoved(transaction, lot.lot, ParticipantId(0), action.owner, (serials,)))
    step.emit(shape)
