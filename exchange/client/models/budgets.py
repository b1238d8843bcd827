"""Carbon budgets of the region and its leagues, and what facilities have to surrender."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A plan of the region (league NONE) or of a league, in tonnes."""

    league: str
    first_year: int
    last_year: int
    planned: int


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a facility has to surrender for a year, and how much CCER may stand for it, in tonnes."""

    facility: str
    year: int
    due: int
    cap: int
    claimed: int
    left: int


@dataclass(frozen=True, slots=True)
class OffsetCap:
    """The same reckoned for one facility and year; None where nothing is due, and then ``why``."""

    facility: str
    year: int
    covered: bool
    recorded: bool
    due: int | None
    cap: int | None
    claimed: int
    left: int | None
    why: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class LeagueLine:
    """One league's account over some years, in tonnes; league NONE is the region."""

    league: str
    first_year: int
    last_year: int
    planned: int | None
    issued: int
    used_at_home: int
    replaced: int
    to_leagues: int
    from_leagues: int
    to_national: int
    to_provinces: int
    replaced_outside: int
    net: int


@dataclass(frozen=True, slots=True)
class LeagueReport:
    """The accounts of the region and the leagues; ``agrees`` is false when the books do not reconcile."""

    first_year: int
    last_year: int
    agrees: bool
    items: tuple[LeagueLine, ...]
