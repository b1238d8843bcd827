"""A running exchange with the history of a scene: the real sequencer, store and API in this process, real PostgreSQL.

The history is made in the core, which takes a moment, and written to the database by the real writer in one batch. The
service then starts on it as after a restart, with a clock that shows what the scene's does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import asyncpg

from exchange.bootstrap.database import Database
from exchange.bootstrap.service import Running, running
from exchange.config import Settings
from exchange.core.commands import Command
from exchange.core.rejections import RejectReason
from exchange.core.values import Micros, Seq
from exchange.sequencer.deciding import own_submission
from exchange.sequencer.journal import Entry
from exchange.sequencer.submission import StoppedError
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from exchange.store.tables import METADATA
from tests.double_counting.attempts import Attempt, Done, Steps, drive_service, why_left_out
from tests.double_counting.scene import Scene
from tests.support.entries import Log, batch_of
from tests.support.keys import Given, key_of

BOOKS: Final = ("alembic_version", *sorted(METADATA.tables))
"""Every table there is."""

ASKED: Final = {
    "journal": "that it was asked and refused is an entry",
    "leader": "where the journal ends",
    "idempotency": "the key of the request, with the refusal as its answer",
    "feed": "whose entry it is",
    "refusals": "why it was refused, for the supervisors to read",
}
"""Tables that a refused command is written into, each with what of it: they say nothing of whose anything is."""

FILES: Final = {
    "imports": "a file is taken whose rows are left out",
    "import_refusals": "which rows were left out, and why",
}
"""What is written besides of a refused file. The rows that wait (``import_rows``) may not change."""

_DIGEST: Final = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"


class StillClock:
    """Shows the scene's time, and goes on with it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def now(self) -> Micros:
        """When the scene's next command would be given."""
        return self._scene.now()

    def steady(self) -> Micros:
        """The same: nobody sets this clock."""
        return self._scene.now()


class Venue:
    """A service that runs on the history of a scene."""

    def __init__(self, scene: Scene, urls: DatabaseUrls, parts: Running) -> None:
        self.scene = scene
        self.urls = urls
        self.parts = parts
        self.sequencer = parts.sequencer
        self._entries: dict[Seq, Entry] = {}
        self.sequencer.listeners.append(self._learn)

    def _learn(self, entries: list[Entry]) -> None:
        self._entries.update((entry.leaf.seq, entry) for entry in entries)

    async def give(self, command: Command) -> Done:
        """Have a command decided and made durable.

        Raises:
            StoppedError: the service stopped, and nobody was told that anything was done.
        """
        self.scene.wait(1)
        key = key_of(self.sequencer.state, command.actor, self.scene.now())
        receipt = await self.sequencer.submit(replace(own_submission(command), key=key))
        await asyncio.sleep(0)  # the listeners are told after the answers
        entry = self._entries[receipt.seq]
        reason = RejectReason(entry.leaf.reason) if entry.leaf.reason else why_left_out(entry.events)
        return Done(reason, entry.leaf.created)

    async def drive(self, steps: Steps) -> RejectReason | None:
        """Give the commands of an attempt until one is refused; why, or None when all of them were done."""
        return await drive_service(steps, self.give)

    async def books(self) -> dict[str, str]:
        """A digest of every table."""
        return await books_of(self.urls)


async def books_of(urls: DatabaseUrls) -> dict[str, str]:
    """A digest of every table, as the owner of the tables sees them."""
    connection = await asyncpg.connect(urls.owner)
    try:
        return {table: await connection.fetchval(_DIGEST.format(table)) for table in BOOKS}
    finally:
        await connection.close()


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The tables in which something is not as it was."""
    return {table for table in before if before[table] != after[table]}


def told_of(attempt: Attempt) -> set[str]:
    """The tables that a refused attempt may be written into."""
    return {*ASKED, *FILES} if attempt.name.startswith("a-file") else set(ASKED)


async def change_guards(urls: DatabaseUrls, *statements: str) -> None:
    """Do something to the guards of a database, as the owner of the tables."""
    connection = await asyncpg.connect(urls.owner)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def write_history(scene: Scene, urls: DatabaseUrls) -> Log:
    """Write what happened in a scene to an empty database; the log, which can go on."""
    return await write_log(scene.log, urls)


async def write_log(commands: Iterable[Given], urls: DatabaseUrls) -> Log:
    """The same of any commands."""
    log = Log()
    log.follow(commands)
    store = PostgresJournal(urls.service)
    try:
        await store.lead()
        await store.append(batch_of(log.entries))
    finally:
        await store.close()
    return log


@asynccontextmanager
async def open_venue(scene: Scene, urls: DatabaseUrls, folder: Path) -> AsyncIterator[Venue]:
    """A service on the history of a scene; it may have stopped by itself when this is left."""
    await write_history(scene, urls)
    async with start_venue(scene, urls, folder) as venue:
        yield venue


@asynccontextmanager
async def start_venue(scene: Scene, urls: DatabaseUrls, folder: Path) -> AsyncIterator[Venue]:
    """A service on what is in the database, whose clock is the scene's."""
    settings = Settings.from_environment({"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_DATABASE_URL": urls.service})
    database = Database(urls.service, urls.owner, "the test's server")
    async with running(settings, database, _say_nothing, machine=StillClock(scene)) as parts:
        yield Venue(scene, urls, parts)


def _say_nothing(_: str) -> None:
    """Nobody watches the start."""


__all__ = [
    "BOOKS",
    "StoppedError",
    "Venue",
    "books_of",
    "change_guards",
    "changed",
    "open_venue",
    "start_venue",
    "told_of",
    "write_history",
    "write_log",
]
