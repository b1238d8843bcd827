"""Real PostgreSQL for tests: one private server for a whole run, one fresh database for every test.

Making a database from the migrated template takes a tenth of a second, and removing it waits for a checkpoint. So one
in which a test has left nothing but rows is emptied and used again; one whose tables, triggers or rights it changed
is not.

A test package takes the fixtures into its ``conftest.py``::

    from tests.support.database import database, postgres  # noqa: F401
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import asyncpg
import pytest

from exchange.store.embedded import DatabaseUrls, EmbeddedServer, temporary_home
from exchange.store.embedded.cluster import ADMIN_ROLE, OWNER_ROLE, SERVICE_ROLE
from exchange.store.migrate import migrate
from exchange.store.tables import METADATA

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

TEMPLATE = "migrated"

_IN_A_HURRY: Final = {"session_replication_role": "replica", "synchronous_commit": "off"}
_EMPTYING: Final = "; ".join(
    [
        *(f"DELETE FROM {table}" for table in METADATA.tables if table not in ("leader", "parcel_transitions")),
        "UPDATE leader SET (epoch, seq, head) = (0, 0, sha256('carbon-exchange journal v1'))",
        "UPDATE leader SET (backend_pid, batch_first) = (NULL, 1)",
    ]
)
_END_OTHERS: Final = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_SHAPE: Final = """
    SELECT string_agg(thing, '; ' ORDER BY thing) FROM (
        SELECT format('%s %s %s %s', relname, relkind, relacl, reloptions) AS thing
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s', tgname, tgrelid::regclass, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('%s %s', conname, contype) FROM pg_constraint
        UNION ALL SELECT format('%s off', tgrelid::regclass) FROM pg_trigger WHERE tgenabled <> 'O'
        UNION ALL SELECT format('%s %s %s %s', proname, prosrc, proconfig, proacl) FROM pg_proc
                  WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'with statistics' FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid
                  AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('leader', 'alembic_version')
    ) things
"""
"""What a database has beside rows. As long as it is what the template has, rows are all that a test left behind."""


class _Databases:
    """The databases of a server that tests are done with. To empty one takes a tenth of the time of making one."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._ready: list[str] = []
        self._shape = ""

    def take(self, server: EmbeddedServer) -> tuple[str, DatabaseUrls]:
        """One that is as new, or a new one."""
        if self._ready:
            name = self._ready.pop()
            return name, DatabaseUrls(server._url(OWNER_ROLE, name), server._url(SERVICE_ROLE, name))
        name = f"test_{next(self._numbers)}"
        return name, server.create_database(name, TEMPLATE)

    def give_back(self, server: EmbeddedServer, name: str) -> None:
        """Keep one that has nothing but rows in it, and remove any other."""
        with ThreadPoolExecutor(1) as thread:  # an event loop may be running on this one
            is_empty = thread.submit(asyncio.run, self._empty(server, name)).result()
        if is_empty:
            self._ready.append(name)
        else:
            server.drop_database(name)

    async def _empty(self, server: EmbeddedServer, name: str) -> bool:
        """Take all rows out, around every guard; False when more than rows would have to go."""
        try:
            if not self._shape:
                async with _admin(server, TEMPLATE) as connection:
                    self._shape = await connection.fetchval(_SHAPE)
            async with _admin(server, name) as connection:
                await connection.execute(_END_OTHERS)
                if await connection.fetchval(_SHAPE) != self._shape:
                    return False
                await connection.execute(_EMPTYING)
        except (OSError, asyncpg.PostgresError):
            return False
        return True


@asynccontextmanager
async def _admin(server: EmbeddedServer, name: str) -> AsyncIterator[Connection]:
    """A superuser whom no trigger sees."""
    connection = await asyncpg.connect(server._url(ADMIN_ROLE, name), server_settings=_IN_A_HURRY)
    try:
        yield connection
    finally:
        await connection.close()


_databases: WeakKeyDictionary[EmbeddedServer, _Databases] = WeakKeyDictionary()


@contextmanager
def running_server() -> Iterator[EmbeddedServer]:
    """A server with a migrated template database, for tests that stop or kill it."""
    with temporary_home() as home, EmbeddedServer.start(home) as server:
        urls = server.create_database(TEMPLATE)
        asyncio.run(migrate(urls.owner))
        yield server


@contextmanager
def fresh_database(server: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A migrated database without entries: a new one, or one that a test before has left nothing but rows in."""
    databases = _databases.setdefault(server, _Databases())
    name, urls = databases.take(server)
    yield urls
    databases.give_back(server, name)


@asynccontextmanager
async def unguarded(server: EmbeddedServer, urls: DatabaseUrls) -> AsyncIterator[Connection]:
    """A superuser's connection on which no trigger fires and no foreign key is looked at: for planting what nobody else
    could, and for filling tables with rows that belong to nothing.
    """
    async with _admin(server, urlsplit(urls.owner).path.strip("/")) as connection:
        yield connection


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


def ask(url: str, *statements: str) -> list[Any]:
    """The first value of each statement's result."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()

    return asyncio.run(run())
