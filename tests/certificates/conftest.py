"""The PostgreSQL of these tests."""

from __future__ import annotations

from tests.support.database import postgres

__all__ = ["postgres"]
