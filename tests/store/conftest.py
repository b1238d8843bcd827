"""Fixtures of the store's tests: a fresh database, a journal that leads it, and direct connections as both roles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.core.values import ProjectId
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from tests.store.bypass import ANNA, Bypass
from tests.store.unit_events import ccer, confirmed, locked, waiting
from tests.support.database import database, postgres
from tests.support.entries import admission, deposit, issuance, project

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


@pytest.fixture
async def bypass(journal: PostgresJournal) -> Bypass:
    """Issuance 1 has serials 1 to 1000 of space 1; Anna has lot 7 of it, serials 1 to 100, and 1,000 fen."""
    way = Bypass(journal)
    first = (project(), issuance(1, 1, 1_001))
    await way.send(first, admission(2, 7, 1, ANNA, 1, 101), deposit(3, ANNA, 1_000, "bank-1"))
    return way


@pytest.fixture
async def national(bypass: Bypass) -> Bypass:
    """Besides lot 7 there is lot 8 of a CCER, which waits for its lock."""
    await bypass.send((ccer(), issuance(2, 3_001, 4_001, project=ProjectId(2))), waiting(bypass.seq + 1))
    return bypass


@pytest.fixture
async def forest(national: Bypass) -> Bypass:
    """Lot 8 is locked and can be sold."""
    await national.send(locked(national.seq, confirmed(70, "r-70")))
    return national
