"""Nothing that comes over the line to the registry ends it, and neither does a bug of ours: it is told and goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.bootstrap import registry_line
from exchange.bootstrap.database import Database
from exchange.bootstrap.registry_line import RegistryLine
from exchange.bootstrap.service import Running, running
from exchange.config import Settings
from exchange.registry.client import RegistryUnavailableError
from exchange.registry.messages import Asked, Kind, Outgoing
from exchange.registry.pace import Pace
from exchange.registry.worker import MOST_AT_ONCE, Worker
from exchange.store.embedded import EmbeddedServer
from exchange.store.outbox import PostgresOutbox
from tests.api.stack import running_stack
from tests.registry.test_client import served
from tests.support.database import fresh_database
from tests.support.registry import Registry

SIGNED = b'"next":"","asked":{},"signature":"' + b"A" * 86 + b'=="}'


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the line goes faster; it is the only thing that is changed."""
    monkeypatch.setattr(registry_line, "SECONDS_PER_MINUTE", 0.01)
    monkeypatch.setattr(registry_line, "PAUSE_S", 0.01)


def answered(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not seen():  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def service(postgres: EmbeddedServer, folder: Path, url: str) -> AsyncIterator[Running]:
    """A service whose registry is at an address."""
    token = folder / "token"
    token.write_text("t" * 43)
    token.chmod(0o600)
    with fresh_database(postgres) as urls:
        given = {
            "EXCHANGE_DATA_DIR": str(folder),
            "EXCHANGE_DATABASE_URL": urls.service,
            "EXCHANGE_REGISTRY_URL": url,
            "EXCHANGE_REGISTRY_TOKEN_FILE": str(token),
            "EXCHANGE_REGISTRY_RECONCILE_MINUTES": "1",
        }
        database = Database(urls.service, urls.owner, "the test's server")
        async with running(Settings.from_environment(given), database, print) as parts:
            yield parts


def figure(parts: Running, name: str) -> float:
    """A figure of the metrics page."""
    page = parts.services.telemetry.page().decode()
    (line,) = [line for line in page.splitlines() if line.startswith((f"{name} ", f"{name}_total "))]
    return float(line.rpartition(" ")[2])


async def test_no_answer_however_deep_ends_the_line(
    postgres: EmbeddedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key is needed to answer: whoever sits at the registry's address can. Each depth meets another stack."""
    monkeypatch.setattr(registry_line.RegistryKeys, "public_keys", lambda _: [bytes(32)])
    depths = count(940)
    asked: list[int] = []

    def answer(_: bytes) -> bytes:
        asked.append(depth := next(depths))
        return answered(b'{"items":' + b"[" * depth + b"]" * depth + b"," + SIGNED)

    async with served(answer) as url, service(postgres, tmp_path, url) as parts:
        await until(lambda: len(asked) > 60)
        assert figure(parts, "exchange_registry_running") == 1
        assert figure(parts, "exchange_registry_broken") == 0
        assert figure(parts, "exchange_market_data_broken") == 0
    assert "an answer that cannot be read: nested too deep" in caplog.text


class Breaking(PostgresOutbox):
    """An outbox with a bug: reading what is booked fails always, and reading what waits fails twice."""

    def __init__(self) -> None:
        self.reads = 0

    async def books(self) -> Any:
        raise AssertionError("a bug in reading the books")

    async def unanswered(self) -> Any:
        self.reads += 1
        if self.reads <= 2:
            raise AssertionError("a bug in reading the outbox")
        return []


async def test_a_bug_ends_one_turn_and_is_told(
    postgres: EmbeddedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_stack(postgres, tmp_path) as stack, httpx.AsyncClient(base_url="http://127.0.0.1:1") as http:
        await Registry.introduce(stack)
        outbox = Breaking()
        line = RegistryLine(stack.sequencer, outbox, http, 1, lambda _: None)
        work = asyncio.create_task(line.run())
        await until(lambda: outbox.reads >= 3 and line.broken >= 5)
        assert (line.is_running, work.done()) == (True, False)
        work.cancel()
        await asyncio.wait((work,))
        assert (line.is_running, work.done()) == (False, True)
    told = [record for record in caplog.records if record.exc_info is not None]
    assert {record.levelno for record in told} == {logging.ERROR}
    assert {str(record.exc_info[1]) for record in told if record.exc_info} == {
        "a bug in reading the books",
        "a bug in reading the outbox",
    }


async def test_a_registry_without_a_good_key_is_told_and_not_reconciled_with(
    postgres: EmbeddedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody would notice otherwise that what is there is not looked at any more."""
    async with running_stack(postgres, tmp_path) as stack, httpx.AsyncClient(base_url="http://127.0.0.1:1") as http:
        registry = await Registry.introduce(stack)
        async with stack.client(registry.token) as client:
            await client.keys.revoke(registry.token.partition(".")[0])
        line = RegistryLine(stack.sequencer, Breaking(), http, 1, lambda _: None)
        work = asyncio.create_task(line.run())
        await until(lambda: "nothing is reconciled" in caplog.text)
        work.cancel()
        await asyncio.wait((work,))


class OneRequest:
    """An outbox with one request; and a registry that breaks once and never answers again."""

    asked = Asked("r-req-1-1", Kind.LOCK, "S", 1, 9, "S-1-8", "W", "", "", "")

    def __init__(self) -> None:
        self.turns: Iterator[int] = count(1)
        self.calls: list[str] = []

    async def unanswered(self) -> Sequence[Outgoing]:
        if next(self.turns) == 2:
            raise AssertionError("a bug while a request is with the registry")
        return [Outgoing(1, self.asked)]

    async def look_up(self, reference: str) -> Any:
        self.calls.append(f"look up {reference}")
        await asyncio.Event().wait()

    async def ask(self, asked: Asked) -> Any:
        raise AssertionError("a request that was perhaps sent is asked after first")

    async def take(self, statement: Any) -> str:
        raise AssertionError(statement)


async def test_a_worker_that_is_run_again_takes_up_what_was_under_way() -> None:
    world = OneRequest()
    worker = Worker(world, world, world, lambda: True)
    asyncio.get_running_loop().call_later(0.05, worker.wake)
    with pytest.raises(AssertionError, match="a bug while"):
        await worker.run()
    again = asyncio.ensure_future(worker.run())
    await until(lambda: len(world.calls) == 2)
    assert worker.meters.waiting == 1
    again.cancel()
    await asyncio.wait((again,))


class Hanging(OneRequest):
    """More requests than can be with the registry at one time, at each of which it hangs."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.references = [f"r-req-1-{n}" for n in range(many)]

    async def unanswered(self) -> Sequence[Outgoing]:
        return [Outgoing(n, replace(self.asked, reference=name)) for n, name in enumerate(self.references)]

    async def look_up(self, reference: str) -> Any:
        self.calls.append(reference)
        await asyncio.sleep(0.01)
        raise RegistryUnavailableError("it hangs")


async def test_requests_at_which_the_registry_hangs_keep_no_other_one_out() -> None:
    """Each is tried again as soon as it has failed, and is due before those that were never tried."""
    world = Hanging(3 * MOST_AT_ONCE)
    work = asyncio.ensure_future(Worker(world, world, world, lambda: True, Pace(0.0, 0.0)).run())
    await until(lambda: len(world.calls) >= 6 * len(world.references))
    work.cancel()
    await asyncio.wait((work,))
    assert set(world.calls) == set(world.references)
