"""Imports: rows of files of units that wait until all of them are there and two persons have agreed."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.commands.credits import ImportRow
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
    """All imports."""

    by_id: dict[ImportId, Import] = field(default_factory=dict)
