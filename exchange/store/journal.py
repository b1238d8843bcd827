"""The journal in PostgreSQL: the sequencer's port on one connection that nobody else uses.

The writer's connection comes from no pool and belongs to no request: it holds the advisory lock that says who leads,
and what happens to it decides what is known of a batch. After any error whose meaning is not certain it is thrown away,
the batch counts as unknown, and :meth:`PostgresJournal.is_committed` asks on a new one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Final

from exchange.core.values import Seq
from exchange.sequencer.journal import (
    Batch,
    CommitUnknownError,
    ConstraintBrokenError,
    Entry,
    FencedError,
    Leadership,
    StoredAnswer,
    StoredEntry,
)
from exchange.store.connecting import ASIDE, UNREACHABLE, WRITER, connect, refuse_careless
from exchange.store.faults import Verdict, verdict
from exchange.store.leadership import Holder, LeaderBusyError, refuse_fenced, take_lock
from exchange.store.reading import JournalReader, open_reader
from exchange.store.writer import NO_CRASH, BatchWriter, rows_of

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

logger = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
"""How long the backend of a process that is gone may take to go as well."""

COMMAND_TIMEOUT_S: Final = 40.0
"""After this the server counts as hanging; its own statement_timeout should have spoken before."""

_LEAD: Final = "UPDATE leader SET epoch = epoch + 1, backend_pid = pg_backend_pid() RETURNING epoch, seq, head"
_LEAD_AGAIN: Final = "UPDATE leader SET backend_pid = pg_backend_pid() WHERE epoch = $1 RETURNING head"
_QUARANTINE: Final = (
    "INSERT INTO quarantine (command_hash, command, why) VALUES ($1, $2, $3) ON CONFLICT (command_hash) DO NOTHING"
)


class PostgresJournal:
    """Implements :class:`exchange.sequencer.journal.JournalStore`."""

    def __init__(
        self,
        dsn: str,
        hit: Callable[[str], None] = NO_CRASH,
        *,
        takeover: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Nothing is connected before :meth:`lead`.

        Args:
            dsn: a postgresql:// URL of the service's role.
            hit: ``CrashPoints.hit``. One that counts makes the writer go step by step, because its points lie there.
            takeover: whether :meth:`lead` may end the backend of another leader.
            patience_s: how long to wait for the lock of a leader that may be gone already.
        """
        self._dsn = dsn
        self._takeover = takeover
        self._hit = hit
        self._patience_s = patience_s
        self._connection: Connection | None = None
        self._writer: BatchWriter | None = None
        self._reader: JournalReader | None = None
        self._epoch = 0
        self._backend_pid = 0

    # --- leading -----------------------------------------------------------------------------------------------------

    async def lead(self) -> Leadership:
        """Become the only writer: take the lock, raise the epoch.

        Raises:
            LeaderBusyError: another backend holds the lock; with ``takeover`` only if it cannot be ended.
            ConnectionError: PostgreSQL cannot be reached, or its commits would not wait for the disk.
        """
        await self.close()
        self._reader = await open_reader(self._dsn)
        connection = await connect(self._dsn, WRITER, COMMAND_TIMEOUT_S)
        try:
            await refuse_careless(connection)
            await take_lock(connection, self._patience_s, lambda _: self._takeover)
            row = await connection.fetchrow(_LEAD)
        except BaseException:
            connection.terminate()
            raise
        assert row is not None, "the leader row is missing"
        self._epoch = row["epoch"]
        self._adopt(connection)
        return Leadership(row["epoch"], Seq(row["seq"]), row["head"])

    async def close(self) -> None:
        """Let go of everything; the lock goes with the connection."""
        if self._reader is not None:
            await self._reader.close()
            self._reader = None
        connection, self._connection, self._writer = self._connection, None, None
        if connection is not None:
            try:
                await connection.close(timeout=self._patience_s)
            except UNREACHABLE:
                connection.terminate()

    def _adopt(self, connection: Connection) -> None:
        self._connection = connection
        self._writer = BatchWriter(connection, self._hit)
        self._backend_pid = connection.get_server_pid()

    def _drop(self) -> None:
        """Throw the connection away without a word to the server."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = self._writer = None

    # --- writing -----------------------------------------------------------------------------------------------------

    async def append(self, batch: Batch) -> None:
        """Write a batch in one transaction; see the port. Cancelling it leaves the outcome unknown as well."""
        connection, writer = self._connection, self._writer
        if connection is None or writer is None:
            raise CommitUnknownError("there is no connection; ask first")
        rows = rows_of(batch)
        try:
            await writer.write(batch, rows)
        except asyncio.CancelledError:
            self._drop()
            raise
        except Exception as error:
            kind = verdict(error)
            if kind is Verdict.UNKNOWN or not await _is_rolled_back(connection):
                self._drop()
                raise CommitUnknownError(repr(error)) from error
            if kind is Verdict.FENCED:
                raise FencedError(f"epoch {self._epoch}: {error}") from error
            raise ConstraintBrokenError(f"{type(error).__name__}: {error}") from error

    async def is_committed(self, batch: Batch) -> bool:
        """Ask on a new connection, which becomes the writer's; see the port.

        The old backend is ended and its lock waited for first: only then is it certain that it will not commit after
        all, even if it was stopped or cut off with the batch in its hands.
        """
        self._drop()
        connection = await connect(self._dsn, WRITER, COMMAND_TIMEOUT_S)
        try:
            head = await self._head_under_lock(connection)
        except BaseException as error:
            connection.terminate()
            if isinstance(error, (LeaderBusyError, *UNREACHABLE)):
                raise ConnectionError(f"no answer yet: {error!r}") from error
            raise
        if head not in (batch.head, batch.before):
            connection.terminate()
            raise FencedError("the journal goes on with entries of another writer")
        self._adopt(connection)
        return bool(head == batch.head)

    async def _head_under_lock(self, connection: Connection) -> bytes:
        """Where the journal ends, once nobody else can move it. Raises FencedError when another epoch leads."""
        await refuse_careless(connection)
        await refuse_fenced(connection, self._epoch)

        def is_mine(holder: Holder) -> bool:
            return holder.pid == self._backend_pid

        await take_lock(connection, self._patience_s, is_mine)
        head = await connection.fetchval(_LEAD_AGAIN, self._epoch)
        if head is None:
            raise FencedError(f"another epoch leads, this is epoch {self._epoch}")
        return bytes(head)

    # --- when a constraint was broken --------------------------------------------------------------------------------

    async def find_offender(self, batch: Batch) -> Entry:
        """Which entry breaks a constraint: the last of the shortest prefix found that the database refuses.

        Raises:
            LookupError: the batch as a whole breaks nothing.
            ConnectionError: the connection broke.
        """
        entries = batch.entries
        if not await self._is_refused(batch, len(entries)):
            raise LookupError("the database does not refuse this batch")
        accepted, refused = 0, len(entries)
        while refused - accepted > 1:
            middle = (accepted + refused) // 2
            if await self._is_refused(batch, middle):
                refused = middle
            else:
                accepted = middle
        return entries[accepted]

    async def _is_refused(self, batch: Batch, length: int) -> bool:
        """Try the first entries of a batch with every deferred check, and take them back."""
        connection, writer = self._connection, self._writer
        if connection is None or writer is None:
            raise ConnectionError("there is no connection")
        prefix = Batch(batch.epoch, batch.before, batch.entries[:length])
        rows = rows_of(prefix)
        try:
            await connection.execute("BEGIN")
            await writer.write_inside(prefix, rows)
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except UNREACHABLE as error:
            if verdict(error) is not Verdict.BROKEN:
                self._drop()
                raise ConnectionError(f"trying a prefix failed: {error!r}") from error
            refused = True
        else:
            refused = False
        if not await _is_rolled_back(connection):
            self._drop()
            raise ConnectionError("a prefix could not be taken back")
        return refused

    async def quarantine(self, command_hash: bytes, command: bytes, why: str) -> None:
        """Remember a command that broke the program, on a connection of its own."""
        connection = await connect(self._dsn, ASIDE, COMMAND_TIMEOUT_S)
        try:
            await connection.execute(_QUARANTINE, command_hash, command, why)
        finally:
            await connection.close(timeout=self._patience_s)

    # --- reading, on other connections -------------------------------------------------------------------------------

    def entries(self, after: Seq) -> AsyncGenerator[StoredEntry, None]:
        """The journal after ``after`` in order, in bounded memory."""
        return self._reading().entries(after)

    async def answer(self, scope: int, idempotency_key: str) -> StoredAnswer | None:
        """What is known of a key, from the disk."""
        return await self._reading().answer(scope, idempotency_key)

    async def quarantined(self) -> set[bytes]:
        """The hashes of the commands in quarantine."""
        return await self._reading().quarantined()

    def _reading(self) -> JournalReader:
        assert self._reader is not None, "lead() comes first"
        return self._reader


async def _is_rolled_back(connection: Connection) -> bool:
    """Make sure that nothing of a refused transaction is left; False when the connection does not say so."""
    try:
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except UNREACHABLE:
        return False
    return not connection.is_closed()
