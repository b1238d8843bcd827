"""Parcels: who holds which serials of a lot, since when, in which state; they split and merge, and no serial is lost.

The parcels of a lot cover it without gap or overlap at all times. They stand on three shelves. What is *held* can be
sold: it is regional, active and encumbered by nothing, and leaves in the order of serials, lowest first. What is *set
aside* is still on a firm's account, but cannot be sold: it waits for the registry, is about to leave, or is held fast.
What is *gone* is on no firm's account any more. Trading looks at the first shelf alone.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from operator import attrgetter
from typing import Final

from exchange.core.credits.allocation import delivery_order
from exchange.core.credits.lots import Lot
from exchange.core.credits.states import GONE, NOT_LOCKED, Standing
from exchange.core.events.credits import MarketTag, Parcel, ParcelsReshaped, ParcelState
from exchange.core.instruments import Basket
from exchange.core.serials import SerialRange
from exchange.core.values import Day, LotId, ParticipantId, Tonnes

_LO: Final = attrgetter("lo")
_REGIONAL: Final = MarketTag.REGIONAL
_ACTIVE: Final = ParcelState.ACTIVE

Place = tuple[LotId, ParticipantId]
Shelf = dict[Place, list[Parcel]]


def is_sellable(parcel: Parcel) -> bool:
    """Whether a parcel can be sold, used or released: only what is regional, active and not encumbered can."""
    return parcel.state is _ACTIVE and parcel.tag is _REGIONAL and not parcel.encumbered


@dataclass(slots=True)
class Change:
    """What becomes of some serials: their new owner and standing, and how many encumbrances come on or off.

    Where ``standing`` is None they stay in the state that they are in. What is gone is held by no encumbrance any more.
    """

    standing: Standing | None = None
    owner: ParticipantId | None = None
    acquired: Day | None = None
    encumbrances: int = 0

    def of(self, parcel: Parcel, lo: int, hi: int) -> Parcel:
        """The changed parcel over some of a parcel's serials."""
        tag, state = self.standing or (parcel.tag, parcel.state)
        owner = parcel.owner if self.owner is None else self.owner
        acquired = parcel.acquired if self.acquired is None else self.acquired
        encumbered = 0 if state in GONE else parcel.encumbered + self.encumbrances
        return Parcel(lo, hi, owner, acquired, tag, state, encumbered)


@dataclass(slots=True)
class Shape:
    """Which parcels of a lot ceased and which began so far; one that was opened and closed again was never there."""

    closed: dict[int, SerialRange] = field(default_factory=dict)
    opened: dict[int, Parcel] = field(default_factory=dict)

    def told(self, lot: LotId) -> ParcelsReshaped:
        """The event."""
        return ParcelsReshaped(lot, tuple(self.closed.values()), tuple(self.opened.values()))


@dataclass(slots=True)
class Parcels:
    """Every parcel, by (lot, owner) on its shelf; and by owner and basket the lots held, where a sale finds what it can
    deliver. The lots of an owner stand in the order in which the rule delivers them. ``owners`` names all who have
    parcels of a lot.
    """

    held: Shelf = field(default_factory=dict)
    aside: Shelf = field(default_factory=dict)
    gone: Shelf = field(default_factory=dict)
    lots_of: dict[ParticipantId, dict[Basket, list[Lot]]] = field(default_factory=dict)
    owners: dict[LotId, set[ParticipantId]] = field(default_factory=dict)

    def lots_in(self, owner: ParticipantId, basket: Basket) -> Sequence[Lot]:
        """The owner's lots of a basket of which something can be sold, in the order of delivery."""
        baskets = self.lots_of.get(owner)
        return () if baskets is None else baskets.get(basket, ())

    def has(self, lot: LotId, owner: ParticipantId) -> bool:
        """Whether an owner has a tonne of a lot on its account, sellable or not."""
        return (lot, owner) in self.held or (lot, owner) in self.aside

    def not_locked(self, lot: LotId, owner: ParticipantId) -> int:
        """How many of an owner's tonnes of a lot are no units yet: the registry has never locked them for here."""
        return sum(one.hi - one.lo for one in self.aside.get((lot, owner), ()) if (one.tag, one.state) in NOT_LOCKED)

    def admit(
        self, lot: Lot, owner: ParticipantId, serials: SerialRange, day: Day, standing: Standing, encumbered: int
    ) -> ParcelsReshaped:
        """The first parcel of a new lot: all of it."""
        parcel = Parcel(serials.lo, serials.hi, owner, day, *standing, encumbered)
        opened: dict[int, Parcel] = {}
        self._put(lot, parcel, {}, opened)
        return ParcelsReshaped(lot.lot, (), tuple(opened.values()))

    def restore(self, lot: Lot, parcel: Parcel) -> None:
        """Put a parcel back that lies behind all parcels of its lot and owner that are on its shelf."""
        self._list_for(lot, parcel).append(parcel)

    def pieces(
        self, lot: LotId, serials: SerialRange, owner: ParticipantId | None = None
    ) -> Iterator[tuple[Parcel, SerialRange]]:
        """Every parcel, or those of one owner, that lie in these serials of a lot, with the part that does, in order of
        serials. What is not asked for any more is not looked at either.
        """
        owners = self.owners.get(lot, ()) if owner is None else (owner,)
        shelves = (self.held, self.aside, self.gone)
        lists = [shelf[lot, one] for one in owners for shelf in shelves if (lot, one) in shelf]
        return merge(*(_within(parcels, serials) for parcels in lists), key=_first_serial)

    def live(
        self, lot: LotId, serials: SerialRange, owner: ParticipantId | None = None
    ) -> Iterator[tuple[Parcel, SerialRange]]:
        """The same, of what is on a firm's account."""
        return (piece for piece in self.pieces(lot, serials, owner) if piece[0].state not in GONE)

    def sellable(self, lot: LotId, owner: ParticipantId, serials: SerialRange) -> Iterator[SerialRange]:
        """The parts of a range that an owner can sell, in order."""
        return (part for _, part in _within(self.held.get((lot, owner), ()), serials))

    # --- trading -----------------------------------------------------------------------------------------------------

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
            parcels[whole] = opened[cut] = Parcel(cut, hi, owner, parcel.acquired, parcel.tag, parcel.state, 0)
            break
        if whole:
            del parcels[:whole]
            if not parcels:
                self._forget(lot, owner)
        return taken

    def _parcels_of(self, lot: Lot, owner: ParticipantId) -> list[Parcel]:
        """The owner's sellable parcels of a lot, a new list when it had none."""
        parcels = self.held.get((lot.lot, owner))
        if parcels is None:
            parcels = self.held[lot.lot, owner] = []
            self.owners.setdefault(lot.lot, set()).add(owner)
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
        self._leave((lot.lot, owner))

    def _leave(self, place: Place) -> None:
        """Forget an owner of a lot who has no parcel of it on any shelf."""
        if place not in self.held and place not in self.aside and place not in self.gone:
            lot, owner = place
            self.owners[lot].discard(owner)
            if not self.owners[lot]:
                del self.owners[lot]

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
        if at and parcels[at - 1].hi == lo and parcels[at - 1].acquired == day:
            start, lo = at - 1, parcels[at - 1].lo
        if at < len(parcels) and parcels[at].lo == hi and parcels[at].acquired == day:
            end, hi = at + 1, parcels[at].hi
        for neighbour in parcels[start:end]:
            if opened.pop(neighbour.lo, None) is None:
                closed[neighbour.lo] = SerialRange(neighbour.lo, neighbour.hi)
        merged = opened[lo] = Parcel(lo, hi, owner, day, _REGIONAL, _ACTIVE, 0)
        parcels[start:end] = [merged]

    # --- every other change ------------------------------------------------------------------------------------------

    def change(
        self, lot: Lot, serials: SerialRange, change: Change, owner: ParticipantId | None = None
    ) -> tuple[list[tuple[Parcel, Parcel]], ParcelsReshaped]:
        """Change these serials of a lot, wherever they stand or of one owner; the rest of each parcel stays as it was.

        Returns each piece before and after, in order of serials, and how the parcels changed. Only serials that are
        there can be named; that the change is allowed is the caller's to know.
        """
        shape = Shape()
        pieces = self.change_within(shape, lot, serials, change, owner)
        return pieces, shape.told(lot.lot)

    def change_within(
        self, shape: Shape, lot: Lot, serials: SerialRange, change: Change, owner: ParticipantId | None = None
    ) -> list[tuple[Parcel, Parcel]]:
        """The same as one of several changes of a lot that are told together."""
        closed, opened = shape.closed, shape.opened
        found = list(self.pieces(lot.lot, serials, owner))
        # All are taken off first: what is put back could otherwise join one that is still to be changed.
        for parcel, _ in found:
            self._remove(lot, parcel)
            if opened.pop(parcel.lo, None) is None:
                closed[parcel.lo] = SerialRange(parcel.lo, parcel.hi)
        pieces: list[tuple[Parcel, Parcel]] = []
        for parcel, part in found:
            changed = change.of(parcel, part.lo, part.hi)
            rest = [Change().of(parcel, lo, hi) for lo, hi in ((parcel.lo, part.lo), (part.hi, parcel.hi)) if lo < hi]
            for piece in (*rest, changed):
                self._put(lot, piece, closed, opened)
            pieces.append((Change().of(parcel, part.lo, part.hi), changed))
        return pieces

    def _list_for(self, lot: Lot, parcel: Parcel) -> list[Parcel]:
        """The list on whose shelf a parcel belongs."""
        if is_sellable(parcel):
            return self._parcels_of(lot, parcel.owner)
        shelf = self.gone if parcel.state in GONE else self.aside
        self.owners.setdefault(lot.lot, set()).add(parcel.owner)
        return shelf.setdefault((lot.lot, parcel.owner), [])

    def _remove(self, lot: Lot, parcel: Parcel) -> None:
        """Take a parcel off its shelf."""
        parcels = self._list_for(lot, parcel)
        del parcels[bisect_left(parcels, parcel.lo, key=_LO)]
        if not parcels:
            self._clear(lot, parcel)

    def _clear(self, lot: Lot, parcel: Parcel) -> None:
        """Forget an empty list of the shelf that this parcel stood on."""
        if is_sellable(parcel):
            self._forget(lot, parcel.owner)
        else:
            del (self.gone if parcel.state in GONE else self.aside)[lot.lot, parcel.owner]
            self._leave((lot.lot, parcel.owner))

    def _put(self, lot: Lot, parcel: Parcel, closed: dict[int, SerialRange], opened: dict[int, Parcel]) -> None:
        """Put a parcel on its shelf, joined with neighbours that equal it in all but their serials.

        One that was opened on the way was never there.
        """
        parcels = self._list_for(lot, parcel)
        start = end = bisect_left(parcels, parcel.lo, key=_LO)
        if start and _joins(parcels[start - 1], parcel):
            start -= 1
        if end < len(parcels) and _joins(parcels[end], parcel):
            end += 1
        for neighbour in parcels[start:end]:
            if opened.pop(neighbour.lo, None) is None:
                closed[neighbour.lo] = SerialRange(neighbour.lo, neighbour.hi)
            parcel = Change().of(parcel, min(parcel.lo, neighbour.lo), max(parcel.hi, neighbour.hi))
        parcels[start:end] = [parcel]
        opened[parcel.lo] = parcel


def _within(parcels: Sequence[Parcel], serials: SerialRange) -> Iterator[tuple[Parcel, SerialRange]]:
    """The parcels of a list, in order of serials, that lie in a range, with the part that does."""
    at = max(bisect_left(parcels, serials.lo, key=_LO) - 1, 0)
    for place in range(at, len(parcels)):
        parcel = parcels[place]
        if parcel.lo >= serials.hi:
            return
        if serials.lo < parcel.hi:
            yield parcel, SerialRange(max(parcel.lo, serials.lo), min(parcel.hi, serials.hi))


def _first_serial(piece: tuple[Parcel, SerialRange]) -> int:
    return piece[1].lo


def _joins(neighbour: Parcel, parcel: Parcel) -> bool:
    """Whether two parcels are one: they touch and are equal. What is gone for good stays as it was written down."""
    if neighbour.hi != parcel.lo and parcel.hi != neighbour.lo:
        return False
    same = (neighbour.owner, neighbour.acquired, neighbour.tag, neighbour.state, neighbour.encumbered)
    return parcel.state not in GONE and same == (
        parcel.owner,
        parcel.acquired,
        parcel.tag,
        parcel.state,
        parcel.encumbered,
    )
