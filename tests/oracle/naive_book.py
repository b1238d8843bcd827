"""The order book's naive twin: a list of orders, sorted anew for every question. Slow, and plain enough to be believed.

It shares no code and no idea of its layout with `exchange/core/matching`: no levels, no links, no totals, no early
answers. Whether a quantity could be filled is found out by trying it on a copy. Tests give the same commands to both
and compare everything that can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from exchange.core.matching import MatchOutcome, OrderBook
from exchange.core.values import OrderId, OwnerGroupId, Price, SelfTradePrevention, Seq, Side, Tonnes


@dataclass
class NaiveOrder:
    """An order that rests."""

    order_id: OrderId
    side: Side
    price: Price
    leaves: int
    group: OwnerGroupId
    priority: Seq


class NaiveOutcome(NamedTuple):
    """What became of an incoming order; a fill is (order id, price, quantity, what is left of the resting order)."""

    fills: list[tuple[int, int, int, int]]
    prevented: list[OrderId]
    leaves: int
    stopped: bool


class NaiveBook:
    """All resting orders in one list, in no order that matters."""

    def __init__(self) -> None:
        self.resting: list[NaiveOrder] = []

    def queue(self, side: Side) -> list[NaiveOrder]:
        """A side's orders in the order in which they trade: by price, then by time."""
        best_first = -1 if side is Side.BUY else 1
        own = [order for order in self.resting if order.side is side]
        return sorted(own, key=lambda order: (best_first * order.price, order.priority))

    def rest(
        self, order_id: OrderId, side: Side, price: Price, leaves: Tonnes, group: OwnerGroupId, priority: Seq
    ) -> None:
        """Let an order wait."""
        self.resting.append(NaiveOrder(order_id, side, price, leaves, group, priority))

    def copy(self) -> NaiveBook:
        """Another book with the same orders, for trying something out."""
        other = NaiveBook()
        for o in self.resting:
            other.rest(o.order_id, o.side, o.price, Tonnes(o.leaves), o.group, o.priority)
        return other

    def get(self, order_id: OrderId) -> NaiveOrder:
        """The order of an id."""
        return next(order for order in self.resting if order.order_id == order_id)

    def cancel(self, order_id: OrderId) -> int:
        """Take an order out; returns what was left of it."""
        order = self.get(order_id)
        self.resting.remove(order)
        return order.leaves

    def reduce(self, order_id: OrderId, new_leaves: Tonnes) -> None:
        """Make an order smaller where it stands."""
        self.get(order_id).leaves = new_leaves

    def reached(self, side: Side, limit_price: Price) -> list[NaiveOrder]:
        """The orders that an incoming order of a side could trade with, its own group's included."""
        if side is Side.BUY:
            return [order for order in self.queue(Side.SELL) if order.price <= limit_price]
        return [order for order in self.queue(Side.BUY) if order.price >= limit_price]

    def match(
        self, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
    ) -> NaiveOutcome:
        """Execute an incoming order, one resting order after the other."""
        fills: list[tuple[int, int, int, int]] = []
        prevented: list[OrderId] = []
        leaves: int = quantity
        for resting in self.reached(side, limit_price):
            if leaves == 0:
                break
            if resting.group == group:
                if stp in (SelfTradePrevention.CANCEL_OLDEST, SelfTradePrevention.CANCEL_BOTH):
                    self.resting.remove(resting)
                    prevented.append(resting.order_id)
                if stp in (SelfTradePrevention.CANCEL_NEWEST, SelfTradePrevention.CANCEL_BOTH):
                    return NaiveOutcome(fills, prevented, leaves, stopped=True)
                continue
            traded = min(leaves, resting.leaves)
            leaves -= traded
            resting.leaves -= traded
            fills.append((resting.order_id, resting.price, traded, resting.leaves))
            if resting.leaves == 0:
                self.resting.remove(resting)
        return NaiveOutcome(fills, prevented, leaves, stopped=False)

    def left_over(
        self,
        side: Side,
        limit_price: Price,
        quantity: Tonnes,
        group: OwnerGroupId,
        stp: SelfTradePrevention,
        most: int,
    ) -> int:
        """What would not trade, -1 when more than ``most`` orders would be taken: try it on a copy."""
        outcome = self.copy().match(side, limit_price, quantity, group, stp)
        return -1 if len(outcome.fills) + len(outcome.prevented) > most else outcome.leaves

    def would_take(self, side: Side, limit_price: Price) -> bool:
        """Whether an order would meet any other."""
        return bool(self.reached(side, limit_price))

    def best(self, side: Side) -> Price | None:
        """The price that trades first."""
        queue = self.queue(side)
        return queue[0].price if queue else None

    def depth(self, side: Side) -> list[tuple[int, int, int]]:
        """All prices of a side with their tonnes and number of orders, best first."""
        at: dict[int, list[int]] = {}
        for order in self.queue(side):
            at.setdefault(order.price, []).append(order.leaves)
        return [(price, sum(leaves), len(leaves)) for price, leaves in at.items()]


def plain(outcome: MatchOutcome) -> NaiveOutcome:
    """The engine's outcome in the twin's words."""
    fills, prevented, leaves, stopped = outcome
    return NaiveOutcome([*fills], [*prevented], leaves, stopped)


def picture(book: OrderBook | NaiveBook, side: Side) -> list[tuple[int, Side, int, int, int, int]]:
    """Everything that one side of a book is, in the order in which it trades."""
    queue = book.queue(side) if isinstance(book, NaiveBook) else book.orders(side)
    return [(o.order_id, o.side, o.price, o.leaves, o.group, o.priority) for o in queue]


def assert_same(book: OrderBook, twin: NaiveBook) -> None:
    """Both hold the same orders in the same order, and say the same of prices and depth."""
    for side in Side:
        assert picture(book, side) == picture(twin, side)
        assert book.best(side) == twin.best(side)
        levels = twin.depth(side)
        assert book.depth(side, len(levels) + 1) == levels
        assert book.depth(side, 1) == levels[:1]
    assert len(book) == len(twin.resting)
