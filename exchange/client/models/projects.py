"""Projects and their monitoring periods, and the facilities of the national market."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class MonitoringPeriod:
    """What was verified for a monitoring period, and how much of that was issued, in tonnes."""

    monitoring_start: date
    monitoring_end: date
    verified: int
    issued: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project as two persons recorded it. Its estimate (kilograms over years) never becomes units."""

    id: str
    code: str
    family: str
    mechanism: str
    registry: str
    name_en: str
    name_zh: str
    methodology: str
    site_parcels: tuple[str, ...]
    activity: str
    league: str
    source_category: str
    source_facility: str
    ccer_generation: str
    started: date
    crediting_start: date
    crediting_end: date
    estimate_kg: int
    estimate_years: int
    estimate_per_year: Decimal | None
    uniqueness_declaration: str
    periods: tuple[MonitoringPeriod, ...]
    issued: int


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility and its years in the national market; ``covered_from`` is None for one that was never in it,
    ``covered_to`` until further notice.
    """

    code: str
    name_en: str
    name_zh: str
    operating_firm: str
    sector: str
    league: str
    covered_from: int | None
    covered_to: int | None
