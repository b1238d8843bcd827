"""Making a batch durable, whatever the connection does around its COMMIT.

An error from the database is never taken for "failed": the connection that broke may have broken after the COMMIT
arrived, and the client of a connection cannot tell (both cases look the same to it). So the database is asked on a new
connection, under the leader row's lock, which waits until the old backend is gone. There are three answers. Committed:
go on. Not committed: the same bytes are sent again. Another leader: stop at once. Both the asking and the sending again
are bounded in time; when it is over the process stops, and the next start finds in the journal what happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from exchange.sequencer.journal import Batch, CommitUnknownError, JournalStore
from exchange.sequencer.limits import Limits
from exchange.sequencer.meters import Meters

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 1.0


class OutcomeUnknownError(Exception):
    """Nobody could be asked for too long whether a batch is durable. Nothing of it may be told to anybody."""


class Committer:
    """Writes one batch at a time and knows for sure what became of it."""

    def __init__(self, store: JournalStore, limits: Limits, meters: Meters, hit: Callable[[str], None]) -> None:
        """``hit`` is the crash tests' hook."""
        self._store = store
        self._limits = limits
        self._meters = meters
        self._hit = hit
        self.asking = False
        """Whether the outcome of a batch is unknown at this moment."""
        self._heard = ""
        """The last error of the database or of the way to it: what an operator has to look at when the time is over."""

    async def commit(self, batch: Batch) -> None:
        """Return when the batch is durable.

        Raises:
            FencedError: another process leads.
            ConstraintBrokenError: the database refused the batch and nothing of it was written.
            OutcomeUnknownError: the database could not be asked, or would not take the batch, for too long.
        """
        self._hit("before_send")
        started = asyncio.get_running_loop().time()
        if not await self._send(batch):
            self.asking = True
            await self._settle(batch)
            self.asking = False
        self._hit("committed")
        self._meters.batch_committed(len(batch.entries), asyncio.get_running_loop().time() - started)

    async def _send(self, batch: Batch) -> bool:
        """Whether the batch is known to be durable."""
        try:
            async with asyncio.timeout(self._limits.commit_seconds):
                await self._store.append(batch)
        except (CommitUnknownError, TimeoutError) as error:
            self._meters.unknown_outcomes += 1
            self._heard = repr(error)
            first = batch.entries[0].leaf.seq
            logger.warning("the outcome of entries %d to %d is unknown (%r); asking", first, batch.last_seq, error)
            return False
        return True

    async def _settle(self, batch: Batch) -> None:
        """Ask, and send again if need be, until the batch is durable or the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.unknown_seconds
        pause = self._limits.pause_seconds
        while loop.time() < deadline:
            if await self._is_committed(batch, deadline) or await self._send(batch):
                logger.warning("entries up to %d are durable", batch.last_seq)
                return
            await asyncio.sleep(min(pause, max(0.0, deadline - loop.time())))
            pause = min(2 * pause, LONGEST_PAUSE)
        raise self._unknown(batch)

    async def _is_committed(self, batch: Batch, deadline: float) -> bool:
        """Ask until there is an answer; True when durable, False when it is certain that it is not."""
        pause = self._limits.pause_seconds
        while True:
            self._hit("asking")
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._store.is_committed(batch)
            except TimeoutError as error:
                raise self._unknown(batch) from error
            except ConnectionError as error:
                self._heard = repr(error)
                logger.warning("the database cannot be asked yet: %r", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _unknown(self, batch: Batch) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"nothing made the entries up to {batch.last_seq} durable in time; the last that was heard: {self._heard}"
        )
