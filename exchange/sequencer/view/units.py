"""Issuances, lots and parcels as committed: which serials stand with whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, Parcel, ParcelsReshaped
from exchange.core.values import IssuanceId, LotId, Micros, ParticipantId, Seq

ParcelsByLo = dict[int, Parcel]


@dataclass(slots=True)
class Units:
    """Every issuance and lot, and the parcels of each lot, by owner too. A parcel is found by its first serial."""

    issuances: dict[IssuanceId, IssuanceRecorded] = field(default_factory=dict)
    lots: dict[LotId, LotAdmitted] = field(default_factory=dict)
    parcels: dict[LotId, ParcelsByLo] = field(default_factory=dict)
    held: dict[ParticipantId, dict[LotId, ParcelsByLo]] = field(default_factory=dict)

    def held_lots(self, owner: ParticipantId) -> list[LotId]:
        """The lots of which an owner has at least one tonne, oldest first."""
        return sorted(self.held.get(owner, {}))

    def parcels_of(self, lot: LotId, owner: ParticipantId) -> Iterator[Parcel]:
        """One owner's parcels of a lot, lowest serial first."""
        mine = self.held.get(owner, {}).get(lot, {})
        for lo in sorted(mine):
            yield mine[lo]

    def on_issuance(self, event: IssuanceRecorded, _seq: Seq, _at: Micros) -> None:
        """An issuance was recorded."""
        self.issuances[event.issuance] = event

    def on_lot(self, event: LotAdmitted, _seq: Seq, _at: Micros) -> None:
        """A lot was admitted; its first parcel follows in the same command."""
        self.lots[event.lot] = event
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
        lots = self.held.get(parcel.owner)
        if lots is None:
            lots = self.held[parcel.owner] = {}
        mine = lots.get(lot)
        if mine is None:
            mine = lots[lot] = {}
        mine[parcel.lo] = parcel

    def _close(self, lot: LotId, parcel: Parcel) -> None:
        lots = self.held[parcel.owner]
        mine = lots[lot]
        del mine[parcel.lo]
        if not mine:
            del lots[lot]
        if not lots:
            del self.held[parcel.owner]
