"""Which pick, lot or firm does not fit the others in a request, for refusals that say only that something does not.

The core's own checks are :mod:`exchange.core.handlers.choosing` and ``refuse_naming`` of
:mod:`exchange.core.handlers.cover`. What is found here is told only where they refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from exchange.api.problems import FieldError
from exchange.core.commands.uses import Pick
from exchange.core.values import LotId, ParticipantId, Side


def choice_errors(picks: Sequence[Pick], instrument: int, place: str) -> Iterator[FieldError]:
    """What keeps picks and an instrument from being one choice. There is something when, and only when, the core finds
    the choice ill-formed, but for serials that are none (:func:`serial_errors`).
    """
    if bool(picks) == bool(instrument):
        yield FieldError(f"{place}/picks", "PICKS_OR_INSTRUMENT")
    bare = [number for number, pick in enumerate(picks) if not (pick.lo or pick.hi)]
    if 0 < len(bare) < len(picks):
        yield from (FieldError(f"{place}/picks/{number}", "SERIALS_IN_ALL") for number in bare)
    else:
        yield from (FieldError(f"{place}/picks/{number}", "NAMED_TWICE") for number in _overlapping(picks))


def _overlapping(picks: Sequence[Pick]) -> Iterator[int]:
    """The places of picks that have something in common with the one before them, in the order of the serials."""
    order = sorted(range(len(picks)), key=lambda number: (picks[number].lot, picks[number].lo))
    for before, number in pairwise(order):
        one, other = picks[before], picks[number]
        if one.lot == other.lot and (not one.hi or other.lo < one.hi):
            yield max(before, number)


def serial_errors(picks: Sequence[Pick], place: str) -> Iterator[FieldError]:
    """Which end of a pick's serials is missing, or lies before the other one."""
    for number, pick in enumerate(picks):
        if bool(pick.lo) != bool(pick.hi):
            yield FieldError(f"{place}/picks/{number}/{'serial_hi' if pick.lo else 'serial_lo'}", "MISSING")
        elif pick.hi <= pick.lo and pick.hi:
            yield FieldError(f"{place}/picks/{number}/serial_hi", "ABOVE_SERIAL_LO")


def lot_errors(lots: Sequence[LotId], side: Side, place: str = "", *, issued: bool = True) -> Iterator[FieldError]:
    """Why these lots cannot be named for a sale: only a seller names lots, of units that there are, and each once."""
    if lots and not issued:
        yield FieldError(f"{place}/lots", "NOT_BEFORE_ISSUANCE")
    elif lots and side is Side.BUY:
        yield FieldError(f"{place}/lots", "NOT_OF_BUYER")
    for number, lot in enumerate(lots):
        if lot in lots[:number]:
            yield FieldError(f"{place}/lots/{number}", "NAMED_TWICE")


def counterparty_errors(participant: ParticipantId, counterparty: ParticipantId) -> Iterator[FieldError]:
    """Whether a firm would agree with itself: what is refused then is its role, or that both are of one group."""
    if participant == counterparty:
        yield FieldError("/counterparty", "OWN_FIRM")
