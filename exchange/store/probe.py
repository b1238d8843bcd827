"""Asks PostgreSQL, whenever somebody wants to know, whether it would take an entry of this process now.

On a connection of its own that is kept, so that a question costs one round trip: the writer's connection belongs to the
writer, and those of the queries may all be busy.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from exchange.store.connecting import COMMON, UNREACHABLE, connect

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

PATIENCE_S: Final = 1.0
"""No answer after this long is the answer no."""

_SETTINGS: Final = {**COMMON, "application_name": "exchange-probe", "default_transaction_read_only": "on"}
_TAKES_ENTRIES: Final = "SELECT epoch = $1 AND NOT pg_is_in_recovery() FROM leader"


class LeaderProbe:
    """One question at a time. Nothing is connected before the first."""

    def __init__(self, dsn: str) -> None:
        """``dsn`` is the service's."""
        self._dsn = dsn
        self._connection: Connection | None = None

    async def takes_entries_of(self, epoch: int) -> bool:
        """Whether the database answers within a second, can be written to, and is led by this epoch still."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self._connection is None:
                    self._connection = await connect(self._dsn, _SETTINGS)
                return bool(await self._connection.fetchval(_TAKES_ENTRIES, epoch))
        except UNREACHABLE:
            self.close()
            return False

    def close(self) -> None:
        """Let the connection go without a word."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
