"""Files of units: their rows are staged in portions, then issued and admitted together, or not at all.

What is wrong with a row, by itself or beside those that are staged, is told when it comes, and the row is left out.
What is staged can be wrong by the time that two persons have agreed, so all of it is judged again then, row by row: on
a copy of nothing, by keeping account of what the rows before take.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from exchange.core.canonical import RecordCodec
from exchange.core.commands.credits import AdmitLot, CommitImport, ImportRow, StageUnits
from exchange.core.commands.projects import RecordIssuance
from exchange.core.credits.rows_together import RowsTogether
from exchange.core.credits.spelling import folded
from exchange.core.credits.staged import Import
from exchange.core.events.credits import ImportCommitted, RowRefused, UnitsStaged
from exchange.core.handlers import credits, projects
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, Day, ImportId, IssuanceId, LotId, PersonId, Tonnes

MAX_PORTION: Final = 100
"""Rows of one portion, which has to fit into one entry of the journal."""

MAX_PORTION_BYTES: Final = 48 * 1024
"""A hundred plain rows are 20 KiB; a portion with the longest texts everywhere has to be a smaller one."""

LINES: Final = range(1, 10**9)
"""The lines that a file can have."""

_ROW: Final = RecordCodec(ImportRow)


def stage_units(step: Step, command: StageUnits) -> Refusal | None:
    """Put the good ones of these rows aside; each is looked at by itself, and beside the good ones before it.

    A bad row is left out and told with its line and reason, so that a file of thousands comes in with one entry for
    each portion, and not with one for each of its mistakes.
    """
    state = step.state
    begun = state.imports.by_id.get(command.staged)
    if command.staged and (begun is None or begun.by != command.actor):
        return Refusal(RejectReason.IMPORT_NOT_FOUND)
    if begun is not None and begun.committed:
        return Refusal(RejectReason.IMPORT_COMMITTED)
    if not all(row.line in LINES and is_text(row.project) for row in command.rows):
        return Refusal(RejectReason.INVALID_FIELD)
    if not _is_portion(command.rows):
        return Refusal(RejectReason.TOO_MANY_ROWS, (("highest", MAX_PORTION),))
    # -- everything is checked; nothing below may fail --
    if begun is None:
        begun = Import(ImportId(step.new_id()), command.actor, [], committed=False)
        state.imports.add(begun, state.credits.projects)
    good, left_out = _taken_up(state, begun, command.rows)
    step.created = begun.staged
    step.emit(UnitsStaged(begun.staged, begun.by, tuple(good), tuple(left_out), len(begun.rows)))
    return None


def _taken_up(
    state: ExchangeState, begun: Import, rows: tuple[ImportRow, ...]
) -> tuple[list[ImportRow], list[RowRefused]]:
    """Put those of the rows to an import that can wait together with its others, and tell why the rest cannot.

    The account of what waits is kept from portion to portion, so that a portion costs what is in it. A row that waits
    already is judged once more as things are now: what it stands on may be gone, and then that is what is told of it.
    """
    together = state.imports.accounts[begun.staged]
    good: list[ImportRow] = []
    left_out: list[RowRefused] = []
    for row in rows:
        refusal = refuse_row(state, begun.by, row) or together.refuse(row)
        if refusal is not None:
            left_out.append(_refused(row, refusal))
            continue
        together.enter(row)
        good.append(row)
    begun.rows.extend(good)
    return good, left_out


def _refused(row: ImportRow, refusal: Refusal) -> RowRefused:
    names, numbers = tuple(name for name, _ in refusal.facts), tuple(number for _, number in refusal.facts)
    return RowRefused(row.line, int(refusal.reason), names, numbers)


def _is_portion(rows: tuple[ImportRow, ...]) -> bool:
    """Whether so many rows, with texts as long as theirs, fit into one entry."""
    return 1 <= len(rows) <= MAX_PORTION and sum(len(_ROW.encode(row)) for row in rows) <= MAX_PORTION_BYTES


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
    """Whether the rows are those that were meant, and each is still right, by itself and beside those before it."""
    begun = state.imports.by_id.get(action.staged)
    if begun is None:
        return Refusal(RejectReason.IMPORT_NOT_FOUND)
    if begun.committed:
        return Refusal(RejectReason.IMPORT_COMMITTED)
    same = rows_hash(begun.rows) == action.rows_hash
    return first_of(
        None if same and begun.rows else Refusal(RejectReason.HASH_MISMATCH),
        _first_bad_row(state, begun),
    )


def _first_bad_row(state: ExchangeState, begun: Import) -> Refusal | None:
    """Why the first row that cannot come in cannot, with its line: things may have changed since it was staged."""
    together = RowsTogether(state.credits.projects)
    for row in begun.rows:
        refusal = refuse_row(state, begun.by, row) or together.refuse(row)
        if refusal is not None:
            return replace(refusal, facts=(("line", row.line), *refusal.facts))
        together.enter(row)
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
    step.state.imports.close(begun)
    step.created = begun.staged
    step.emit(ImportCommitted(begun.staged, tuple(issuances), tuple(lots)))
