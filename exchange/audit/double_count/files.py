"""Files of units: two persons agree to rows that were staged, and these rows come in, all of them and nothing else."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.persons import Persons
from exchange.core.canonical import RecordCodec
from exchange.core.commands.credits import CommitImport, ImportRow
from exchange.core.credits.spelling import folded
from exchange.core.events.credits import ImportCommitted, IssuanceRecorded, LotAdmitted, UnitsStaged

_ROW: Final = RecordCodec(ImportRow)
_Row = tuple[Any, ...]
"""Project, period, verified tonnes, day of the application, space, text and serials, owner, paper."""


class Files:
    """Follows what was staged and what came in of it."""

    def __init__(self, notebook: Notebook, origins: Origins, persons: Persons) -> None:
        """No file is there yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._persons = persons
        self._staged: dict[int, list[ImportRow]] = {}
        self._issued: list[IssuanceRecorded] = []
        self._admitted: list[LotAdmitted] = []

    def staged(self, event: UnitsStaged) -> None:
        """Rows were put aside."""
        self._staged.setdefault(event.staged, []).extend(event.rows)

    def issuance(self, event: IssuanceRecorded) -> None:
        """Something is issued, perhaps of a file."""
        if isinstance(self._persons.agreed, CommitImport):
            self._issued.append(event)

    def lot(self, event: LotAdmitted) -> None:
        """Something comes in, perhaps of a file."""
        if isinstance(self._persons.agreed, CommitImport):
            self._admitted.append(event)

    def committed(self, event: ImportCommitted) -> None:
        """All of a file is in: the rows to which two persons agreed."""
        rows, action = self._staged.pop(event.staged, []), self._persons.agreed
        agreed = hashlib.sha256(b"".join(map(_ROW.encode, rows))).digest()
        is_agreed = isinstance(action, CommitImport) and (action.staged, action.rows_hash) == (event.staged, agreed)
        if not is_agreed or [_row_of(row) for row in rows] != self._came_in():
            self._tell("ONE-PERSON", file=event.staged, problem="other rows came in than were staged")
        self._issued.clear()
        self._admitted.clear()

    def _came_in(self) -> list[_Row]:
        """What came in in this entry, as rows."""
        lots = {lot.issuance: lot for lot in self._admitted}
        if len(lots) != len(self._admitted):
            return []
        return [self._as_row(issued, lots.get(issued.issuance)) for issued in self._issued]

    def _as_row(self, issued: IssuanceRecorded, lot: LotAdmitted | None) -> _Row:
        project = self._origins.projects.get(issued.project)
        period = (issued.monitoring_start, issued.monitoring_end, issued.verified, issued.applied_on)
        space = (issued.space_name, issued.serial_text, issued.serials.lo, issued.serials.hi)
        given = () if lot is None else (lot.owner, lot.lock_reference, lot.serials == issued.serials)
        return ("" if project is None else folded(project.code), *period, *space, *given)

    def end(self) -> None:
        """The entry is over, and whatever came in of a file was told as such."""
        if self._issued or self._admitted:
            self._tell("ONE-PERSON", problem="units of a file came in, and the file did not")
        self._issued.clear()
        self._admitted.clear()


def _row_of(row: ImportRow) -> _Row:
    period = (row.monitoring_start, row.monitoring_end, row.verified, row.applied_on)
    space = (row.space, row.serial_text, row.serial_lo, row.serial_hi)
    return (folded(row.project), *period, *space, row.owner, row.lock_reference, True)
