"""What happens to issuances, lots and parcels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.credits import CcerGeneration, Mechanism
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.serials import SerialRange
from exchange.core.values import Day, IssuanceId, LotId, ParticipantId, SpaceId, TransactionId


class MarketTag(IntEnum):
    """Which market a unit is in; what is tagged NATIONAL cannot be sold here."""

    REGIONAL = 1
    NATIONAL = 2


class ParcelState(IntEnum):
    """Where a parcel stands in its life; only ACTIVE and REGIONAL can be sold. Later states come with the registry."""

    ACTIVE = 1


@dataclass(slots=True)
class Parcel:
    """Serials ``[lo, hi)`` of a lot that one owner holds since one day under one tag and state."""

    lo: int
    hi: int
    owner: ParticipantId
    acquired: Day
    tag: MarketTag
    state: ParcelState


@dataclass(slots=True)
class IssuanceRecorded:
    """An issuance was recorded after two persons agreed."""

    issuance: IssuanceId
    family: Family
    mechanism: Mechanism
    registry: str
    project: str
    project_name_en: str
    project_name_zh: str
    methodology: str
    site_parcels: tuple[str, ...]
    activity: str
    monitoring_start: Day
    monitoring_end: Day
    vintage: int
    source_category: SourceCategory
    source_facility: str
    league: League
    ccer_generation: CcerGeneration
    space: SpaceId
    space_name: str
    serials: SerialRange


@dataclass(slots=True)
class LotAdmitted:
    """A serial block was admitted to this venue; it is an asset of the ledger from here on."""

    lot: LotId
    issuance: IssuanceId
    space: SpaceId
    serials: SerialRange
    owner: ParticipantId
    lock_reference: str


@dataclass(slots=True)
class ParcelsMoved:
    """Serials of a lot went from one owner to another in a ledger transaction (0: brought in from the registry)."""

    transaction: TransactionId
    lot: LotId
    source: ParticipantId
    target: ParticipantId
    ranges: tuple[SerialRange, ...]


@dataclass(slots=True)
class ParcelsReshaped:
    """Which parcels of a lot ceased and which began: splits, merges and changes of owner, all serials accounted for."""

    lot: LotId
    closed: tuple[SerialRange, ...]
    opened: tuple[Parcel, ...]
