"""Issuances, lots and who holds which serials. One serial is one tonne; ranges are half-open: ``hi`` is not in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Issuance:
    """What a registry issued, as two persons recorded it; ``space`` names the serial space that its serials are of."""

    id: str
    family: str
    mechanism: str
    registry: str
    project: str
    project_name_en: str
    project_name_zh: str
    methodology: str
    site_parcels: tuple[str, ...]
    activity: str
    monitoring_start: date
    monitoring_end: date
    vintage: int
    source_category: str
    source_facility: str
    league: str
    ccer_generation: str
    space: str
    serial_lo: int
    serial_hi: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Lot:
    """A serial block of an issuance that is locked for this venue; ``first_owner`` is told to staff and that firm."""

    id: str
    issuance: str
    serial_lo: int
    serial_hi: int
    quantity: int
    first_owner: str | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """Serials of a lot that one owner holds since one day."""

    serial_lo: int
    serial_hi: int
    quantity: int
    acquired: date
    tag: str
    state: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What a participant holds of a lot, in tonnes."""

    lot: str
    family: str
    project: str
    vintage: int
    quantity: int
    held: int
    available: int
    parcels: tuple[Parcel, ...]
