"""Files of units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a file that was left out, and why; line 0 is the file as a whole. ``about`` is what stands there."""

    line: int
    code: str
    detail: str
    about: str | None


@dataclass(frozen=True, slots=True)
class UploadedUnits:
    """What became of a file: ``waiting`` rows of its import wait for a proposal of type IMPORT with ``rows_hash``,
    those on the lines ``known`` since an earlier file; of the columns ``unread`` nothing was read.
    """

    id: str | None
    rows_hash: str | None
    accepted: int
    waiting: int
    known: tuple[int, ...]
    refused: tuple[BadRow, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitImport:
    """An import; ``committed_at`` is None while its rows wait."""

    id: str
    by: str
    begun_at: datetime
    rows: int
    quantity: int
    rows_hash: str
    committed_at: datetime | None
    issuances: tuple[str, ...]
    lots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of an import, as it was read."""

    line: int
    project_code: str
    monitoring_start: date
    monitoring_end: date
    verified: int
    applied_on: date
    space: str
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    owner: str
    lock_reference: str
