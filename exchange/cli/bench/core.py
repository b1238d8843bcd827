"""``bench core``: the mixed stream of commands through :func:`exchange.core.machine.apply`, with everything but I/O.

60 % limit orders, 30 % cancels, 10 % marketable orders (see ``loadtests/stream.py``) from many firms: authority, risk,
holds, matching, settlement, ledger, lots, invariants and events are all on; what is left out is encoding and writing.
Making the command objects is part of the time. The stream counts the trades that price-time priority must give, so the
measured run is a correct one or none.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from exchange.bootstrap.memory import calm_the_collector
from exchange.cli.bench.market import Market
from exchange.cli.problem import CommandError
from exchange.core.commands.orders import CancelOrder, OrderKind, PlaceOrder, TimeInForce
from exchange.core.events.orders import Traded
from exchange.core.values import Day, OrderId, ParticipantId, PersonId, Price, SelfTradePrevention, Side, Tonnes

try:
    from loadtests import stream as loads
except ImportError:  # an installation without the project's load tests
    loads = None  # type: ignore[assignment]

_SIDES = {int(side): side for side in Side}


@dataclass(frozen=True, slots=True)
class Result:
    """One run's figures; the median of several is quoted."""

    commands: int
    resting_before: int
    firms: int
    trades: int
    seconds: float
    slowest_ms: float

    @property
    def rate(self) -> float:
        """Commands a second."""
        return self.commands / self.seconds


class _Orders:
    """From the stream's numbers to commands of the market, and from its order numbers to the exchange's."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._placed: dict[int, tuple[OrderId, ParticipantId, PersonId]] = {}
        self.trades = 0

    def do(self, step: tuple[int, int, int, int, int, int]) -> None:
        kind, number, side, price, quantity, group = step
        if kind == loads.CANCEL:
            order, firm, person = self._placed[number]
            outcome = self._market.do(CancelOrder(person, firm, order))
        else:
            firms = self._market.buyers if side == loads.BUY else self._market.sellers
            firm, person = firms[group % len(firms)]
            outcome = self._market.do(_order(self._market, person, firm, side, price, quantity))
            self._placed[number] = OrderId(outcome.created), firm, person
            self.trades += [type(event) for event in outcome.events].count(Traded)
        assert outcome.reason is None, outcome


def _order(market: Market, person: PersonId, firm: ParticipantId, side: int, price: int, quantity: int) -> PlaceOrder:
    return PlaceOrder(
        person,
        firm,
        market.instrument,
        "",
        _SIDES[side],
        OrderKind.LIMIT,
        TimeInForce.GTC,
        Price(price),
        Tonnes(quantity),
        False,
        SelfTradePrevention.CANCEL_NEWEST,
        Day(0),
        (),
    )


def run(commands: int, resting: int, firms: int, rounds: int) -> Result:
    """The median of ``rounds`` runs, each on a market of its own."""
    if loads is None:
        raise CommandError("the benchmark's stream is not here.", "run it from the project's folder: ./dev bench core")
    results = [_run_once(commands, resting, firms, seed=n) for n in range(rounds)]
    return sorted(results, key=lambda result: result.seconds)[len(results) // 2]


def _run_once(commands: int, resting: int, firms: int, seed: int) -> Result:
    market = Market(firms, Price(loads.START_PRICE))
    stream = loads.MixedStream(seed, commands, resting)
    steps = list(stream)
    orders = _Orders(market)
    for step in steps[:resting]:
        orders.do(step)
    calm_the_collector()
    slowest, started = _timed(orders, steps[resting:])
    seconds = time.perf_counter() - started
    assert orders.trades == stream.trades, "the engine and the stream disagree about the trades"
    return Result(commands, resting, firms, orders.trades, seconds, slowest * 1000)


def _timed(orders: _Orders, steps: Iterable[tuple[int, int, int, int, int, int]]) -> tuple[float, float]:
    """Seconds of the slowest command, and when the run began."""
    slowest = 0.0
    clock = time.perf_counter
    started = before = clock()
    for step in steps:
        orders.do(step)
        now = clock()
        slowest = max(slowest, now - before)
        before = now
    return slowest, started


def report(result: Result, as_json: bool) -> str:
    """The result as one line of a table, or as JSON."""
    if as_json:
        facts = {"bench": "core", "python": platform.python_version(), "commands_per_second": round(result.rate)}
        return json.dumps(facts | asdict(result))
    return (
        f"| core | {result.rate:,.0f} commands/s | {1e6 / result.rate:.1f} µs each | slowest {result.slowest_ms:.2f} ms"
        f" | {result.commands:,} commands, {result.trades:,} trades, {2 * result.firms:,} firms,"
        f" {result.resting_before:,} orders before |"
    )
