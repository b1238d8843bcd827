"""Projects, their sites and monitoring periods; guard (2): one tonne of one place is not issued twice.

Serials cannot show that two registries issued the same tonne, since each has its own. What they share is the ground: a
parcel of land, or a plant, with what is done there, in a time. Over all projects, mechanisms and registries no two
monitoring periods of one parcel and group of activities may overlap, and a parcel inside another one is part of it.

All that land does to take carbon up is one group: a forest that is managed under one mechanism and planted under
another is one forest. Every other activity is a group of its own, and OTHER, which may be anything, is in all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.instruments import Family
from exchange.core.commands.projects import LAND_SINKS, Activity, FacilityTerms, ProjectTerms
from exchange.core.credits.spelling import folded
from exchange.core.values import Day, ProjectId, Tonnes

YEAR: Final = 10_000
"""A day over this is its year."""

SEPARATOR: Final = "/"
_FULL_WIDTH_SEPARATOR: Final = "／"

Path = tuple[str, ...]
"""A site parcel as the folded names on the way to it, the largest unit first."""

Group = Activity
"""A group of activities that make the same tonnes, as the first one in it."""

_GROUPS: Final[dict[Activity, tuple[Group, ...]]] = {
    one: (LAND_SINKS[0] if one in LAND_SINKS else one,) for one in Activity if one is not Activity.OTHER
}


def groups_of(activity: Activity) -> tuple[Group, ...]:
    """Which groups an activity is in."""
    return _GROUPS.get(activity) or tuple(dict.fromkeys(group for (group,) in _GROUPS.values()))


@dataclass(slots=True)
class Project:
    """One project as two persons recorded it."""

    project: ProjectId
    terms: ProjectTerms


def covers(facility: FacilityTerms, year: int) -> bool:
    """Whether a facility is inside the national market in a year."""
    return 0 < facility.covered_from <= year and (facility.covered_to == 0 or year <= facility.covered_to)


@dataclass(slots=True)
class Period:
    """A monitoring period of a project: what was verified for it and how much of that was issued."""

    project: ProjectId
    start: Day
    end: Day
    verified: Tonnes
    issued: Tonnes


@dataclass(slots=True)
class _Taken:
    """Disjoint periods in order of their first days, both ends included, each with the project that has it."""

    starts: list[Day] = field(default_factory=list)
    ends: list[Day] = field(default_factory=list)
    projects: list[ProjectId] = field(default_factory=list)

    def overlapping(self, start: Day, end: Day) -> ProjectId | None:
        at = bisect_right(self.starts, end) - 1
        return self.projects[at] if at >= 0 and self.ends[at] >= start else None

    def add(self, project: ProjectId, start: Day, end: Day) -> None:
        at = bisect_right(self.starts, start)
        self.starts.insert(at, start)
        self.ends.insert(at, end)
        self.projects.insert(at, project)


def path_of(site_parcel: str) -> Path:
    """The folded way to a site parcel; empty names on it say nothing and are left out."""
    names = site_parcel.replace(_FULL_WIDTH_SEPARATOR, SEPARATOR).split(SEPARATOR)
    return tuple(name for name in map(folded, names) if name)


@dataclass(slots=True)
class Ground:
    """Which periods are taken at each place: ``at`` by the parcels themselves, ``below`` by parcels inside of them.

    Parcels below one place need not be disjoint in time, as they are different ground, so below it each is kept alone.
    """

    at: dict[tuple[Group, Path], _Taken] = field(default_factory=dict)
    below: dict[tuple[Group, Path], set[Path]] = field(default_factory=dict)

    def taken_by(self, activity: Activity, path: Path, start: Day, end: Day) -> ProjectId | None:
        """The project that has a period there, above or below it, that overlaps ``start`` to ``end``; None if none."""
        for group in groups_of(activity):
            for place in self._around(group, path):
                taken = self.at.get((group, place))
                found = taken.overlapping(start, end) if taken is not None else None
                if found is not None:
                    return found
        return None

    def _around(self, group: Group, path: Path) -> Iterator[Path]:
        """The place itself, those that it lies in, and those that lie in it."""
        yield from (path[:length] for length in range(1, len(path) + 1))
        yield from sorted(self.below.get((group, path), ()))

    def take(self, project: ProjectId, activity: Activity, path: Path, start: Day, end: Day) -> None:
        """Take a period at a place; it must be free."""
        for group in groups_of(activity):
            self.at.setdefault((group, path), _Taken()).add(project, start, end)
            for length in range(1, len(path)):
                self.below.setdefault((group, path[:length]), set()).add(path)


@dataclass(slots=True)
class Projects:
    """All projects, by id and by folded code, their periods, the ground that these take, and the facilities."""

    projects: dict[ProjectId, Project] = field(default_factory=dict)
    codes: dict[str, ProjectId] = field(default_factory=dict)
    periods: dict[tuple[ProjectId, Day, Day], Period] = field(default_factory=dict)
    ground: Ground = field(default_factory=Ground)
    facilities: dict[str, FacilityTerms] = field(default_factory=dict)

    def add(self, project: Project) -> None:
        """Enter a project; its code must be new."""
        self.projects[project.project] = project
        self.codes[folded(project.terms.code)] = project.project

    def overlapping(self, project: Project, start: Day, end: Day) -> ProjectId | None:
        """Who has a period on this project's ground that overlaps another one than exactly this of its own."""
        if (project.project, start, end) in self.periods:
            return None
        for parcel in project.terms.site_parcels:
            found = self.ground.taken_by(project.terms.activity, path_of(parcel), start, end)
            if found is not None:
                return found
        return None

    def period_of(self, project: Project, start: Day, end: Day, verified: Tonnes, is_converted: bool = False) -> Period:
        """The monitoring period, begun if it was not there; its ground must be free then.

        Quota that cancelled CCER were converted into takes no ground of its own: its tonnes are those of the CCER,
        whose issuance holds the ground for ever.
        """
        key = (project.project, start, end)
        period = self.periods.get(key)
        if period is None:
            period = self.periods[key] = Period(*key, verified, Tonnes(0))
            if not is_converted:
                self.take(project, period)
        return period

    def take(self, project: Project, period: Period) -> None:
        """Take the ground of a project for a period."""
        for parcel in project.terms.site_parcels:
            self.ground.take(project.project, project.terms.activity, path_of(parcel), period.start, period.end)

    def issued_of(self, project: ProjectId) -> dict[int, int]:
        """How many tonnes were issued for a project, by vintage."""
        issued: dict[int, int] = {}
        for period in self.periods.values():
            if period.project == project:
                vintage = period.start // YEAR
                issued[vintage] = issued.get(vintage, 0) + period.issued
        return issued

    def family_of(self, project: ProjectId) -> Family | None:
        """Which family's units a project makes; None for a project that is not there."""
        known = self.projects.get(project)
        return None if known is None else known.terms.family

    def facility(self, code: str) -> FacilityTerms | None:
        """The facility of the national market with this code, in whatever spelling."""
        return self.facilities.get(folded(code))

    def covers(self, code: str, year: int) -> bool:
        """Whether this is a facility that is inside the national market in a year."""
        facility = self.facility(code)
        return facility is not None and covers(facility, year)

    def has_covered(self, firm: str, year: int) -> bool:
        """Whether the firm with this code runs any facility that is inside the national market in a year."""
        return any(folded(one.operating_firm) == folded(firm) and covers(one, year) for one in self.facilities.values())

    def is_of_another(self, code: str, firm: str) -> bool:
        """Whether the facility with this code is known, and as another firm's than this one's."""
        facility = self.facility(code)
        return facility is not None and folded(facility.operating_firm) != folded(firm)
