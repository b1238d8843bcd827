"""One whole crash test: set the market up, do the rounds, come to rest, and check."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from random import Random

from exchange.audit.replay import ReplayReport, replay
from exchange.bootstrap.database import open_for_reading
from exchange.config import Settings
from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError
from exchange.store.embedded import EmbeddedServer, temporary_home
from exchange.store.reading import open_reader
from exchange.store.reconcile import reconcile
from tests.crash.checker import check, read_written
from tests.crash.load import Load
from tests.crash.market import last_seq, set_up
from tests.crash.rounds import SNAPSHOT_EVERY, Rounds, Tally
from tests.crash.service import KILLED, Service, ServiceError
from tests.support.database import fresh_database, running_server
from tests.support.proxy import commit_proxy

WORKERS = 10
REPEATS_AT_THE_END = 300
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
    with running_server() as server, fresh_database(server) as urls:
        load = asyncio.run(_all_rounds(plan, result, home, server, urls.service, say))
        say("checking the history against the journal")
        asyncio.run(_check(result, load, urls.service, home / PROXY_LOG))


async def _all_rounds(plan: Plan, result: Result, home: Path, server: EmbeddedServer, dsn: str, say: Say) -> Load:
    async with commit_proxy(dsn) as proxy:
        service = Service(home / "service", home / PROXY_LOG, proxy.url(dsn))
        load = await _loaded(service, result.seed)
        rounds = Rounds(service, load, proxy, server, Random(result.seed), result.tally)
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


async def _loaded(service: Service, seed: int) -> Load:
    """Set the market up and let the clients go."""
    service.start()
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    market = await set_up(service.url, service.folder)
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
    elif kind == "start a second":
        await rounds.start_a_second()
    else:
        await rounds.stop_in_peace()


async def _rest(service: Service, load: Load) -> None:
    """Let everybody be answered, start once more, and repeat old requests to a process that must ask its disk."""
    service.start(snapshot_every=SNAPSHOT_EVERY)
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    await load.finish()
    await service.stop()
    service.start()
    if not await service.wait_until_ready():
        raise ServiceError(f"did not start:\n{service.last_lines()}")
    await load.repeat(REPEATS_AT_THE_END)
    await service.stop()


def _with_a_private_server(plan: Plan, result: Result, folder: Path, log: Path, say: Say) -> None:
    """Kill a service together with its private PostgreSQL: when the owner dies, the server dies too; then the check."""
    load = asyncio.run(_private_rounds(plan, result, Service(folder, log, None), say))
    with open_for_reading(Settings.from_environment({"EXCHANGE_DATA_DIR": str(folder)})) as database:
        asyncio.run(_check(result, load, database.service_dsn, log))


async def _private_rounds(plan: Plan, result: Result, service: Service, say: Say) -> Load:
    load = await _loaded(service, result.seed + 1)
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


async def _check(result: Result, load: Load, dsn: str, log: Path) -> None:
    """Everything that can be held against everything else."""
    written = [entry for entry in await read_written(dsn) if entry.seq > load.first_seq]
    result.findings += check(load.requests, written)
    result.findings += [f"INCONSISTENT: {finding}" for finding in await reconcile(dsn)]
    reader = await open_reader(dsn)
    try:
        report = await replay(lambda: reader.entries(Seq(0)))
    except JournalCorruptError as error:
        result.findings.append(f"NOT REPLAYED: {error}")
    else:
        _count(result, load, report, log)
    finally:
        await reader.close()


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
