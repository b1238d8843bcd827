"""Who may write: an advisory lock for liveness, the leader row's epoch for safety.

A connection holds the advisory lock as long as it lives, so the lock tells whether a writer is there at all, and
getting it proves that the writer before is gone, with everything that it had under way. The epoch tells a writer that
was only away for a while that it no longer leads: every batch moves the leader row of its own epoch or nothing at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import asyncpg

from exchange.sequencer.journal import FencedError

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

LOCK: Final = 0x0CA2B0
"""The advisory lock of the writer, in the database of the exchange."""

POLL_S: Final = 0.05

_HOLDER: Final = """
    SELECT lock.pid, activity.application_name, activity.client_addr::text
    FROM pg_locks lock LEFT JOIN pg_stat_activity activity ON activity.pid = lock.pid
    WHERE lock.locktype = 'advisory' AND lock.granted AND lock.classid = 0 AND lock.objid = $1 AND lock.objsubid = 1
      AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class LeaderBusyError(Exception):
    """Another process writes to this journal, and nobody said that it may be ended."""

    def __init__(self, holder: Holder | None, tried_to_end: bool) -> None:
        """``holder`` is None when it went away in the very moment of asking."""
        who = str(holder) if holder else "another process"
        advice = "it did not end when told to" if tried_to_end else "stop it first, or start with --takeover to end it"
        chinese = "已要求其结束，但未结束" if tried_to_end else "请先停止它，或加 --takeover 令其结束"
        super().__init__(f"{who} leads this exchange's journal; {advice}. 日志正由另一进程写入：{chinese}")
        self.pid = holder.pid if holder else None


@dataclass(frozen=True, slots=True)
class Holder:
    """The backend that holds the lock."""

    pid: int
    application: str
    address: str

    def __str__(self) -> str:
        return f"PostgreSQL backend {self.pid} ({self.application} from {self.address})"


async def holder(connection: Connection) -> Holder | None:
    """Who holds the lock now."""
    row = await connection.fetchrow(_HOLDER, LOCK)
    if row is None:
        return None
    return Holder(row["pid"], row["application_name"] or "unknown", row["client_addr"] or "this machine")


async def take_lock(connection: Connection, patience_s: float, may_end: Callable[[Holder], bool]) -> None:
    """Wait for the lock at most ``patience_s``; end the backend that holds it as soon as ``may_end`` says so.

    A process that was killed a moment ago still has its backend for a moment, so a little patience is always needed.

    Raises:
        LeaderBusyError: if the lock cannot be had in time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    tried_to_end = False
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        busy = await holder(connection)
        if busy is not None and may_end(busy):
            tried_to_end = True
            await _end(connection, busy)
        if loop.time() > deadline:
            raise LeaderBusyError(busy, tried_to_end)
        await asyncio.sleep(POLL_S)


async def _end(connection: Connection, busy: Holder) -> None:
    """Tell a backend to end. One of another role may be out of reach; then waiting for it is all that is left."""
    try:
        await connection.execute("SELECT pg_terminate_backend($1)", busy.pid)
    except asyncpg.InsufficientPrivilegeError:
        await asyncio.sleep(POLL_S)


async def refuse_fenced(connection: Connection, epoch: int) -> None:
    """Raise FencedError when another writer has raised the epoch."""
    current = await connection.fetchval("SELECT epoch FROM leader")
    if current != epoch:
        raise FencedError(f"epoch {current} leads, this is epoch {epoch}")
