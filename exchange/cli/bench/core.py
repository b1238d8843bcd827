"""``bench core``: the mixed stream of commands through :func:`exchange.core.machine.apply`, with everything but I/O.

60 % limit orders, 30 % cancels, 10 % marketable orders (see ``loadtests/stream.py``) from many firms: authority, risk,
holds, matching, settlement, ledger, lots, invariants and events are all on; what is left out is encoding and writing.
Making the command objects is part of the time. The stream counts the trades that price-time priority must give, so the
measured run is a correct one or none.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable
from dataclasses import dataclass

from exchange.bootstrap.memory import calm_the_collector
from exchange.cli.bench.market import Market, limit_order
from exchange.cli.bench.processes import own_resident_bytes
from exchange.cli.bench.results import Report
from exchange.core.commands.orders import CancelOrder
from exchange.core.events.orders import Traded
from exchange.core.values import OrderId, ParticipantId, PersonId, Price, Side
from loadtests import stream as loads

_SIDES = {int(side): side for side in Side}


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured; ``firms`` buyers and as many sellers. ``largest_book`` is measured once, beside."""

    commands: int = 200_000
    resting: int = 10_000
    firms: int = 100
    rounds: int = 3
    largest_book: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Result:
    """One run's figures; the median of several is quoted."""

    commands: int
    resting: int
    firms: int
    trades: int
    seconds: float
    slowest_ms: float
    bytes_each: float

    @property
    def rate(self) -> float:
        """Commands a second."""
        return self.commands / self.seconds


class _Orders:
    """From the stream's numbers to commands of the market, and from its order numbers to the exchange's."""

    def __init__(self, market: Market) -> None:
        self._market = market
        # By the stream's numbers, which count from 1. A dictionary of such tuples the collector forgets and finds
        # again: it would walk all of a million entries twice within the first commands that are measured.
        self._placed = [(OrderId(0), ParticipantId(0), PersonId(0))]
        self.trades = 0

    def do(self, step: loads.Command) -> None:
        kind, number, side, price, quantity, group = step
        if kind == loads.CANCEL:
            order, firm, person = self._placed[number]
            outcome = self._market.do(CancelOrder(person, firm, order, ""))
        else:
            firms = self._market.buyers if side == loads.BUY else self._market.sellers
            firm, person = firms[group % len(firms)]
            outcome = self._market.do(limit_order(person, firm, self._market.instrument, _SIDES[side], price, quantity))
            self._placed.append((OrderId(outcome.created), firm, person))
            self.trades += [type(event) for event in outcome.events].count(Traded)
        assert outcome.reason is None, outcome


def run(options: Options) -> Report:
    """The median of several runs on markets of their own, and one run with a large book."""
    report = Report("core", {name: getattr(options, name) for name in Options.__slots__})
    results = [measure(options.commands, options.resting, options.firms, seed) for seed in range(options.rounds)]
    usual = sorted(results, key=lambda result: result.seconds)[len(results) // 2]
    add_row(report, f"{usual.resting:,} resting", usual)
    report.hold("commands a second", 60_000, usual.rate)
    if options.largest_book:
        large = measure(options.commands, options.largest_book, options.firms, seed=options.rounds)
        add_row(report, f"{large.resting:,} resting", large)
        report.hold("slowest command with the large book, in ms", 5, large.slowest_ms, at_least=False)
    return report


def add_row(report: Report, what: str, result: Result) -> None:
    """Put the figures of a run into a report."""
    report.add(
        what,
        per_second=round(result.rate),
        us_per_command=round(1e6 / result.rate, 1),
        slowest_ms=round(result.slowest_ms, 2),
        bytes_per_resting_order=round(result.bytes_each),
        commands=result.commands,
        trades=result.trades,
        firms=2 * result.firms,
    )


def measure(commands: int, resting: int, firms: int, seed: int) -> Result:
    """One run on a market of its own, which is let go of before this returns."""
    market = Market(firms, Price(loads.START_PRICE))
    stream = loads.MixedStream(seed, commands, resting)
    steps = list(stream)
    orders = _Orders(market)
    before = own_resident_bytes()
    for step in steps[:resting]:
        orders.do(step)
    grown = own_resident_bytes() - before
    calm_the_collector()
    slowest, started = _timed(orders, steps[resting:])
    seconds = time.perf_counter() - started
    assert orders.trades == stream.trades, "the engine and the stream disagree about the trades"
    disturb_the_collector()
    return Result(commands, resting, firms, orders.trades, seconds, slowest * 1000, grown / max(resting, 1))


def _timed(orders: _Orders, steps: Iterable[loads.Command]) -> tuple[float, float]:
    """Seconds of processor time of the slowest command, and when the run began.

    The wall clock would count what others do on the machine; the garbage collector's pauses are in here all the same.
    """
    slowest = 0.0
    clock = time.thread_time
    started, before = time.perf_counter(), clock()
    for step in steps:
        orders.do(step)
        now = clock()
        slowest = max(slowest, now - before)
        before = now
    return slowest, started


def disturb_the_collector() -> None:
    """Undo :func:`calm_the_collector`, so that the market of one run can be freed before the next."""
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    gc.collect()
