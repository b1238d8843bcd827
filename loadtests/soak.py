"""A long run at half load with clients as they are: `./dev soak --minutes 30`.

A real service on a private PostgreSQL of its own. Readers follow every kind of channel. While they do, a short closed
loop finds out how much goes through, then half of that goes on for the whole time as an open loop: single requests,
batches, order entry by the stream. Meanwhile lines break in several ways and come back, some do not read, some say
nothing, programs vanish and their orders go. Every ten seconds a line tells how it goes; what must hold in the end is a
table of targets, and the exit code says whether all of them were met.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvloop

from exchange.cli.arguments import Parser
from exchange.cli.bench.accounts import Acknowledged, last_seq, settle
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import Stage, set_stage
from exchange.cli.bench.venue import Venue, open_venue
from exchange.cli.problem import CommandError
from exchange.client import ExchangeClient
from exchange.core.values import Price, Seq
from loadtests.http_client import HttpConnection, request
from loadtests.loops import ClosedLoop, OpenLoop
from loadtests.mix import BUY, SELL, START_PRICE, Account, BatchTrader, RestTrader, StreamTrader, Walk
from loadtests.soak_clients import CountedTrader, Crew, HttpLine, Moderate, StreamLine, Told, Troubles, through
from loadtests.soak_health import (
    Point,
    Sample,
    descriptors_of,
    first_and_last_third,
    memory_of,
    metrics_of,
    processor_seconds_of,
    second_half,
    theil_sen,
)
from loadtests.soak_readers import HOST, AccountTrail, Reader, TradeTrail

MB: Final = 1e6
HOUR: Final = 3_600.0
SAMPLE_SECONDS: Final = 10.0
SLICE_SECONDS: Final = 60.0
LEAST_SLICES: Final = 6
BATCH: Final = 20
SLOTS: Final = 8
SETTLE_SECONDS: Final = 30.0
PAGE: Final = 1_000
MOST_FAULTS_SHOWN: Final = 20

MOST_GROWTH_MB_AN_HOUR: Final = 50.0
MOST_DRIFT: Final = 2.0
MOST_SPARE_DESCRIPTORS: Final = 16.0
MOST_SPARE_TASKS: Final = 64.0
"""A request that is under way is a task too, and there are some sixty at most."""


@dataclass(frozen=True, slots=True)
class Options:
    """How long, how hard and with whom. ``rate`` 0 finds half of what goes through."""

    minutes: float = 30.0
    rate: float = 0.0
    warm_up: float = 6.0
    firms: int = 24
    rest: int = 24
    streams: int = 4
    batches: int = 2
    readers: int = 40
    slow: int = 3
    silent: int = 3
    idle: int = 10
    seed: int = 1


@dataclass(slots=True)
class Soak:
    """One run, as far as it has come."""

    options: Options
    port: int
    pid: int
    stage: Stage
    report: Report
    told: Told = field(default_factory=Told)
    faults: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    slow: list[Reader] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    closed_slow: float = 0.0

    # --- the load ----------------------------------------------------------------------------------------------------

    async def crew(self, walk: Walk) -> Crew:
        """Single requests, order entry by the stream, batches."""
        crew = Crew()
        kinds = ["rest"] * self.options.rest + ["stream"] * self.options.streams + ["batch"] * self.options.batches
        for number, kind in enumerate(kinds):
            choices = Moderate(self._account(number), walk, seed=self.options.seed * 1_000 + number)
            if kind == "stream":
                await self._add_stream(crew, choices, number)
            else:
                await self._add_http(crew, choices, number, BATCH if kind == "batch" else 1)
        return crew

    def _account(self, number: int) -> Account:
        """Buyers and sellers in turn; the last firms of each side are kept for the troubles.

        One firm buys everything: what it gets of a lot then follows on what it has, and is one parcel with it. With
        many buyers a lot falls into as many parcels as there are trades, and memory would rightly grow with them.
        """
        if number % 2:
            return Account(self.stage.buyers[0].token, BUY)
        return Account(self.stage.sellers[number // 2 % (len(self.stage.sellers) - 1)].token, SELL)

    async def _add_http(self, crew: Crew, choices: Moderate, number: int, size: int) -> None:
        instrument, name = self.stage.instrument_text, f"soak-{number}"
        trader = RestTrader(choices, instrument, name) if size == 1 else BatchTrader(choices, instrument, name, size)
        line = HttpLine(self.port)
        await line.connect()
        crew.lines.append(line)
        crew.pairs.append((line, CountedTrader(trader, self.told, size)))

    async def _add_stream(self, crew: Crew, choices: Moderate, number: int) -> None:
        line = StreamLine(self.port, choices.account.token, SLOTS)
        await line.connect()
        crew.lines.append(line)
        for n, slot in enumerate(line.slots):
            trader = StreamTrader(choices, self.stage.instrument_text, f"soak-{number}-{n}", n)
            crew.pairs.append((slot, CountedTrader(trader, self.told)))

    async def half_of_the_capacity(self, crew: Crew) -> float:
        """Requests a second to send, from a short closed loop."""
        if self.options.rate:
            return self.options.rate
        before = self.told.commands
        loop = ClosedLoop(crew.pairs)
        tally = await loop.run(1.0, self.options.warm_up)
        await loop.finish()
        requests = sum(tally.statuses.values()) / tally.seconds
        commands = (self.told.commands - before) / (tally.seconds + 1.0)
        figures = {"requests_a_second": round(requests), "commands_a_second": round(commands)}
        self.report.add("capacity", readers=len(self.readers), **figures)
        return max(requests / 2, 1.0)

    async def keep_up(self, crew: Crew, rate: float) -> None:
        """The open loop, a row for each slice of the time."""
        seconds = self.options.minutes * 60
        slices = max(round(seconds / SLICE_SECONDS), LEAST_SLICES)
        for number in range(1, slices + 1):
            before, clock = self.told.commands, time.monotonic()
            service, own = processor_seconds_of(self.pid), time.process_time()
            loop = OpenLoop(crew.pairs, rate)
            tally = await loop.run(0.0, seconds / slices)
            await loop.finish()
            passed = time.monotonic() - clock
            figures = tally.latencies.figures()
            self.p99.append(figures["p99_ms"])
            self.report.add(
                f"part {number}",
                commands_a_second=round((self.told.commands - before) / passed),
                p50_ms=round(figures["p50_ms"], 2),
                p99_ms=round(figures["p99_ms"], 2),
                service_busy=round((processor_seconds_of(self.pid) - service) / passed, 2),
                clients_busy=round((time.process_time() - own) / passed, 2),
                service_MB=round(self.samples[-1].memory.resident / MB, 1) if self.samples else 0.0,
                frames=sum(reader.frames for reader in [*self.readers, *self.slow]),
                faults=len(self.faults),
                unanswered=self.told.unanswered,
            )

    # --- who listens -------------------------------------------------------------------------------------------------

    async def gather_readers(self) -> None:
        """Readers of every kind of channel; every fifth follows an own account as well, and some follow everything."""
        name = self.stage.instrument_text
        kinds = [
            [f"book:{name}"],
            [f"ticker:{name}", f"candles:{name}:1m"],
            [f"trades:{name}"],
            ["private"],
            [f"book:{name}", f"trades:{name}", f"ticker:{name}", f"candles:{name}:1m", f"candles:{name}:1d", "private"],
        ]
        for number in range(self.options.readers):
            channels = kinds[number % len(kinds)]
            token = self._account(number).token if "private" in channels else ""
            reader = Reader(self.port, channels, token, self.faults)
            await reader.connect()
            self.readers.append(reader)
        self.slow = [self._slow_reader(name) for _ in range(self.options.slow)]

    def _slow_reader(self, name: str) -> Reader:
        return Reader(self.port, [f"book:{name}", f"trades:{name}"], "", self.faults)

    def troubles(self, crew: Crew, walk: Walk) -> tuple[Troubles, list[Coroutine[Any, Any, None]]]:
        """Everything that goes wrong meanwhile."""
        made = Troubles(self.port, self.stage.instrument_text, self.told, self.faults, self.options.seed)
        last_buyer, last_seller = Account(self.stage.buyers[-1].token, BUY), Account(self.stage.sellers[-1].token, SELL)
        swept = [trader.token for trader in (*self.stage.buyers[:-1], *self.stage.sellers[:-1])]
        idler = self.stage.buyers[1].token
        tasks = [
            made.break_lines(crew.lines, pause=2.0),
            made.break_readers(self.readers, pause=0.7),
            made.vanish(last_buyer, walk, pause=5.0),
            made.let_the_switch_fire(last_seller, walk, pause=5.0),
            made.sweep(swept, pause=3.0),
            *(made.be_slow(reader, lambda: int(self.closed_slow)) for reader in self.slow),
            *(made.be_silent(idler, "private") for _ in range(self.options.silent)),
            *(made.be_idle() for _ in range(self.options.idle)),
        ]
        return made, tasks

    # --- how it goes -------------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Look at the service every second, note it every ten, and say so."""
        page, due = request("GET", "/metrics", {}), 0.0
        with contextlib.closing(await HttpConnection.open(HOST, self.port)) as connection:
            while True:
                status, body = await connection.ask(page)
                if status != 200:
                    raise CommandError(f"the metrics page was answered with {status}.", "read the service's log")
                metrics, now = metrics_of(body), time.monotonic() - self.began
                self.closed_slow = metrics.get("exchange_streams_closed_slow_total", 0.0)
                if now >= due:
                    due = now + SAMPLE_SECONDS
                    self.samples.append(Sample(now, memory_of(self.pid), descriptors_of(self.pid), metrics))
                    print(self.line(), flush=True)
                await asyncio.sleep(1.0)

    def line(self) -> str:
        """How it goes, in one line."""
        last, before = self.samples[-1], self.samples[max(len(self.samples) - 2, 0)]
        seconds = max(last.at - before.at, 1.0)
        entries = last.metrics["exchange_seq"] - before.metrics["exchange_seq"]
        frames = sum(reader.frames for reader in [*self.readers, *self.slow])
        return (
            f"soak: {last.at:6.0f} s  {entries / seconds:7,.0f} entries/s  {last.memory.resident / MB:7.1f} MB"
            f"  {last.descriptors:4d} descriptors  {last.metrics.get('exchange_tasks', 0):4.0f} tasks"
            f"  {last.metrics.get('exchange_streams', 0):4.0f} streams  {frames:12,} frames  {len(self.faults)} faults"
        )

    # --- the end -----------------------------------------------------------------------------------------------------

    async def compare_accounts(self) -> int:
        """Hold what the frames of own accounts have left against REST; how many accounts were compared."""
        compared = 0
        for reader in self.readers:
            for trail in reader.trails.values():
                if isinstance(trail, AccountTrail):
                    await self._compare(trail, reader.token)
                    compared += 1
        return compared

    async def _compare(self, trail: AccountTrail, token: str) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        async with ExchangeClient(f"http://{HOST}:{self.port}", token) as client:
            while True:
                different = await _different(trail, client)
                if not different:
                    return
                if time.monotonic() > deadline:
                    self.faults.append(f"an own account is not as REST has it: {different}")
                    return
                await asyncio.sleep(0.5)

    def tell(self, troubles: Troubles, compared: int) -> None:
        """What happened, as rows, and what had to hold, as targets."""
        report, samples = self.report, self.samples
        readers = [*self.readers, *self.slow]
        trades = [trail for reader in readers for trail in reader.trails.values() if isinstance(trail, TradeTrail)]
        report.add(
            "streams",
            readers=len(readers),
            connections=sum(reader.connections for reader in readers),
            messages=sum(reader.frames for reader in readers),
            trades_left_out_by_snapshots=sum(trail.left_out for trail in trades),
            accounts_compared=compared,
        )
        for what, count in sorted(troubles.happened.counts.items()):
            report.add(what, times=count)
        growth = theil_sen(second_half(_points(samples, "resident"))) * HOUR
        report.add(
            "memory",
            first_MB=round(samples[0].memory.resident / MB, 1),
            last_MB=round(samples[-1].memory.resident / MB, 1),
            slope_MB_an_hour=round(growth, 1),
            private_slope_MB_an_hour=round(theil_sen(second_half(_points(samples, "private"))) * HOUR, 1),
            entries=round(samples[-1].metrics["exchange_seq"] - samples[0].metrics["exchange_seq"]),
        )
        self._hold(growth)
        report.notes += [f"fault: {fault}" for fault in self.faults[:MOST_FAULTS_SHOWN]]

    def _hold(self, growth: float) -> None:
        hold, samples = self.report.hold, self.samples
        hold("gaps, false books and other faults", 0, float(len(self.faults)), at_least=False)
        hold("answers that must not be", 0, float(sum(self.told.strange.values())), at_least=False)
        hold("memory, MB an hour over the second half", MOST_GROWTH_MB_AN_HOUR, growth, at_least=False)
        first, last = first_and_last_third(self.p99)
        hold("p99 of the last third over that of the first", MOST_DRIFT, last / max(first, 1e-3), at_least=False)
        first, last = first_and_last_third([one.spare_descriptors for one in samples])
        hold(
            "descriptors beyond connections, last third less first",
            MOST_SPARE_DESCRIPTORS,
            last - first,
            at_least=False,
        )
        first, last = first_and_last_third([one.spare_tasks for one in samples])
        hold("tasks beyond streams, last third less first", MOST_SPARE_TASKS, last - first, at_least=False)


def _points(samples: list[Sample], name: str) -> list[Point]:
    """Megabytes over seconds."""
    return [(sample.at, getattr(sample.memory, name) / MB) for sample in samples]


async def _different(trail: AccountTrail, client: ExchangeClient) -> str:
    """What the own account is by the stream and not by REST; nothing when they agree."""
    told = {name: order["leaves"] for name, order in trail.orders.items()}
    known = {order.id: order.leaves async for order in client.orders.every(page_size=PAGE)}
    if told != known:
        return f"open orders {dict(told.items() ^ known.items())}"
    cash = await client.cash.account()
    balance = trail.balances.get("CNY")
    if balance is None:
        return ""
    told_cash = (balance["balance"], balance["held"], balance["available"])
    known_cash = tuple(f"{amount:.2f}" for amount in (cash.balance, cash.held, cash.available))
    return "" if told_cash == known_cash else f"cash {told_cash}, by REST {known_cash}"


async def run(options: Options) -> Report:
    """The whole of it; whether everything held is what the report's targets say."""
    report = Report("soak", {name: getattr(options, name) for name in Options.__slots__})
    report.command = f"./dev soak --minutes {options.minutes:g}" + (f" --rate {options.rate:g}" if options.rate else "")
    with open_venue() as venue:
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, options.firms, Price(START_PRICE)))
        first = await last_seq(venue)
        async with venue.service() as service:
            soak = Soak(options, service.port, service.pid, stage, report)
            await _soak(soak)
        if "Traceback" in venue.log_file.read_text(encoding="utf-8", errors="replace"):
            report.hold("tracebacks in the service's log", 0, 1, at_least=False)
        await _reconcile(soak, venue, first)
    return report


async def _reconcile(soak: Soak, venue: Venue, first: Seq) -> None:
    """Hold answers against the journal, and every table against it."""
    async with venue.connected() as connection:
        counted = {
            "open_orders": "SELECT count(*) FROM orders WHERE leaves > 0 AND status IN (1, 2)",
            "parcels": "SELECT count(*) FROM parcels",
            "answers": "SELECT count(*) FROM idempotency",
        }
        rows = {what: int(await connection.fetchval(query)) for what, query in counted.items()}
    soak.report.add("what may rightly grow", **rows)
    disagreements = 0
    try:
        await settle(soak.report, venue, first, Acknowledged(soak.told.commands, soak.told.unanswered))
    except CommandError as error:
        disagreements = 1
        soak.report.notes.append(str(error))
    soak.report.hold("answers, journal and tables that disagree", 0, disagreements, at_least=False)


async def _soak(soak: Soak) -> None:
    walk = Walk(seed=soak.options.seed)
    crew = await soak.crew(walk)
    # Readers cost the service and this process as much as orders do: what goes through is known only with them there.
    await soak.gather_readers()
    rate = await soak.half_of_the_capacity(crew)
    troubles, tasks = soak.troubles(crew, walk)
    await through([soak.watch(), *tasks], soak.keep_up(crew, rate))
    compared = await soak.compare_accounts()
    soak.tell(troubles, compared)
    for reader in [*soak.readers, *soak.slow]:
        reader.close()
    crew.close()


DESCRIPTION: Final = """\
Keep half load up on a real service with a private PostgreSQL, with clients that break off, vanish and do not read.
Every ten seconds a line tells how it goes; a table of targets ends it. The exit code is 1 when not all of them held.
长稳测试：以一半负载持续运行真实服务，客户端随机断线、失联、读取缓慢。每十秒报告一次，最后列出各项目标；
未全部达到时退出码为 1。
"""


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    usual = Options()
    command = Parser(prog="./dev soak", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, default, meaning in (
        ("--minutes", float, usual.minutes, "how long 持续分钟数"),
        (
            "--rate",
            float,
            usual.rate,
            "requests a second; 0 finds half of what goes through 每秒请求数，0 取上限的一半",
        ),
        ("--seed", int, usual.seed, "of everything that is drawn; the same one draws the same 随机数种子"),
    ):
        command.add_argument(
            name, type=kind, default=default, metavar="N", help=f"{meaning} (default 默认 {default:g})"
        )
    command.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the result there; not written by default 结果写入该文件，默认不写",
    )
    return command


def main() -> int:
    """0 when everything held."""
    given = parser().parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(run(Options(minutes=given.minutes, rate=given.rate, seed=given.seed)))
    print(f"\n{report.table()}\n")
    if given.json is not None:
        report.save(given.json)
    held = all(target.is_met for target in report.targets)
    print(f"soak: {'everything held' if held else 'NOT everything held'} (seed {given.seed})")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
