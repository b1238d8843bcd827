"""A local book that a stream keeps by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from exchange.client.book import LocalBook
from exchange.client.models.stream import BookMessage


class LiveBook(LocalBook):
    """A :class:`LocalBook` that follows the stream; made by :meth:`StreamClient.book`.

    It is good while the line is up and the copy is proved. When it is not, it shows no prices, and nothing has to be
    done: the stream comes back or asks for a new snapshot.
    """

    __slots__ = ("_changed", "_ended", "_is_connected", "_version")

    def __init__(self, instrument: str) -> None:
        """Waiting for a snapshot."""
        super().__init__(instrument)
        self._is_connected = True
        self._ended: Exception | None = None
        self._version = 0
        self._changed = asyncio.Event()

    @property
    def is_good(self) -> bool:
        """Whether the copy is whole, proved and up to date."""
        return self._is_connected and super().is_good

    def apply(self, message: BookMessage) -> bool:
        """Take in a message and wake whoever waits for a change."""
        self._is_connected = True
        good = super().apply(message)
        self._wake()
        return good

    def doubt(self) -> None:
        """Give the copy up, and wake whoever waits for a change."""
        super().doubt()
        self._wake()

    def disconnect(self) -> None:
        """The line is down: nothing is shown until it is up again, and then the copy goes on from where it stands."""
        self._is_connected = False
        self._wake()

    def reconnect(self) -> None:
        """The line is up, and nothing was missed or it will be told."""
        self._is_connected = True
        self._wake()

    def end(self, error: Exception) -> None:
        """Nothing will come any more."""
        self._is_connected = False
        self._ended = error
        self._wake()

    def _wake(self) -> None:
        self._version += 1
        woken, self._changed = self._changed, asyncio.Event()
        woken.set()

    async def ready(self) -> Self:
        """Wait until the book is good.

        Raises:
            ClientError: when the stream has ended or the book was left.
        """
        while not self.is_good:
            await self._next_change()
        return self

    async def read(self) -> LocalBook:
        """The book as soon as it is good: a copy that stays as it is. Raises what :meth:`ready` raises."""
        return (await self.ready()).copy()

    async def changes(self) -> AsyncIterator[Self]:
        """This book, now and each time it is good and has changed; changes in between are one.

        Raises:
            ClientError: when the stream has ended or the book was left.
        """
        seen = -1
        while True:
            await self.ready()
            if self._version != seen:
                seen = self._version
                yield self
            else:
                await self._next_change()

    async def copies(self) -> AsyncIterator[LocalBook]:
        """As :meth:`changes`, each time a copy that stays as it is."""
        async for book in self.changes():
            yield book.copy()

    async def _next_change(self) -> None:
        if self._ended is not None:
            raise self._ended
        await self._changed.wait()
