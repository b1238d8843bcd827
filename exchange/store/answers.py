"""Emptying old answers: after 90 days the bytes of an answer may go, its idempotency key stays spent for ever.

The service may do it through one function of the owner's (``migrations/versions/0001/journal.sql``), which itself
refuses to empty anything younger.
"""

from __future__ import annotations

from typing import Final

from exchange.core.values import Micros
from exchange.store.connecting import ASIDE, connect, refuse_careless

AT_ONCE: Final = 10_000
"""Answers that are emptied in one transaction, so that none is long."""

TIMEOUT_S: Final = 40.0

_OLD: Final = "SELECT count(*) FROM idempotency WHERE body IS NOT NULL AND at_us < $1"


async def count_answers(dsn: str, before: Micros) -> int:
    """How many answers that were given before an instant are still kept. Raises ConnectionError."""
    connection = await connect(dsn, ASIDE, TIMEOUT_S)
    try:
        return int(await connection.fetchval(_OLD, before))
    finally:
        await connection.close(timeout=5.0)


async def purge_answers(dsn: str, before: Micros, at_once: int = AT_ONCE) -> int:
    """Empty all answers that were given before an instant, oldest first, in transactions of ``at_once``, also while the
    exchange serves. Their keys stay. Returns how many were emptied; what was emptied before an error stays so.

    Raises:
        ConnectionError: when PostgreSQL cannot be reached.
        asyncpg.PostgresError: when the instant is less than 90 days ago.
    """
    connection = await connect(dsn, ASIDE, TIMEOUT_S)
    try:
        await refuse_careless(connection)
        emptied = 0
        while (now := int(await connection.fetchval("SELECT purge_answers($1, $2)", before, at_once))) == at_once:
            emptied += now
        return emptied + now
    finally:
        await connection.close(timeout=5.0)
