"""The simulator's own store: one SQLite file, written through to the disk with each transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

FILE: Final = "registry.sqlite3"

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS blocks (
        space TEXT NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL CHECK (lo < hi), holder TEXT NOT NULL,
        holding TEXT NOT NULL, reference TEXT NOT NULL, receipt TEXT NOT NULL, listed TEXT NOT NULL,
        PRIMARY KEY (space, lo)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS requests (
        reference TEXT PRIMARY KEY, body TEXT NOT NULL, outcome TEXT NOT NULL, why TEXT NOT NULL,
        receipt TEXT NOT NULL, statement TEXT NOT NULL, speaks_at REAL, asks INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS calls (reference TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS callbacks (
        number INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL, statement TEXT NOT NULL,
        due REAL, tries INTEGER NOT NULL, answer INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS false_lines (
        number INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL,
        line TEXT
    ) STRICT;
    CREATE TABLE IF NOT EXISTS false_records (
        number INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL, record TEXT
    ) STRICT;
"""
"""Of false lines and records, one without a text hides what is true."""


class Store:
    """The file. Everything runs on one thread, so a transaction is never between those of others."""

    def __init__(self, folder: Path) -> None:
        """The store in a folder, made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of a block or nothing of it, on the disk when it ends."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> None:
        """Do a statement."""
        self._connection.execute(statement, values)

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def setting(self, name: str) -> str:
        """A value that was kept, "" when there is none."""
        found = self.row("SELECT value FROM settings WHERE name = ?", name)
        return "" if found is None else str(found["value"])

    def keep(self, name: str, value: str) -> None:
        """Keep a value."""
        query = "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self.run(query, name, value)

    def next_number(self) -> int:
        """A number that was never given before; call it in a transaction."""
        number = int(self.setting("last number") or 0) + 1
        self.keep("last number", str(number))
        return number

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
