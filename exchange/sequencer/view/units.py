"""Issuances, lots and parcels as committed: which serials stand with whom, and which went where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nsmallest

from exchange.core.credits.parcels import is_sellable
from exchange.core.credits.spelling import folded_space
from exchange.core.credits.states import GONE
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, Parcel, ParcelsReshaped
from exchange.core.serials import RangeSet, SerialRange
from exchange.core.values import IssuanceId, LotId, Micros, ParticipantId, Seq

ParcelsByLo = dict[int, Parcel]
Shelf = dict[ParticipantId, dict[LotId, ParcelsByLo]]


@dataclass(slots=True)
class Aside:
    """How many tonnes of a lot an owner has and cannot sell: held fast by an encumbrance, or waiting for something."""

    encumbered: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Units:
    """Every issuance and lot, and the parcels of each lot, by owner too. A parcel is found by its first serial.

    ``held`` has what is on a firm's account, ``gone`` what was there last and went, which ``gone_tonnes`` adds up for
    each lot and ``gone_serials`` has without owners, so that nobody who asks for some serials looks at all parcels.
    Lots are found by their issuance, and by the folded name of their serial space, too; ``spellings`` has each folded
    name as it was first written.
    """

    issuances: dict[IssuanceId, IssuanceRecorded] = field(default_factory=dict)
    lots: dict[LotId, LotAdmitted] = field(default_factory=dict)
    of_issuance: dict[IssuanceId, list[LotId]] = field(default_factory=dict)
    of_space: dict[str, list[LotId]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    parcels: dict[LotId, ParcelsByLo] = field(default_factory=dict)
    held: Shelf = field(default_factory=dict)
    gone: Shelf = field(default_factory=dict)
    gone_tonnes: dict[LotId, int] = field(default_factory=dict)
    gone_serials: dict[LotId, RangeSet] = field(default_factory=dict)

    def held_lots(self, owner: ParticipantId) -> list[LotId]:
        """The lots of which an owner has at least one tonne, oldest first."""
        return sorted(self.held.get(owner, {}))

    def parcels_of(self, lot: LotId, owner: ParticipantId) -> Iterator[Parcel]:
        """One owner's parcels of a lot, lowest serial first."""
        mine = self.held.get(owner, {}).get(lot, {})
        for lo in sorted(mine):
            yield mine[lo]

    def knows(self, lot: LotId, owner: ParticipantId) -> bool:
        """Whether an owner has, or had last, a tonne of a lot."""
        return lot in self.held.get(owner, {}) or lot in self.gone.get(owner, {})

    def known_lots(self, owner: ParticipantId) -> list[LotId]:
        """The lots of which an owner has a tonne, or had the last one that went; oldest first."""
        return sorted({*self.held.get(owner, {}), *self.gone.get(owner, {})})

    def parcels_behind(self, lot: LotId, owner: ParticipantId | None, lo: int, count: int) -> list[Parcel]:
        """The next parcels of a lot behind one that begins at ``lo``, or of those that one owner has or had last, by
        serial. A lot may have very many, so they are looked through and not put in order.
        """
        parcels = self.parcels[lot]
        if owner is not None:
            parcels = self.held.get(owner, {}).get(lot, {}) | self.gone.get(owner, {}).get(lot, {})
        return [parcels[first] for first in nsmallest(count, (first for first in parcels if first > lo))]

    def aside(self, lot: LotId, owner: ParticipantId) -> Aside:
        """What an owner has of a lot and cannot sell. What is encumbered counts as that, whatever else it waits for."""
        aside = Aside()
        for parcel in self.held.get(owner, {}).get(lot, {}).values():
            if parcel.encumbered:
                aside.encumbered += parcel.hi - parcel.lo
            elif not is_sellable(parcel):
                aside.waiting += parcel.hi - parcel.lo
        return aside

    def spent(self, lot: LotId, lo: int = 0, hi: int = 0) -> int:
        """How many tonnes of a lot, or of the serials ``lo`` to ``hi - 1``, are on no account here any more."""
        if not hi:
            return self.gone_tonnes.get(lot, 0)
        gone = self.gone_serials.get(lot)
        return 0 if gone is None else sum(part.tonnes for part in gone.within(SerialRange(lo, hi)))

    def on_issuance(self, event: IssuanceRecorded, _seq: Seq, _at: Micros) -> None:
        """An issuance was recorded."""
        self.issuances[event.issuance] = event
        self.spellings.setdefault(folded_space(event.space_name), event.space_name)

    def on_lot(self, event: LotAdmitted, _seq: Seq, _at: Micros) -> None:
        """A lot was admitted; its first parcel follows in the same command."""
        self.lots[event.lot] = event
        self.of_issuance.setdefault(event.issuance, []).append(event.lot)
        self.of_space.setdefault(folded_space(self.issuances[event.issuance].space_name), []).append(event.lot)
        self.parcels.setdefault(event.lot, {})

    def on_reshaped(self, event: ParcelsReshaped, _seq: Seq, _at: Micros) -> None:
        """Parcels ceased and others began over the same serials."""
        parcels = self.parcels[event.lot]
        for serials in event.closed:
            self._close(event.lot, parcels.pop(serials.lo))
        for parcel in event.opened:
            self.open(event.lot, parcel)

    def open(self, lot: LotId, parcel: Parcel) -> None:
        """Enter a parcel in its lot and with its owner."""
        self.parcels[lot][parcel.lo] = parcel
        shelf = self._shelf(parcel)
        if shelf is self.gone:
            self.gone_tonnes[lot] = self.gone_tonnes.get(lot, 0) + parcel.hi - parcel.lo
            self.gone_serials.setdefault(lot, RangeSet()).add(SerialRange(parcel.lo, parcel.hi))
        lots = shelf.get(parcel.owner)
        if lots is None:
            lots = shelf[parcel.owner] = {}
        mine = lots.get(lot)
        if mine is None:
            mine = lots[lot] = {}
        mine[parcel.lo] = parcel

    def _shelf(self, parcel: Parcel) -> Shelf:
        return self.gone if parcel.state in GONE else self.held

    def _close(self, lot: LotId, parcel: Parcel) -> None:
        shelf = self._shelf(parcel)
        if shelf is self.gone:
            self.gone_tonnes[lot] -= parcel.hi - parcel.lo
            self.gone_serials[lot].remove(SerialRange(parcel.lo, parcel.hi))
        lots = shelf[parcel.owner]
        mine = lots[lot]
        del mine[parcel.lo]
        if not mine:
            del lots[lot]
        if not lots:
            del shelf[parcel.owner]
