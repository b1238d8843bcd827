"""Messages that came and were not taken yet."""

from __future__ import annotations

import asyncio
from collections import deque

from exchange.client.models.stream import StreamMessage
from exchange.client.problem import SlowReaderError


class Inbox:
    """A bounded queue with one reader, which hears of an overflow after the messages from before it."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: deque[StreamMessage | Exception] = deque()
        self._arrived = asyncio.Event()
        self._end: Exception | None = None

    def put(self, message: StreamMessage) -> bool:
        """Keep a message; False when there is no room, which the reader is told."""
        fits = len(self._waiting) < self._room
        if fits or not isinstance(self._waiting[-1], SlowReaderError):
            self._waiting.append(message if fits else SlowReaderError(f"more than {self._room} messages waited"))
        self._arrived.set()
        return fits

    def end(self, error: Exception) -> None:
        """Nothing more will come."""
        self._end = error
        self._arrived.set()

    async def next(self) -> StreamMessage:
        """The next message; raises what :meth:`end` was told when there is none any more."""
        while not self._waiting:
            if self._end is not None:
                raise self._end
            self._arrived.clear()
            await self._arrived.wait()
        found = self._waiting.popleft()
        if isinstance(found, Exception):
            raise found
        return found
