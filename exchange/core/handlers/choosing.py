"""Choosing the serials that are used or released: those that were named, or the lowest that can be sold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from exchange.core.commands.uses import Pick
from exchange.core.events.uses import LotRanges
from exchange.core.handlers.cover import choose_of, choose_tonnes, refuse_foreign_lots
from exchange.core.handlers.projects import MAX_SERIAL
from exchange.core.orders import LotHold
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.serials import SerialRange, first_overlap
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_QUANTITY, InstrumentId, LotId, ParticipantId, Tonnes

Units = tuple[LotRanges, ...]

MAX_RANGES: Final = 500
"""Separate serial ranges of one use or release: about 50 ms until they are written, as long as everybody waits. A sale
may deliver more, but moves them once; what is chosen here can be given back and chosen again for nothing.
"""


def choose_units(
    state: ExchangeState,
    owner: ParticipantId,
    instrument: InstrumentId,
    picks: tuple[Pick, ...],
    quantity: Tonnes,
) -> Units | Refusal:
    """The very serials: as named (then ``quantity`` is their sum), or so many of the named lots or of the instrument.

    What is named must be there (:func:`refuse_unknown`).
    """
    refusal = _refuse_form(instrument, picks) or _refuse_twice(picks)
    if refusal is not None:
        return refusal
    if not 1 <= quantity <= MAX_QUANTITY:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 1), ("highest", MAX_QUANTITY)))
    if picks and picks[0].hi:
        return _named_serials(state, owner, picks, quantity)
    if picks:
        chosen = choose_of(state, owner, (pick.lot for pick in picks), quantity)
    else:
        chosen = choose_tonnes(state, owner, state.listing.basket_of[instrument], (), quantity)
    return chosen if isinstance(chosen, Refusal) else _lowest_serials(state, owner, chosen)


def refuse_unknown(
    state: ExchangeState, owner: ParticipantId, instrument: InstrumentId, picks: tuple[Pick, ...]
) -> Refusal | None:
    """Whether the instrument exists, and the lots are the owner's."""
    if instrument and instrument not in state.listing.instruments:
        return Refusal(RejectReason.INSTRUMENT_NOT_FOUND)
    return refuse_foreign_lots(state, owner, tuple(pick.lot for pick in picks))


def lots_meant(
    state: ExchangeState, owner: ParticipantId, instrument: InstrumentId, picks: tuple[Pick, ...]
) -> list[LotId]:
    """The lots from which serials are to be chosen: the named ones, or the owner's that the instrument trades."""
    if picks:
        return [pick.lot for pick in picks]
    basket = state.listing.basket_of.get(instrument)
    return [] if basket is None else [lot.lot for lot in state.parcels.lots_in(owner, basket)]


def _refuse_form(instrument: InstrumentId, picks: tuple[Pick, ...]) -> Refusal | None:
    """Either picks or an instrument; and of the picks all name serials, or none does and each names another lot."""
    either = bool(picks) != bool(instrument) and len(picks) <= MAX_NAMED_LOTS
    with_serials = [pick for pick in picks if pick.lo or pick.hi]
    well_formed = all(1 <= pick.lo < pick.hi <= MAX_SERIAL for pick in with_serials)
    mixed = 0 < len(with_serials) < len(picks)
    repeated = not with_serials and len({pick.lot for pick in picks}) < len(picks)
    if not either or mixed or repeated:
        return Refusal(RejectReason.INVALID_FIELD)
    return None if well_formed else Refusal(RejectReason.SERIALS_INVALID)


def _refuse_twice(picks: tuple[Pick, ...]) -> Refusal | None:
    """No serial is named in two picks; each would be counted twice, and there is one tonne of it."""
    twice = any(first_overlap(ranges) is not None for ranges in _by_lot(picks).values())
    return Refusal(RejectReason.INVALID_FIELD) if twice else None


def _by_lot(picks: tuple[Pick, ...]) -> dict[LotId, list[SerialRange]]:
    """The serials that are named of each lot."""
    by_lot: dict[LotId, list[SerialRange]] = {}
    for pick in picks:
        by_lot.setdefault(pick.lot, []).append(SerialRange(pick.lo, pick.hi))
    return by_lot


def _named_serials(
    state: ExchangeState, owner: ParticipantId, picks: tuple[Pick, ...], quantity: Tonnes
) -> Units | Refusal:
    """Exactly these serials: all must be there to be sold, and no order may need any of the lot's tonnes for them."""
    by_lot = _by_lot(picks)
    named = sum(pick.hi - pick.lo for pick in picks)
    if named != quantity:
        return Refusal(RejectReason.QUANTITY_DIFFERS, (("quantity", quantity), ("named", named)))
    refusal = _refuse_named(state, owner, by_lot)
    if refusal is not None:
        return refusal
    return tuple(LotRanges(lot, tuple(sorted(ranges, key=_lo))) for lot, ranges in sorted(by_lot.items()))


def _refuse_named(state: ExchangeState, owner: ParticipantId, by_lot: dict[LotId, list[SerialRange]]) -> Refusal | None:
    """Whether the owner can do without each of these serials, and they lie in no more pieces than an entry may move."""
    tonnes = {lot: sum(serials.tonnes for serials in ranges) for lot, ranges in by_lot.items()}
    found = {lot: _sellable(state, owner, lot, ranges) for lot, ranges in by_lot.items()}
    # No more pieces are looked at than may be moved, so whether all are there is not known where there are more.
    if sum(map(len, found.values())) > MAX_RANGES:
        return _too_scattered()
    for lot, ranges in by_lot.items():
        if sum(part.tonnes for part in found[lot]) != tonnes[lot]:
            return _not_there(state, owner, lot, _first_missing(ranges, found[lot]))
    for lot, needed in tonnes.items():
        available = state.balances.available(owner, lot)
        if needed > available:
            held = state.balances.held(owner, lot)
            facts = (("lot", lot), ("needed", needed), ("available", available), ("held", held))
            return Refusal(RejectReason.INSUFFICIENT_TONNES, facts)
    return None


def _not_there(state: ExchangeState, owner: ParticipantId, lot: LotId, serial: int) -> Refusal:
    """A serial that cannot be had, and how many encumbrances hold it where it is the owner's own."""
    own = state.parcels.live(lot, SerialRange(serial, serial + 1), owner)
    held = sum(parcel.encumbered for parcel, _ in own)
    if not held:
        return Refusal(RejectReason.UNITS_NOT_THERE, (("serial", serial),))
    return Refusal(RejectReason.UNITS_NOT_THERE, (("serial", serial), ("encumbrances", held)))


def _first_missing(ranges: list[SerialRange], found: list[SerialRange]) -> int:
    """The first of some serials that is not among those found; of neither is any named twice."""
    parts = iter(sorted(found, key=_lo))
    for serials in sorted(ranges, key=_lo):
        at = serials.lo
        while at < serials.hi:
            part = next(parts, None)
            if part is None or part.lo != at:
                return at
            at = part.hi
    raise AssertionError("all of them are there")


def _too_scattered() -> Refusal:
    return Refusal(RejectReason.TOO_MANY_RANGES, (("highest", MAX_RANGES),))


def _sellable(state: ExchangeState, owner: ParticipantId, lot: LotId, ranges: list[SerialRange]) -> list[SerialRange]:
    parts = (part for serials in ranges for part in state.parcels.sellable(lot, owner, serials))
    return list(islice(parts, MAX_RANGES + 1))


def _lowest_serials(state: ExchangeState, owner: ParticipantId, chosen: list[LotHold]) -> Units | Refusal:
    """The lowest serials of each lot, as they would be sold."""
    units: list[LotRanges] = []
    count = 0
    for part in chosen:
        ranges = tuple(lowest_serials(state, owner, part.lot, part.quantity))
        count += len(ranges)
        if count > MAX_RANGES:
            return _too_scattered()
        units.append(LotRanges(part.lot, ranges))
    return tuple(units)


def lowest_serials(state: ExchangeState, owner: ParticipantId, lot: LotId, quantity: int) -> Iterator[SerialRange]:
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
