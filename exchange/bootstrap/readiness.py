"""Whether a command that comes now can be made durable: what ``GET /ready`` answers, never older than half a second."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Final

FRESH_SECONDS: Final = 0.5
"""How long an answer of the database is good; however many ask, it is asked twice a second at most."""


class Readiness:
    """The writer's own word, which costs nothing, and the database's, which is asked for by one caller for all."""

    def __init__(self, can_append: Callable[[], bool], takes_entries: Callable[[], Awaitable[bool]]) -> None:
        """``can_append`` speaks for the writer, ``takes_entries`` for the database, in bounded time."""
        self._can_append = can_append
        self._takes_entries = takes_entries
        self._asked_at = -math.inf
        self._answer = False
        self._question: asyncio.Task[None] | None = None

    async def __call__(self) -> bool:
        """The answer."""
        if not self._can_append():
            return False
        loop = asyncio.get_running_loop()
        if self._question is None and loop.time() - self._asked_at > FRESH_SECONDS:
            self._asked_at = loop.time()
            self._question = loop.create_task(self._ask())
        if self._question is not None:
            await asyncio.shield(self._question)  # it is others' question too, and one of them may leave
        return self._answer and self._can_append()

    async def _ask(self) -> None:
        try:
            self._answer = await self._takes_entries()
        finally:
            self._question = None
