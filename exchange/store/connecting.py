"""How the store reaches PostgreSQL: plain asyncpg for the journal, SQLAlchemy engines for migrations and queries."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    PooledConnection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
    Statement = asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]

CONNECT_TIMEOUT_S: Final = 10.0

MOST_IN_A_POOL: Final = 4

POOL_TIMEOUT_S: Final = 5.0
"""How long a query waits for a connection of the pool before its caller is told to come again."""

NEWEST_TIMEOUT_SINCE: Final = 17
"""The major version from which on there is transaction_timeout; older servers refuse a session that names it."""

_AS_BUILT: Final = {
    # Every role may change its own defaults, and what a session asks for when it connects beats them. So whatever of
    # them could stop or mislead a statement of ours is asked for here.
    "search_path": "public",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "row_security": "on",
    "exit_on_error": "off",
    "local_preload_libraries": "",
    "default_tablespace": "",
    "temp_tablespaces": "",
    "default_table_access_method": "heap",
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",
    "DateStyle": "ISO, MDY",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "plpgsql.extra_errors": "none",
}

COMMON: Final = {
    **_AS_BUILT,
    "jit": "off",
    # So that the server notices within half a minute that a client's machine is gone, and lets go of its locks.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "2s",
}

DURABLY: Final = {
    # What a session asks for itself beats ALTER ROLE and ALTER DATABASE, and a role may alter its own defaults. With
    # "on" a commit waits for this machine's disk and, where synchronous standbys are configured, for theirs.
    "synchronous_commit": "on",
}

WRITER: Final = {
    **COMMON,
    **DURABLY,
    "application_name": "exchange-writer",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    # Everything that the writer looks for it looks for by a key. A plan that was made while a table was empty must not
    # scan it when it has grown, and planning a statement of a dozen parts anew would cost more than running it.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}

READER: Final = {
    **COMMON,
    "application_name": "exchange-reader",
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": "10min",  # a replay thinks between two fetches
}

ASIDE: Final = {**COMMON, **DURABLY, "application_name": "exchange-aside", "statement_timeout": "30s"}
"""For the few things that are written beside the journal: quarantine, and answers that are emptied."""

QUERIES: Final = {
    **COMMON,
    "application_name": "exchange-queries",
    "default_transaction_read_only": "on",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",  # no query waits for a client: downloads are read page by page
    "random_page_cost": "1.1",  # as on solid-state disks; every query wants a page by its key
}

MIGRATOR: Final = {**COMMON, **DURABLY, "application_name": "exchange-migrate"}
"""For the owner of the tables."""

UNREACHABLE: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Everything that opening a connection may raise."""


async def connect(dsn: str, settings: dict[str, str], command_timeout_s: float | None = None) -> Connection:
    """Open one connection with settings of its own.

    Raises:
        ConnectionError: for every reason for which there is no connection now; it may be there later.
    """
    try:
        connection = await asyncpg.connect(
            dsn, server_settings=settings, timeout=CONNECT_TIMEOUT_S, command_timeout=command_timeout_s
        )
    except UNREACHABLE as error:
        raise ConnectionError(f"PostgreSQL cannot be reached: {error!r}") from error
    try:
        await lift_transaction_timeout(connection)
    except BaseException as error:
        connection.terminate()
        if isinstance(error, UNREACHABLE):
            raise ConnectionError(f"PostgreSQL cannot be used: {error!r}") from error
        raise
    return connection


async def lift_transaction_timeout(connection: Connection | PooledConnection) -> None:
    """Take away the one limit of the role's that is not asked for while connecting, since old servers have none."""
    if connection.get_server_version().major >= NEWEST_TIMEOUT_SINCE:
        await connection.execute("SET transaction_timeout = 0")


async def open_pool(dsn: str, settings: dict[str, str]) -> Pool:
    """A pool of at most :data:`MOST_IN_A_POOL` connections with settings of their own; connects when first needed."""
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=MOST_IN_A_POOL,
        server_settings=settings,
        timeout=CONNECT_TIMEOUT_S,
        init=lift_transaction_timeout,
        reset=_left_as_it_is,
    )


async def _left_as_it_is(_connection: Connection) -> None:
    """Users of our pools change nothing of a session. Resetting it would bring the role's own limits back."""


async def refuse_careless(connection: Connection) -> None:
    """See that what this session commits waits for the disk. Asking for it is not enough where a pooler stands between,
    which may drop what it does not know.

    Raises:
        ConnectionError: when it does not, so that nothing is written on this connection.
    """
    found = await connection.fetchval("SHOW synchronous_commit")
    if found != DURABLY["synchronous_commit"]:
        raise ConnectionError(f"the session was asked for synchronous_commit on and has it {found}")


def migration_engine(dsn: str) -> AsyncEngine:
    """An engine without a pool. asyncpg reads the URL itself, so every form that it knows will do."""

    def creator() -> Awaitable[Connection]:
        return asyncpg.connect(dsn, server_settings=MIGRATOR)

    return create_async_engine("postgresql+asyncpg://", async_creator=creator, poolclass=NullPool)


def query_engine(dsn: str, pool_size: int = 4) -> AsyncEngine:
    """The engine of the read side: a small pool of connections that cannot write. Dispose of it at the end."""

    async def creator() -> Connection:
        return await connect(dsn, QUERIES)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=creator,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
    )


def role_of(dsn: str) -> str:
    """The user in a URL, or "" if it names none."""
    return unquote(urlsplit(dsn).username or "")
