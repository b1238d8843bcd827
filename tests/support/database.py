"""Real PostgreSQL for tests: one private server for a whole run, one fresh database for every test.

A test package takes the fixtures into its ``conftest.py``::

    from tests.support.database import database, postgres  # noqa: F401
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import pytest

from exchange.store.embedded import DatabaseUrls, EmbeddedServer, temporary_home
from exchange.store.embedded.cluster import ADMIN_ROLE
from exchange.store.migrate import migrate

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

TEMPLATE = "migrated"

_numbers = count(1)


@contextmanager
def running_server() -> Iterator[EmbeddedServer]:
    """A server with a migrated template database, for tests that stop or kill it."""
    with temporary_home() as home, EmbeddedServer.start(home) as server:
        urls = server.create_database(TEMPLATE)
        asyncio.run(migrate(urls.owner))
        yield server


@contextmanager
def fresh_database(server: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A migrated database without entries, removed at the end."""
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, TEMPLATE)
    server.drop_database(name)


@asynccontextmanager
async def unguarded(server: EmbeddedServer, urls: DatabaseUrls) -> AsyncIterator[Connection]:
    """A superuser's connection on which no trigger fires and no foreign key is looked at: for planting what nobody else
    could, and for filling tables with rows that belong to nothing.
    """
    connection = await asyncpg.connect(server._url(ADMIN_ROLE, urlsplit(urls.owner).path.strip("/")))
    try:
        await connection.execute("SET session_replication_role = replica")
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedServer]:
    """The server of the run."""
    with running_server() as server:
        yield server


@pytest.fixture
def database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A fresh database: ``owner`` and ``service`` are the URLs of its two roles."""
    with fresh_database(postgres) as urls:
        yield urls
