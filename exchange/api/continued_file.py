"""A file that goes on with an import: it is the whole file once more, in which a line means the same row as before.

Papers may be numbered by the lines of a file, and people find a row by its line. Of a second file with some rows alone
the lines would be others: a row would take the paper of another one, and two rows of an import would have one line. So
every row that waits must stand in the new file where it stood. Such rows are known again, and are no fault of it. A
line that cannot be read any more has a fault of its own, which is told alone: what is on it is open, and nothing joins
the import on a line that is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Final

from exchange.core.commands.credits import ImportRow
from exchange.core.rejections import RejectReason
from exchange.core.values import ImportId, PersonId
from exchange.registry.row_faults import BadRow, RowFault
from exchange.sequencer.committed_view import CommittedView

MOST_TOLD: Final = 20
"""Lines that are named at once."""

_ENDS_READING: Final = (RowFault.NOT_CSV, RowFault.TOO_LARGE)
"""Faults behind whose line nothing was read."""

Waiting = Mapping[int, ImportRow]
"""The rows that wait, by their lines."""


def rows_that_wait(view: CommittedView, staged: ImportId, person: PersonId) -> Waiting:
    """What a person's import has by now; nothing of one that is another's or was brought in, which the core refuses."""
    begun = view.imports.by_id.get(staged)
    if begun is None or begun.by != person or begun.committed_at:
        return {}
    return {row.line: row for row in begun.rows}


def why_not_to_go_on(view: CommittedView, staged: ImportId, person: PersonId) -> RejectReason | None:
    """Why a person cannot go on with an import. Of a file with good rows the core says the same."""
    begun = view.imports.by_id.get(staged)
    if begun is None or begun.by != person:
        return RejectReason.IMPORT_NOT_FOUND
    return RejectReason.IMPORT_COMMITTED if begun.committed_at else None


def another_file(waiting: Waiting, rows: Iterable[ImportRow], bad: Iterable[BadRow]) -> BadRow | None:
    """What is told of a file that lacks a row that waits, or has it on another line; None where all are there, as far
    as can be told beside its ``bad`` rows.
    """
    there = {row.line: row for row in rows}
    unread = _lines_unread(waiting, list(bad))
    lacking = [line for line in waiting.keys() - unread if not _is_there(waiting[line], there)]
    if not lacking:
        return None
    told = ", ".join(map(str, sorted(lacking)[:MOST_TOLD])) + (", …" if len(lacking) > MOST_TOLD else "")
    return BadRow(0, RowFault.ANOTHER_FILE, told)


def otherwise(row: ImportRow, waiting: Waiting) -> BadRow | None:
    """What is told of a row whose line is taken by itself as it read before; None where another row has the line."""
    before = waiting.get(row.line)
    if before is None or not _same_units(before, row):
        return None
    names = [field.name for field in fields(ImportRow) if getattr(before, field.name) != getattr(row, field.name)]
    return BadRow(row.line, RowFault.WAITS_OTHERWISE, ", ".join(names))


def _lines_unread(waiting: Waiting, bad: Sequence[BadRow]) -> set[int]:
    """The lines of rows that wait of which this file says nothing, since they have a fault or lie behind one that ends
    the reading.
    """
    lines = {row.line for row in bad}
    ends = min((row.line for row in bad if row.line == 0 or row.fault in _ENDS_READING), default=None)
    return lines if ends is None else lines | {line for line in waiting if line >= ends}


def _is_there(row: ImportRow, there: Mapping[int, ImportRow]) -> bool:
    return row.line in there and _same_units(row, there[row.line])


def _same_units(one: ImportRow, other: ImportRow) -> bool:
    return (one.space, one.serial_lo, one.serial_hi) == (other.space, other.serial_lo, other.serial_hi)
