"""Where tonnes come from: a reduction is issued once, by one registry, for one ground and time, and admitted once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.serial_words import shape_of, words_of
from exchange.audit.double_count.spans import SpanMap
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, FacilityTerms, ProjectTerms
from exchange.core.credits.spelling import folded, folded_number, folded_space
from exchange.core.events.credits import FacilitySet, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.governance import VenueOpened

SANDBOX: Final = "SANDBOX"
"""The registry of play units, of which no real registry knows."""

_YEAR: Final = 10_000
"""A day over this is its year."""

_LAND: Final = int(Activity.MINE_RESTORATION)
"""The last of the activities by which land takes carbon up; they come first in the list."""

_STROKES: Final = re.compile(r"[/／\\＼]")
"""What stands between two names on the way to a parcel of ground."""

PeriodKey = tuple[int, int, int]
"""A project and the first and last day of one of its monitoring periods."""


@dataclass(slots=True)
class Origin:
    """What is known of a lot: its serial space, where it begins and ends, the terms of its project, and the event by
    which it came in.
    """

    space: int
    lo: int
    hi: int
    vintage: int
    terms: ProjectTerms
    is_national: bool
    """Whether the national registry keeps its units."""
    admitted: LotAdmitted


class Origins:
    """Follows projects, facilities, issuances and lots."""

    def __init__(self, notebook: Notebook) -> None:
        """Nothing is issued yet."""
        self._tell = notebook.tell
        self.lots: Final[dict[int, Origin]] = {}
        self.facilities: Final[dict[str, FacilityTerms]] = {}
        self._of_firm: dict[str, set[str]] = {}
        """By firm the facilities that it runs as far as is known by now."""
        self.projects: Final[dict[int, ProjectTerms]] = {}
        self._issuances: dict[int, IssuanceRecorded] = {}
        self._spaces: dict[str, tuple[int, str]] = {}
        self._names: dict[int, str] = {}
        self._wordings: dict[tuple[str, str], str] = {}
        self._places: dict[str, int] = {}
        self._issued: dict[int, SpanMap[int]] = {}
        self._admitted: dict[int, SpanMap[int]] = {}
        self.papers: Final[dict[str, str]] = {}
        """By its letters and numbers every paper of a lock, with its first lot and as it was written."""
        self._is_sandbox = False
        self._verified: dict[PeriodKey, int] = {}
        self._sums: dict[PeriodKey, int] = {}
        self._grounds: set[PeriodKey] = set()

    def space_name(self, lot: int) -> str:
        """The name of the serial space that a lot is of, "" for a lot that is not known."""
        origin = self.lots.get(lot)
        return "" if origin is None else self._names.get(origin.space, "")

    def opened(self, event: VenueOpened) -> None:
        """The venue says whether it is a sandbox."""
        self._is_sandbox = event.sandbox_tonnes > 0

    def project(self, event: ProjectRegistered) -> None:
        """A project is there from now on. Where its activity is not of its family, it hides from its own ground."""
        terms = self.projects[event.project] = event.terms
        is_sink = terms.family is not Family.REDUCTION_QUOTA or terms.source_category is SourceCategory.ECOSYSTEM_SINK
        if terms.activity is not Activity.OTHER and is_sink != (terms.activity <= _LAND):
            self._tell("ACTIVITY-WRONG", project=event.project, family=terms.family.name, activity=terms.activity.name)

    def facility(self, event: FacilitySet) -> None:
        """What is known of a facility of the national market from now on."""
        code = folded_number(event.terms.code)
        known = self.facilities.get(code)
        if known is not None:
            self._of_firm[folded(known.operating_firm)].discard(code)
        self.facilities[code] = event.terms
        self._of_firm.setdefault(folded(event.terms.operating_firm), set()).add(code)

    def is_covered(self, facility: str, year: int) -> bool:
        """Whether a facility is inside the national market in a year, as far as was known by now."""
        terms = self.facilities.get(folded_number(facility))
        return terms is not None and 0 < terms.covered_from <= year <= (terms.covered_to or year)

    def is_hidden(self, facility: str, firm: str, year: int) -> bool:
        """Whether a firm that has a covered facility in a year names one that is not known as its own."""
        own = self._of_firm.get(folded(firm), set())
        return folded_number(facility) not in own and any(self.is_covered(code, year) for code in own)

    def is_of_another(self, facility: str, firm: str) -> bool:
        """Whether a facility is known, and is run by another firm."""
        terms = self.facilities.get(folded_number(facility))
        return terms is not None and folded(terms.operating_firm) != folded(firm)

    def is_elsewhere(self, facility: str, league: League) -> bool:
        """Whether a facility is known, and stands in another league; NONE says of neither where it is."""
        terms = self.facilities.get(folded_number(facility))
        return terms is not None and League.NONE not in (terms.league, league) and terms.league != league

    # --- issuances ---------------------------------------------------------------------------------------------------

    def issuance(self, event: IssuanceRecorded) -> None:
        """Serials were issued: new ones, in a space of one name, for a period and a source that may have them."""
        terms = self.projects.get(event.project)
        if terms is None:
            self._tell("PERIOD-WRONG", issuance=event.issuance, problem="no project")
            return
        self._issuances[event.issuance] = event
        if not terms.site_parcels:
            self._tell("NO-GROUND", issuance=event.issuance, project=event.project)
        self._check_space(event)
        lo, hi = event.serials.lo, event.serials.hi
        taken = self._issued.setdefault(event.space, SpanMap())
        for a, b, other in taken.within(lo, hi):
            self._tell("ISSUED-TWICE", space=event.space_name, lo=a, hi=b, issuance=event.issuance, other=other)
        taken.clear(lo, hi)
        taken.add(lo, hi, event.issuance)
        self._check_period(event, terms)
        if self.is_covered(terms.source_facility, event.vintage):
            self._tell("SOURCE-COVERED", issuance=event.issuance, facility=terms.source_facility, year=event.vintage)

    def _check_space(self, event: IssuanceRecorded) -> None:
        """A space is known by one number, one spelling, and serials that are written in words of its own."""
        number, name = event.space, event.space_name
        known = self._spaces.setdefault(folded_space(name), (number, name))
        first = self._names.setdefault(number, name)
        if known != (number, name) or first != name:
            self._tell("SPACE-TWICE", space=name, other=first if first != name else known[1], issuance=event.issuance)
        words, (shape, place) = words_of(event.serial_text), shape_of(event.serial_text)
        if not any(words):
            return
        other = self._wordings.setdefault(words, name)
        if other != name or self._places.setdefault(shape, place) != place:
            self._tell("SPACE-TWICE", space=name, other=other, issuance=event.issuance)

    def _check_period(self, event: IssuanceRecorded, terms: ProjectTerms) -> None:
        start, end = event.monitoring_start, event.monitoring_end
        inside = terms.crediting_start <= start <= end <= terms.crediting_end
        if not inside or {start // _YEAR, end // _YEAR} != {event.vintage}:
            self._tell("PERIOD-WRONG", issuance=event.issuance, start=start, end=end, vintage=event.vintage)
        key = (int(event.project), int(start), int(end))
        # What was issued against cancelled CCER is of their ground, which has its issuance already.
        if not event.converted:
            self._grounds.add(key)
        self._sums[key] = self._sums.get(key, 0) + event.serials.tonnes
        verified = self._verified.setdefault(key, event.verified)
        if verified != event.verified or self._sums[key] > verified:
            self._tell("OVER-VERIFIED", issuance=event.issuance, issued=self._sums[key], verified=verified)

    def category_of(self, event: IssuanceRecorded) -> SourceCategory:
        """Of which source the units of an issuance are; NONE when its project is not known."""
        terms = self.projects.get(event.project)
        return SourceCategory.NONE if terms is None else terms.source_category

    # --- lots --------------------------------------------------------------------------------------------------------

    def lot(self, event: LotAdmitted) -> None:
        """A block of an issuance was admitted: one that was not, on a paper that served for nothing before."""
        self.paper(event.lock_reference, event.lot)
        issuance = self._issuances.get(event.issuance)
        if issuance is None:
            self._tell("OUTSIDE-ISSUANCE", lot=event.lot, problem="no issuance")
            return
        lo, hi = event.serials.lo, event.serials.hi
        inside = issuance.serials.lo <= lo < hi <= issuance.serials.hi and issuance.space == event.space
        if not inside:
            self._tell("OUTSIDE-ISSUANCE", lot=event.lot, lo=lo, hi=hi, issuance=event.issuance)
        taken = self._admitted.setdefault(event.space, SpanMap())
        for a, b, other in taken.within(lo, hi):
            self._tell("ADMITTED-TWICE", space=event.space, lo=a, hi=b, lot=event.lot, other=other)
        taken.clear(lo, hi)
        taken.add(lo, hi, event.lot)
        terms = self.projects[issuance.project]
        is_play = self._is_sandbox and terms.registry == SANDBOX
        is_national = terms.family is Family.FORESTRY_CCER and not is_play
        self.lots[event.lot] = Origin(event.space, lo, hi, issuance.vintage, terms, is_national, event)

    def paper(self, reference: str, lot: int) -> None:
        """A paper on which units are locked serves once, in whatever spelling."""
        name = folded_number(reference)
        if name in self.papers:
            self._tell("PAPER-TWICE", reference=reference, lot=lot)
        self.papers.setdefault(name, f"{lot}: {reference}")

    # --- beside the tables -------------------------------------------------------------------------------------------

    def issuances(self) -> Iterator[tuple[int, str]]:
        """Every issuance in words, with what was verified and issued for its period."""
        for number, one in self._issuances.items():
            key = (int(one.project), int(one.monitoring_start), int(one.monitoring_end))
            figures = f"({self._verified[key]} t, {self._sums[key]} t issued)"
            period = f"{one.monitoring_start} to {one.monitoring_end} {figures} of year {one.vintage}"
            serials = f"{one.serials.lo}-{one.serials.hi} of {one.space} as {one.serial_text}"
            claim = f"on {one.converted}, applied for on {one.applied_on}"
            yield number, f"{one.verified} t of {one.project} for {period} {claim}: {one.space_name} {serials}"

    # --- the ground --------------------------------------------------------------------------------------------------

    def conclude(self) -> None:
        """Hold all periods of all projects against each other: no ground makes the same tonnes twice in a time."""
        uses = sorted(self._ground())
        twice: dict[tuple[str, int, int], None] = {}
        for _, rows in groupby(uses, key=lambda use: use[0]):
            above: list[_GroundUse] = []
            for row in rows:
                while above and row[1][: len(above[-1][1])] != above[-1][1]:
                    above.pop()
                for other in above:
                    if row[2] <= other[3] and other[2] <= row[3] and row[2:] != other[2:]:
                        twice["/".join(row[1]), row[4], other[4]] = None
                above.append(row)
        for ground, project, other_project in twice:
            self._tell("GROUND-TWICE", ground=ground, project=project, other=other_project)

    def _ground(self) -> Iterator[_GroundUse]:
        """Every parcel of ground with every period in which something was issued for it, by what was done there."""
        for project, start, end in self._grounds:
            terms = self.projects[project]
            for parcel in terms.site_parcels:
                path = tuple(name for name in map(folded_space, _STROKES.split(parcel)) if name)
                for what in _doings(terms.activity):
                    yield what, path, start, end, project


def _doings(activity: Activity) -> tuple[int, ...]:
    """Numbers that two activities share when they may make the same tonnes: on land all do, and OTHER may be any."""
    if activity is Activity.OTHER:
        return tuple(range(_LAND, Activity.OTHER + 1))
    return (_LAND,) if activity <= _LAND else (int(activity),)


_GroundUse = tuple[int, tuple[str, ...], int, int, int]
"""What was done, path of the parcel, first and last day, project."""
