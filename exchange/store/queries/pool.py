"""Where queries get their connections: a pool of them that cannot write, and one kind of error for whatever is in the
way of asking.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from exchange.store.connecting import UNREACHABLE, query_engine

_UNREACHABLE: Final = (*UNREACHABLE, PoolTimeoutError)
"""What comes through as it is. SQLAlchemy puts the errors of statements into its own, but not those of what it does
with a connection that is new: one that breaks in between is an error of asyncpg's.
"""


class QueryPool:
    """Connections for queries."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, pool_size: int = 4) -> AsyncIterator[Self]:
        """Queries over a pool of ``pool_size`` to ``2 * pool_size`` connections, which end with the block."""
        engine = query_engine(dsn, pool_size)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                yield connection
        except _UNREACHABLE as error:
            raise ConnectionError(f"the database cannot be asked: {error!r}") from error
        except DBAPIError as error:
            if not (error.connection_invalidated or _says_goodbye(error) or _lost_track(error)):
                raise
            raise ConnectionError(f"the connection to the database broke: {error!r}") from error


def _says_goodbye(error: DBAPIError) -> bool:
    """Whether the server ends the connection itself: classes 08 (connection) and 57P (shutdown, crash, starting up)."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(("08", "57P"))


def _lost_track(error: DBAPIError) -> bool:
    """Whether the driver no longer knows where it is on this connection, which is so for a moment when the server dies
    between two of its messages ("cannot switch to state ..., another operation is in progress").
    """
    driver = None if error.orig is None else error.orig.__cause__
    return isinstance(driver, asyncpg.InternalClientError)
