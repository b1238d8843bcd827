"""What a bench found: rows of figures, the targets that they are held to, and both as a table and as JSON.

A file of results is all that docs/PERFORMANCE.md is made of (:mod:`exchange.cli.bench.page`), so it says as well on
what machine, when, of which version and with which command it was made.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from exchange.cli.bench.processes import machine

Figure = float | int | str
Row = dict[str, Figure]
"""One line of a table: ``what`` names it, the other entries are its figures."""

_MANY: Final = 1_000
_SMALL: Final = 10


@dataclass(frozen=True, slots=True)
class Target:
    """One demand of the performance page, as a ratio within one run where it can be: what it is, what was reached."""

    demand: str
    wanted: float
    reached: float
    at_least: bool = True

    @property
    def is_met(self) -> bool:
        """Whether it was reached."""
        return self.reached >= self.wanted if self.at_least else self.reached <= self.wanted

    def line(self, is_judged: bool = True) -> str:
        """As a line of a table; without a verdict when what was measured is not what the target is about."""
        sign = "≥" if self.at_least else "≤"
        verdict = ("met" if self.is_met else "missed") if is_judged else "not judged"
        return f"| {self.demand} | {sign} {shown(self.wanted)} | {shown(self.reached)} | {verdict} |"


@dataclass(slots=True)
class Report:
    """The result of one bench. ``options`` are those that change what is measured, as given or by default.

    ``smaller`` says which of them were less than by default: the targets are for the default, so such a run is held to
    none of them.
    """

    bench: str
    options: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    machine: dict[str, object] = field(default_factory=machine)
    at: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    command: str = ""
    smaller: list[str] = field(default_factory=list)

    def add(self, what: str, **figures: Figure) -> Row:
        """Put a row at the end."""
        row: Row = {"what": what, **figures}
        self.rows.append(row)
        return row

    def row(self, what: str) -> Row:
        """The row with a name.

        Raises:
            KeyError: when there is none.
        """
        for row in self.rows:
            if row["what"] == what:
                return row
        raise KeyError(what)

    def hold(self, demand: str, wanted: float, reached: float, at_least: bool = True) -> None:
        """Compare a figure with what is asked for."""
        self.targets.append(Target(demand, wanted, reached, at_least))

    def document(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return asdict(self) | {
            "targets": [asdict(each) | {"met": None if self.smaller else each.is_met} for each in self.targets]
        }

    def save(self, path: Path) -> None:
        """Write the result to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Report:
        """Read a result again."""
        document = json.loads(path.read_text(encoding="utf-8"))
        document["targets"] = [
            Target(**{name: value for name, value in target.items() if name != "met"}) for target in document["targets"]
        ]
        return cls(**document)

    def table(self) -> str:
        """Rows, targets and notes as Markdown."""
        lines = [line for rows in _alike(self.rows) for line in [*_table(rows), ""]][:-1]
        if self.targets:
            lines += ["", "| target | wanted | reached | |", "|---|---:|---:|---|"]
            lines += [target.line(is_judged=not self.smaller) for target in self.targets]
        if notes := [*self._reservations(), *self.notes]:
            lines += ["", *(f"- {note}" for note in notes)]
        return "\n".join(lines)

    def _reservations(self) -> list[str]:
        """Why the targets are not judged, when they are not."""
        if not self.smaller or not self.targets:
            return []
        less = ", ".join(self.smaller)
        return [f"Not comparable with the targets, which are for the defaults: {less}. 参数小于默认值，不与目标比较。"]


def _alike(rows: list[Row]) -> list[list[Row]]:
    """Rows in groups: one that has no figure in common with those before it begins another table."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and any(row.keys() & other.keys() - {"what"} for other in groups[-1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _table(rows: list[Row]) -> list[str]:
    """Rows under the union of their columns, in the order in which they first come."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [f"| {' | '.join(name.replace('_', ' ') for name in names)} |", f"|---|{'---:|' * (len(names) - 1)}"]
    lines += [f"| {' | '.join(shown(row[name]) if name in row else '' for name in names)} |" for row in rows]
    return lines


def shown(figure: Figure) -> str:
    """A figure as people read it: three digits are enough of anything that was measured."""
    if isinstance(figure, str):
        return figure
    if isinstance(figure, int) or abs(figure) >= _MANY:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if abs(figure) >= _SMALL else f"{figure:.2f}"
