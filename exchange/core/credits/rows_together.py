"""The rows of one file of units side by side: what is right in each row, and wrong in two of them.

The same serials twice, one paper for two locks, one registry's serials under two spellings or in two spaces, two
figures of what was verified or more than that, and two periods on one ground. The account takes up the rows that are
kept, in their order, and is asked about each further row, so that the later one of two that contradict each other is
told. A line is one row: people find a row by it, and papers may be numbered by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.credits import ImportRow
from exchange.core.credits.issuance import RangeIndex
from exchange.core.credits.project import Period, Project, Projects, parcel_met
from exchange.core.credits.serial_text import SerialWords
from exchange.core.credits.spelling import folded, folded_number, folded_space
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.serials import SerialRange
from exchange.core.values import Day, ProjectId, Tonnes

Key = tuple[ProjectId, Day, Day]

MAX_ROWS: Final = 500
"""Rows of one import: one entry judges and commits them all, and everybody waits for it. A row takes a tenth of a
millisecond of the core, and up to half a millisecond until PostgreSQL has written it with its ground.
"""

MAX_PLACES: Final = 1_000
"""Site parcels of all monitoring periods of one import, each parcel counted once for each period: the entry that brings
the rows in takes the ground of each, in PostgreSQL too."""

_NOTHING: Final = Tonnes(0)


@dataclass(slots=True)
class RowsTogether:
    """What some rows take, if all of them come in; ``known`` are the projects as they are without these rows.

    ``rows`` has the periods that the rows are of, with what they issue of each and for which time they take the ground,
    which is that of the ``known`` projects. ``blocks``, ``papers`` and ``periods`` have the line of the row that has
    taken what a further one may want, so that it is told which two contradict each other. Nothing that is kept here
    depends on when a row was entered, so the account of some rows is the same whether it was kept since they came or
    made anew.
    """

    known: Projects
    rows: Projects = field(init=False)
    serials: dict[str, RangeIndex] = field(default_factory=dict)
    blocks: dict[tuple[str, int], int] = field(default_factory=dict)
    spellings: dict[str, ImportRow] = field(default_factory=dict)
    words: SerialWords = field(default_factory=SerialWords)
    papers: dict[str, int] = field(default_factory=dict)
    periods: dict[Key, int] = field(default_factory=dict)
    lines: dict[int, ImportRow] = field(default_factory=dict)
    places: int = 0

    def __post_init__(self) -> None:
        """Stand on the ground that is known."""
        self.rows = Projects(ground=self.known.ground)

    @classmethod
    def of(cls, known: Projects, rows: Iterable[ImportRow]) -> RowsTogether:
        """The account of rows that were judged before."""
        account = cls(known)
        for row in rows:
            account.enter(row)
        return account

    def refuse(self, row: ImportRow) -> Refusal | None:
        """Why a row cannot come in beside those that are entered, or None; by itself it must be right.

        Its line is asked about first: a row that waits has its serials, its paper and its place, and finds them taken.
        """
        return self._refuse_line(row) or self._refuse_beside(row)

    def enter(self, row: ImportRow) -> None:
        """Take up a row, whose project must be known."""
        serials = SerialRange(row.serial_lo, row.serial_hi)
        self.serials.setdefault(row.space, RangeIndex()).add(serials)
        self.blocks[row.space, serials.lo] = row.line
        self.spellings.setdefault(folded_space(row.space), row)
        self.words.note(row.space, row.serial_text)
        self.papers[folded_number(row.lock_reference)] = row.line
        project, start, end = self._period_of(row)
        self.periods.setdefault((project.project, start, end), row.line)
        self.lines[row.line] = row
        self.places += self._places_of(row)
        period = self.rows.period_of(project, start, end, Tonnes(row.verified))
        period.issued = Tonnes(period.issued + serials.tonnes)

    def _refuse_line(self, row: ImportRow) -> Refusal | None:
        """A line is one row: this one waits on it already, or another one does, be it this one as it read before."""
        before = self.lines.get(row.line)
        if before is None:
            return None
        return Refusal(RejectReason.WAITS_ALREADY if before == row else RejectReason.LINE_TAKEN)

    def _refuse_beside(self, row: ImportRow) -> Refusal | None:
        """What two rows cannot both have."""
        return first_of(
            self._refuse_serials(row), self._refuse_paper(row), self._refuse_period(row), self._refuse_places(row)
        )

    def _refuse_serials(self, row: ImportRow) -> Refusal | None:
        """Guard 1 among the rows."""
        met = self.serials.get(row.space, RangeIndex()).first_met(SerialRange(row.serial_lo, row.serial_hi))
        if met is not None:
            return Refusal(RejectReason.SERIALS_OVERLAP, (("other_line", self.blocks[row.space, met.lo]),))
        spelt = self.spellings.get(folded_space(row.space), row)
        if spelt.space != row.space:
            return Refusal(RejectReason.SPACE_SPELT_OTHERWISE, (("other_line", spelt.line),))
        elsewhere = self.words.are_of_another(row.space, row.serial_text)
        return Refusal(RejectReason.SERIALS_OF_ANOTHER_SPACE) if elsewhere else None

    def _refuse_paper(self, row: ImportRow) -> Refusal | None:
        line = self.papers.get(folded_number(row.lock_reference))
        return None if line is None else Refusal(RejectReason.LOCK_REFERENCE_USED, (("other_line", line),))

    def _refuse_period(self, row: ImportRow) -> Refusal | None:
        """Guard 2 among the rows, and no more than what was verified."""
        project, start, end = self._period_of(row)
        key = (project.project, start, end)
        known, period = self.known.periods.get(key), self.rows.periods.get(key)
        # Ground that this very period has taken already was asked about when the row was judged by itself.
        taken_by = self.rows.overlapping(project, start, end) if known is None else None
        if taken_by is not None:
            return self._taken(project, taken_by, self.rows.period_met(taken_by, start, end))
        if period is None:
            return None
        return self._refuse_amount(row, period, known.issued if known is not None else _NOTHING, key)

    def _taken(self, project: Project, taken_by: ProjectId, days: tuple[Day, Day]) -> Refusal:
        """Which row's period has the ground: told as one is that came in before."""
        parcel, (start, end) = parcel_met(project.terms, self.known.projects[taken_by].terms), days
        line = self.periods[taken_by, start, end]
        place = (
            ("project", taken_by),
            ("parcel", parcel),
            ("period_start", start),
            ("period_end", end),
            ("other_line", line),
        )
        return Refusal(RejectReason.GROUND_TAKEN, place)

    def _refuse_amount(self, row: ImportRow, period: Period, issued: Tonnes, key: Key) -> Refusal | None:
        """Rows of one period state one figure as verified, and issue no more beside what was ``issued`` before."""
        if period.verified != row.verified:
            facts = (("verified", period.verified), ("other_line", self.periods[key]))
            return Refusal(RejectReason.VERIFIED_DIFFERS, facts)
        left = max(row.verified - issued - period.issued, 0)
        too_many = row.serial_hi - row.serial_lo > left
        return Refusal(RejectReason.VERIFIED_EXCEEDED, (("highest", left),)) if too_many else None

    def _refuse_places(self, row: ImportRow) -> Refusal | None:
        """No more rows and no more ground than one entry can take without keeping everybody waiting."""
        too_much = len(self.lines) >= MAX_ROWS or self.places + self._places_of(row) > MAX_PLACES
        return Refusal(RejectReason.TOO_MANY_ROWS, (("highest", len(self.lines)),)) if too_much else None

    def _places_of(self, row: ImportRow) -> int:
        """How many site parcels come to those of the rows; none for a further row of one period."""
        project, start, end = self._period_of(row)
        return 0 if (project.project, start, end) in self.rows.periods else len(project.terms.site_parcels)

    def _period_of(self, row: ImportRow) -> tuple[Project, Day, Day]:
        """Whose period a row is of, and its first and last day."""
        project = self.known.projects[self.known.codes[folded(row.project)]]
        return project, Day(row.monitoring_start), Day(row.monitoring_end)
