"""Reading the journal on connections of its own: for recovery, replay and verification, whoever leads meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import Answer, StoredAnswer, StoredEntry
from exchange.store.connecting import CONNECT_TIMEOUT_S, READER, UNREACHABLE, open_pool

if TYPE_CHECKING:
    from exchange.store.connecting import Pool, PooledConnection

FETCHED_AT_ONCE: Final = 1_000
"""Entries that are asked for at a time while the journal is read; twice as many are in memory."""

_ENTRIES: Final = "SELECT seq, leaf, head, events FROM journal WHERE seq > $1 ORDER BY seq"
_ANSWER: Final = """
    SELECT seq, at_us, body_hash, status, content_type, language, body
    FROM idempotency WHERE scope = $1 AND idempotency_key = $2
"""


class JournalReader:
    """The read side of the journal. Opened by :func:`open_reader`; every method may raise ConnectionError."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def entries(self, after: Seq) -> AsyncGenerator[StoredEntry, None]:
        """The journal after ``after`` in order, as it was when this began, in bounded memory.

        While the caller does something with some entries, the server looks for the next ones.
        """
        async with self._connection() as connection, connection.transaction():
            cursor = await connection.cursor(_ENTRIES, after)
            rows = await cursor.fetch(FETCHED_AT_ONCE)
            while rows:
                ahead = asyncio.ensure_future(cursor.fetch(FETCHED_AT_ONCE))
                await asyncio.sleep(0)  # so that the question is on its way
                try:
                    for row in rows:
                        yield StoredEntry(*row)
                finally:
                    await asyncio.wait((ahead,))  # also if the caller wants no more: it is on this connection
                rows = ahead.result()

    async def end(self) -> tuple[Seq, bytes]:
        """Seq and head of the last entry; 0 and GENESIS_HEAD when there is none."""
        async with self._connection() as connection:
            row = await connection.fetchrow("SELECT seq, head FROM leader")
            assert row is not None
            return Seq(row["seq"]), row["head"]

    async def answer(self, scope: int, idempotency_key: str) -> StoredAnswer | None:
        """What is known of a key; its answer is None when its time is over."""
        async with self._connection() as connection:
            row = await connection.fetchrow(_ANSWER, scope, idempotency_key)
        if row is None:
            return None
        answer = None
        if row["body"] is not None:
            answer = Answer(row["status"], row["content_type"], row["language"], row["body"])
        return StoredAnswer(Seq(row["seq"]), Micros(row["at_us"]), row["body_hash"], answer)

    async def quarantined(self) -> set[bytes]:
        """The hashes of the commands in quarantine."""
        async with self._connection() as connection:
            return {row["command_hash"] for row in await connection.fetch("SELECT command_hash FROM quarantine")}

    async def close(self) -> None:
        """End all connections at once."""
        self._pool.terminate()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[PooledConnection]:
        try:
            async with self._pool.acquire(timeout=CONNECT_TIMEOUT_S) as connection:
                yield connection
        except UNREACHABLE as error:
            raise ConnectionError(f"the journal cannot be read: {error!r}") from error


async def open_reader(dsn: str) -> JournalReader:
    """A reader of a database; connects when it is first asked something."""
    return JournalReader(await open_pool(dsn, READER))
