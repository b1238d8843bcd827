"""A file that goes on with an import: it is the whole file once more, in which a line means the same row as before.

Papers may be numbered by the lines of a file, and people find a row by its line. Of a second file with some rows alone
the lines would be others: a row would take the paper of another one, and two rows of an import would have one line. So
every row that waits must stand in the new file where it stood. Such rows are known again, and are no fault of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Final

from exchange.core.commands.credits import ImportRow
from exchange.core.values import ImportId, PersonId
from exchange.registry.row_faults import BadRow, RowFault
from exchange.sequencer.committed_view import CommittedView

MOST_TOLD: Final = 20
"""Lines that are named at once."""

Waiting = Mapping[int, ImportRow]
"""The rows that wait, by their lines."""


def rows_that_wait(view: CommittedView, staged: ImportId, person: PersonId) -> Waiting:
    """What a person's import has by now; nothing of one that is another's or was brought in, which the core refuses."""
    begun = view.imports.by_id.get(staged)
    if begun is None or begun.by != person or begun.committed_at:
        return {}
    return {row.line: row for row in begun.rows}


def another_file(waiting: Waiting, rows: Iterable[ImportRow]) -> BadRow | None:
    """What is told of a file that lacks a row that waits, or has it on another line; None where all are there."""
    there = {row.line: row for row in rows}
    lacking = [line for line, row in waiting.items() if line not in there or not _same_units(row, there[line])]
    if not lacking:
        return None
    told = ", ".join(map(str, sorted(lacking)[:MOST_TOLD])) + (", …" if len(lacking) > MOST_TOLD else "")
    return BadRow(0, RowFault.ANOTHER_FILE, told)


def known_again(row: ImportRow, waiting: Waiting) -> bool:
    """Whether a row that overlaps is one that waits already."""
    return row.line in waiting and _same_units(waiting[row.line], row)


def otherwise(row: ImportRow, waiting: Waiting) -> BadRow | None:
    """What is told of a row that waits and reads otherwise now; None where nothing has changed."""
    before = waiting[row.line]
    names = [field.name for field in fields(ImportRow) if getattr(before, field.name) != getattr(row, field.name)]
    return BadRow(row.line, RowFault.WAITS_OTHERWISE, ", ".join(names)) if names else None


def _same_units(one: ImportRow, other: ImportRow) -> bool:
    return (one.space, one.serial_lo, one.serial_hi) == (other.space, other.serial_lo, other.serial_hi)
