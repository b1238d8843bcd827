"""Projects, their sites and monitoring periods; guard (2): one tonne of one place is not issued twice.

Serials cannot show that two registries issued the same tonne, since each has its own. What they share is the ground: a
parcel of land, or a plant, with what is done there, in a time. Over all projects, mechanisms and registries no two
monitoring periods of one parcel and group of activities may overlap, and a parcel inside another one is part of it.

All that land does to take carbon up is one group: a forest that is managed under one mechanism and planted under
another is one forest. Every other activity is a group of its own, and OTHER, which may be anything, is in all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.instruments import Family, SourceCategory
from exchange.core.commands.projects import LAND_SINKS, Activity, FacilityTerms, ProjectTerms
from exchange.core.credits.spelling import folded, folded_number, folded_space
from exchange.core.values import Day, ProjectId, Tonnes

YEAR: Final = 10_000
"""A day over this is its year."""

SEPARATOR: Final = "/"
_SEPARATORS: Final = dict.fromkeys(map(ord, "/／\\＼"), SEPARATOR)
"""What stands between two names on the way to a site parcel: which stroke it is, is a habit of whoever types it."""

Path = tuple[str, ...]
"""A site parcel as the folded names on the way to it, the largest unit first."""

Group = Activity
"""A group of activities that make the same tonnes, as the first one in it."""

_NOBODY: Final[set[ProjectId]] = set()

_GROUPS: Final[dict[Activity, tuple[Group, ...]]] = {
    one: (LAND_SINKS[0] if one in LAND_SINKS else one,) for one in Activity if one is not Activity.OTHER
}


def groups_of(activity: Activity) -> tuple[Group, ...]:
    """Which groups an activity is in."""
    return _GROUPS.get(activity) or tuple(dict.fromkeys(group for (group,) in _GROUPS.values()))


def fits_activity(terms: ProjectTerms) -> bool:
    """Whether what is done fits what is made of it: a sink takes carbon up on land, and what is no sink does not.

    Family and activity are two words of one project. A forest that could call itself a mine gas well would stand in
    another group than its own trees, and they would be issued a second time. OTHER is in all groups and hides nothing.
    """
    is_sink = terms.family is not Family.REDUCTION_QUOTA or terms.source_category is SourceCategory.ECOSYSTEM_SINK
    return terms.activity is Activity.OTHER or (terms.activity in LAND_SINKS) == is_sink


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
    """The disjoint periods for which a project has its ground, in order of their first days, both ends included."""

    starts: list[Day] = field(default_factory=list)
    ends: list[Day] = field(default_factory=list)

    def overlaps(self, start: Day, end: Day) -> bool:
        return self.met(start, end) is not None

    def met(self, start: Day, end: Day) -> tuple[Day, Day] | None:
        """The last period that has some of these days; None if none has."""
        at = bisect_right(self.starts, end) - 1
        return (self.starts[at], self.ends[at]) if at >= 0 and self.ends[at] >= start else None

    def add(self, start: Day, end: Day) -> None:
        at = bisect_right(self.starts, start)
        self.starts.insert(at, start)
        self.ends.insert(at, end)


_NEVER: Final = _Taken()


def path_of(site_parcel: str) -> Path:
    """The folded way to a site parcel. A name on it that has neither letter nor digit says nothing and is left out."""
    names = site_parcel.translate(_SEPARATORS).split(SEPARATOR)
    return tuple(filter(None, map(folded_space, names)))


def meets(ours: Path, theirs: Path) -> bool:
    """Whether two site parcels are one, or one of them lies in the other."""
    shared = min(len(ours), len(theirs))
    return ours[:shared] == theirs[:shared]


def parcel_met(ours: ProjectTerms, theirs: ProjectTerms) -> int:
    """Which of their site parcels is the first that meets one of ours, counted from 1; they must share ground."""
    paths = tuple(map(path_of, ours.site_parcels))
    return next(
        number
        for number, parcel in enumerate(theirs.site_parcels, start=1)
        if any(meets(path, path_of(parcel)) for path in paths)
    )


@dataclass(slots=True)
class Ground:
    """Which projects share ground: ``at`` by the site parcels themselves, ``below`` by parcels inside of them.

    What a project says of its ground never changes. So it is compared with all others once, when the project is
    entered, and a period afterwards with those of its ``neighbours`` alone: that costs the same for a project of one
    site parcel and of a hundred.
    """

    at: dict[tuple[Group, Path], set[ProjectId]] = field(default_factory=dict)
    below: dict[tuple[Group, Path], set[ProjectId]] = field(default_factory=dict)
    neighbours: dict[ProjectId, list[ProjectId]] = field(default_factory=dict)

    def around(self, terms: ProjectTerms) -> list[ProjectId]:
        """The projects that may make the same tonnes on a parcel that is, contains or lies in one of these."""
        paths = tuple(map(path_of, terms.site_parcels))
        sharing: set[ProjectId] = set()
        for group in groups_of(terms.activity):
            for path in paths:
                sharing.update(*self._on(group, path))
        return sorted(sharing)

    def _on(self, group: Group, path: Path) -> Iterator[set[ProjectId]]:
        """Who is on the place itself or on those that it lies in, and who on those that lie in it."""
        yield from (self.at.get((group, path[:length]), _NOBODY) for length in range(1, len(path) + 1))
        yield self.below.get((group, path), _NOBODY)

    def enter(self, project: Project) -> None:
        """Enter where a new project stands, beside all that are there."""
        neighbours = self.neighbours[project.project] = self.around(project.terms)
        for other in neighbours:
            self.neighbours[other].append(project.project)
        paths = tuple(map(path_of, project.terms.site_parcels))
        for group in groups_of(project.terms.activity):
            for path in paths:
                self.at.setdefault((group, path), set()).add(project.project)
                for length in range(1, len(path)):
                    self.below.setdefault((group, path[:length]), set()).add(project.project)


@dataclass(slots=True)
class Projects:
    """All projects, by id and by folded code, the ground on which they stand, their periods on it, and facilities of
    the national market. ``taken`` are the periods that take ground, by project.
    """

    projects: dict[ProjectId, Project] = field(default_factory=dict)
    codes: dict[str, ProjectId] = field(default_factory=dict)
    periods: dict[tuple[ProjectId, Day, Day], Period] = field(default_factory=dict)
    ground: Ground = field(default_factory=Ground)
    taken: dict[ProjectId, _Taken] = field(default_factory=dict)
    facilities: dict[str, FacilityTerms] = field(default_factory=dict)

    def add(self, project: Project) -> None:
        """Enter a project; its code must be new."""
        self.projects[project.project] = project
        self.codes[folded(project.terms.code)] = project.project
        self.ground.enter(project)

    def overlapping(self, project: Project, start: Day, end: Day) -> ProjectId | None:
        """Who has a period on this project's ground that overlaps another one than exactly this of its own."""
        if (project.project, start, end) in self.periods:
            return None
        on_it = (project.project, *self.ground.neighbours[project.project])
        return self.taken_by(on_it, start, end)

    def taken_by(self, projects: Iterable[ProjectId], start: Day, end: Day) -> ProjectId | None:
        """The first of some projects whose ground is taken for some of the days ``start`` to ``end``; None if none."""
        return next((one for one in projects if self.taken.get(one, _NEVER).overlaps(start, end)), None)

    def period_met(self, project: ProjectId, start: Day, end: Day) -> tuple[Day, Day]:
        """Of a project whose ground is taken for some of these days: for which period, both ends included."""
        met = self.taken[project].met(start, end)
        assert met is not None, "its ground is taken"
        return met

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
                self.taken.setdefault(project.project, _Taken()).add(start, end)
        return period

    def family_of(self, project: ProjectId) -> Family | None:
        """Which family's units a project makes; None for a project that is not there."""
        known = self.projects.get(project)
        return None if known is None else known.terms.family

    def facility(self, code: str) -> FacilityTerms | None:
        """The facility of the national market with this code, in whatever spelling."""
        return self.facilities.get(folded_number(code))

    def covers(self, code: str, year: int) -> bool:
        """Whether this is a facility that is inside the national market in a year."""
        facility = self.facility(code)
        return facility is not None and covers(facility, year)

    def is_source_covered(self, project: ProjectId, vintage: int) -> bool:
        """Whether a project's units of a year are reductions of a facility that is inside the national market then."""
        return self.covers(self.projects[project].terms.source_facility, vintage)

    def covered_by(self, facility: FacilityTerms) -> list[tuple[ProjectId, int]]:
        """For which projects and vintages something was issued that a facility made while inside the national market.

        Every project is looked at: a facility is entered some ten times a year.
        """
        code = folded_number(facility.code)
        fed = {one.project for one in self.projects.values() if folded_number(one.terms.source_facility) == code}
        issued = {(one.project, one.start // YEAR) for one in self.periods.values() if one.project in fed}
        return sorted(one for one in issued if covers(facility, one[1]))

    def has_covered(self, firm: str, year: int) -> bool:
        """Whether the firm with this code runs any facility that is inside the national market in a year."""
        return any(folded(one.operating_firm) == folded(firm) and covers(one, year) for one in self.facilities.values())

    def is_of_another(self, code: str, firm: str) -> bool:
        """Whether the facility with this code is known, and as another firm's than this one's."""
        facility = self.facility(code)
        return facility is not None and folded(facility.operating_firm) != folded(firm)
