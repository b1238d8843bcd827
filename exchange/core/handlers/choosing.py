"""Choosing the serials that are used or released: those that were named, or the lowest that can be sold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exchange.core.commands.uses import Pick
from exchange.core.events.uses import LotRanges
from exchange.core.handlers.cover import choose_of, choose_tonnes, refuse_foreign_lots
from exchange.core.handlers.scattered import MAX_RANGES
from exchange.core.orders import LotHold
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.serials import SerialRange, first_overlap
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_QUANTITY, InstrumentId, LotId, ParticipantId, Tonnes

Units = tuple[LotRanges, ...]

_TOO_SCATTERED: Final = Refusal(RejectReason.TOO_MANY_RANGES, (("highest", MAX_RANGES),))


def choose_units(
    state: ExchangeState,
    owner: ParticipantId,
    instrument: InstrumentId,
    picks: tuple[Pick, ...],
    quantity: Tonnes,
) -> Units | Refusal:
    """The very serials: as named (then ``quantity`` is their sum), or so many of the named lots or of the instrument."""
    if not 1 <= quantity <= MAX_QUANTITY:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 1), ("highest", MAX_QUANTITY)))
    refusal = _refuse_picks(state, owner, instrument, picks)
    if refusal is not None:
        return refusal
    if picks and picks[0].hi:
        return _named_serials(state, owner, picks, quantity)
    if picks:
        chosen = choose_of(state, owner, (pick.lot for pick in picks), quantity)
    else:
        chosen = choose_tonnes(state, owner, state.listing.basket_of[instrument], (), quantity)
    return chosen if isinstance(chosen, Refusal) else _lowest_serials(state, owner, chosen)


def _refuse_picks(
    state: ExchangeState, owner: ParticipantId, instrument: InstrumentId, picks: tuple[Pick, ...]
) -> Refusal | None:
    """Either picks or an instrument; and of the picks all name serials, or none does and each names another lot."""
    if bool(picks) == bool(instrument) or len(picks) > MAX_NAMED_LOTS:
        return Refusal(RejectReason.INVALID_FIELD)
    if instrument and instrument not in state.listing.instruments:
        return Refusal(RejectReason.INSTRUMENT_NOT_FOUND)
    lots = tuple(pick.lot for pick in picks)
    refusal = refuse_foreign_lots(state, owner, lots)
    if refusal is not None:
        return refusal
    with_serials = [pick for pick in picks if pick.lo or pick.hi]
    well_formed = all(1 <= pick.lo < pick.hi for pick in with_serials)
    mixed = 0 < len(with_serials) < len(picks)
    repeated = not with_serials and len(set(lots)) < len(lots)
    return Refusal(RejectReason.INVALID_FIELD) if mixed or repeated or not well_formed else None


def _named_serials(
    state: ExchangeState, owner: ParticipantId, picks: tuple[Pick, ...], quantity: Tonnes
) -> Units | Refusal:
    """Exactly these serials: all must be there to be sold, and no order may need any of the lot's tonnes for them."""
    by_lot: dict[LotId, list[SerialRange]] = {}
    for pick in picks:
        by_lot.setdefault(pick.lot, []).append(SerialRange(pick.lo, pick.hi))
    for lot, ranges in by_lot.items():
        tonnes = sum(serials.tonnes for serials in ranges)
        there = sum(part.tonnes for serials in ranges for part in _sellable(state, owner, lot, serials))
        if first_overlap(ranges) is not None or there != tonnes:
            return Refusal(RejectReason.UNITS_NOT_THERE)
        available = state.balances.available(owner, lot)
        if tonnes > available:
            return Refusal(RejectReason.INSUFFICIENT_TONNES, (("needed", tonnes), ("available", available)))
    if sum(serials.tonnes for ranges in by_lot.values() for serials in ranges) != quantity:
        return Refusal(RejectReason.QUANTITY_DIFFERS)
    return tuple(LotRanges(lot, tuple(sorted(ranges, key=_lo))) for lot, ranges in sorted(by_lot.items()))


def _sellable(
    state: ExchangeState, owner: ParticipantId, lot: LotId, serials: SerialRange
) -> Iterator[SerialRange]:
    for parcel in state.parcels.held.get((lot, owner), ()):
        lo, hi = max(parcel.lo, serials.lo), min(parcel.hi, serials.hi)
        if lo < hi:
            yield SerialRange(lo, hi)


def _lowest_serials(state: ExchangeState, owner: ParticipantId, chosen: list[LotHold]) -> Units | Refusal:
    """The lowest serials of each lot, as they would be sold."""
    units: list[LotRanges] = []
    count = 0
    for part in chosen:
        ranges = tuple(lowest_serials(state, owner, part.lot, part.quantity))
        count += len(ranges)
        if count > MAX_RANGES:
            return _TOO_SCATTERED
        units.append(LotRanges(part.lot, ranges))
    return tuple(units)


def lowest_serials(
    state: ExchangeState, owner: ParticipantId, lot: LotId, quantity: int
) -> Iterator[SerialRange]:
    """The lowest serials of a lot that an owner can sell, so many tonnes of them."""
    missing = quantity
    for parcel in state.parcels.held[lot, owner]:
        if not missing:
            return
        taken = min(missing, parcel.hi - parcel.lo)
        missing -= taken
        yield SerialRange(parcel.lo, parcel.lo + taken)


def tonnes_of(units: Units) -> Tonnes:
    """How many tonnes some units are."""
    return Tonnes(sum(serials.tonnes for part in units for serials in part.ranges))


def _lo(serials: SerialRange) -> int:
    return serials.lo
