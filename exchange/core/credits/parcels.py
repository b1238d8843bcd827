"""Parcels: who holds which serials of a lot, since when; they split at a sale and merge when equal and adjacent.

The parcels of a lot cover it without gap or overlap at all times. They are kept by (lot, owner) in order of serials,
which is the order in which they leave: lowest first.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from exchange.core.events.credits import MarketTag, Parcel, ParcelsReshaped, ParcelState
from exchange.core.instruments import Basket
from exchange.core.serials import SerialRange
from exchange.core.values import Day, LotId, ParticipantId, Tonnes

_LO: Final = attrgetter("lo")


class _Shape:
    """Collects which parcels a movement closes and opens; one that is opened and closed again was never there."""

    __slots__ = ("closed", "lot", "opened")

    def __init__(self, lot: LotId) -> None:
        self.lot = lot
        self.closed: dict[int, SerialRange] = {}
        self.opened: dict[int, Parcel] = {}

    def close(self, parcel: Parcel) -> None:
        if self.opened.pop(parcel.lo, None) is None:
            self.closed[parcel.lo] = SerialRange(parcel.lo, parcel.hi)

    def open(self, parcel: Parcel) -> None:
        self.opened[parcel.lo] = parcel

    def event(self) -> ParcelsReshaped:
        return ParcelsReshaped(self.lot, tuple(self.closed.values()), tuple(self.opened.values()))


@dataclass(slots=True)
class Parcels:
    """Every parcel, by (lot, owner); and by owner and basket the lots held, where a sale finds what it can deliver."""

    held: dict[tuple[LotId, ParticipantId], list[Parcel]] = field(default_factory=dict)
    lots_of: dict[tuple[ParticipantId, Basket], dict[LotId, None]] = field(default_factory=dict)

    def admit(
        self, lot: LotId, basket: Basket, owner: ParticipantId, serials: SerialRange, day: Day
    ) -> ParcelsReshaped:
        """The first parcel of a new lot: all of it, regional and active."""
        shape = _Shape(lot)
        self._give(shape, basket, owner, serials, day)
        return shape.event()

    def move(
        self, lot: LotId, basket: Basket, source: ParticipantId, target: ParticipantId, quantity: Tonnes, day: Day
    ) -> tuple[tuple[SerialRange, ...], ParcelsReshaped]:
        """Give the ``quantity`` lowest serials of ``source`` to ``target``, who acquires them on ``day``.

        Returns the ranges that moved and how the parcels changed. The source must hold enough (asserted).
        """
        shape = _Shape(lot)
        ranges = self._take(shape, basket, source, quantity)
        for serials in ranges:
            self._give(shape, basket, target, serials, day)
        return tuple(ranges), shape.event()

    def _take(self, shape: _Shape, basket: Basket, owner: ParticipantId, quantity: int) -> list[SerialRange]:
        parcels = self.held[shape.lot, owner]
        taken: list[SerialRange] = []
        whole = 0
        while quantity:
            parcel = parcels[whole]
            shape.close(parcel)
            size = parcel.hi - parcel.lo
            if size <= quantity:
                taken.append(SerialRange(parcel.lo, parcel.hi))
                quantity -= size
                whole += 1
                continue
            cut = parcel.lo + quantity
            taken.append(SerialRange(parcel.lo, cut))
            rest = Parcel(cut, parcel.hi, owner, parcel.acquired, parcel.tag, parcel.state)
            parcels[whole] = rest
            shape.open(rest)
            break
        del parcels[:whole]
        if not parcels:
            self._forget(shape.lot, basket, owner)
        return taken

    def _forget(self, lot: LotId, basket: Basket, owner: ParticipantId) -> None:
        del self.held[lot, owner]
        lots = self.lots_of[owner, basket]
        del lots[lot]
        if not lots:
            del self.lots_of[owner, basket]

    def _give(self, shape: _Shape, basket: Basket, owner: ParticipantId, serials: SerialRange, day: Day) -> None:
        parcels = self.held.setdefault((shape.lot, owner), [])
        self.lots_of.setdefault((owner, basket), {})[shape.lot] = None
        at = bisect_left(parcels, serials.lo, key=_LO)
        lo, hi = serials.lo, serials.hi
        start = end = at
        if at and _merges(parcels[at - 1], hi=lo, day=day):
            start, lo = at - 1, parcels[at - 1].lo
        if at < len(parcels) and _merges(parcels[at], lo=hi, day=day):
            end, hi = at + 1, parcels[at].hi
        for neighbour in parcels[start:end]:
            shape.close(neighbour)
        merged = Parcel(lo, hi, owner, day, MarketTag.REGIONAL, ParcelState.ACTIVE)
        parcels[start:end] = [merged]
        shape.open(merged)


def _merges(parcel: Parcel, day: Day, lo: int = 0, hi: int = 0) -> bool:
    """Whether a neighbour joins the new parcel: it touches it and equals it in all but its serials."""
    return (
        (parcel.lo == lo or parcel.hi == hi)
        and parcel.acquired == day
        and parcel.tag is MarketTag.REGIONAL
        and parcel.state is ParcelState.ACTIVE
    )
