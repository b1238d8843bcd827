"""Real PostgreSQL for tests: one private server for a whole run, one fresh database for every test.

A test package takes the fixtures into its ``conftest.py``::

    from tests.support.database import database, postgres  # noqa: F401
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from exchange.store.embedded import DatabaseUrls, EmbeddedServer, temporary_home
from exchange.store.migrate import migrate

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
