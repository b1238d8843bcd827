"""Fixtures of the tests of what is put together."""

from __future__ import annotations

from tests.support.database import postgres

__all__ = ["postgres"]
