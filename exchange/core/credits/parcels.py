"""Parcels: who holds which serials of a lot, since when; they split at a sale and merge when equal and adjacent.

The parcels of a lot cover it without gap or overlap at all times. They are kept by (lot, owner) in order of serials,
which is the order in which they leave: lowest first.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from exchange.core.credits.allocation import delivery_order
from exchange.core.credits.lots import Lot
from exchange.core.events.credits import MarketTag, Parcel, ParcelsReshaped, ParcelState
from exchange.core.instruments import Basket
from exchange.core.serials import SerialRange
from exchange.core.values import Day, LotId, ParticipantId, Tonnes

_LO: Final = attrgetter("lo")
_REGIONAL: Final = MarketTag.REGIONAL
_ACTIVE: Final = ParcelState.ACTIVE


@dataclass(slots=True)
class Parcels:
    """Every parcel, by (lot, owner); and by owner and basket the lots held, where a sale finds what it can deliver.

    The lots of an owner stand in the order in which the rule delivers them.
    """

    held: dict[tuple[LotId, ParticipantId], list[Parcel]] = field(default_factory=dict)
    lots_of: dict[ParticipantId, dict[Basket, list[Lot]]] = field(default_factory=dict)

    def lots_in(self, owner: ParticipantId, basket: Basket) -> Sequence[Lot]:
        """The owner's lots of a basket, in the order of delivery."""
        baskets = self.lots_of.get(owner)
        return () if baskets is None else baskets.get(basket, ())

    def admit(self, lot: Lot, owner: ParticipantId, serials: SerialRange, day: Day) -> ParcelsReshaped:
        """The first parcel of a new lot: all of it, regional and active."""
        opened: dict[int, Parcel] = {}
        self._give(lot, owner, serials, day, {}, opened)
        return ParcelsReshaped(lot.lot, (), tuple(opened.values()))

    def restore(self, lot: Lot, parcel: Parcel) -> None:
        """Put a parcel back that lies behind all parcels of its lot and owner that are there."""
        self._parcels_of(lot, parcel.owner).append(parcel)

    def move(
        self, lot: Lot, source: ParticipantId, target: ParticipantId, quantity: Tonnes, day: Day
    ) -> tuple[tuple[SerialRange, ...], ParcelsReshaped]:
        """Give the ``quantity`` lowest serials of ``source`` to ``target``, who acquires them on ``day``.

        Returns the ranges that moved and how the parcels changed, where one that was opened and closed again on the way
        was never there. The source must hold enough (asserted).
        """
        closed: dict[int, SerialRange] = {}
        opened: dict[int, Parcel] = {}
        ranges = self._take(lot, source, quantity, closed, opened)
        for serials in ranges:
            self._give(lot, target, serials, day, closed, opened)
        return tuple(ranges), ParcelsReshaped(lot.lot, tuple(closed.values()), tuple(opened.values()))

    def _take(
        self, lot: Lot, owner: ParticipantId, quantity: int, closed: dict[int, SerialRange], opened: dict[int, Parcel]
    ) -> list[SerialRange]:
        parcels = self.held[lot.lot, owner]
        taken: list[SerialRange] = []
        whole = 0
        while quantity:
            parcel = parcels[whole]
            lo, hi = parcel.lo, parcel.hi
            closed[lo] = SerialRange(lo, hi)
            size = hi - lo
            if size <= quantity:
                taken.append(SerialRange(lo, hi))
                quantity -= size
                whole += 1
                continue
            cut = lo + quantity
            taken.append(SerialRange(lo, cut))
            parcels[whole] = opened[cut] = Parcel(cut, hi, owner, parcel.acquired, parcel.tag, parcel.state)
            break
        if whole:
            del parcels[:whole]
            if not parcels:
                self._forget(lot, owner)
        return taken

    def _parcels_of(self, lot: Lot, owner: ParticipantId) -> list[Parcel]:
        """The owner's parcels of a lot, a new list when it had none."""
        parcels = self.held.get((lot.lot, owner))
        if parcels is None:
            parcels = self.held[lot.lot, owner] = []
            insort(self.lots_of.setdefault(owner, {}).setdefault(lot.basket, []), lot, key=delivery_order)
        return parcels

    def _forget(self, lot: Lot, owner: ParticipantId) -> None:
        del self.held[lot.lot, owner]
        baskets = self.lots_of[owner]
        lots = baskets[lot.basket]
        lots.remove(lot)
        if not lots:
            del baskets[lot.basket]
        if not baskets:
            del self.lots_of[owner]

    def _give(
        self,
        lot: Lot,
        owner: ParticipantId,
        serials: SerialRange,
        day: Day,
        closed: dict[int, SerialRange],
        opened: dict[int, Parcel],
    ) -> None:
        parcels = self._parcels_of(lot, owner)
        lo, hi = serials.lo, serials.hi
        # Lots are sold from their lowest serial on, so what somebody gets mostly lies behind all that he has.
        at = bisect_left(parcels, lo, key=_LO) if parcels and parcels[-1].lo > lo else len(parcels)
        start = end = at
        if at and _merges(parcels[at - 1], hi=lo, day=day):
            start, lo = at - 1, parcels[at - 1].lo
        if at < len(parcels) and _merges(parcels[at], lo=hi, day=day):
            end, hi = at + 1, parcels[at].hi
        for neighbour in parcels[start:end]:
            if opened.pop(neighbour.lo, None) is None:
                closed[neighbour.lo] = SerialRange(neighbour.lo, neighbour.hi)
        merged = opened[lo] = Parcel(lo, hi, owner, day, _REGIONAL, _ACTIVE)
        parcels[start:end] = [merged]


def _merges(parcel: Parcel, day: Day, lo: int = 0, hi: int = 0) -> bool:
    """Whether a neighbour joins the new parcel: it touches it and equals it in all but its serials."""
    return (
        (parcel.lo == lo or parcel.hi == hi)
        and parcel.acquired == day
        and parcel.tag is _REGIONAL
        and parcel.state is _ACTIVE
    )
