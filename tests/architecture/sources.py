"""The project's own Python files, read and parsed once, and what findings look like."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("exchange", "tests", "migrations", "loadtests")
SCRIPTS = ("dev",)


class Finding(NamedTuple):
    """A place that breaks a rule; printed as an editor can open it."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the root, its text, and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, text: str, path: str = "exchange/core/example.py") -> Source:
        return cls(path, text, ast.parse(text))

    def walk(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def finding(self, node: ast.AST, what: str) -> Finding:
        return Finding(self.path, getattr(node, "lineno", 1), what)


@cache
def sources(*below: str) -> tuple[Source, ...]:
    """Every Python file below the given folders (all of the project's when none is given). A folder may be missing."""
    folders = below or FOLDERS
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    if not below:
        files += [ROOT / script for script in SCRIPTS]
    return tuple(Source.of(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))) for path in files)


def listed(findings: list[Finding]) -> str:
    """Findings one per line; empty when there is none, so a test compares with the empty text and shows them all."""
    return "\n".join(str(finding) for finding in findings)


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in source.walk():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
