"""Commands about where units come from: projects, the facilities that they must not come from, and issuances.

All of them are proposed by one person and approved by another; what concerns reduction quota and facilities of the
national market is approved by the regulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.values import ClaimId, Day, PersonId, ProjectId, Tonnes


class Mechanism(IntEnum):
    """Under which scheme the reduction was certified; NOT_STATED where a source names none, OTHER where this list does
    not (both of the family OTHER_SINK).
    """

    NOT_STATED = 0
    CCER = 1
    REGIONAL_QUOTA = 2
    CDM = 3
    BCER = 4
    FFCER = 5
    PHCER = 6
    VCS = 7
    GOLD_STANDARD = 8
    CAR = 9
    ACR = 10
    OTHER = 11


class CcerGeneration(IntEnum):
    """Old CCER (before 2017-03-14) cannot be surrendered nationally from 2025 on; NONE for other mechanisms."""

    NONE = 0
    OLD = 1
    NEW = 2


class Activity(IntEnum):
    """What is done on a parcel of land or in a plant.

    A closed list, because guard 2 compares it: a free text could be spelt in a second way, and the same tonne would be
    issued again under it. What takes carbon up on land comes first, for that is one ground (:data:`LAND_SINKS`).
    """

    AFFORESTATION = 1
    FOREST_MANAGEMENT = 2
    GRASSLAND = 3
    WETLAND = 4
    MINE_RESTORATION = 5
    ENERGY_SAVING = 6
    CAPACITY_RETIREMENT = 7
    ENERGY_MIX = 8
    CARBON_CAPTURE = 9
    RENEWABLE_ENERGY = 10
    METHANE = 11
    OTHER = 12


LAND_SINKS: Final = (
    Activity.AFFORESTATION,
    Activity.FOREST_MANAGEMENT,
    Activity.GRASSLAND,
    Activity.WETLAND,
    Activity.MINE_RESTORATION,
)
"""The activities by which land takes carbon up. One place does so once, whatever it is called there."""


class Sector(IntEnum):
    """The sectors of the national emissions trading market (power from 2021, the others from the year 2024)."""

    POWER = 1
    STEEL = 2
    CEMENT = 3
    ALUMINIUM = 4
    OTHER = 5


@dataclass(slots=True)
class ProjectTerms:
    """What a project is.

    ``site_parcels`` are paths from the larger to the smaller unit (``INM/HULUNBUIR/GENHE/F03/012/03``, 林场/林班/小班),
    ``activity`` is what is done there. ``estimate_kg`` over ``estimate_years`` is what the project expects: recorded,
    and never units (rule UNIT). ``uniqueness_declaration`` names the document in which the owner declares that the
    reductions take part in no other mechanism (唯一性, M10 and M48); a CCER project has one.
    """

    code: str
    family: Family
    mechanism: Mechanism
    registry: str
    name_en: str
    name_zh: str
    methodology: str
    site_parcels: tuple[str, ...]
    activity: Activity
    league: League
    source_category: SourceCategory
    source_facility: str
    ccer_generation: CcerGeneration
    started: Day
    crediting_start: Day
    crediting_end: Day
    estimate_kg: int
    estimate_years: int
    uniqueness_declaration: str


@dataclass(slots=True)
class RegisterProject:
    """Record a project; nothing can be issued for what is not a project. Needs two persons."""

    actor: PersonId
    terms: ProjectTerms


@dataclass(slots=True)
class RecordIssuance:
    """Record that a registry issued serials ``[serial_lo, serial_hi)`` for a monitoring period of a project.

    The period lies inside one calendar year, which is the vintage. ``verified`` is what the verification report says of
    the whole period; all issuances of the period name the same figure and sum to no more. ``applied_on`` is the day of
    the application for issuance (M17). ``space`` names the serial space (registry and programme), ``serial_text`` how
    the registry writes a range, with ``{lo}`` and ``{hi}`` in the places of the numbers. ``converted`` is the
    cancelled CCER claim that a quota of the category ECOSYSTEM_SINK is issued against, 0 for everything else.
    """

    actor: PersonId
    project: ProjectId
    monitoring_start: Day
    monitoring_end: Day
    verified: Tonnes
    applied_on: Day
    space: str
    serial_text: str
    serial_lo: int
    serial_hi: int
    converted: ClaimId


@dataclass(slots=True)
class FacilityTerms:
    """A facility and whether it is in the national market: from year ``covered_from`` to ``covered_to`` (0: and ever
    since), or never (``covered_from`` 0).

    Such a facility cannot yield regional quota for those years, nor have quota used for it (rules ETS-SOURCE and
    ETS-BUYER). ``operating_firm`` is the code (统一社会信用代码) of the firm that runs it: a covered facility is found
    by it under another name, too. A firm's other facilities are entered so that it can name them.
    """

    code: str
    name_en: str
    name_zh: str
    operating_firm: str
    sector: Sector
    league: League
    covered_from: int
    covered_to: int


@dataclass(slots=True)
class SetFacility:
    """Enter a facility of the national market or change what is known of it; the regulator approves."""

    actor: PersonId
    terms: FacilityTerms
