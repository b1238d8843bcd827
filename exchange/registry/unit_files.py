"""Files of units as the registries let people download them: read row by row, the good ones apart from the bad.

Verra, Gold Standard, Climate Action Reserve and American Carbon Registry publish CSV files whose columns are known; for
CCER, whose official form is not public, the operator says which column is what (:class:`Mapping`). What a file does not
say comes with it (:class:`Given`): which firm shall have the units, on which paper they are locked, which project of
ours a registry's number is. A column with the name of such a field (``owner``, ``lock_reference``, ``project``,
``verified``, ``applied_on``) says it for each row.

Nothing is guessed. A row that cannot be read is told with its line and its fault, and a unit that the file itself says
was retired is not let in at all. Whether a row can be issued is then asked of the core.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, NamedTuple

from exchange.core.commands.credits import ImportRow
from exchange.core.credits.spelling import folded
from exchange.core.serials import RangeSet, SerialRange
from exchange.core.values import Day, ParticipantId, is_day
from exchange.registry.serial_shapes import (
    ACR,
    CAR,
    GOLD_STANDARD,
    VERRA,
    SerialBlock,
    Shape,
    read_by_template,
    read_serials,
)

MOST_BYTES: Final = 4 << 20
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 100
LONGEST_CELL: Final = 2_000
_LINES_BEFORE_THE_HEADING: Final = 10
_MOST_DIGITS: Final = 15
NO_FIRM: Final = ParticipantId(0)


class RowFault(StrEnum):
    """What is wrong with a row, or with the whole file."""

    NOT_TEXT = "NOT_TEXT"
    NOT_CSV = "NOT_CSV"
    TOO_LARGE = "TOO_LARGE"
    HEADING = "HEADING"
    CELLS = "CELLS"
    SERIALS = "SERIALS"
    QUANTITY = "QUANTITY"
    QUANTITY_DIFFERS = "QUANTITY_DIFFERS"
    PERIOD = "PERIOD"
    RETIRED = "RETIRED"
    PROJECT = "PROJECT"
    OWNER = "OWNER"
    LOCK_REFERENCE = "LOCK_REFERENCE"
    VERIFIED = "VERIFIED"
    APPLIED_ON = "APPLIED_ON"


class Words(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


FAULTS: Final[dict[RowFault, Words]] = {
    RowFault.NOT_TEXT: Words("The file is neither UTF-8 nor GB 18030.", "文件既非 UTF-8 也非 GB 18030 编码。"),
    RowFault.NOT_CSV: Words("From this line on it is not CSV.", "自此行起不是 CSV 格式。"),
    RowFault.TOO_LARGE: Words(
        f"The file is too large: at most {MOST_ROWS} rows and {MOST_BYTES >> 20} MiB.",
        f"文件过大：至多 {MOST_ROWS} 行，{MOST_BYTES >> 20} MiB。",
    ),
    RowFault.HEADING: Words(
        "There is no line with the names of the columns, a column that is needed is missing, or one stands twice.",
        "缺少列名行、缺少必需的列，或有列重复。",
    ),
    RowFault.CELLS: Words("The row has more or fewer cells than the heading.", "该行单元格数与列名行不符。"),
    RowFault.SERIALS: Words("The serials are not of the registry's form.", "序列号不符合登记机构的格式。"),
    RowFault.QUANTITY: Words("The quantity is not a whole number of tonnes.", "数量不是整数吨。"),
    RowFault.QUANTITY_DIFFERS: Words("The quantity is not the number of the serials.", "数量与序列号个数不符。"),
    RowFault.PERIOD: Words(
        "Neither the days of the monitoring period nor a vintage year can be read.", "监测期起止日与年份均无法识别。"
    ),
    RowFault.RETIRED: Words(
        "The registry's own file says that these units are retired or cancelled.", "登记机构的文件表明该批已注销。"
    ),
    RowFault.PROJECT: Words("The row names no project.", "该行未注明项目。"),
    RowFault.OWNER: Words("The firm that shall have the units is not known here.", "接收主体在此无记录。"),
    RowFault.LOCK_REFERENCE: Words("The row names no paper of its lock.", "该行未注明锁定凭证。"),
    RowFault.VERIFIED: Words("The verified tonnes are not a whole number.", "核证吨数不是整数。"),
    RowFault.APPLIED_ON: Words("The day of the application for issuance cannot be read.", "签发申请日无法识别。"),
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken; ``line`` is where it begins in the file, 0 for the file as a whole."""

    line: int
    fault: RowFault


@dataclass(frozen=True, slots=True)
class UnitFile:
    """The rows of a file that can be read, and those that cannot."""

    rows: tuple[ImportRow, ...]
    bad: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What is said beside the file. ``owner_of`` finds the firm of a code or an id; ``lock_reference`` may have
    ``{line}`` in it, since each block has a paper of its own; ``projects`` translates the registry's numbers.
    """

    owner: ParticipantId = NO_FIRM
    lock_reference: str = ""
    applied_on: Day = Day(0)
    projects: AnyMapping[str, str] = field(default_factory=dict)
    owner_of: Callable[[str], ParticipantId | None] = lambda _: None


Names = tuple[str, ...]
"""The names that one column has in files of different years; the first one that is there counts."""


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of one registry's files, and how their serials and days are written.

    ``start`` and ``end`` are the days of the period, ``year`` the vintage where a file has no days; ``ended`` are the
    columns that say that a block was retired or cancelled. ``day_first`` is for days with slashes.
    """

    shape: Shape | None
    serials: Names
    project: Names
    quantity: Names
    start: Names = ()
    end: Names = ()
    year: Names = ()
    verified: Names = ()
    issued_on: Names = ()
    ended: Names = ()
    ended_words: Names = ()
    status: Names = ()
    day_first: bool = True


@dataclass(frozen=True, slots=True)
class Mapping:
    """A form of the operator's own, for CCER: which column is what, and how serials are written.

    ``columns`` names the column of each of ``serials`` (or ``serial_lo`` and ``serial_hi``), ``project``, ``quantity``,
    ``start`` and ``end`` or ``year``; ``template`` writes a range, as ``CCER-{lo:9}-{hi:9}``; ``space`` is the serial
    space of all rows.
    """

    columns: AnyMapping[str, str]
    template: str
    space: str


class UnitForm(StrEnum):
    """Whose files are known."""

    VERRA = "VERRA"
    GOLD_STANDARD = "GOLD_STANDARD"
    CAR = "CAR"
    ACR = "ACR"


FORMS: Final[dict[UnitForm, Form]] = {
    UnitForm.VERRA: Form(
        VERRA,
        serials=("Serial Number",),
        project=("ID",),
        quantity=("Quantity Issued",),
        start=("Vintage Start",),
        end=("Vintage End",),
        verified=("Total Vintage Quantity",),
        issued_on=("Issuance Date",),
        ended=("Retirement/Cancellation Date",),
    ),
    UnitForm.GOLD_STANDARD: Form(
        GOLD_STANDARD,
        serials=("Serial Number",),
        project=("GSID", "Project ID"),
        quantity=("Quantity", "Number of Credits"),
        start=("Monitoring Period Start Date",),
        end=("Monitoring Period End Date",),
        year=("Vintage",),
        issued_on=("Issuance Date",),
        ended=("Retirement Date",),
        ended_words=("RETIRED", "CANCELLED"),
        status=("Credit Status", "Status"),
    ),
    UnitForm.CAR: Form(
        CAR,
        serials=("Offset Credit Serial Numbers",),
        project=("Project ID",),
        quantity=("Quantity of Offset Credits", "Total Offset Credits Issued"),
        year=("Vintage",),
        issued_on=("Date Issued",),
        ended=("Retirement Reason", "Cancellation Reason"),
        day_first=False,
    ),
    UnitForm.ACR: Form(
        ACR,
        serials=("Credit Serial Numbers", "Offset Credit Serial Numbers"),
        project=("Project ID",),
        quantity=("Quantity of Credits", "Credits Issued to Project", "Total Credits Issued"),
        start=("Vintage Assignment Period Start Date",),
        end=("Vintage Assignment Period End Date",),
        year=("Vintage",),
        issued_on=("Date Issued",),
        ended=("Retirement Reason", "Cancellation Type"),
        day_first=False,
    ),
}
"""Columns as the registries' public reports have them."""


def read_units(data: bytes, form: UnitForm | Mapping, given: Given) -> UnitFile:
    """The rows of a file; one that cannot be read at all is one bad row without others."""
    if isinstance(form, Mapping):
        return _read(data, _form_of(form), given, form)
    return _read(data, FORMS[form], given, None)


def _form_of(mapping: Mapping) -> Form:
    def column(name: str) -> Names:
        return (mapping.columns[name],) if name in mapping.columns else ()

    return Form(
        None,
        serials=column("serials") or column("serial_lo"),
        project=column("project"),
        quantity=column("quantity"),
        start=column("start"),
        end=column("end"),
        year=column("year"),
        verified=column("verified"),
        issued_on=column("issued_on"),
        ended=column("ended"),
    )


def _read(data: bytes, form: Form, given: Given, mapping: Mapping | None) -> UnitFile:
    rows: list[ImportRow] = []
    bad: list[BadRow] = []
    try:
        for line, cells in _table(data, form):
            row = _row(_Cells(line, cells, form, given, mapping))
            if isinstance(row, RowFault):
                bad.append(BadRow(line, row))
            else:
                rows.append(row)
    except _FileFaultError as error:
        bad.append(BadRow(error.line, error.fault))
    return UnitFile(tuple(_with_sums(rows)), tuple(bad))


class _FileFaultError(Exception):
    """The file cannot be read from a line on."""

    def __init__(self, fault: RowFault, line: int = 0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line


# --- the table --------------------------------------------------------------------------------------------------------


def _table(data: bytes, form: Form) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by the names of its columns, with the line on which it begins."""
    if len(data) > MOST_BYTES:
        raise _FileFaultError(RowFault.TOO_LARGE)
    lines = _lines(_text(data))
    names = _heading(lines, form)
    count = 0
    for line, cells in lines:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise _FileFaultError(RowFault.TOO_LARGE, line)
        while len(cells) > len(names) and not cells[-1]:
            cells.pop()
        # A row that is too short or too long is given as one without any cell, which no form takes.
        yield line, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else {}


def _text(data: bytes) -> str:
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
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
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


def _heading(lines: Iterator[tuple[int, list[str]]], form: Form) -> list[str]:
    """The names of the columns; some registries write a line or two before them."""
    for _, (_, cells) in zip(range(_LINES_BEFORE_THE_HEADING), lines, strict=False):
        names = list(cells)
        while names and not names[-1]:
            names.pop()
        if _has(names, form.serials):
            period = (_has(names, form.start) and _has(names, form.end)) or _has(names, form.year)
            whole = _has(names, form.project) and _has(names, form.quantity) and period
            if not whole or len(set(names)) != len(names):
                break
            return names
    raise _FileFaultError(RowFault.HEADING)


def _has(names: Sequence[str], wanted: Names) -> bool:
    return any(name in names for name in wanted)


# --- a row ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row and everything that it takes to read it."""

    line: int
    cells: AnyMapping[str, str]
    form: Form
    given: Given
    mapping: Mapping | None

    def cell(self, names: Names) -> str:
        """The cell of a column, "" where there is none."""
        return next((self.cells[name] for name in names if name in self.cells), "")


def _row(row: _Cells) -> ImportRow | RowFault:
    """The row as it can be staged, or the first thing that is wrong with it. Verified 0 is still to be summed up."""
    if not row.cells:
        return RowFault.CELLS
    if _is_ended(row):
        return RowFault.RETIRED
    block, quantity = _block(row), _whole(row.cell(row.form.quantity))
    if block is None:
        return RowFault.SERIALS
    if quantity is None:
        return RowFault.QUANTITY
    if quantity != block.serials.tonnes:
        return RowFault.QUANTITY_DIFFERS
    period = _period(row)
    if period is None:
        return RowFault.PERIOD
    return _with_what_is_given(row, block, period)


def _with_what_is_given(row: _Cells, block: SerialBlock, period: tuple[Day, Day]) -> ImportRow | RowFault:
    given = row.given
    number = row.cell(row.form.project)
    project = row.cell(("project",)) or given.projects.get(number, number)
    owner = given.owner_of(row.cell(("owner",))) if row.cell(("owner",)) else given.owner
    lock = row.cell(("lock_reference",)) or given.lock_reference.replace("{line}", str(row.line))
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
    return any(row.cell((name,)) for name in form.ended) or row.cell(form.status).upper() in form.ended_words


def _block(row: _Cells) -> SerialBlock | None:
    mapping = row.mapping
    if mapping is None:
        assert row.form.shape is not None
        return read_serials(row.form.shape, row.cell(row.form.serials))
    if "serials" in mapping.columns:
        return read_by_template(mapping.template, mapping.space, row.cell(row.form.serials))
    columns = (mapping.columns.get("serial_lo", ""), mapping.columns.get("serial_hi", ""))
    return read_by_template("{lo}-{hi}", mapping.space, "-".join(row.cell((name,)) for name in columns))


def _verified(row: _Cells) -> int | None:
    """The verified tonnes; 0 where neither the file nor the operator says them."""
    text = row.cell(("verified",)) or row.cell(row.form.verified)
    return _whole(text) if text else 0


def _applied_on(row: _Cells) -> Day | None:
    """The day of the application: the operator's, else the day of the issuance."""
    own = row.cell(("applied_on",))
    if own:
        return _day(own, row.form.day_first)
    return row.given.applied_on or _day(row.cell(row.form.issued_on), row.form.day_first)


def _period(row: _Cells) -> tuple[Day, Day] | None:
    form = row.form
    start, end = (_day(row.cell(names), form.day_first) for names in (form.start, form.end))
    if start is not None and end is not None:
        return (start, end) if start <= end else None
    year = row.cell(form.year)
    if row.cell(form.start) or row.cell(form.end) or not re.fullmatch(r"(?:19|20)[0-9]{2}", year, re.ASCII):
        return None
    return Day(int(year) * 10_000 + 101), Day(int(year) * 10_000 + 1231)


def _whole(text: str) -> int | None:
    """A whole number with or without commas between thousands."""
    plain = text.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})*", text, re.ASCII) else text
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _MOST_DIGITS else None


def _day(text: str, day_first: bool) -> Day | None:
    """A day as ``2020-11-19``, ``20201119``, or with slashes in the registry's own order."""
    found = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?", text, re.ASCII)
    if found is not None:
        year, month, day = found.groups()
    else:
        found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII)
        if found is None:
            return None
        first, second, year = found.groups()
        day, month = (first, second) if day_first else (second, first)
    number = int(year) * 10_000 + int(month) * 100 + int(day)
    return Day(number) if is_day(number) else None


_Period = tuple[str, int, int]
"""A project by what all spellings of its code have in common, and the first and last day."""


def _with_sums(rows: Sequence[ImportRow]) -> Iterator[ImportRow]:
    """Where nobody says how much was verified for a period, it is what the file has of it, each serial once.

    Serials that stand in two rows were not verified twice: the core leaves the second row out, and the first one must
    not say more than there is.
    """
    serials: defaultdict[_Period, defaultdict[str, RangeSet]] = defaultdict(lambda: defaultdict(RangeSet))
    for row in rows:
        serials[_period_of(row)][row.space].add(SerialRange(row.serial_lo, row.serial_hi))
    sums = {
        period: sum(block.tonnes for blocks in spaces.values() for block in blocks)
        for period, spaces in serials.items()
    }
    for row in rows:
        yield row if row.verified else replace(row, verified=sums[_period_of(row)])


def _period_of(row: ImportRow) -> _Period:
    return folded(row.project), row.monitoring_start, row.monitoring_end
