"""How many tonnes were verified for a period, where a row of a file does not say it.

The figure caps what can ever be issued of the period, and is final with the first issuance. So none is made up: the sum
of what a file happens to have would close the period to the next file, or open it too wide by rows that nobody takes.
A row without a figure has that which the operator states beside the file, where it can be meant for one period only;
else that on record for its period; else that of another row of the period; else it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from exchange.core.commands.credits import ImportRow
from exchange.core.credits.spelling import folded
from exchange.core.values import Day
from exchange.registry.row_faults import BadRow, RowFault

OnRecord = Callable[[str, Day, Day], int]
"""The tonnes on record as verified for a project's code and the first and last day of a period, 0 for none."""

_Period = tuple[str, int, int]


def nothing_on_record(_project: str, _start: Day, _end: Day) -> int:
    """What is on record where nothing is."""
    return 0


def with_figures(rows: Sequence[ImportRow], stated: int, on_record: OnRecord) -> tuple[list[ImportRow], list[BadRow]]:
    """The rows, each with a figure (0 is none), and those for whose period there is none; ``stated`` is the operator's,
    0 for none.
    """
    found: list[ImportRow] = []
    bad: list[BadRow] = []
    figures = _stated(rows, stated) if stated else _figures(rows, on_record)
    for row in rows:
        figure = row.verified or figures[_period_of(row)]
        if figure:
            found.append(replace(row, verified=figure))
        else:
            bad.append(BadRow(row.line, RowFault.NOT_VERIFIED, _about(row)))
    return found, bad


def _stated(rows: Sequence[ImportRow], stated: int) -> dict[_Period, int]:
    """The operator's figure for the period whose rows lack one; for none of them where they are of several."""
    lacking = {_period_of(row) for row in rows if not row.verified}
    return dict.fromkeys(lacking, stated if len(lacking) == 1 else 0)


def _figures(rows: Sequence[ImportRow], on_record: OnRecord) -> dict[_Period, int]:
    """The figure of each period; of two that the rows state the first, since the core leaves the second row out."""
    figures: dict[_Period, int] = {}
    for row in rows:
        period = _period_of(row)
        if period not in figures:
            figures[period] = on_record(row.project, Day(row.monitoring_start), Day(row.monitoring_end))
    for row in rows:
        figures[_period_of(row)] = figures[_period_of(row)] or row.verified
    return figures


def _period_of(row: ImportRow) -> _Period:
    """A project by what all spellings of its code have in common, and the first and last day."""
    return folded(row.project), row.monitoring_start, row.monitoring_end


def _about(row: ImportRow) -> str:
    return f"{row.project}: {_day_text(row.monitoring_start)} / {_day_text(row.monitoring_end)}"


def _day_text(day: int) -> str:
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"
