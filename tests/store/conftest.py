"""Fixtures of the store's tests: a fresh database, a journal that leads it, and direct connections as both roles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from tests.support.database import database, postgres

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

__all__ = ["database", "postgres"]


@pytest.fixture
async def journal(database: DatabaseUrls) -> AsyncIterator[PostgresJournal]:
    """A journal that leads with epoch 1."""
    store = PostgresJournal(database.service)
    await store.lead()
    yield store
    await store.close()


@pytest.fixture
async def service(database: DatabaseUrls) -> AsyncIterator[Connection]:
    """A connection as the service's role, around the program."""
    connection = await asyncpg.connect(database.service)
    yield connection
    await connection.close()


@pytest.fixture
async def owner(database: DatabaseUrls) -> AsyncIterator[Connection]:
    """A connection as the owner of the tables."""
    connection = await asyncpg.connect(database.owner)
    yield connection
    await connection.close()
