"""Files of units as committed: what was staged, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.events.credits import ImportCommitted, UnitsStaged
from exchange.core.handlers.imports import rows_hash
from exchange.core.values import ImportId, Micros, Seq
from exchange.sequencer.view.unit_rows import StagedImport


@dataclass(slots=True, frozen=True)
class Whole:
    """So many rows taken together: the hash that a proposal names, and their tonnes."""

    rows: int
    digest: bytes
    tonnes: int


@dataclass(slots=True)
class Imports:
    """Every import by id."""

    by_id: dict[ImportId, StagedImport] = field(default_factory=dict)
    _wholes: dict[ImportId, Whole] = field(default_factory=dict)

    def whole(self, row: StagedImport) -> Whole:
        """All rows of an import together. They are reckoned when somebody asks first, and again only when there are
        more of them: a page of imports may have a hundred thousand rows. It is no part of the image.
        """
        kept = self._wholes.get(row.staged)
        if kept is None or kept.rows != len(row.rows):
            tonnes = sum(one.serial_hi - one.serial_lo for one in row.rows)
            kept = self._wholes[row.staged] = Whole(len(row.rows), rows_hash(row.rows), tonnes)
        return kept

    def on_staged(self, event: UnitsStaged, seq: Seq, at: Micros) -> None:
        """Rows were put aside, the first of them or more."""
        row = self.by_id.get(event.staged)
        if row is None:
            row = self.by_id[event.staged] = StagedImport(event.staged, event.by, seq, at, [], (), (), Micros(0))
        row.rows.extend(event.rows)

    def on_committed(self, event: ImportCommitted, _seq: Seq, at: Micros) -> None:
        """All of them were issued and admitted."""
        row = self.by_id[event.staged]
        row.issuances, row.lots, row.committed_at = event.issuances, event.lots, at
