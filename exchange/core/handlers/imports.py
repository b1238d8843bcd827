"""Files of units: their rows are staged in portions, then issued and admitted together, or not at all.

What is wrong with a row by itself is told when it comes, and the row is left out. What is staged can still be wrong
beside the others, or by now, so everything is checked again when it is committed: on a copy of nothing, by keeping
account of what the rows before take.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from exchange.core.canonical import RecordCodec
from exchange.core.commands.credits import AdmitLot, CommitImport, ImportRow, StageUnits
from exchange.core.commands.projects import RecordIssuance
from exchange.core.credits.project import Projects
from exchange.core.credits.spelling import folded, folded_space
from exchange.core.credits.staged import Import
from exchange.core.events.credits import ImportCommitted, RowRefused, UnitsStaged
from exchange.core.handlers import credits, projects
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.serials import SerialRange, first_overlap
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, Day, ImportId, IssuanceId, LotId, PersonId, Tonnes

MAX_ROWS: Final = 2_000
"""Rows of one import: one entry commits them all."""

MAX_PORTION: Final = 100
"""Rows of one portion, which has to fit into one entry of the journal."""

MAX_PORTION_BYTES: Final = 48 * 1024
"""A hundred plain rows are 20 KiB; a portion with the longest texts everywhere has to be a smaller one."""

LINES: Final = range(1, 10**9)
"""The lines that a file can have."""

_ROW: Final = RecordCodec(ImportRow)


def stage_units(step: Step, command: StageUnits) -> Refusal | None:
    """Put the good ones of these rows aside; each is looked at by itself, as if it were the only one.

    A bad row is left out and told with its line and reason, so that a file of thousands comes in with one entry for
    each portion, and not with one for each of its mistakes.
    """
    state = step.state
    begun = state.imports.by_id.get(command.staged)
    if command.staged and (begun is None or begun.by != command.actor):
        return Refusal(RejectReason.IMPORT_NOT_FOUND)
    if begun is not None and begun.committed:
        return Refusal(RejectReason.IMPORT_COMMITTED)
    before = len(begun.rows) if begun is not None else 0
    if not all(row.line in LINES and is_text(row.project) for row in command.rows):
        return Refusal(RejectReason.INVALID_FIELD)
    if not _is_portion(command.rows) or before + len(command.rows) > MAX_ROWS:
        return Refusal(RejectReason.TOO_MANY_ROWS, (("highest", min(MAX_PORTION, MAX_ROWS - before)),))
    refusals = [refuse_row(state, command.actor, row) for row in command.rows]
    # -- everything is checked; nothing below may fail --
    if begun is None:
        begun = Import(ImportId(step.new_id()), command.actor, [], committed=False)
        state.imports.by_id[begun.staged] = begun
    judged = list(zip(command.rows, refusals, strict=True))
    good = tuple(row for row, refusal in judged if refusal is None)
    begun.rows.extend(good)
    step.created = begun.staged
    left_out = tuple(RowRefused(row.line, int(refusal.reason)) for row, refusal in judged if refusal is not None)
    step.emit(UnitsStaged(begun.staged, begun.by, good, left_out, len(begun.rows)))
    return None


def _is_portion(rows: tuple[ImportRow, ...]) -> bool:
    """Whether so many rows, with texts as long as theirs, fit into one entry."""
    return 1 <= len(rows) <= MAX_PORTION and sum(len(_ROW.encode(row)) for row in rows) <= MAX_PORTION_BYTES


def _row_refusals(state: ExchangeState, actor: PersonId, rows: tuple[ImportRow, ...]) -> Iterator[Refusal]:
    """What is wrong with rows by themselves, each with its line."""
    for row in rows:
        refusal = refuse_row(state, actor, row)
        if refusal is not None:
            yield replace(refusal, facts=(("line", row.line), *refusal.facts))


def refuse_row(state: ExchangeState, actor: PersonId, row: ImportRow) -> Refusal | None:
    """Why a row cannot be issued and admitted as things are, or None; the reader of a file asks this too."""
    issuance = issuance_of(state, actor, row)
    if isinstance(issuance, Refusal):
        return issuance
    return first_of(
        projects.refuse_issuance(state, issuance), credits.refuse_new_lot(state, row.owner, row.lock_reference)
    )


def issuance_of(state: ExchangeState, actor: PersonId, row: ImportRow) -> RecordIssuance | Refusal:
    """The issuance that a row stands for."""
    project = state.credits.projects.codes.get(folded(row.project))
    if project is None:
        return Refusal(RejectReason.PROJECT_NOT_FOUND)
    return RecordIssuance(
        actor,
        project,
        Day(row.monitoring_start),
        Day(row.monitoring_end),
        Tonnes(row.verified),
        Day(row.applied_on),
        row.space,
        row.serial_text,
        row.serial_lo,
        row.serial_hi,
        ClaimId(0),
    )


def rows_hash(rows: list[ImportRow]) -> bytes:
    """SHA-256 over the canonical bytes of all rows in order: what both persons approve."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(_ROW.encode(row))
    return digest.digest()


def refuse_commit(state: ExchangeState, action: CommitImport) -> Refusal | None:
    """Whether the rows are those that were meant, each is still right, and they do not contradict one another."""
    begun = state.imports.by_id.get(action.staged)
    if begun is None:
        return Refusal(RejectReason.IMPORT_NOT_FOUND)
    if begun.committed:
        return Refusal(RejectReason.IMPORT_COMMITTED)
    same = rows_hash(begun.rows) == action.rows_hash
    refusal = next(_row_refusals(state, begun.by, tuple(begun.rows)), None)
    return first_of(
        None if same and begun.rows else Refusal(RejectReason.HASH_MISMATCH),
        refusal or _refuse_together(state, begun.rows),
    )


def _refuse_together(state: ExchangeState, rows: list[ImportRow]) -> Refusal | None:
    """What only shows when rows are put side by side: the same serials, one paper twice, more than was verified."""
    spaces: dict[str, list[SerialRange]] = {}
    names: dict[str, str] = {}
    papers: set[str] = set()
    periods: Counter[tuple[str, int, int]] = Counter()
    for row in rows:
        line = (("line", row.line),)
        if names.setdefault(folded_space(row.space), row.space) != row.space:
            return Refusal(RejectReason.SPACE_SPELT_OTHERWISE, line)
        if folded(row.lock_reference) in papers:
            return Refusal(RejectReason.LOCK_REFERENCE_USED, line)
        papers.add(folded(row.lock_reference))
        spaces.setdefault(row.space, []).append(SerialRange(row.serial_lo, row.serial_hi))
        period = (folded(row.project), row.monitoring_start, row.monitoring_end)
        periods.update({period: row.serial_hi - row.serial_lo})
        if periods[period] > left_of_period(state, row):
            return Refusal(RejectReason.VERIFIED_EXCEEDED, line)
    if any(first_overlap(ranges) is not None for ranges in spaces.values()):
        return Refusal(RejectReason.SERIALS_OVERLAP)
    return _refuse_ground(state, rows)


def left_of_period(state: ExchangeState, row: ImportRow) -> int:
    """How much of what was verified for a row's period is not issued yet."""
    project = state.credits.projects.codes[folded(row.project)]
    period = state.credits.projects.periods.get((project, Day(row.monitoring_start), Day(row.monitoring_end)))
    return row.verified - (period.issued if period is not None else 0)


def _refuse_ground(state: ExchangeState, rows: list[ImportRow]) -> Refusal | None:
    """Guard 2 among the rows: different periods that overlap on ground that is the same."""
    ground = Projects()
    seen: dict[tuple[str, int, int], int] = {}
    for row in rows:
        key = (folded(row.project), row.monitoring_start, row.monitoring_end)
        if seen.setdefault(key, row.verified) != row.verified:
            return Refusal(RejectReason.VERIFIED_DIFFERS, (("line", row.line),))
        project = state.credits.projects.projects[state.credits.projects.codes[key[0]]]
        if not ground.try_take(project, Day(row.monitoring_start), Day(row.monitoring_end)):
            return Refusal(RejectReason.GROUND_TAKEN, (("line", row.line),))
    return None


def commit_import(step: Step, action: CommitImport) -> None:
    """Issue and admit every row, in the order of the file."""
    begun = step.state.imports.by_id[action.staged]
    issuances: list[IssuanceId] = []
    lots: list[LotId] = []
    for row in begun.rows:
        issuance = issuance_of(step.state, begun.by, row)
        assert not isinstance(issuance, Refusal), "it was checked"
        projects.record_issuance(step, issuance)
        issuances.append(IssuanceId(step.created))
        admitted = AdmitLot(begun.by, issuances[-1], row.owner, row.serial_lo, row.serial_hi, row.lock_reference)
        credits.admit_lot(step, admitted)
        lots.append(LotId(step.created))
    begun.committed = True
    begun.rows = []
    step.created = begun.staged
    step.emit(ImportCommitted(begun.staged, tuple(issuances), tuple(lots)))
