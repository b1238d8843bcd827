"""The rows of an import that wait, found by what another row wants as well: serials, a paper, a period, a spelling.

A row that is left out is told which other row it contradicts. A file can have two thousand of them, and the answer is
made while everybody waits, so nothing here looks through all rows for one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

from exchange.core.commands.credits import ImportRow
from exchange.core.credits.issuance import RangeIndex
from exchange.core.credits.spelling import folded, folded_number, folded_space
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange

Period = tuple[str, int, int]
"""A project by its folded code, and the first and last day."""


class KeptRows:
    """Rows that wait together: no two of them have a serial or a paper in common, or two figures for one period."""

    def __init__(self, rows: Iterable[ImportRow] = ()) -> None:
        """Begin with those of an earlier file."""
        self.spellings: dict[str, str] = {}
        self._serials: dict[str, RangeIndex] = {}
        self._blocks: dict[tuple[str, int], ImportRow] = {}
        self._papers: dict[str, ImportRow] = {}
        self._periods: dict[Period, ImportRow] = {}
        for row in rows:
            self.add(row)

    def add(self, row: ImportRow) -> None:
        """A row was taken."""
        self.spellings.setdefault(folded_space(row.space), row.space)
        self._serials.setdefault(row.space, RangeIndex()).add(SerialRange(row.serial_lo, row.serial_hi))
        self._blocks[row.space, row.serial_lo] = row
        self._papers[folded_number(row.lock_reference)] = row
        self._periods.setdefault(period_of(row), row)

    def against(self, row: ImportRow, reason: RejectReason) -> ImportRow | None:
        """The other row for which this one was refused, or None: it may stand against what came in before.

        A row that waits itself is refused once more when its serials have come in with another import since.
        """
        find = _FINDS.get(reason)
        found = None if find is None else find(self, row)
        return None if found is None or found.line == row.line else found

    def _with_its_serials(self, row: ImportRow) -> ImportRow | None:
        index = self._serials.get(row.space, RangeIndex())
        taken = index.first_taken(SerialRange(row.serial_lo, row.serial_hi))
        if taken is None:
            return None
        return self._blocks[row.space, index.lows[bisect_right(index.lows, taken.lo) - 1]]

    def _with_its_paper(self, row: ImportRow) -> ImportRow | None:
        return self._papers.get(folded_number(row.lock_reference))

    def _of_its_period(self, row: ImportRow) -> ImportRow | None:
        return self._periods.get(period_of(row))


def period_of(row: ImportRow) -> Period:
    """The monitoring period that a row is of."""
    return folded(row.project), row.monitoring_start, row.monitoring_end


_FINDS: Final[dict[RejectReason, Callable[[KeptRows, ImportRow], ImportRow | None]]] = {
    RejectReason.SERIALS_OVERLAP: KeptRows._with_its_serials,
    RejectReason.LOCK_REFERENCE_USED: KeptRows._with_its_paper,
    RejectReason.VERIFIED_DIFFERS: KeptRows._of_its_period,
}
"""What two rows cannot both have, by the refusal that says so."""
