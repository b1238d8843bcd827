"""Where it is written down who of the staff reads what of others (INV-65), on a few connections of its own.

The rows are not part of the market and nothing is derived from them, so they are neither in the journal nor written by
its writer. The service's role may add and read them, and nobody may change them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from exchange.core.values import KeyId, Micros, PersonId, Seq
from exchange.store.connecting import COMMON, CONNECT_TIMEOUT_S, UNREACHABLE, open_pool

if TYPE_CHECKING:
    from exchange.store.connecting import Pool

logger = logging.getLogger(__name__)

SETTINGS: Final = {
    **COMMON,
    "application_name": "exchange-read-log",
    "synchronous_commit": "on",  # whoever has seen something is written down, whatever happens to the machine next
    "statement_timeout": "5s",
    "lock_timeout": "2s",
}

FAREWELL_S: Final = 5.0
"""How long the end waits for ends of downloads that are still being written."""

_BEGUN: Final = """
    INSERT INTO reads (at_us, person_id, key_id, operation, asked, form, row_count, as_of_seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING read_id
"""
# A clock that was set back in between would let a download end before it began, which the table refuses.
_ENDED: Final = """
    INSERT INTO downloads_ended (read_id, at_us, row_count, complete)
    SELECT read_id, greatest(at_us, $2), $3, $4 FROM reads WHERE read_id = $1
"""


@dataclass(frozen=True, slots=True)
class StaffRead:
    """A read that is about to be answered: who asks what, at which instant, and of which state.

    ``operation`` is the address with its parameters' names, ``asked`` what stood in their place and in the query.
    ``rows`` is None for a download, which is counted while it goes.
    """

    at: Micros
    person: PersonId
    key: KeyId
    operation: str
    asked: str
    rows: int | None
    as_of_seq: Seq


class PostgresReadLog:
    """The log of reads. Opened with :meth:`open`, whose block waits at its end for what is still being written."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._endings: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str) -> AsyncIterator[Self]:
        """A log over a pool of its own, whose connections end with the block; it connects when it is first needed."""
        pool = await open_pool(dsn, SETTINGS)
        log = cls(pool)
        try:
            yield log
        finally:
            if log._endings:
                await asyncio.wait(log._endings, timeout=FAREWELL_S)
            pool.terminate()

    async def begun(self, read: StaffRead) -> int:
        """Write a read down, durably; its number, by which a download tells its end.

        Raises:
            ConnectionError: when it cannot be written now; then nothing may be shown.
        """
        form = "csv" if read.rows is None else "json"
        who = (read.at, read.person, read.key)
        return int(await self._insert(_BEGUN, *who, read.operation, read.asked, form, read.rows, read.as_of_seq))

    def ended(self, number: int, at: Micros, rows: int, complete: bool) -> None:
        """Write down, in the background, how many rows a download gave and whether those were all.

        A download often ends because its client went away, when nothing can be waited for any more; an end that cannot
        be written is a line in the service's own log, and in the table a download without an end.
        """
        writing = asyncio.ensure_future(self._write_end(number, at, rows, complete))
        self._endings.add(writing)
        writing.add_done_callback(self._endings.discard)

    async def _write_end(self, number: int, at: Micros, rows: int, complete: bool) -> None:
        try:
            await self._insert(_ENDED, number, at, rows, complete)
        except ConnectionError as error:
            logger.warning("the end of download %s after %s rows is not in the log of reads: %s", number, rows, error)

    async def _insert(self, statement: str, *values: Any) -> Any:
        try:
            async with self._pool.acquire(timeout=CONNECT_TIMEOUT_S) as connection:
                return await connection.fetchval(statement, *values)
        except UNREACHABLE as error:
            raise ConnectionError(f"the log of reads cannot be written: {error!r}") from error
