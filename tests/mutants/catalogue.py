"""The list of bugs, read from the TOML files of this folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


class CatalogueError(Exception):
    """A bug of the list cannot be put in: its text is not in its file, or more than once."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug: in ``file``, ``old`` becomes ``new``; ``seen`` is what a trader would see. ``tests`` are the files of
    tests that are asked where those of the core have nothing to say, none for a bug of the core.
    """

    name: str
    file: str
    old: str
    new: str
    seen: str
    tests: tuple[str, ...] = ()

    def spoil(self, text: str) -> str:
        """The file's text with the bug in it."""
        found = text.count(self.old)
        if found != 1:
            raise CatalogueError(f"{self.name}: {self.file} has the old text {found} times instead of once")
        if self.old == self.new:
            raise CatalogueError(f"{self.name}: nothing changes")
        return text.replace(self.old, self.new)


def read() -> list[Mutant]:
    """Every bug of every file, in order."""
    rows = [
        row
        for path in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    ]
    return [Mutant(**{**row, "tests": tuple(row.get("tests", ()))}) for row in rows]
