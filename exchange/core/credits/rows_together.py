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
from exchange.core.credits.project import Period, Project, Projects
from exchange.core.credits.serial_text import SerialWords
from exchange.core.credits.spelling import folded, folded_number, folded_space
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.serials import RangeSet, SerialRange
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
    which is that of the ``known`` projects. Nothing that is kept here depends on when a row was entered, so the account
    of some rows is the same whether it was kept since they came or made anew.
    """

    known: Projects
    rows: Projects = field(init=False)
    serials: dict[str, RangeSet] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    words: SerialWords = field(default_factory=SerialWords)
    papers: set[str] = field(default_factory=set)
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
        self.serials.setdefault(row.space, RangeSet()).add(serials)
        self.spellings.setdefault(folded_space(row.space), row.space)
        self.words.note(row.space, row.serial_text)
        self.papers.add(folded_number(row.lock_reference))
        project, start, end = self._period_of(row)
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
        taken = self.serials.get(row.space, RangeSet())
        if any(taken.within(SerialRange(row.serial_lo, row.serial_hi))):
            return Refusal(RejectReason.SERIALS_OVERLAP)
        spelt = self.spellings.get(folded_space(row.space), row.space)
        if spelt != row.space:
            return Refusal(RejectReason.SPACE_SPELT_OTHERWISE)
        elsewhere = self.words.are_of_another(row.space, row.serial_text)
        return Refusal(RejectReason.SERIALS_OF_ANOTHER_SPACE) if elsewhere else None

    def _refuse_paper(self, row: ImportRow) -> Refusal | None:
        is_used = folded_number(row.lock_reference) in self.papers
        return Refusal(RejectReason.LOCK_REFERENCE_USED) if is_used else None

    def _refuse_period(self, row: ImportRow) -> Refusal | None:
        """Guard 2 among the rows, and no more than what was verified."""
        project, start, end = self._period_of(row)
        key = (project.project, start, end)
        known, period = self.known.periods.get(key), self.rows.periods.get(key)
        # Ground that this very period has taken already was asked about when the row was judged by itself.
        if known is None and self.rows.overlapping(project, start, end) is not None:
            return Refusal(RejectReason.GROUND_TAKEN)
        return None if period is None else _refuse_amount(row, period, known.issued if known is not None else _NOTHING)

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


def _refuse_amount(row: ImportRow, period: Period, issued: Tonnes) -> Refusal | None:
    """Rows of one period state one figure as verified, and issue no more beside what was ``issued`` before."""
    if period.verified != row.verified:
        return Refusal(RejectReason.VERIFIED_DIFFERS, (("verified", period.verified),))
    left = max(row.verified - issued - period.issued, 0)
    too_many = row.serial_hi - row.serial_lo > left
    return Refusal(RejectReason.VERIFIED_EXCEEDED, (("highest", left),)) if too_many else None
