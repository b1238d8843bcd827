"""Putting the rows of a batch into PostgreSQL, in one of two ways.

**In one statement.** A batch of ordinary trading up to `ONE_STATEMENT_ROWS` rows is a single prepared statement over
arrays of rows, every table a part of its WITH. It is a transaction by itself: one round trip from sending to durable.

**Step by step.** Larger batches, and those in which a row builds on another of the same batch, are BEGIN, the leader
row, one COPY or statement a table, COMMIT. COPY costs more round trips and less per row; ``docs/decisions/0003`` has
the measurements that say where they cross.

In both the leader row is the first thing that is touched, so a writer that no longer leads fails before it writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.journal import Batch
from exchange.store.projections import project
from exchange.store.projections.happened import Rows
from exchange.store.write import Write, arguments_of, statement_of
from exchange.store.writes import HOT, HOT_NAMES, WRITES

if TYPE_CHECKING:
    from exchange.store.connecting import Connection, Statement

ONE_STATEMENT_ROWS: Final = 3_000
"""Up to this many rows one statement is quicker than several: PostgreSQL works as long for either, but between steps
each answer of it waits until the event loop has seen to everybody else.
"""

NO_CRASH: Final = CrashPoints().hit
"""What ``hit`` is while no crash is asked for."""

_MOVE_LEADER: Final = (
    "moved_ AS (UPDATE leader SET seq = $1, head = $2, batch_first = seq + 1 "
    "WHERE epoch = $3 AND head = $4 AND seq = $5 RETURNING 1)"
)
_LEADER_PARAMETERS: Final = 5
_STALE: Final = (
    "WHEN NOT EXISTS (SELECT FROM moved_) THEN refuse_stale_leader() "
    "WHEN current_setting('synchronous_commit') = 'off' THEN refuse_careless_commit()"
)
"""What each transaction asks before anything else: is this still the leader, and will COMMIT wait for the disk?"""


def _finish(parts: list[str], verdicts: list[str]) -> str:
    """The statement that runs all parts and raises in the database when one of them did not find what it should."""
    select = f"CASE {' '.join(verdicts)} ELSE 0 END" if verdicts else "0"
    return f"WITH {', '.join(parts)} SELECT {select}"


def _missing(conditions: list[str]) -> list[str]:
    return [f"WHEN NOT ({' AND '.join(conditions)}) THEN refuse_missing_row()"] if conditions else []


def rows_of(batch: Batch) -> Rows:
    """The rows of a batch. Whatever is wrong with it is a bug and shows here, before anything is sent."""
    assert batch.last_seq - batch.entries[0].leaf.seq + 1 == len(batch.entries), "a batch has a gap"
    return project(batch.entries)


class BatchWriter:
    """Writes batches on one connection that nobody else uses; keeps its prepared statements."""

    def __init__(self, connection: Connection, hit: Callable[[str], None]) -> None:
        """``hit`` is called at the ``store_...`` crash points. They lie between steps, so whoever asks for a crash gets
        every batch step by step.
        """
        self._connection = connection
        self._hit = hit
        self._stepwise = hit is not NO_CRASH
        self._prepared: dict[tuple[str, ...], Statement] = {}

    async def write(self, batch: Batch, rows: Rows) -> None:
        """Write a batch, of which ``rows`` are :func:`rows_of`, in a transaction of its own. Every error of the driver
        goes through to the caller.
        """
        if self._fits_one_statement(rows):
            await self._write_at_once(batch, rows)
            return
        await self._connection.execute("BEGIN")
        await self._write_steps(batch, rows)
        self._hit("store_rows_written")
        await self._commit()

    async def write_inside(self, batch: Batch, rows: Rows) -> None:
        """Write a batch in the same way inside of a transaction that the caller has begun and will end."""
        await (self._write_at_once(batch, rows) if self._fits_one_statement(rows) else self._write_steps(batch, rows))

    def _fits_one_statement(self, rows: Rows) -> bool:
        few = sum(map(len, rows.values())) <= ONE_STATEMENT_ROWS
        return few and rows.keys() <= HOT_NAMES and not self._stepwise

    async def _write_at_once(self, batch: Batch, rows: Rows) -> None:
        present = [write for write in HOT if write.name in rows]
        key = tuple(write.name for write in present)
        statement = self._prepared.get(key)
        if statement is None:
            parts, conditions = statement_of(present, _LEADER_PARAMETERS + 1)
            text = _finish([_MOVE_LEADER, parts], [_STALE, *_missing(conditions)])
            statement = self._prepared[key] = await self._connection.prepare(text)
        arguments = _leader_arguments(batch)
        for write in present:
            arguments.extend(arguments_of(write, rows[write.name]))
        await statement.fetchval(*arguments)

    async def _write_steps(self, batch: Batch, rows: Rows) -> None:
        await self._move_leader(batch)
        self._hit("store_begun")
        for write in WRITES.values():
            if write.name in rows:
                await self._write_one(write, rows[write.name])
                if write.name == "journal":
                    self._hit("store_journal_written")

    async def _move_leader(self, batch: Batch) -> None:
        statement = self._prepared.get(())
        if statement is None:
            statement = self._prepared[()] = await self._connection.prepare(_finish([_MOVE_LEADER], [_STALE]))
        await statement.fetchval(*_leader_arguments(batch))

    async def _write_one(self, write: Write, rows: list[tuple[Any, ...]]) -> None:
        if write.copied_to:
            await self._connection.copy_records_to_table(write.copied_to, records=rows, columns=write.column_names)
            return
        key = (write.name, "alone")
        statement = self._prepared.get(key)
        if statement is None:
            parts, conditions = statement_of([write], 1)
            statement = self._prepared[key] = await self._connection.prepare(_finish([parts], _missing(conditions)))
        await statement.fetchval(*arguments_of(write, rows))

    async def _commit(self) -> None:
        if not self._stepwise:
            await self._connection.execute("COMMIT")
            return
        sending = asyncio.ensure_future(self._connection.execute("COMMIT"))
        for _ in range(3):  # the driver writes in its first turn, an event loop may send in the next
            await asyncio.sleep(0)
        self._hit("store_commit_sent")
        await sending


def _leader_arguments(batch: Batch) -> list[Any]:
    """Where the leader row goes to and where it must stand."""
    return [batch.last_seq, batch.head, batch.epoch, batch.before, batch.entries[0].leaf.seq - 1]
