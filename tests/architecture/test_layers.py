"""Dependencies point inward: the import contracts of pyproject.toml, and that only the store speaks to the database."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, Finding, Source, listed, sources

DATABASE_LIBRARIES = {"sqlalchemy", "asyncpg", "alembic"}
MAY_SPEAK_TO_THE_DATABASE = ("exchange/store/", "migrations/", "tests/", "loadtests/")
WEB_LIBRARIES = {"fastapi", "starlette", "uvicorn"}
MAY_SPEAK_TO_THE_WEB = (
    "exchange/api/",
    "exchange/bootstrap",
    "exchange/cli/",
    "exchange/registry/simulator/",  # a server of its own, which only tests and demos start
    "tests/",
    "loadtests/",
)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    # The root comes first on the path, so that a copy of the tree is judged, not the tree that is installed.
    environment = {"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    command = [str(program), "--no-cache"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def imports_of(source: Source, libraries: set[str], may: tuple[str, ...]) -> list[Finding]:
    if source.path.startswith(may):
        return []
    found = []
    for node in source.walk():
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [source.finding(node, f"imports {name}") for name in names if name.split(".")[0] in libraries]
    return found


def test_the_import_contracts_are_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("exchange/core/__init__.py", "import time", "reads no clock"),
        ("exchange/core/__init__.py", "import exchange.store.embedded", "point inward"),
        ("exchange/config.py", "import exchange.core", "point inward"),
        ("exchange/client/wire.py", "import exchange.core.values", "point inward"),
        ("exchange/client/stream/line.py", "import exchange.config", "point inward"),
        ("exchange/stray.py", "", "point inward"),
        ("exchange/audit/double_count/places.py", "import exchange.core.credits.states", "take no rule"),
        ("exchange/store/double_count_rules.py", "import exchange.core.approvals", "take no rule"),
    ],
)
def test_an_import_that_points_outward_breaks_a_contract(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "exchange", tmp_path / "exchange", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode != 0
    assert any(contract in text and "BROKEN" in text for text in result.stdout.splitlines()), result.stdout


def test_only_the_store_speaks_to_the_database() -> None:
    found = [f for s in sources() for f in imports_of(s, DATABASE_LIBRARIES, MAY_SPEAK_TO_THE_DATABASE)]
    assert listed(found) == ""


def test_only_the_api_speaks_to_the_web_framework() -> None:
    assert listed([f for s in sources() for f in imports_of(s, WEB_LIBRARIES, MAY_SPEAK_TO_THE_WEB)]) == ""


@pytest.mark.parametrize("text", ["import asyncpg", "from sqlalchemy.ext.asyncio import create_async_engine"])
def test_a_database_library_elsewhere_is_found(text: str) -> None:
    assert len(imports_of(Source.of(text), DATABASE_LIBRARIES, MAY_SPEAK_TO_THE_DATABASE)) == 1
