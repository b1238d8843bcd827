"""``bench orders``: the whole path of an order, from bytes on a socket to bytes on a socket, with everything on.

One private PostgreSQL, one service on it as a process of its own, and the load client in this process. Ways in: single
requests, batches of 50, WebSocket; each as a closed loop (how much goes through) and at half of that as an open loop
(how long it takes). Then overload, and the same service with batches of one. Floors come first, accounts last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from exchange.cli.bench.accounts import Acknowledged, last_seq, settle
from exchange.cli.bench.floors import Durable, Echoed, durable_floor, echo_floor
from exchange.cli.bench.pauses import pauses_of_machine, stolen_seconds
from exchange.cli.bench.processes import resident_bytes
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report, Row
from exchange.cli.bench.stage import Stage, Trader, set_stage
from exchange.cli.bench.venue import Service, Venue, open_venue
from exchange.cli.problem import CommandError
from exchange.core.values import Price
from loadtests.http_client import HttpConnection
from loadtests.loops import ClosedLoop, Connection, OpenLoop, Tally
from loadtests.loops import Trader as LoadTrader
from loadtests.mix import (
    BUY,
    SELL,
    START_PRICE,
    Account,
    BatchTrader,
    CancelTrader,
    Choices,
    RestTrader,
    StreamTrader,
    Walk,
)
from loadtests.ws_client import WsOrders

HOST: Final = "127.0.0.1"
BATCH: Final = 50
BATCH_CLIENTS: Final = 16
SLOTS: Final = 16
CANCELLERS: Final = 4
OVERLOAD: Final = 5
MODES: Final = ("single", "batches", "stream", "overload", "ones")
_BUSY: Final = frozenset({429, 503})
_GOOD: Final = frozenset({200, 201, 404, 409, 422})
_MB: Final = 1e6
_WATCHES: Final = 3
"""How many measurements long the machine's own pauses are watched: they are seconds apart."""

Pairs = Sequence[tuple[Connection, LoadTrader]]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured: seconds of each measurement, firms on each side, connections of the closed loop."""

    seconds: float = 10.0
    warm_up: float = 2.0
    firms: int = 100
    clients: int = 64
    modes: tuple[str, ...] = MODES


class Bench:
    """One run: where figures go, and what clients were told of until now."""

    def __init__(self, options: Options, name: str = "b") -> None:
        """``name`` begins all idempotency keys: another one for each run on the same venue, or it is answered from
        memory.
        """
        self.name = name
        self.options = options
        self.report = Report("orders", {name: getattr(options, name) for name in Options.__slots__})
        self.told = Acknowledged()
        self.durable: Durable | None = None
        self.echo: Echoed | None = None
        self._walk = Walk(seed=1)
        self._traders = 0

    # --- floors ------------------------------------------------------------------------------------------------------

    async def floors(self, venue: Venue) -> None:
        """Measure what nothing can be quicker than."""
        seconds = self.options.seconds
        tell("the floors of this machine: its own pauses, commits of PostgreSQL, and a bare echo")
        pauses = await asyncio.to_thread(pauses_of_machine, seconds * _WATCHES)
        self.report.add("floor: a loop that does nothing", **pauses.figures())
        self.durable = await durable_floor(venue, seconds)
        self.report.add(self.durable.name, per_second=round(self.durable.per_second), x_P=1.0)
        single = self.durable.single.figures()
        alone = round(single["count"] / seconds)
        self.report.add("floor: a single-row commit", per_second=alone, **_latencies(single))
        self.echo = await echo_floor(venue.home, seconds, venue.environment)
        self._row("floor: FastAPI+pydantic echo", self.echo.tally)["service_cpu_us"] = round(self.echo.cpu_us, 1)

    # --- one measurement ---------------------------------------------------------------------------------------------

    async def measure(
        self, what: str, service: Service, loop: ClosedLoop | OpenLoop, may_be_busy: bool = False
    ) -> tuple[Tally, Row]:
        """Run a loop to its end and put its figures into the report.

        Raises:
            CommandError: when anything was answered that a healthy service does not answer.
        """
        tell(f"{what}, {self.options.warm_up + self.options.seconds:g} seconds")
        before, stolen = await service.used(), stolen_seconds()
        tally = await loop.run(self.options.warm_up, self.options.seconds)
        await loop.finish()
        used = (await service.used()).since(before)
        for heard in (tally, loop.before):
            self.told.commands += heard.commands
            self.told.unanswered += heard.statuses.get(0, 0)
            refuse_idle(what, heard)
            strange = heard.statuses.keys() - _GOOD - (_BUSY if may_be_busy else frozenset())
            if strange:
                raise CommandError(
                    f"{what}: the service answered {heard.statuses}. 应答状态不符",
                    "read the service's log 请查看服务日志",
                )
        row = self._row(what, tally)
        row.update(used.per_command(tally.commands + loop.before.commands))
        row["stolen_ms"] = round((stolen_seconds() - stolen) * 1e3)
        if self.echo is not None and row["service_cpu_us"]:
            row["echo_cpu_over_own"] = round(self.echo.cpu_us / float(row["service_cpu_us"]), 2)
        return tally, row

    def _row(self, what: str, tally: Tally) -> Row:
        assert self.durable is not None
        row = self.report.add(what, per_second=round(tally.rate), x_P=round(tally.rate / self.durable.per_second, 2))
        if self.echo is not None:
            row["x_echo"] = round(tally.rate / max(self.echo.tally.rate, 1e-9), 2)
        row.update(_latencies(tally.latencies.figures()))
        return row

    # --- who asks ----------------------------------------------------------------------------------------------------

    def choices(self, stage: Stage) -> tuple[Choices, str]:
        """The next trader, buyers and sellers in turn, and a name that no other has."""
        self._traders += 1
        number, side = self._traders, BUY if self._traders % 2 else SELL
        firms: list[Trader] = stage.buyers if side == BUY else stage.sellers
        account = Account(firms[number // 2 % len(firms)].token, side)
        return Choices(account, self._walk, seed=number), f"{self.name}{number}"

    async def single(self, service: Service, stage: Stage, clients: int) -> Pairs:
        """Connections that send one order a request."""
        pairs = []
        for _ in range(clients):
            choices, name = self.choices(stage)
            connection = await HttpConnection.open(HOST, service.port)
            pairs.append((connection, RestTrader(choices, stage.instrument_text, name)))
        return pairs

    async def batches(self, service: Service, stage: Stage) -> Pairs:
        """Connections that send 50 commands a request."""
        pairs = []
        for _ in range(BATCH_CLIENTS):
            choices, name = self.choices(stage)
            connection = await HttpConnection.open(HOST, service.port)
            pairs.append((connection, BatchTrader(choices, stage.instrument_text, name, BATCH)))
        return pairs

    async def streams(self, service: Service, stage: Stage) -> Pairs:
        """WebSocket connections with several orders under way on each."""
        pairs: list[tuple[Connection, LoadTrader]] = []
        for _ in range(max(self.options.clients // SLOTS, 1)):
            choices, name = self.choices(stage)
            connection = await WsOrders.open(HOST, service.port, choices.account.token)
            for slot in range(SLOTS):
                trader = StreamTrader(choices, stage.instrument_text, f"{name}-{slot}", slot)
                pairs.append((connection.slot(slot), trader))
        return pairs


def refuse_idle(what: str, heard: Tally) -> None:
    """Every request that was answered has done something; one whose key was used before only costs the look for it.

    Raises:
        CommandError: when there are fewer commands than such answers.
    """
    answered = sum(count for status, count in heard.statuses.items() if status in _GOOD)
    if heard.commands < answered:
        raise CommandError(
            f"{what}: {answered:,} requests were answered, but only {heard.commands:,} commands done."
            " 应答多于所执行的命令",
            "use a new folder or another run 请使用新目录或重新运行",
        )


def _latencies(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(figures[name], 2) for name in ("p50_ms", "p99_ms", "max_ms")}


async def run(options: Options) -> Report:
    """Measure everything that the options ask for."""
    bench = Bench(options)
    with open_venue() as venue:
        tell(f"orders: letting in {2 * options.firms:,} firms")
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, options.firms, Price(START_PRICE)))
        await bench.floors(venue)
        first = await last_seq(venue)
        async with venue.service() as service:
            for mode in MODES:
                if mode in options.modes and mode in _MEASURES:
                    await _MEASURES[mode](bench, service, stage)
        if "ones" in options.modes:
            async with replace(venue, options={"EXCHANGE_BATCH_LIMIT": "1"}).service() as service:
                await _ones(bench, service, stage)
        tell("comparing the journal with what clients were told")
        await settle(bench.report, venue, first, bench.told)
    return bench.report


async def _single(bench: Bench, service: Service, stage: Stage) -> None:
    loop = ClosedLoop(await bench.single(service, stage, 1))
    alone, _ = await bench.measure("REST, one in flight", service, loop)
    _hold_alone(bench, alone)
    pairs = await bench.single(service, stage, bench.options.clients)
    closed, _ = await bench.measure(f"REST, {len(pairs)} connections", service, ClosedLoop(pairs))
    assert bench.echo is not None
    bench.report.hold("single REST over the echo", 1.2, closed.rate / bench.echo.tally.rate)
    half = OpenLoop(pairs, closed.rate / 2)
    await bench.measure("REST, half load", service, half)
    _close(pairs)


def _hold_alone(bench: Bench, alone: Tally) -> None:
    assert bench.durable is not None
    commit = max(bench.durable.single.at(50), 1)
    bench.report.hold("one in flight, p50 over a single-row commit", 5, alone.latencies.at(50) / commit, at_least=False)
    bench.report.hold("one in flight, p99 in ms", 6, alone.latencies.at(99) / 1000, at_least=False)


async def _batches(bench: Bench, service: Service, stage: Stage) -> None:
    pairs = await bench.batches(service, stage)
    await _full_and_half(bench, service, f"batches of {BATCH}", pairs, BATCH)


async def _streams(bench: Bench, service: Service, stage: Stage) -> None:
    pairs = await bench.streams(service, stage)
    await _full_and_half(bench, service, "WebSocket", pairs, 1)


async def _full_and_half(bench: Bench, service: Service, what: str, pairs: Pairs, commands: int) -> None:
    """As much as goes through, then half of it; ``commands`` is how many a request has."""
    assert bench.durable is not None
    closed, _ = await bench.measure(f"{what}, {len(pairs)} under way", service, ClosedLoop(pairs))
    bench.report.hold(f"{what} over P", 2, closed.rate / bench.durable.per_second)
    half, _ = await bench.measure(f"{what}, half load", service, OpenLoop(pairs, closed.rate / 2 / commands))
    bench.report.hold(f"{what}, p99 in ms at half load", 20, half.latencies.at(99) / 1000, at_least=False)
    _close(pairs)


async def _overload(bench: Bench, service: Service, stage: Stage) -> None:
    """Five times as many clients as saturate the service, and others who only want to cancel."""
    cancellers: list[tuple[Connection, CancelTrader]] = []
    for _ in range(CANCELLERS):
        choices, name = bench.choices(stage)
        trader = CancelTrader(choices, stage.instrument_text, name)
        cancellers.append((await HttpConnection.open(HOST, service.port), trader))
    pairs = await bench.single(service, stage, OVERLOAD * bench.options.clients)
    before = resident_bytes(service.pid)
    aside = ClosedLoop(cancellers)
    measuring = asyncio.ensure_future(aside.run(bench.options.warm_up, bench.options.seconds))
    what = f"overload, {len(pairs)} connections"
    _, row = await bench.measure(what, service, ClosedLoop(pairs), may_be_busy=True)
    row["service_grew_MB"] = round((resident_bytes(service.pid) - before) / _MB, 1)
    heard = await measuring
    await aside.finish()
    bench.told.commands += heard.commands + aside.before.commands
    _show_cancels(bench, [trader for _, trader in cancellers])
    _close(pairs)
    _close(cancellers)
    await _recovered(bench, service, stage)


def _show_cancels(bench: Bench, traders: Sequence[CancelTrader]) -> None:
    latencies = traders[0].latencies
    for trader in traders[1:]:
        latencies.merge(trader.latencies)
    bench.report.add("overload, cancels on their own connections", **_latencies(latencies.figures()))
    bench.report.hold("cancels under overload, p99 in ms", 200, latencies.at(99) / 1000, at_least=False)


async def _recovered(bench: Bench, service: Service, stage: Stage) -> None:
    """Whether one order in flight is quick again, five seconds after."""
    await asyncio.sleep(min(5.0, bench.options.seconds))
    pairs = await bench.single(service, stage, 1)
    await bench.measure("REST, one in flight after the overload", service, ClosedLoop(pairs))
    _close(pairs)


async def _ones(bench: Bench, service: Service, stage: Stage) -> None:
    """The service with one command in each transaction: what it would be without collecting."""
    pairs = await bench.single(service, stage, bench.options.clients)
    what = "REST, batches of one"
    ones, _ = await bench.measure(what, service, ClosedLoop(pairs))
    if "single" in bench.options.modes:
        closed = float(bench.report.row(f"REST, {bench.options.clients} connections")["per_second"])
        bench.report.hold("single REST over batches of one", 6, closed / max(ones.rate, 1e-9))
    _close(pairs)


def _close(pairs: Sequence[tuple[Connection, object]]) -> None:
    for connection, _ in pairs:
        connection.close()


_MEASURES: Final = {"single": _single, "batches": _batches, "stream": _streams, "overload": _overload}
