"""Files of units: staged row by row as registries publish them, then issued and admitted together by two persons."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final

from exchange.access.authority import Audience
from exchange.access.ids import NEVER, Kind, id_number, id_text
from exchange.api.continued_file import Waiting, another_file, otherwise, rows_that_wait, why_not_to_go_on
from exchange.api.fields import (
    Body,
    Code,
    DayText,
    FromText,
    Import,
    Model,
    PageQuery,
    QuantityNumber,
    Reference,
    SerialTemplate,
    Text,
    text_such_as,
    words,
)
from exchange.api.operations import Call, Document, Draft, Read, Stage, Upload
from exchange.api.outputs import (
    Dated,
    DayOut,
    HexOut,
    ImportOut,
    IssuanceOut,
    LotOut,
    Page,
    ParticipantOut,
    PersonOut,
    TimeOut,
)
from exchange.api.paging import page
from exchange.api.problem_tables import VIEW_BEHIND
from exchange.api.problems import ProblemError
from exchange.api.refused_rows import Facts, refused_row, unread_row, verified_on_record
from exchange.api.uploads import RefusedError
from exchange.api.validation import invalid
from exchange.api.wire import day_text, time_text
from exchange.core.commands.credits import ImportRow, StageUnits
from exchange.core.credits.serial_text import serial_text
from exchange.core.credits.spelling import is_name
from exchange.core.events.credits import UnitsStaged
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import NOBODY, Day, ImportId, ParticipantId, Seq
from exchange.registry.row_faults import MOST_BYTES, BadRow, RowFault
from exchange.registry.unit_files import Given, UnitFile, read_units, shown
from exchange.registry.unit_forms import Mapping, UnitForm
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.imports import Whole
from exchange.sequencer.view.unit_rows import StagedImport

MAPPED: Final = "MAPPED"
"""The form that an operator describes by the names of its columns."""

ROWS_AT_ONCE: Final = 20
"""Rows of one portion. With the longest texts that a row may have they fit into one entry of the journal."""

CATCH_UP_S: Final = 2.0
_PROJECTS: Final = re.compile(r"[^=,]{1,64}=[^=,]{1,64}(?:,[^=,]{1,64}=[^=,]{1,64}){0,99}")


def _read_projects(text: str) -> dict[str, str] | None:
    if _PROJECTS.fullmatch(text) is None:
        return None
    return dict(pair.split("=", 1) for pair in text.split(","))


Projects = Annotated[dict[str, str], FromText(_read_projects, "PROJECTS", {"examples": ["2498=VCS-2498"]})]


Firm = Annotated[str, text_such_as("par-17", "NMSG")]


class UploadQuery(Body):
    """Whose file it is, and what it does not say itself.

    ``owner``, ``lock_reference`` (which may have ``{line}`` in it) and ``applied_on`` are for rows that do not say it
    in a column of that name, ``verified`` is for those of one period; ``projects`` translates the registry's numbers
    to codes of ours. With the form MAPPED ``template`` and ``space`` say how serials are written, and ``column_…``
    which column is what; a column that is named must be in the file.
    """

    form: Annotated[str, words(*UnitForm, MAPPED)]
    staged: Import | None = None
    owner: Firm | None = None
    lock_reference: Reference | None = None
    applied_on: DayText | None = None
    verified: QuantityNumber | None = None
    projects: Projects | None = None
    template: SerialTemplate | None = None
    space: Code | None = None
    column_serials: Text | None = None
    column_serial_lo: Text | None = None
    column_serial_hi: Text | None = None
    column_project: Text | None = None
    column_quantity: Text | None = None
    column_start: Text | None = None
    column_end: Text | None = None
    column_year: Text | None = None
    column_verified: Text | None = None
    column_issued_on: Text | None = None
    column_ended: Text | None = None
    column_owner: Text | None = None
    column_lock_reference: Text | None = None


_COLUMNS: Final = "column_"


class BadRowModel(Model):
    """A row that was left out, and why. Line 0 is the file as a whole. ``about`` are the cells or columns that it is
    about, as the file has them; of a row that could be read, its values as the rows of an import are shown.
    """

    line: int
    code: str
    detail: str
    about: str | None


class ImportUploaded(Dated):
    """What became of a file: how many of its rows were taken, which were left out, and the hash of all rows that wait.

    Where not a single row can wait there is no import, and the first two are null: ``refused`` says why, and the
    status is 201 all the same. ``known`` are the lines of rows that waited already, before this file came. ``unread``
    are columns of the file of which nothing was read: look whether one of them should have been named.
    """

    id: ImportOut | None
    rows_hash: HexOut | None
    accepted: int
    waiting: int
    known: list[int]
    refused: list[BadRowModel]
    unread: list[str]


class ImportModel(Model):
    """An import: rows that wait, or were issued and admitted. ``rows_hash`` is what a proposal of type IMPORT names."""

    id: ImportOut
    by: PersonOut
    begun_at: TimeOut
    rows: int
    quantity: int
    rows_hash: HexOut
    committed_at: TimeOut | None
    issuances: list[IssuanceOut]
    lots: list[LotOut]


class OneImport(ImportModel, Dated):
    """One import."""


class ImportPage(Page):
    """Imports."""

    items: list[ImportModel]


class ImportRowModel(Model):
    """A row of an import, as it was read: ``line`` is where it stood in its file."""

    line: int
    project_code: str
    monitoring_start: DayOut
    monitoring_end: DayOut
    verified: int
    applied_on: DayOut
    space: str
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    owner: ParticipantOut
    lock_reference: str


class ImportRowPage(Page):
    """Rows of an import in the order in which they came."""

    items: list[ImportRowModel]


# --- bringing a file in ----------------------------------------------------------------------------------------------


def upload(call: Call) -> Draft:
    """Bring in a file of units: good rows are staged, bad ones are told with their line and reason.

    A row is bad by itself, or because it contradicts one that was staged before it in this import: the same serials,
    the same paper, more than was verified. The body is the file itself, as CSV. Nothing is issued by it: that is a
    proposal of type IMPORT, which names the hash of all rows that wait and needs two persons. With ``staged`` it is the
    whole file once more, mended: rows that wait are known again on their lines, and the others join them.
    """
    raise AssertionError("a file is taken, not drafted")


async def take(call: Call, content: bytes, stage: Stage) -> Document:
    """Read the file, stage its good rows, and tell of the others."""
    query: UploadQuery = call.query
    view, person = call.services.view, call.who.person
    found = await asyncio.to_thread(read_units, content, _form_of(query), _given(call, query))
    good, bad = _sound(found)
    taken = _Taken(ImportId(query.staged or NOBODY))
    before = rows_that_wait(view, taken.staged, person)
    taken.waiting = len(before)
    if (whole := another_file(before, good, bad)) is not None:
        good, bad = [], [*bad, whole]
    if taken.staged and not good and (why := why_not_to_go_on(view, taken.staged, person)) is not None:
        raise ProblemError(why)
    taken.refused = [unread_row(row, call.language) for row in bad]
    for rows in _portions(good):
        await _take_portion(call, stage, rows, before, taken)
    # A file of which no row could be sent on has made no entry; what is told of it is true as of the last one.
    seq = taken.seq or view.seq
    rest = {"refused": sorted(taken.refused, key=_line_of), "unread": list(found.unread), "as_of_seq": seq}
    # Where every row was refused the import is empty, and is nobody's to see: there is nothing to propose or to commit.
    made = await _hash_of(call, taken.staged, seq) if taken.waiting else _NO_IMPORT
    counts = {"accepted": taken.accepted, "waiting": taken.waiting, "known": sorted(taken.known)}
    return {**made, **counts, **rest}


@dataclass(slots=True)
class _Taken:
    """What has become of a file so far."""

    staged: ImportId
    waiting: int = 0
    accepted: int = 0
    known: list[int] = field(default_factory=list)
    refused: list[Document] = field(default_factory=list)
    seq: Seq = Seq(0)


async def _take_portion(call: Call, stage: Stage, rows: tuple[ImportRow, ...], before: Waiting, taken: _Taken) -> None:
    """Have the next rows staged, and note what came of each.

    Raises:
        RefusedError: when the core takes no portion at all. Where one has been taken, that must be told in any case:
            the refusal of a later one is then told of each of its rows.
    """
    try:
        told = await stage(Draft(StageUnits(call.who.person, taken.staged, rows), _staged))
    except RefusedError as refused:
        if refused.reason not in _OF_A_PORTION or not taken.accepted:
            raise
        taken.refused += [refused_row(row, refused.reason, call.services.view, call.language) for row in rows]
        return
    taken.staged, taken.seq = ImportId(id_number(Kind.IMPORT, told["id"])), Seq(told["as_of_seq"])
    taken.waiting = told["waiting"]
    taken.accepted += len(rows) - len(told["refused"])
    of_line = {row.line: row for row in rows}
    for line, number, facts in told["refused"]:
        if (reason := RejectReason(number)) is RejectReason.WAITS_ALREADY:
            taken.known.append(line)
        else:
            taken.refused.append(_refused(of_line[line], reason, facts, before, call))


_OF_A_PORTION: Final = (RejectReason.INVALID_FIELD, RejectReason.TOO_MANY_ROWS, RejectReason.IMPORT_COMMITTED)
"""What the core can have against a portion as a whole. Other refusals are of the person or of the key, and a file that
is sent again under its key goes on from there.
"""


def _refused(row: ImportRow, reason: RejectReason, facts: Facts, before: Waiting, call: Call) -> Document:
    """A row that the core has not taken."""
    changed = otherwise(row, before) if reason is RejectReason.LINE_TAKEN else None
    if changed is not None:
        return unread_row(changed, call.language)
    return refused_row(row, reason, call.services.view, call.language, facts)


def _form_of(query: UploadQuery) -> UnitForm | Mapping:
    """The form of the file; raises :class:`ProblemError` naming what a mapping lacks."""
    columns = {
        name.removeprefix(_COLUMNS): value
        for name in UploadQuery.model_fields
        if name.startswith(_COLUMNS) and (value := getattr(query, name)) is not None
    }
    if query.form != MAPPED:
        return UnitForm(query.form)
    lo_and_hi = {"serial_lo", "serial_hi"} <= columns.keys()
    if not {"serials", "serial_lo", "serial_hi"} & columns.keys():
        raise invalid("query/column_serials", "SERIAL_COLUMNS")
    for name in ("space", *(() if lo_and_hi else ("template",))):
        if not getattr(query, name):
            raise invalid(f"query/{name}", "MISSING")
    wanted = ("project", "quantity", *(() if lo_and_hi else ("serials",)))
    for name in wanted:
        if name not in columns:
            raise invalid(f"query/{_COLUMNS}{name}", "MISSING")
    return Mapping(columns, query.template or "{lo}-{hi}", query.space or "")


def _given(call: Call, query: UploadQuery) -> Given:
    """What is said beside the file; raises :class:`ProblemError` for an owner who is none."""
    people = call.services.view.people

    def owner_of(text: str) -> ParticipantId | None:
        number = id_number(Kind.PARTICIPANT, text)
        return people.firm_of(text) if number == NEVER else ParticipantId(number)

    owner = ParticipantId(NOBODY) if query.owner is None else owner_of(query.owner)
    if owner is None:
        raise invalid("query/owner", "FIRM")
    applied = Day(query.applied_on or 0)
    on_record = partial(verified_on_record, call.services.view)
    lock, verified, projects = query.lock_reference or "", query.verified or 0, query.projects or {}
    return Given(owner, lock, applied, projects, owner_of, verified, on_record)


def _sound(found: UnitFile) -> tuple[list[ImportRow], list[BadRow]]:
    """Rows whose texts are such as can be kept, and all others of the file."""
    good: list[ImportRow] = []
    bad = list(found.bad)
    for row in found.rows:
        texts = (row.project, row.space, row.serial_text, row.lock_reference)
        if all(map(is_name, texts)):
            good.append(row)
        else:
            bad.append(BadRow(row.line, RowFault.CHARACTERS, ", ".join(map(shown, texts))))
    return good, bad


def _portions(rows: list[ImportRow]) -> Iterator[tuple[ImportRow, ...]]:
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        yield tuple(rows[begin : begin + ROWS_AT_ONCE])


def _staged(decision: Decided) -> Document:
    """What is kept of a portion; the words for it are found when the whole answer is made."""
    (event,) = [event for event in decision.events if isinstance(event, UnitsStaged)]
    return {
        "id": id_text(Kind.IMPORT, event.staged),
        "waiting": event.total,
        "refused": [
            [row.line, row.reason, dict(zip(row.fact_names, row.fact_values, strict=True))] for row in event.refused
        ],
    }


def _line_of(row: Document) -> int:
    line: int = row["line"]
    return line


_NO_IMPORT: Final[Document] = {"id": None, "rows_hash": None}


async def _hash_of(call: Call, staged: ImportId, seq: Seq) -> Document:
    """The import's id and the hash of its rows, once the view knows of them."""
    view = call.services.view
    if not await view.wait_for(seq, CATCH_UP_S):
        raise ProblemError(VIEW_BEHIND, headers={"retry-after": "1"})
    whole = view.imports.whole(view.imports.by_id[staged])
    return {"id": id_text(Kind.IMPORT, staged), "rows_hash": whole.digest.hex()}


# --- reading ---------------------------------------------------------------------------------------------------------


def import_document(row: StagedImport, whole: Whole) -> Document:
    """An import as it is shown, with what all its rows come to."""
    return {
        "id": id_text(Kind.IMPORT, row.staged),
        "by": id_text(Kind.PERSON, row.by),
        "begun_at": time_text(row.at),
        "rows": whole.rows,
        "quantity": whole.tonnes,
        "rows_hash": whole.digest.hex(),
        "committed_at": time_text(row.committed_at) if row.committed_at else None,
        "issuances": _ids(Kind.ISSUANCE, row.issuances),
        "lots": _ids(Kind.LOT, row.lots),
    }


def _ids(kind: Kind, numbers: Iterable[int]) -> list[str]:
    return [id_text(kind, number) for number in numbers]


def every(call: Call) -> Document:
    """Files of units that were brought in, with the hash of their rows."""
    imports = call.services.view.imports
    shown = [row for row in imports.by_id.values() if row.rows]
    return page(shown, lambda row: row.staged, lambda row: import_document(row, imports.whole(row)), call.query)


def one(call: Call) -> Document:
    """One file of units."""
    row = _import(call)
    return import_document(row, call.services.view.imports.whole(row))


def _import(call: Call) -> StagedImport:
    row = call.services.view.imports.by_id.get(ImportId(id_number(Kind.IMPORT, call.path["staged"])))
    if row is None or not row.rows:
        raise ProblemError(RejectReason.IMPORT_NOT_FOUND)
    return row


def rows(call: Call) -> Document:
    """The rows of one file of units, as they were read."""
    numbered: list[tuple[int, Any]] = list(enumerate(_import(call).rows, start=1))
    return page(numbered, lambda row: row[0], lambda row: row_document(row[1]), call.query)


def row_document(row: ImportRow) -> Document:
    """A row as it is shown."""
    serials = SerialRange(row.serial_lo, row.serial_hi)
    return {
        "line": row.line,
        "project_code": row.project,
        "monitoring_start": day_text(Day(row.monitoring_start)),
        "monitoring_end": day_text(Day(row.monitoring_end)),
        "verified": row.verified,
        "applied_on": day_text(Day(row.applied_on)),
        "space": row.space,
        "serial_lo": row.serial_lo,
        "serial_hi": row.serial_hi,
        "serial_text": serial_text(row.serial_text, serials),
        "quantity": serials.tonnes,
        "owner": id_text(Kind.PARTICIPANT, row.owner),
        "lock_reference": row.lock_reference,
    }


_MISSING: Final = (RejectReason.IMPORT_NOT_FOUND,)

OPERATIONS = (
    Upload(
        method="POST",
        path="/v1/imports",
        command=StageUnits,
        draft=upload,
        take=take,
        query=UploadQuery,
        answer=ImportUploaded,
        largest=MOST_BYTES,
    ),
    Read(path="/v1/imports", audience=Audience.SUPERVISION, query=PageQuery, handle=every, answer=ImportPage),
    Read(
        path="/v1/imports/{staged}",
        audience=Audience.SUPERVISION,
        handle=one,
        answer=OneImport,
        missing=_MISSING,
    ),
    Read(
        path="/v1/imports/{staged}/rows",
        audience=Audience.SUPERVISION,
        query=PageQuery,
        handle=rows,
        answer=ImportRowPage,
        missing=_MISSING,
    ),
)
