"""Readiness is what is true now: the writer's word and a fresh one of the database."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.bootstrap import readiness
from exchange.bootstrap.readiness import Readiness
from exchange.store.embedded import EmbeddedServer
from exchange.store.probe import LeaderProbe
from tests.api.stack import Stack, running_stack
from tests.support.database import running_server


class Database:
    """Answers what it is told to, when it is told to."""

    def __init__(self) -> None:
        self.answer = True
        self.asked = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def takes_entries(self) -> bool:
        self.asked += 1
        await self.go_on.wait()
        return self.answer


async def test_the_database_is_asked_once_for_all_who_come_together() -> None:
    database = Database()
    database.go_on.clear()
    ready = Readiness(lambda: True, database.takes_entries)
    waiting = [asyncio.create_task(ready()) for _ in range(50)]
    await asyncio.sleep(0)
    waiting.pop(0).cancel()
    database.go_on.set()
    assert await asyncio.gather(*waiting) == [True] * 49
    assert database.asked == 1


async def test_a_question_that_takes_long_is_not_asked_again_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", -1.0)
    database = Database()
    database.go_on.clear()
    ready = Readiness(lambda: True, database.takes_entries)
    first = asyncio.create_task(ready())
    await asyncio.sleep(0)
    others = [asyncio.create_task(ready()) for _ in range(5)]
    await asyncio.sleep(0)
    database.go_on.set()
    assert await asyncio.gather(first, *others) == [True] * 6
    assert database.asked == 1


async def test_an_answer_is_not_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database()
    ready = Readiness(lambda: True, database.takes_entries)
    assert await ready()
    database.answer = False
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)
    assert not await ready()


async def test_a_writer_that_cannot_append_is_not_ready_whatever_the_database_says() -> None:
    database = Database()
    assert not await Readiness(lambda: False, database.takes_entries)()
    assert database.asked == 0


async def test_a_writer_that_stops_while_the_database_is_asked_is_not_ready() -> None:
    words = iter([True, False])
    assert not await Readiness(lambda: next(words), Database().takes_entries)()


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL that may be killed."""
    with running_server() as running:
        yield running


async def status(stack: Stack) -> int:
    return (await stack.get("/ready")).status_code


async def comes_to(stack: Stack, wanted: int) -> bool:
    """Ask until readiness is as wanted; nobody sends a command meanwhile. The end is far off: a database that comes
    back on a machine with much else to do takes its time, and how long is not asked here.
    """
    for _ in range(1_200):
        if await status(stack) == wanted:
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.processes
async def test_a_database_that_was_killed_shows_though_nobody_writes(server: EmbeddedServer, tmp_path: Path) -> None:
    async with running_stack(server, tmp_path) as stack:
        assert await status(stack) == 200
        assert server.supervisor_pid is not None
        os.kill(server.supervisor_pid, signal.SIGSTOP)  # it would start another one at once
        for pid in _every_process_of(server.postmaster_pid):
            os.kill(pid, signal.SIGKILL)
        assert await comes_to(stack, 503)
        answer = await stack.get("/ready")
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("NOT_READY", "1")
        assert (await stack.get("/health")).status_code == 200
        os.kill(server.supervisor_pid, signal.SIGCONT)
        assert await comes_to(stack, 200)


@pytest.mark.processes
async def test_a_database_that_hangs_shows_though_nobody_writes(server: EmbeddedServer, tmp_path: Path) -> None:
    async with running_stack(server, tmp_path) as stack:
        assert await status(stack) == 200
        stopped = _every_process_of(server.postmaster_pid)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        assert await comes_to(stack, 503)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        assert await comes_to(stack, 200)


def _every_process_of(postmaster: int | None) -> list[int]:
    """The postmaster and its children."""
    assert postmaster is not None
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
    return [postmaster, *map(int, children)]


@pytest.mark.processes
async def test_who_does_not_lead_any_more_is_not_ready(server: EmbeddedServer, tmp_path: Path) -> None:
    async with running_stack(server, tmp_path) as stack:
        probe = LeaderProbe(stack.urls.service)
        epoch = stack.sequencer.epoch
        assert await probe.takes_entries_of(epoch)
        assert not await probe.takes_entries_of(epoch + 1)
        probe.close()
