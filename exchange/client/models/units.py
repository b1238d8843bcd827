"""Issuances, lots and who holds which serials. One serial is one tonne; ranges are half-open: ``hi`` is not in them.

``serial_text`` is a range as its registry writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Issuance:
    """What a registry issued for a monitoring period of a project; ``space`` names the serial space that it is of.

    ``converted`` is the use that a quota of an ecosystem sink was issued against.
    """

    id: str
    project: str
    project_code: str
    family: str
    mechanism: str
    registry: str
    monitoring_start: date
    monitoring_end: date
    verified: int
    applied_on: date
    vintage: int
    space: str
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    converted: str | None


@dataclass(frozen=True, slots=True)
class Lot:
    """A serial block of an issuance that was admitted here; ``first_owner`` and ``lock_reference`` are told to staff
    and that firm.
    """

    id: str
    issuance: str
    project: str
    project_code: str
    family: str
    vintage: int
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    first_owner: str | None
    lock_reference: str | None


@dataclass(frozen=True, slots=True)
class UnitRange:
    """Serials of a lot."""

    lot: str
    serial_lo: int
    serial_hi: int
    serial_text: str | None
    quantity: int


@dataclass(frozen=True, slots=True)
class LotParcel:
    """Serials of a lot that stand in one place; ``owner`` has them, or had them last where they are gone."""

    lot: str
    serial_lo: int
    serial_hi: int
    serial_text: str | None
    quantity: int
    owner: str
    acquired: date
    tag: str
    state: str
    encumbered: int
    encumbrances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Serials of a lot that one owner holds since one day; ``encumbered`` counts what holds them fast."""

    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    acquired: date
    tag: str
    state: str
    encumbered: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What a participant holds of a lot, in tonnes: ``quantity`` is the sum of the other four."""

    lot: str
    family: str
    project: str
    vintage: int
    quantity: int
    held: int
    set_aside: int
    encumbered: int
    available: int
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """A step that units can take; what comes before is None for units that are new here."""

    tag_before: str | None
    state_before: str | None
    tag: str
    state: str
    cause: str


@dataclass(frozen=True, slots=True)
class AskedLock:
    """The requests that were made to the registry to lock what it had refused."""

    lot: str
    requests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that serials of a lot took, and what made them: ``subject`` is a lot, request, use or release."""

    seq: int
    n: int
    at: datetime
    owner: str
    serial_lo: int
    serial_hi: int
    quantity: int
    tag_before: str | None
    state_before: str | None
    tag: str
    state: str
    cause: str
    subject: str


@dataclass(frozen=True, slots=True)
class Tenure:
    """Serials that a firm held or holds: since when and from whom, until when and how they left. The last four are None
    while it holds them; ``went_to`` is None too where they are gone.
    """

    participant: str
    participant_code: str
    lot: str
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    since: datetime
    since_seq: int
    came_from: str
    until: datetime | None
    until_seq: int | None
    left: str | None
    went_to: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Serials that went from ``source`` to ``target``, who holds them from then on: firms, REGISTRY for what came in,
    GONE for what was used or released.
    """

    seq: int
    n: int
    at: datetime
    transaction: str
    source: str
    source_code: str
    target: str
    target_code: str
    serial_lo: int
    serial_hi: int
    quantity: int
