"""Ways around the core: entries whose events are made by hand, and a transaction of an intruder's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from exchange.core.events import Event
from exchange.sequencer.journal import ConstraintBrokenError
from exchange.store.journal import PostgresJournal
from tests.support.entries import Log, batch_of, deposit

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

ANNA, BERT = 11, 12


class Bypass:
    """Sends events as entries, one batch at a time, without asking the core."""

    def __init__(self, journal: PostgresJournal) -> None:
        self.journal = journal
        self.log = Log()

    @property
    def seq(self) -> int:
        """The seq of the next entry."""
        return self.log.seq + 1

    async def send(self, *entries: tuple[Event, ...]) -> None:
        """One batch with an entry for each tuple of events."""
        before = self.log.head
        await self.journal.append(batch_of([self.log.add(*events) for events in entries], before))

    async def refuse(self, constraint: str, *entries: tuple[Event, ...]) -> None:
        """One batch that the database must refuse with this in its reason, and that leaves nothing behind."""
        seq, at, head = self.log.seq, self.log.at, self.log.head
        with pytest.raises(ConstraintBrokenError, match=constraint):
            await self.send(*entries)
        self.log.seq, self.log.at, self.log.head = seq, at, head
        del self.log.entries[seq:]
        await self.send((*deposit(self.seq, ANNA, 1, f"after {self.seq}"),))


@asynccontextmanager
async def moved_leader(service: Connection, entries: int = 1) -> AsyncIterator[None]:
    """A transaction of somebody with the service's rights that adds entries, taken back at the end."""
    transaction = service.transaction()
    await transaction.start()
    await service.execute("UPDATE leader SET seq = seq + $1, head = sha256('forged')", entries)
    try:
        yield
    finally:
        await transaction.rollback()
