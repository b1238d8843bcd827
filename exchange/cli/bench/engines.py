"""Matching engines behind one way of calling them: the exchange's own, and those that a Python user can install.

Each engine is a function that makes a new book and gives back how to drive it: a function that takes commands of
:mod:`loadtests.stream`, and one that says how many trades there were. The loops are written out for each engine: a
call more would be a third of what the quickest of them need for a command. Peers get prices as whole numbers, which all
of them take and which is the quickest for them; what they keep of the past (logs of trades) they keep.

``python -m exchange.cli.bench.engines NAME COMMANDS RESTING SEED`` measures one engine in a process of its own and
prints a line of JSON: nanoseconds a command, trades, and bytes of memory for each order that rests.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from exchange.bootstrap.memory import calm_the_collector
from exchange.cli.bench.processes import own_resident_bytes
from exchange.core.matching import MatchOutcome, OrderBook, match
from exchange.core.values import SelfTradePrevention, Side
from loadtests.stream import ADD, BUY, Command, MixedStream

Drive = Callable[[Iterable[Command]], None]
Made = tuple[Drive, Callable[[], int]]

OWN: Final = "exchange"


def exchange() -> Made:
    """This program's own engine: match, then rest what is left, as the handlers call it."""
    book, stp, sides = OrderBook(), SelfTradePrevention.CANCEL_NEWEST, {1: Side.BUY, 2: Side.SELL}
    trades = 0

    def drive(commands: Iterable[Command]) -> None:
        nonlocal trades
        # Naming the units of six numbers would be a third of a command; the handlers have named them long before.
        meet: Callable[..., MatchOutcome] = match
        rest: Callable[..., None] = book.rest
        cancel: Callable[[Any], int] = book.cancel
        for kind, number, way, price, quantity, group in commands:
            if kind == ADD:
                side = sides[way]
                fills, _, leaves, _ = meet(book, side, price, quantity, group, stp)
                trades += len(fills)
                if leaves:
                    rest(number, side, price, leaves, group, number)
            else:
                cancel(number)

    return drive, lambda: trades


def bourse() -> Made:
    """``bourse``: Rust, the fastest one that can be installed. It has ids of its own, in the order of placing."""
    book = importlib.import_module("bourse.core").OrderBook(0, 1, True)
    offset: list[int] = []

    def drive(commands: Iterable[Command]) -> None:
        place, cancel, set_time = book.place_order, book.cancel_order, book.set_time
        for kind, number, way, price, quantity, group in commands:
            if kind == ADD:
                set_time(number)  # orders of one price and one time take each other's place in it
                made = place(way == BUY, quantity, group, price=price)
                if not offset:
                    offset.append(made - number)
            else:
                cancel(number + offset[0])

    return drive, lambda: len(book.get_trades())


def _akhil4n(module: str) -> Made:
    peer: Any = importlib.import_module(module)
    book, bid, ask, order_of = peer.OrderBook(), peer.OrderSide.BID, peer.OrderSide.ASK, peer.Order
    ids: dict[int, str] = {}

    def drive(commands: Iterable[Command]) -> None:
        add, cancel = book.add_limit_order, book.cancel_order
        for kind, number, way, price, quantity, _ in commands:
            if kind == ADD:
                order = order_of(side=bid if way == BUY else ask, price=price, original_quantity=quantity)
                ids[number] = order.order_id
                add(order)
            else:
                cancel(ids.pop(number))

    return drive, lambda: len(book.trade_log)


def akhil4n_orderbook() -> Made:
    """``akhil4n-orderbook``: the fastest that is written in Python alone."""
    return _akhil4n("orderbook")


def cython_orderbook() -> Made:
    """``cython-orderbook``: the same by the same author, through Cython."""
    return _akhil4n("cython_orderbook")


def litebook() -> Made:
    """``litebook``: Rust, prices as floating point."""
    peer: Any = importlib.import_module("litebook")
    book, buy, sell = peer.OrderBook(tick_size=1.0), peer.OrderType.Buy, peer.OrderType.Sell
    ids: dict[int, str] = {}
    trades = 0

    def drive(commands: Iterable[Command]) -> None:
        nonlocal trades
        create, add, cancel = book.create_order, book.add, book.cancel
        for kind, number, way, price, quantity, _ in commands:
            if kind == ADD:
                order = create(buy if way == BUY else sell, float(price), float(quantity))
                ids[number] = order.id
                trades += len(add(order))
            else:
                cancel(ids.pop(number))

    return drive, lambda: trades


def lightmatchingengine() -> Made:
    """``lightmatchingengine``: Python; tells of a trade once for the incoming order and once for each it met."""
    engine = importlib.import_module("lightmatchingengine.lightmatchingengine").LightMatchingEngine()
    ids: dict[int, int] = {}
    trades = 0

    def drive(commands: Iterable[Command]) -> None:
        nonlocal trades
        add, cancel = engine.add_order, engine.cancel_order
        for kind, number, way, price, quantity, _ in commands:
            if kind == ADD:
                order, told = add("X", price, quantity, way)
                ids[number] = order.order_id
                trades += sum(trade.trade_side != way for trade in told)
            else:
                cancel(ids.pop(number), "X")

    return drive, lambda: trades


def pyorderbook() -> Made:
    """``pyorderbook``: Python."""
    peer, orders = importlib.import_module("pyorderbook.book"), importlib.import_module("pyorderbook.order")
    book = peer.Book()
    placed: dict[int, Any] = {}
    trades = 0

    def drive(commands: Iterable[Command]) -> None:
        nonlocal trades
        meet, cancel, bid, ask = book.match, book.cancel, orders.bid, orders.ask
        for kind, number, way, price, quantity, _ in commands:
            if kind == ADD:
                order = placed[number] = (bid if way == BUY else ask)("X", price, quantity)
                trades += len(meet(order).trades)
            else:
                cancel(placed.pop(number))

    return drive, lambda: trades


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and the package that it is in; ``share`` of the commands is what it can be given in reasonable time."""

    make: Callable[[], Made]
    package: str
    module: str
    kind: str
    share: float = 1.0

    @property
    def is_here(self) -> bool:
        """Whether it can be imported."""
        return importlib.util.find_spec(self.module) is not None


ENGINES: Final = {
    OWN: Engine(exchange, "", "exchange", "Python"),
    "bourse": Engine(bourse, "bourse", "bourse", "Rust"),
    "litebook": Engine(litebook, "litebook", "litebook", "Rust"),
    "cython-orderbook": Engine(cython_orderbook, "cython-orderbook", "cython_orderbook", "Cython"),
    "akhil4n-orderbook": Engine(akhil4n_orderbook, "akhil4n-orderbook", "orderbook", "Python"),
    "lightmatchingengine": Engine(lightmatchingengine, "lightmatchingengine", "lightmatchingengine", "Python", 0.2),
    "pyorderbook": Engine(pyorderbook, "pyorderbook", "pyorderbook", "Python", 0.2),
}


def measure(name: str, commands: int, resting: int, seed: int) -> dict[str, float | int | bool]:
    """Let one engine build a book of ``resting`` orders and then take ``commands`` mixed ones, in this process.

    ``right`` says whether it made as many trades as price-time priority asks for.
    """
    stream = MixedStream(seed, commands, resting)
    steps = list(stream)
    drive, trades = ENGINES[name].make()
    before = own_resident_bytes()
    drive(steps[:resting])
    grown = own_resident_bytes() - before
    calm_the_collector()
    measured = steps[resting:]
    started = time.perf_counter()
    drive(measured)
    seconds = time.perf_counter() - started
    return {
        "ns": seconds / commands * 1e9,
        "trades": trades(),
        "right": trades() == stream.trades,
        "bytes": grown / resting if resting else 0.0,
    }


def main(arguments: list[str]) -> None:
    """Measure one engine and print a line of JSON."""
    name, commands, resting, seed = arguments
    print(json.dumps(measure(name, int(commands), int(resting), int(seed))))


if __name__ == "__main__":
    main(sys.argv[1:])
