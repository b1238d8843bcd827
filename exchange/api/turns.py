"""Who may read much now: one read of each participant at a time, and few of all.

There is one processor for orders and reads. A page of a thousand rows costs it two hundred times what an order costs.
Those of the database come in slices (:meth:`exchange.store.queries.PostgresHistory.orders`), so that an order waits for
one slice of each read that is on its way; those of memory come one at a time. A firm that asks for many at once would
make everybody wait for all of them: here its reads wait in line, each participant has a line of its own, and the lines
take turns. Nobody is refused for it, unless a turn does not come for :data:`LONGEST_WAIT` seconds, because the
database does not answer those who have one; who waits is a connection, and these are bounded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable
from types import TracebackType
from typing import Final

MOST: Final = 4
"""Large reads that are on their way at once, of all participants together."""

LONGEST_WAIT: Final = 10.0
"""Seconds after which who waits is told to come again."""


class Turns:
    """The lines of those who wait, and who has the turn."""

    def __init__(self, most: int = MOST, seconds: float = LONGEST_WAIT) -> None:
        """``most`` may have the turn at once; who waits does so for ``seconds`` at most."""
        self._most: Final = most
        self._seconds: Final = seconds
        self._busy: set[Hashable] = set()
        self._lines: dict[Hashable, deque[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        """How many have the turn."""
        return len(self._busy)

    def of(self, who: Hashable) -> Turn:
        """A turn of somebody, for ``async with``; it is waited for."""
        return Turn(self, who)

    async def take(self, who: Hashable) -> None:
        """Wait for the turn; raises ConnectionError when it does not come in time."""
        if who not in self._busy and len(self._busy) < self._most:
            self._busy.add(who)
            return
        turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(who, deque()).append(turn)
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if not turn.cancelled():  # it was given in the same moment
                self.give_back(who)
            if isinstance(error, TimeoutError):
                raise ConnectionError("those who ask the database get no answer") from None
            raise

    def give_back(self, who: Hashable) -> None:
        """The turn is over; the next of another line has it, or of the same where there is no other."""
        self._busy.discard(who)
        while len(self._busy) < self._most:
            following = next((each for each in self._lines if each not in self._busy), None)
            if following is None:
                return
            self._let_in(following)

    def _let_in(self, who: Hashable) -> None:
        """Give the turn to the first of a line, and put the line behind the others."""
        line = self._lines.pop(who)
        while line:
            turn = line.popleft()
            if not turn.done():
                turn.set_result(None)
                self._busy.add(who)
                break
        if line:
            self._lines[who] = line


class Turn:
    """A turn, from when it is given to when it is over."""

    __slots__ = ("_turns", "_who")

    def __init__(self, turns: Turns, who: Hashable) -> None:
        self._turns = turns
        self._who = who

    async def __aenter__(self) -> None:
        await self._turns.take(self._who)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.give_back(self._who)
