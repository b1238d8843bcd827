"""Imports: rows of files of units that wait until all of them are there and two persons have agreed."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.commands.credits import ImportRow
from exchange.core.credits.project import Projects
from exchange.core.credits.rows_together import RowsTogether
from exchange.core.values import ImportId, PersonId


@dataclass(slots=True)
class Import:
    """Staged rows, by whom; ``committed`` once they are issued and admitted, of which issuances and lots tell then."""

    staged: ImportId
    by: PersonId
    rows: list[ImportRow]
    committed: bool


@dataclass(slots=True)
class Imports:
    """All imports. ``accounts`` are what the rows of those that wait take together; they follow from the rows, and are
    in no image.
    """

    by_id: dict[ImportId, Import] = field(default_factory=dict)
    accounts: dict[ImportId, RowsTogether] = field(default_factory=dict)

    def add(self, begun: Import, known: Projects) -> None:
        """Enter an import, and what its rows take as long as they wait; who adds a row enters it there too."""
        self.by_id[begun.staged] = begun
        if not begun.committed:
            self.accounts[begun.staged] = RowsTogether.of(known, begun.rows)

    def close(self, begun: Import) -> None:
        """The rows have come in, and are forgotten here."""
        begun.committed, begun.rows = True, []
        del self.accounts[begun.staged]
