"""What is done to the service, round by round, while the load goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from exchange.cli.demo.registry import Registry
from exchange.sequencer.crashpoints import POINTS
from exchange.store.embedded import EmbeddedServer
from tests.crash.load import Load
from tests.crash.service import KILLED, Service, ServiceError
from tests.support.proxy import CommitProxy, Cut

NEVER = 10**9
MISS_SECONDS = 15.0
"""A point that is not passed so often in this time is a miss; the process is killed, and the point tried again."""

MOST_TRIES = 6
REGISTRY_OPTIONS = ("--issue-on-demand",)
SNAPSHOT_EVERY = 150

FEW = ("led", "recovered")
SOME = tuple(point for point in POINTS if point.startswith(("snapshot", "registry")))
MANY = ("submitted", "stamped", "applied", "rendered", "in_group", "between_answers")


def nth_of(point: str, random: Random) -> int:
    """At which passing of a point to die: any that a few seconds of load reach."""
    if point in FEW or point == "asking":
        return 1
    if point in SOME:
        return random.randrange(1, 3)  # a snapshot and a use of units do not come often
    return random.randrange(1, 200 if point in MANY else 25)


@dataclass(slots=True)
class Tally:
    """What was done so far."""

    points: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)


class Rounds:
    """A service behind a proxy on a PostgreSQL that outlives it."""

    def __init__(
        self,
        service: Service,
        load: Load,
        proxy: CommitProxy,
        server: EmbeddedServer,
        registry: Registry,
        random: Random,
        tally: Tally,
    ) -> None:
        """The service must not run between two rounds; the load always does."""
        self._service = service
        self._load = load
        self._proxy = proxy
        self._server = server
        self._registry = registry
        self._random = random
        self.tally = tally

    async def die_at(self, point: str) -> None:
        """Let the service die at a point, trying again when the load did not take it there."""
        for _ in range(MOST_TRIES):
            if await self._die_once(point):
                self.tally.points[point] += 1
                return
            self.tally.misses[point] += 1
        raise ServiceError(f"the point {point} was not reached in {MOST_TRIES} tries")

    async def _die_once(self, point: str) -> bool:
        every = NEVER if point == "replaying" else SNAPSHOT_EVERY
        self._service.start(f"{point}:{nth_of(point, self._random)}", every)
        if await self._service.wait_until_ready():
            if point == "asking":
                self._proxy.arm(self._random.choice((Cut.BEFORE, Cut.AFTER)))
            await self._service.wait_until_dead(MISS_SECONDS)
        missed = self._service.is_alive
        self._service.kill()
        code = self._service.bury()
        self._load.fail_early()
        if code != KILLED:
            raise ServiceError(f"ended with exit code {code} at {point}:\n{self._service.last_lines()}")
        return not missed

    async def kill_at_random(self) -> None:
        """Kill the service at any moment, also before it is ready."""
        self._service.start(snapshot_every=SNAPSHOT_EVERY)
        if self._random.random() < 0.75:
            await self._demand_ready()
        await asyncio.sleep(self._random.uniform(0.0, 1.5))
        self._service.kill()
        if (code := self._service.bury()) != KILLED:
            raise ServiceError(f"ended with exit code {code} before it was killed:\n{self._service.last_lines()}")
        self._load.fail_early()
        self.tally.others["kills at random moments"] += 1

    async def cut(self, count: int) -> None:
        """Break the connection around so many commits of one process, which must live through all of them."""
        self._service.start(snapshot_every=SNAPSHOT_EVERY)
        await self._demand_ready()
        for n in range(count):
            cut = self._random.choice((Cut.BEFORE, Cut.AFTER, Cut.LATE))
            self._proxy.arm(cut)
            while self._proxy.is_armed:
                await self._living(0.005)
            self._proxy.refuse_connections = n % 4 == 3
            await self._living(self._random.uniform(0.0, 0.3))
            self._proxy.refuse_connections = False
            self._proxy.deliver()
            await self._progress()
            self.tally.others[f"commits cut: {cut.name}"] += 1
        await self._service.stop()

    async def kill_postgres(self) -> None:
        """Kill PostgreSQL's main process; the service must live through it and go on."""
        self._service.start(snapshot_every=SNAPSHOT_EVERY)
        await self._demand_ready()
        await self._living(self._random.uniform(0.2, 1.0))
        pid = self._server.postmaster_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await self._progress()
        await self._service.stop()
        self.tally.others["kills of PostgreSQL"] += 1

    async def kill_registry(self) -> None:
        """Kill the registry; the service lives without it, and what was asked of it is answered when it is back."""
        self._service.start(snapshot_every=SNAPSHOT_EVERY)
        await self._demand_ready()
        await self._living(self._random.uniform(0.2, 1.0))
        self._registry.kill()
        await self._progress()
        await self._registry.start(*REGISTRY_OPTIONS)
        await self._progress()
        await self._service.stop()
        self.tally.others["kills of the registry"] += 1

    async def stop_in_peace(self) -> None:
        """A clean stop under load, and the start after it."""
        self._service.start(snapshot_every=SNAPSHOT_EVERY)
        await self._demand_ready()
        await self._progress()
        await self._service.stop()
        self.tally.others["clean stops"] += 1

    async def start_a_second(self) -> None:
        """A second process on the same journal must refuse to serve; the first one goes on as if nothing had been."""
        self._service.start(snapshot_every=SNAPSHOT_EVERY)
        await self._demand_ready()
        second = self._service.twin()
        second.start()
        if await second.wait_until_ready():
            second.kill()
            raise ServiceError("two processes serve one journal")
        if (code := second.bury()) in (0, KILLED):
            raise ServiceError(f"a second process ended with exit code {code}:\n{second.last_lines()}")
        await self._progress()
        await self._service.stop()
        self.tally.others["second processes that refused"] += 1

    async def _progress(self) -> None:
        """Wait until clients are answered again."""
        answered = self._answered()
        for _ in range(600):
            await self._living(0.1)
            if self._answered() >= answered + 20:
                return
        raise ServiceError(f"nobody was answered for a minute:\n{self._service.last_lines()}")

    def _answered(self) -> int:
        return sum(bool(request.answers) for request in self._load.requests)

    async def _living(self, seconds: float) -> None:
        """Let some time pass, in which the service must not die."""
        await asyncio.sleep(seconds)
        self._load.fail_early()
        if not self._service.is_alive:
            code = self._service.bury()
            raise ServiceError(f"died with exit code {code}:\n{self._service.last_lines()}")

    async def _demand_ready(self) -> None:
        if not await self._service.wait_until_ready():
            code = self._service.bury()
            raise ServiceError(f"did not start, exit code {code}:\n{self._service.last_lines()}")
