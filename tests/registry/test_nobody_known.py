"""Nothing leaves for the registry while nobody is known whose answers could be believed, and all of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.bootstrap.registry_line import RegistryKeys, RegistryLine
from exchange.core.commands.registry import RequestKind
from exchange.registry import worker as worker_module
from exchange.registry.messages import Asked, Kind, Outgoing
from exchange.registry.worker import Attempts, Worker
from exchange.store.embedded import EmbeddedServer
from exchange.store.outbox import OutboxRow, PostgresOutbox
from tests.api.stack import running_stack
from tests.registry.pair import TONNES, a_pair
from tests.registry.pair import until as seen_there
from tests.registry.test_line_lives_on import until
from tests.support.registry import Registry

UNKNOWN = "NO_REGISTRY_KNOWN"


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


async def test_a_key_that_comes_or_goes_is_heeded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits until the outbox is read again, or until a request would have been tried again by its pace."""
    monkeypatch.setattr(worker_module, "REREAD_S", 1e9)
    line = Line()
    worker = Worker(line, line, line, lambda: line.known)
    work = asyncio.ensure_future(worker.run())

    async def both_are(tries: int, problem: str) -> None:
        await until(lambda: [worker.attempts(request) for request in (1, 2)] == [Attempts(tries, problem)] * 2)

    await both_are(0, UNKNOWN)
    assert line.calls == []
    line.known = True
    worker.key_came()
    await both_are(1, "")
    assert sorted(line.calls) == ["r-1", "r-2"]
    line.known = False
    await both_are(1, UNKNOWN)
    line.known = True
    worker.key_came()
    await both_are(2, "")
    work.cancel()
    await asyncio.wait((work,))


async def test_a_registry_whose_key_was_revoked_is_not_known(postgres: EmbeddedServer, tmp_path: Path) -> None:
    async with running_stack(postgres, tmp_path) as stack:
        keys = RegistryKeys(stack.sequencer.view, stack.sequencer.now)
        assert (keys.are_known(), keys.were_known()) == (False, False)
        registry = await Registry.introduce(stack)
        assert (keys.are_known(), keys.were_known()) == (True, True)
        async with stack.client(registry.token) as client:
            await client.keys.revoke(registry.token.partition(".")[0])
        assert (keys.are_known(), keys.were_known()) == (False, True)


class OneWaits(PostgresOutbox):
    """An outbox in which one request waits."""

    def __init__(self) -> None:
        pass

    async def unanswered(self) -> list[OutboxRow]:
        return [OutboxRow(1, RequestKind.LOCK, "r-1", "S", "S-{lo}-{hi}", 1, 9, "W", "", "", "PAPER")]


async def test_the_entry_with_the_key_wakes_the_worker(
    postgres: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "REREAD_S", 1e9)
    async with running_stack(postgres, tmp_path) as stack, httpx.AsyncClient(base_url="http://127.0.0.1:1") as http:
        line = RegistryLine(stack.sequencer, OneWaits(), http, 0, lambda _: None)
        stack.sequencer.listeners.append(line.published)
        work = asyncio.create_task(line.run())
        await until(lambda: line.worker.attempts(1) == Attempts(0, UNKNOWN))
        await Registry.introduce(stack)
        await until(lambda: (line.worker.attempts(1) or Attempts(0, "")).problem == "NO_ANSWER")
        work.cancel()
        await asyncio.wait((work,))


@pytest.mark.processes
@pytest.mark.slow
async def test_a_registry_that_is_not_known_is_asked_nothing_and_all_of_it_once_it_is() -> None:
    async with a_pair(known=False) as pair:
        lots = [await pair.bring_in() for _ in range(2)]
        for lot in lots:
            row = await seen_there(lot.request, lambda row: row["last_problem"] is not None)
            assert (row["status"], row["attempts"], row["last_problem"]) == ("OPEN", 0, UNKNOWN)
            assert await lot.states() == {"LOCK_REQUESTED": TONNES}
        assert pair.simulator.state()["requests"] == []
        await pair.introduce()
        for lot in lots:
            row = await lot.answered()
            assert (row["attempts"], row["last_problem"]) == (None, None)
            assert await lot.states() == {"ACTIVE": TONNES}
