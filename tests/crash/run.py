"""One whole crash test: set the market up, do the rounds, come to rest, and check."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from random import Random

from exchange.audit.replay import ReplayReport, replay
from exchange.bootstrap.database import open_for_reading
from exchange.bootstrap.registry_line import reconcile as compare_books
from exchange.bootstrap.registry_token import registry_http
from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import free_port
from exchange.config import Settings
from exchange.core.values import Micros, Seq
from exchange.registry.client import RegistryClient
from exchange.registry.report import Report
from exchange.sequencer.journal import JournalCorruptError
from exchange.store.embedded import EmbeddedServer, temporary_home
from exchange.store.outbox import PostgresOutbox
from exchange.store.reading import open_reader
from exchange.store.reconcile import reconcile
from tests.crash.checker import check, read_written
from tests.crash.load import Load
from tests.crash.market import last_seq, set_up
from tests.crash.rounds import REGISTRY_OPTIONS, SNAPSHOT_EVERY, Rounds, Tally
from tests.crash.service import KILLED, Service, ServiceError
from tests.support.database import fresh_database, running_server
from tests.support.proxy import commit_proxy

WORKERS = 10
REPEATS_AT_THE_END = 300
SETTLE_SECONDS = 120.0
PROXY_LOG = "service-behind-a-proxy.log"
PRIVATE_LOG = "service-with-a-private-postgresql.log"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is done of everything: ``hits`` at each of the ``points``, and so on."""

    points: tuple[str, ...]
    hits: int
    kills: int
    cuts: int
    postgres_kills: int
    private_kills: int
    registry_kills: int


@dataclass(slots=True)
class Result:
    """What was done and what was found."""

    seed: int
    folder: Path
    tally: Tally = field(default_factory=Tally)
    findings: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def run(plan: Plan, seed: int, say: Say) -> Result:
    """Do what the plan says; never raises for what the service does wrong."""
    with temporary_home() as home:
        result = Result(seed, home)
        try:
            _behind_a_proxy(plan, result, home, say)
            if plan.private_kills:
                with temporary_home() as private:
                    _with_a_private_server(plan, result, private, home / PRIVATE_LOG, say)
        except ServiceError as error:
            result.findings.append(f"STOPPED: {error}")
        if result.findings:
            result.folder = _kept(home, seed)
    return result


def _kept(home: Path, seed: int) -> Path:
    """The logs of a failed run, in a place that stays."""
    kept = home.parent / f"crashtest-{seed}"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for log in home.glob("*.log"):
        shutil.copy(log, kept)
    return kept


def _behind_a_proxy(plan: Plan, result: Result, home: Path, say: Say) -> None:
    """The rounds on a PostgreSQL that outlives the service, with a proxy between the two; then the check."""
    with running_server() as server, fresh_database(server) as urls, a_registry(home) as registry:
        load = asyncio.run(_all_rounds(plan, result, home, server, registry, urls.service, say))
        say("checking the history against the journal, and the units against the registry")
        asyncio.run(_check(result, load, urls.service, registry, home / PROXY_LOG))


@contextmanager
def a_registry(home: Path) -> Iterator[Registry]:
    """The simulator as a process that outlives the service, not started yet."""
    registry = Registry(home / "registry", free_port())
    try:
        yield registry
    finally:
        registry.end()


async def _all_rounds(
    plan: Plan, result: Result, home: Path, server: EmbeddedServer, registry: Registry, dsn: str, say: Say
) -> Load:
    async with commit_proxy(dsn) as proxy:
        service = Service(home / "service", home / PROXY_LOG, proxy.url(dsn), registry.settings)
        load = await _loaded(service, registry, result.seed)
        rounds = Rounds(service, load, proxy, server, registry, Random(result.seed), result.tally)
        try:
            await _rounds(plan, rounds, Random(result.seed), say)
            await _rest(service, load)
        finally:
            service.kill()
            _note(result, load, service)
    return load


def _note(result: Result, load: Load, service: Service) -> None:
    """What the clients found by themselves, and how often the service was started."""
    result.findings += load.findings
    result.figures["processes of the service"] += service.starts


async def _loaded(service: Service, registry: Registry, seed: int) -> Load:
    """Set the market up and let the clients go."""
    await registry.start(*REGISTRY_OPTIONS)
    service.start()
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    market = await set_up(service.url, service.folder, registry)
    load = Load(service.url, market, Random(seed), WORKERS)
    load.first_seq = await last_seq(service.url)
    load.start()
    await service.stop()
    return load


async def _rounds(plan: Plan, rounds: Rounds, random: Random, say: Say) -> None:
    """All rounds in a random order."""
    kinds = list(
        chain(
            chain.from_iterable(repeat(f"die at {point}", plan.hits) for point in plan.points),
            repeat("kill", plan.kills),
            repeat("cut", plan.cuts // 10),
            repeat("kill PostgreSQL", plan.postgres_kills),
            repeat("kill the registry", plan.registry_kills),
            ["stop in peace", "start a second"],
        )
    )
    random.shuffle(kinds)
    for n, kind in enumerate(kinds, start=1):
        say(f"round {n} of {len(kinds)}: {kind}")
        await _round(rounds, kind)


async def _round(rounds: Rounds, kind: str) -> None:
    if kind.startswith("die at "):
        await rounds.die_at(kind.removeprefix("die at "))
    elif kind == "kill":
        await rounds.kill_at_random()
    elif kind == "cut":
        await rounds.cut(10)
    elif kind == "kill PostgreSQL":
        await rounds.kill_postgres()
    elif kind == "kill the registry":
        await rounds.kill_registry()
    elif kind == "start a second":
        await rounds.start_a_second()
    else:
        await rounds.stop_in_peace()


async def _rest(service: Service, load: Load) -> None:
    """Let everybody be answered, by the registry too; start once more, and repeat old requests to a process that must
    ask its disk.
    """
    service.start(snapshot_every=SNAPSHOT_EVERY)
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    await load.finish()
    if (waiting := await load.unanswered(SETTLE_SECONDS)) > 0:
        raise ServiceError(f"{waiting} requests have no answer of the registry after {SETTLE_SECONDS:.0f} s")
    await service.stop()
    service.start()
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    await load.repeat(REPEATS_AT_THE_END)
    await service.stop()


def _with_a_private_server(plan: Plan, result: Result, folder: Path, log: Path, say: Say) -> None:
    """Kill a service together with its private PostgreSQL: when the owner dies, the server dies too; then the check."""
    with a_registry(folder) as registry:
        service = Service(folder, log, None, registry.settings)
        load = asyncio.run(_private_rounds(plan, result, service, registry, say))
        with open_for_reading(Settings.from_environment({"EXCHANGE_DATA_DIR": str(folder)})) as database:
            asyncio.run(_check(result, load, database.service_dsn, registry, log))


async def _private_rounds(plan: Plan, result: Result, service: Service, registry: Registry, say: Say) -> Load:
    load = await _loaded(service, registry, result.seed + 1)
    random = Random(result.seed + 1)
    try:
        for n in range(plan.private_kills):
            say(f"kill {n + 1} of {plan.private_kills} of a service with its private PostgreSQL")
            await _kill_once(service, load, random.uniform(0.3, 1.5))
            result.tally.others["kills with the private PostgreSQL"] += 1
        await _rest(service, load)
    finally:
        service.kill()
        _note(result, load, service)
    return load


async def _kill_once(service: Service, load: Load, seconds: float) -> None:
    service.start(snapshot_every=SNAPSHOT_EVERY)
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    await asyncio.sleep(seconds)
    load.fail_early()
    service.kill()
    if service.bury() != KILLED:
        raise ServiceError(f"ended before it was killed:\n{service.last_lines()}")


async def _check(result: Result, load: Load, dsn: str, registry: Registry, log: Path) -> None:
    """Everything that can be held against everything else."""
    written = [entry for entry in await read_written(dsn) if entry.seq > load.first_seq]
    result.findings += check(load.requests, written)
    result.findings += [f"INCONSISTENT: {finding}" for finding in await reconcile(dsn)]
    report = await _compare_with_registry(dsn, registry)
    result.findings += [f"UNITS: {line}" for line in report.text() if not report.agrees]
    result.figures["requests that the registry has on record"] += report.requests
    reader = await open_reader(dsn)
    try:
        replayed = await replay(lambda: reader.entries(Seq(0)))
    except JournalCorruptError as error:
        result.findings.append(f"NOT REPLAYED: {error}")
    else:
        _count(result, load, replayed, log)
    finally:
        await reader.close()


async def _compare_with_registry(dsn: str, registry: Registry) -> Report:
    """Our serials, the registry's list and what was asked of it, as the program itself compares them."""
    settings = Settings.from_environment(registry.settings)
    async with registry_http(settings) as http, PostgresOutbox.open(dsn) as outbox:
        keys = await outbox.registry_keys(Micros(time.time_ns() // 1_000))
        return await compare_books(outbox, RegistryClient(http, lambda: keys))


def _count(result: Result, load: Load, report: ReplayReport, log: Path) -> None:
    said = log.read_text(errors="replace")
    attempts = [attempt for request in load.requests for attempt in request.attempts]
    result.figures.update(
        {
            "unknown outcomes that the service met": said.count("is unknown ("),
            "requests of clients": len(load.requests),
            "batches among them": sum(request.is_batch for request in load.requests),
            "sendings": len(attempts),
            "sendings without an answer": sum(not attempt.is_answer for attempt in attempts),
            "answers from an idempotency key": sum(attempt.replayed for attempt in attempts),
            "journal entries, replayed and equal": report.entries,
            "trades": report.trades,
            "snapshots that the log attests": report.attestations,
        }
    )
