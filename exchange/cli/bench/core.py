"""``bench core``: the mixed stream of commands through :func:`exchange.core.machine.apply`, with everything but I/O.

60 % limit orders, 30 % cancels, 10 % marketable orders (see ``loadtests/stream.py``) from many firms: authority, risk,
holds, matching, settlement, ledger, lots, invariants and events are all on; what is left out is encoding and writing.

What is timed is ``apply`` and nothing else. The commands are made beforehand: an order's id derives from its place in
the log, so the cancels can name orders that nobody has placed yet. The clock's own time is taken off. The stream counts
the trades that price-time priority must give, so the measured run is a correct one or none.
"""

from __future__ import annotations

import gc
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from exchange.bootstrap.memory import PortionedCollector, calm_the_collector
from exchange.cli.bench.market import START, Market, limit_order
from exchange.cli.bench.processes import own_resident_bytes
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report
from exchange.core.commands import Command
from exchange.core.commands.orders import CancelOrder
from exchange.core.events.orders import Traded
from exchange.core.machine import Outcome, apply
from exchange.core.state import ExchangeState
from exchange.core.values import KeyId, Micros, OrderId, ParticipantId, PersonId, Price, Seq, Side, derived_id
from loadtests import stream as loads

_SIDES = {int(side): side for side in Side}

TELL_AFTER: Final = 100_000
"""Orders that come to rest between two lines of progress: seconds of work."""

Entry = tuple[Command, KeyId, Seq, Micros]
"""A command, the key it is given with, its place in the log and the time there: what ``apply`` takes."""


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
    """One run's figures; the median of several is quoted. ``seconds`` are the processor's, of ``apply`` alone."""

    commands: int
    resting: int
    firms: int
    trades: int
    seconds: float
    slowest_ms: float
    slowest: str
    bytes_each: float

    @property
    def rate(self) -> float:
        """Commands a second."""
        return self.commands / self.seconds


class _Entries:
    """The stream's steps as entries of a market's log, made one by one; iterate once.

    It keeps a number for each order, not the order, so that next to nothing of it is in the bytes an order costs.
    """

    def __init__(self, market: Market, steps: Sequence[loads.Command]) -> None:
        self._market = market
        self._steps = steps
        self._places = array("q", [0])  # by the stream's numbers, which count from 1

    def __iter__(self) -> Iterator[Entry]:
        first = self._market.seq + 1
        for place, step in enumerate(self._steps):
            command = self._cancel(first, step) if step[0] == loads.CANCEL else self._place(place, step)
            seq = first + place
            yield command, self._market.key_of(command.actor), Seq(seq), Micros(START + seq)

    def _cancel(self, first: int, step: loads.Command) -> CancelOrder:
        place = self._places[step[1]]
        firm, person = self._firm(self._steps[place])
        return CancelOrder(person, firm, OrderId(derived_id(Seq(first + place))), "")

    def _place(self, place: int, step: loads.Command) -> Command:
        _, _, side, price, quantity, _ = step
        firm, person = self._firm(step)
        self._places.append(place)
        return limit_order(person, firm, self._market.instrument, _SIDES[side], price, quantity)

    def _firm(self, step: loads.Command) -> tuple[ParticipantId, PersonId]:
        firms = self._market.buyers if step[2] == loads.BUY else self._market.sellers
        return firms[step[5] % len(firms)]


class _Slowest:
    """The command that took the longest, and what it did; hears of the collector's work while it is measured."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cause = ""
        self._collected = -1

    def hear(self, phase: str, info: dict[str, Any]) -> None:
        """What the collector calls: it has looked at a generation."""
        if phase == "stop":
            self._collected = max(self._collected, info["generation"])

    def note(self, seconds: float, command: Command, outcome: Outcome) -> None:
        """One command's time."""
        if seconds > self.seconds:
            self.seconds = seconds
            collected = f", collector's generation {self._collected}" if self._collected >= 0 else ""
            self.cause = f"{type(command).__name__}, {_trades(outcome)} fills{collected}"
        self._collected = -1


def run(options: Options) -> Report:
    """The median of several runs on markets of their own, and one run with a large book."""
    report = Report("core", {name: getattr(options, name) for name in Options.__slots__})
    results = []
    for seed in range(options.rounds):
        tell(f"core: round {seed + 1} of {options.rounds}")
        results.append(measure(options.commands, options.resting, options.firms, seed))
    usual = sorted(results, key=lambda result: result.seconds)[len(results) // 2]
    # Only the first book is made of new memory, those after it of what was let go of.
    usual = replace(usual, bytes_each=max(result.bytes_each for result in results))
    add_row(report, f"{usual.resting:,} resting", usual)
    report.hold("commands a second", 60_000, usual.rate)
    if options.largest_book:
        tell("core: the largest book")
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
        slowest=result.slowest,
        bytes_per_resting_order=round(result.bytes_each),
        commands=result.commands,
        trades=result.trades,
        firms=2 * result.firms,
    )


def measure(commands: int, resting: int, firms: int, seed: int) -> Result:
    """One run on a market of its own, which is let go of before this returns."""
    tell(f"core: making {commands:,} commands, and {resting:,} orders that rest before them")
    market = Market(firms, Price(loads.START_PRICE))
    stream = loads.MixedStream(seed, commands, resting)
    steps = list(stream)
    entries = iter(_Entries(market, steps))
    before = own_resident_bytes()
    trades = _filled(market.state, entries, resting)
    grown = own_resident_bytes() - before
    recorded = list(entries)
    calm_the_collector()
    slowest = _Slowest()
    tell(f"core: measuring {commands:,} commands")
    seconds, traded = _timed(market.state, recorded, slowest)
    assert trades + traded == stream.trades, "the engine and the stream disagree about the trades"
    disturb_the_collector()
    each = grown / max(resting, 1)
    return Result(commands, resting, firms, trades + traded, seconds, slowest.seconds * 1000, slowest.cause, each)


def _filled(state: ExchangeState, entries: Iterator[Entry], resting: int) -> int:
    """Let the orders that rest come in, and tell how far it is; how many trades they made."""
    trades = 0
    for done in range(0, resting, TELL_AFTER):
        tell(f"core: filling the book: {done:,} of {resting:,}")
        portion = islice(entries, min(TELL_AFTER, resting - done))
        trades += sum(_trades(_done(state, entry)) for entry in portion)
    return trades


def _done(state: ExchangeState, entry: Entry) -> Outcome:
    outcome = apply(state, *entry)
    assert outcome.reason is None, outcome
    return outcome


def _trades(outcome: Outcome) -> int:
    return [type(event) for event in outcome.events].count(Traded)


def _timed(state: ExchangeState, entries: Iterable[Entry], slowest: _Slowest) -> tuple[float, int]:
    """Seconds of processor time that ``apply`` took for all entries, and how many trades they made.

    The wall clock would count what others do on the machine. The garbage collector's pauses are in here all the same,
    at the times at which the service has it look, and so is letting go of what the command before said.
    """
    clock, clocks_own = time.thread_time, _clocks_own()
    total, trades = 0.0, 0
    portioned = PortionedCollector()
    gc.callbacks.append(slowest.hear)
    for command, key, seq, at in entries:
        started = clock()
        outcome = apply(state, command, key, seq, at)
        portioned((command,))
        took = clock() - started - clocks_own
        total += took
        slowest.note(took, command, outcome)
        assert outcome.reason is None, outcome
        trades += _trades(outcome)
    gc.callbacks.remove(slowest.hear)
    return total, trades


def _clocks_own() -> float:
    """Seconds that the clock shows between two looks with nothing between them: the median of many."""
    clock = time.thread_time
    looks = sorted(-(clock() - clock()) for _ in range(9_999))
    return looks[len(looks) // 2]


def disturb_the_collector() -> None:
    """Undo :func:`calm_the_collector`, so that the market of one run can be freed before the next."""
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    gc.collect()
