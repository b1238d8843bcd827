"""Nothing leaves for the registry while nobody is known whose answers could be believed, and all of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from exchange.registry import worker as worker_module
from exchange.registry.messages import Asked, Kind, Outgoing
from exchange.registry.worker import Attempts, Worker
from tests.registry.pair import TONNES, a_pair, until

UNKNOWN = "NO_REGISTRY_KNOWN"


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_registry_that_is_not_known_is_asked_nothing_and_all_of_it_once_it_is() -> None:
    async with a_pair(known=False) as pair:
        lots = [await pair.bring_in() for _ in range(2)]
        for lot in lots:
            row = await until(lot.request, lambda row: row["last_problem"] is not None)
            assert (row["status"], row["attempts"], row["last_problem"]) == ("OPEN", 0, UNKNOWN)
            assert await lot.states() == {"LOCK_REQUESTED": TONNES}
        assert pair.simulator.state()["requests"] == []
        await pair.introduce()
        for lot in lots:
            row = await lot.answered()
            assert (row["attempts"], row["last_problem"]) == (None, None)
            assert await lot.states() == {"ACTIVE": TONNES}


class Line:
    """An outbox with two requests, and a registry that is at work on all of them for ever."""

    def __init__(self) -> None:
        self.known = False
        self.calls: list[str] = []

    async def unanswered(self) -> Sequence[Outgoing]:
        return [Outgoing(n, Asked(f"r-{n}", Kind.LOCK, "S", n, n + 1, "S", "W", "", "", "")) for n in (1, 2)]

    async def look_up(self, reference: str) -> Any:
        self.calls.append(reference)

    async def ask(self, asked: Asked) -> Any:
        raise AssertionError("the registry is at work on it")

    async def take(self, statement: Any) -> str:
        raise AssertionError(statement)


@pytest.mark.asyncio
async def test_a_key_that_comes_or_goes_is_heeded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits until the outbox is read again, or until a request would have been tried again by its pace."""
    monkeypatch.setattr(worker_module, "REREAD_S", 1e9)
    line = Line()
    worker = Worker(line, line, line, lambda: line.known)
    work = asyncio.ensure_future(worker.run())

    async def attempts() -> list[Attempts | None]:
        return [worker.attempts(request) for request in (1, 2)]

    await until(attempts, lambda seen: seen == [Attempts(0, UNKNOWN)] * 2)
    assert line.calls == []
    line.known = True
    worker.key_came()
    await until(attempts, lambda seen: seen == [Attempts(1, "")] * 2)
    assert sorted(line.calls) == ["r-1", "r-2"]
    line.known = False
    await until(attempts, lambda seen: seen == [Attempts(1, UNKNOWN)] * 2)
    line.known = True
    worker.key_came()
    await until(attempts, lambda seen: seen == [Attempts(2, "")] * 2)
    work.cancel()
    await asyncio.wait((work,))
