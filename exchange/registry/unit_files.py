"""Files of units as the registries let people download them: read row by row, the good ones apart from the bad.

Verra, Gold Standard, Climate Action Reserve and American Carbon Registry publish CSV files whose columns are known; for
CCER, whose official form is not public, the operator says which column is what (:class:`Mapping`). What a file does not
say comes with it (:class:`Given`): which firm shall have the units, on which paper they are locked, which project of
ours a registry's number is. A column with the name of such a field (``owner``, ``lock_reference``, ``project``,
``verified``, ``applied_on``) says it for each row.

Nothing is guessed. A row that cannot be read is told with its line and its fault, and so is one whose serials say
another project or another time than its columns (:mod:`exchange.registry.serial_facts`). A unit that the file itself
says was retired is not let in at all, nor one of which it may say so in a column that is not read. Whether a row can be
issued is then asked of the core.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.credits import ImportRow
from exchange.core.credits.serial_text import is_template, serial_text
from exchange.core.serials import SerialRange
from exchange.core.values import Day, ParticipantId
from exchange.registry.cell_values import day_of, whole, year_of
from exchange.registry.row_faults import MOST_BYTES, MOST_ROWS, BadRow, RowFault
from exchange.registry.serial_facts import facts_of
from exchange.registry.serial_shapes import (
    MAX_SERIAL,
    SerialBlock,
    numbers_by_template,
    numbers_of,
    read_by_numbers,
    read_by_template,
    read_serials,
)
from exchange.registry.unit_forms import FORMS, Form, Mapping, Names, UnitForm, form_of, leaves_a_doubt
from exchange.registry.verified_figures import OnRecord, nothing_on_record, with_figures

MOST_COLUMNS: Final = 100
LONGEST_CELL: Final = 2_000
_LINES_BEFORE_THE_HEADING: Final = 10
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How the files of spreadsheet programs begin: a ZIP archive, or the older compound file."""

LONGEST_TOLD: Final = 200
LONGEST_HEADING: Final = 2_000
_OR: Final = " / "
_NO_COMMAS: Final = (";", "；", "\t")
"""What spreadsheet programs write between cells where a comma stands in decimal numbers, or when asked to."""

_PERIOD: Final = "column_start, column_end / column_year"
NO_FIRM: Final = ParticipantId(0)


@dataclass(frozen=True, slots=True)
class UnitFile:
    """The rows of a file that can be read, those that cannot, and the columns of which nothing was read."""

    rows: tuple[ImportRow, ...]
    bad: tuple[BadRow, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What is said beside the file. ``owner_of`` finds the firm of a code or an id; ``lock_reference`` may have
    ``{line}`` in it, since each block has a paper of its own; ``projects`` translates the registry's numbers.
    ``verified`` is what was verified for the one period whose rows do not say it, ``on_record`` tells what is on record
    for a period (:mod:`exchange.registry.verified_figures`).
    """

    owner: ParticipantId = NO_FIRM
    lock_reference: str = ""
    applied_on: Day = Day(0)
    projects: AnyMapping[str, str] = field(default_factory=dict)
    owner_of: Callable[[str], ParticipantId | None] = lambda _: None
    verified: int = 0
    on_record: OnRecord = nothing_on_record


def read_units(data: bytes, form: UnitForm | Mapping, given: Given) -> UnitFile:
    """The rows of a file; one that cannot be read at all is one bad row without others."""
    if isinstance(form, Mapping):
        return _read(data, form_of(form), given, form)
    return _read(data, FORMS[form], given, None)


def _read(data: bytes, form: Form, given: Given, mapping: Mapping | None) -> UnitFile:
    rows: list[ImportRow] = []
    bad: list[BadRow] = []
    names: list[str] = []
    try:
        lines = _lines(_text(data))
        names, width = _heading(lines, form)
        doubts = form.doubts(names)
        for line, cells, all_cells in _table(lines, names):
            row = _Cells(line, cells, form, given, mapping, doubts, all_cells, len(names), len(all_cells) > width)
            found = _row(row)
            if isinstance(found, RowFault):
                bad.append(BadRow(line, found, _about(row, found), _instead(row, found)))
            else:
                rows.append(found)
    except _FileFaultError as error:
        bad.append(BadRow(error.line, error.fault, shown(error.about), shown(error.instead, LONGEST_HEADING)))
    if names and not rows and not bad:
        bad.append(BadRow(0, RowFault.NO_ROWS))
    used = form.used()
    unread = tuple(shown(name) for name in names if name and name not in used)
    good, without_figure = with_figures(rows, given.verified, given.on_record)
    return UnitFile(tuple(good), tuple(sorted((*bad, *without_figure), key=lambda one: one.line)), unread)


def shown(text: str, longest: int = LONGEST_TOLD) -> str:
    """Text of a file as it can be told to people: not too long, and without characters that nobody sees."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


class _FileFaultError(Exception):
    """The file cannot be read from a line on."""

    def __init__(self, fault: RowFault, line: int = 0, about: str = "", instead: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line
        self.about = about
        self.instead = instead


# --- the table --------------------------------------------------------------------------------------------------------


def _table(lines: Iterator[tuple[int, list[str]]], names: list[str]) -> Iterator[tuple[int, dict[str, str], Names]]:
    """Each row by the names of its columns, with the line on which it begins, and all its cells as they came."""
    count = blank = 0
    for line, cells in lines:
        if any(cells):
            count += 1
        else:
            blank += 1
        if max(count, blank) > MOST_ROWS:
            raise _FileFaultError(RowFault.TOO_LARGE, line)
        if not any(cells):
            continue
        all_cells = tuple(cells)
        while len(cells) > len(names) and not cells[-1]:
            cells.pop()
        # A row that is too short or too long is given as one without any cell, which no form takes.
        yield line, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else {}, all_cells


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _FileFaultError(RowFault.TOO_LARGE)
    if data.startswith(_SPREADSHEETS):
        raise _FileFaultError(RowFault.SPREADSHEET)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _FileFaultError(RowFault.NOT_TEXT)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, without blanks around them, and the line on which it begins."""
    # By itself Python would end lines at U+2028 and other characters too, which are letters to everybody else.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _FileFaultError(RowFault.NOT_CSV, line) from None
        if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
            raise _FileFaultError(RowFault.TOO_LARGE, line)
        yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _heading(lines: Iterator[tuple[int, list[str]]], form: Form) -> tuple[list[str], int]:
    """The names of the columns, and how many cells their line has; some registries write a line or two before them."""
    first: list[str] = []
    is_otherwise_divided = False
    for _, (_, cells) in zip(range(_LINES_BEFORE_THE_HEADING), lines, strict=False):
        names = list(cells)
        first = first or names
        is_otherwise_divided |= _is_otherwise_divided(cells, form)
        while names and not names[-1]:
            names.pop()
        if _has(names, form.serials):
            twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
            missing = _missing(names, form)
            if missing or twice:
                fault = RowFault.COLUMN_MISSING if missing else RowFault.COLUMN_TWICE
                raise _FileFaultError(fault, 0, ", ".join(missing or twice), ", ".join(names) if missing else "")
            return names, len(cells)
    fault = RowFault.SEPARATOR if is_otherwise_divided else RowFault.HEADING
    raise _FileFaultError(fault, 0, _OR.join(form.serials), ", ".join(first))


def _is_otherwise_divided(cells: Sequence[str], form: Form) -> bool:
    """Whether a line would be the heading if something else than commas stood between cells."""
    parts = (part for cell in cells for sign in _NO_COMMAS if sign in cell for part in cell.split(sign))
    return _has([part.strip(' "') for part in parts], form.serials)


def _missing(names: Sequence[str], form: Form) -> list[str]:
    """The columns without which no row can be read, and those that the operator has named, as far as they lack."""
    needed = [wanted for wanted in (form.project, form.quantity, form.tells_ended) if wanted]
    missing = [_OR.join(wanted) for wanted in needed if not _has(names, wanted)]
    if not (_has(names, form.start) and _has(names, form.end)) and not _has(names, form.year):
        days = [_OR.join(wanted) for wanted in (form.start, form.end) if wanted and not _has(names, wanted)]
        missing += days or [_OR.join(form.year) or _PERIOD]
    return list(dict.fromkeys([*missing, *(name for name in form.named if name not in names)]))


def _has(names: Sequence[str], wanted: Names) -> bool:
    return any(name in names for name in wanted)


# --- a row ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row and everything that it takes to read it; ``all_cells`` are those that it has, ``columns`` how many have
    a name; a wide row has more cells than the heading, if empty ones. ``doubts`` are the columns of the file in which
    nothing should stand (:meth:`Form.doubts`).
    """

    line: int
    cells: AnyMapping[str, str]
    form: Form
    given: Given
    mapping: Mapping | None
    doubts: Names
    all_cells: Names
    columns: int
    is_wide: bool

    def cell(self, names: Names) -> str:
        """The cell of a column, "" where there is none."""
        return next((self.cells[name] for name in names if name in self.cells), "")

    def statuses(self) -> set[str]:
        """What stands in any of the columns of a status: where there are two, one may say what the other does not."""
        words = {self.cells.get(name, "").upper() for name in self.form.status}
        return words - {""}

    def doubtful(self) -> Names:
        """The columns by which it is open whether the units are still there."""
        return tuple(name for name in self.doubts if leaves_a_doubt(name, self.cells.get(name, "")))


def _row(row: _Cells) -> ImportRow | RowFault:
    """The row as it can be staged, or the first thing that is wrong with it. Verified 0 is still to be found."""
    found = _read_row(row) if row.cells else RowFault.CELLS
    # A comma too many, as in 1,000 without quotation marks, moves every cell behind it: none says what it seems to say.
    return RowFault.CELLS if row.is_wide and isinstance(found, RowFault) else found


def _read_row(row: _Cells) -> ImportRow | RowFault:
    if _is_ended(row):
        return RowFault.RETIRED
    if not _is_live(row):
        return RowFault.STATUS
    block, quantity = _block(row), whole(row.cell(row.form.quantity))
    if block is None:
        return _serial_fault(row)
    if quantity is None:
        return RowFault.QUANTITY
    if quantity != block.serials.tonnes:
        return RowFault.QUANTITY_DIFFERS
    period = _period(row)
    if period is None:
        return RowFault.PERIOD
    if period[0] > period[1]:
        return RowFault.PERIOD_REVERSED
    return _contradiction(row, block, period) or _with_what_is_given(row, block, period)


def _serial_fault(row: _Cells) -> RowFault:
    """What is wrong with serials that make no block."""
    numbers = _numbers(row)
    unlike = RowFault.SERIAL_NUMBERS if _has_two_columns(row) else RowFault.SERIALS
    if numbers is None or not all(number.isascii() and number.isdigit() for number in numbers):
        return unlike
    first, last = map(int, numbers)
    if first > last:
        return RowFault.SERIALS_REVERSED
    return unlike if 0 < first <= last < MAX_SERIAL else RowFault.SERIALS_OUT_OF_RANGE


def _has_two_columns(row: _Cells) -> bool:
    """Whether the first and the last serial have cells of their own."""
    return row.mapping is not None and "serials" not in row.mapping.columns


def _contradiction(row: _Cells, block: SerialBlock, period: tuple[Day, Day]) -> RowFault | None:
    """What the serials themselves say otherwise than the row, in the registry's own words: before its number of the
    project is translated to a code of ours.
    """
    facts = facts_of(block)
    if not facts.is_of_project(row.cell(row.form.project)):
        return RowFault.SERIALS_OF_ANOTHER_PROJECT
    if not (facts.is_of_period(*period) and facts.is_of_vintage(row.cell(row.form.year))):
        return RowFault.SERIALS_OF_ANOTHER_PERIOD
    return None if facts.is_of_country(row.cell(row.form.country)) else RowFault.SERIALS_OF_ANOTHER_COUNTRY


def _about(row: _Cells, fault: RowFault) -> str:
    """The cells that a fault is about, each behind the name of its column; all of them where it is unknown which is
    which.
    """
    if fault is RowFault.CELLS:
        return shown(", ".join(row.all_cells))
    names = [name for name in _concerned(row, fault) if name in row.cells]
    return shown(", ".join(f"{name}: {row.cells[name]}" for name in dict.fromkeys(names)))


def _instead(row: _Cells, fault: RowFault) -> str:
    """What the serials are or say, where the row says something else; how days are read, where one cannot be; how many
    cells there are, and how many should be.
    """
    if fault is RowFault.CELLS:
        return f"{len(row.all_cells)} ≠ {row.columns}"
    if fault in (RowFault.PERIOD, RowFault.APPLIED_ON):
        return row.form.slashed
    if fault in (RowFault.SERIALS, RowFault.SERIAL_NUMBERS):
        return _example(row)
    block = _block(row) if row.cells else None
    say = _SAID.get(fault)
    return "" if block is None or say is None else say(block)


def _example(row: _Cells) -> str:
    """Serials as the form, or the operator's template, writes them; of two columns the numbers by themselves."""
    if row.mapping is None:
        assert row.form.shape is not None
        return row.form.shape.example
    template = row.mapping.template
    written = serial_text(template, SerialRange(1, 101)) if is_template(template) else template
    numbers = numbers_by_template(template, written) if _has_two_columns(row) else None
    return written if numbers is None else ", ".join(numbers)


_SAID: Final[dict[RowFault, Callable[[SerialBlock], str]]] = {
    RowFault.QUANTITY_DIFFERS: lambda block: str(block.serials.tonnes),
    RowFault.SERIALS_OF_ANOTHER_PROJECT: lambda block: facts_of(block).project,
    RowFault.SERIALS_OF_ANOTHER_PERIOD: lambda block: facts_of(block).period(),
    RowFault.SERIALS_OF_ANOTHER_COUNTRY: lambda block: facts_of(block).country,
}
"""What the serials say for themselves, by the fault that is found by it."""


def _concerned(row: _Cells, fault: RowFault) -> Names:
    form = row.form
    serials = (*form.serials, *([] if row.mapping is None else [row.mapping.columns.get("serial_hi", "")]))
    period = (*form.start, *form.end, *form.year)
    columns: dict[RowFault, Names] = {
        RowFault.SERIALS: serials,
        RowFault.SERIAL_NUMBERS: serials,
        RowFault.SERIALS_REVERSED: serials,
        RowFault.SERIALS_OUT_OF_RANGE: serials,
        RowFault.SERIALS_OF_ANOTHER_PROJECT: (*form.project, *serials),
        RowFault.SERIALS_OF_ANOTHER_PERIOD: (*period, *serials),
        RowFault.SERIALS_OF_ANOTHER_COUNTRY: (*form.country, *serials),
        RowFault.QUANTITY: form.quantity,
        RowFault.QUANTITY_DIFFERS: (*form.quantity, *serials),
        RowFault.PERIOD: period,
        RowFault.PERIOD_REVERSED: period,
        RowFault.RETIRED: (*form.ended, *form.status),
        RowFault.STATUS: (*form.status, *row.doubtful()),
        RowFault.PROJECT: ("project", *form.project),
        RowFault.OWNER: form.owner,
        RowFault.LOCK_REFERENCE: form.lock_reference,
        RowFault.VERIFIED: ("verified", *form.verified),
        RowFault.APPLIED_ON: ("applied_on", *form.issued_on),
    }
    return columns.get(fault, ())


def _with_what_is_given(row: _Cells, block: SerialBlock, period: tuple[Day, Day]) -> ImportRow | RowFault:
    given = row.given
    number = row.cell(row.form.project)
    project = row.cell(("project",)) or given.projects.get(number, number)
    named = row.cell(row.form.owner)
    owner = given.owner_of(named) if named else given.owner
    lock = row.cell(row.form.lock_reference) or given.lock_reference.replace("{line}", str(row.line))
    applied, verified = _applied_on(row), _verified(row)
    if not project:
        return RowFault.PROJECT
    if not owner:
        return RowFault.OWNER
    if not lock:
        return RowFault.LOCK_REFERENCE
    if verified is None:
        return RowFault.VERIFIED
    if applied is None:
        return RowFault.APPLIED_ON
    serials = block.serials
    place = (row.line, project, *period, verified, applied, block.space, block.template)
    return ImportRow(*place, serials.lo, serials.hi, owner, lock)


def _is_ended(row: _Cells) -> bool:
    form = row.form
    return any(row.cell((name,)) for name in form.ended) or not row.statuses().isdisjoint(form.ended_words)


def _is_live(row: _Cells) -> bool:
    """Whether nothing that the row says, or should say, leaves it open if the units are still their owner's."""
    live, statuses = row.form.live_words, row.statuses()
    is_known = not live or (bool(statuses) and statuses.issubset(live))
    return is_known and not row.doubtful()


def _block(row: _Cells) -> SerialBlock | None:
    mapping = row.mapping
    if mapping is None:
        assert row.form.shape is not None
        return read_serials(row.form.shape, row.cell(row.form.serials))
    if "serials" in mapping.columns:
        return read_by_template(mapping.template, mapping.space, row.cell(row.form.serials))
    columns = (mapping.columns.get("serial_lo", ""), mapping.columns.get("serial_hi", ""))
    return read_by_numbers(mapping.template, mapping.space, *(row.cell((name,)) for name in columns))


def _numbers(row: _Cells) -> tuple[str, str] | None:
    """The first and the last number as the row has them, where its serials are of the form at all."""
    mapping = row.mapping
    if mapping is None:
        assert row.form.shape is not None
        return numbers_of(row.form.shape, row.cell(row.form.serials))
    if "serials" in mapping.columns:
        return numbers_by_template(mapping.template, row.cell(row.form.serials))
    return row.cell((mapping.columns.get("serial_lo", ""),)), row.cell((mapping.columns.get("serial_hi", ""),))


def _verified(row: _Cells) -> int | None:
    """The verified tonnes, 0 where the row does not say them; None where it says what is no such number."""
    text = row.cell(("verified",)) or row.cell(row.form.verified)
    return (whole(text) or None) if text else 0


def _applied_on(row: _Cells) -> Day | None:
    """The day of the application: the operator's, else the day of the issuance."""
    own = row.cell(("applied_on",))
    if own:
        return day_of(own, row.form.day_first)
    return row.given.applied_on or day_of(row.cell(row.form.issued_on), row.form.day_first)


def _period(row: _Cells) -> tuple[Day, Day] | None:
    form = row.form
    start, end = (day_of(row.cell(names), form.day_first) for names in (form.start, form.end))
    if start is not None and end is not None:
        return start, end
    year = None if row.cell(form.start) or row.cell(form.end) else year_of(row.cell(form.year))
    return None if year is None else (Day(year * 10_000 + 101), Day(year * 10_000 + 1231))
