"""Commands that bring units in: an issuance as a registry recorded it, and lots of it locked for this venue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.values import Day, IssuanceId, ParticipantId, PersonId


class Mechanism(IntEnum):
    """Under which scheme the reduction was certified; NOT_STATED where a source names none (family OTHER_SINK)."""

    NOT_STATED = 0
    CCER = 1
    REGIONAL_QUOTA = 2
    CDM = 3
    BCER = 4
    FFCER = 5
    PHCER = 6
    VCS = 7


class CcerGeneration(IntEnum):
    """Old CCER (before 2017-03-14) cannot be surrendered nationally from 2025 on; NONE for other mechanisms."""

    NONE = 0
    OLD = 1
    NEW = 2


@dataclass(slots=True)
class RecordIssuance:
    """Record an issuance; needs two persons, for a reduction quota the second is the regulator.

    ``space`` names the serial space (registry and programme); ``[serial_lo, serial_hi)`` are the serials, one a tonne.
    ``site_parcels`` are the land or plant parcels and ``activity`` what is done on them, so that one tonne cannot be
    issued twice under different serials.
    """

    actor: PersonId
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
    space: str
    serial_lo: int
    serial_hi: int


@dataclass(slots=True)
class AdmitLot:
    """Admit one serial block of an issuance to this venue for ``owner``; needs two persons.

    ``lock_reference`` is the registry's receipt that the units are locked for this venue; the person who approves reads
    it from the receipt again and enters it too.
    """

    actor: PersonId
    issuance: IssuanceId
    owner: ParticipantId
    serial_lo: int
    serial_hi: int
    lock_reference: str
