"""Fixtures of the audit's tests: one PostgreSQL for all of them, and a database for each."""

from __future__ import annotations

from tests.support.database import database, postgres

__all__ = ["database", "postgres"]
