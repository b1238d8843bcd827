"""Files of units as committed: what was staged, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.events.credits import ImportCommitted, UnitsStaged
from exchange.core.values import ImportId, Micros, Seq
from exchange.sequencer.view.unit_rows import StagedImport


@dataclass(slots=True)
class Imports:
    """Every import by id."""

    by_id: dict[ImportId, StagedImport] = field(default_factory=dict)

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
