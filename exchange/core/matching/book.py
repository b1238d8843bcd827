"""The order book of one instrument: who waits at which price, and who is first.

Layout. A side (:mod:`exchange.core.matching.book_side`) is a set of price levels, a level is a queue of orders linked
from the oldest to the newest, and a dict finds an order by its id. So an order joins the end of its queue, leaves from
anywhere in it and trades at its head in constant time, however many others wait.

Ordering invariant. The better price is first: the higher for buys, the lower for sells. At one price the order that
came first is first: priorities grow strictly from the oldest to the newest. Nothing else decides, neither size nor
owner. Between two commands the book is not crossed: the best buy is below the best sell.

Amendments. Taking quantity off keeps an order's place (:meth:`OrderBook.reduce`). Anything else, more quantity or
another price, is a cancel and a new order at the end of a queue, and it is the caller who does both.

What it does not know. The book sees ids, sides, prices, sizes and owner groups: no money, no people, no lots, no fees,
no bands, no time. It refuses nothing; a call that makes no sense is a bug of the caller and ends in a ``KeyError`` or
an ``AssertionError``.

Known limits. A command takes as long as what it does: an order that trades with ten thousand others makes ten thousand
fills in one step, so callers ask beforehand (:func:`~exchange.core.matching.continuous.left_over`). A level keeps no
totals, which would cost a tenth of every command: :meth:`OrderBook.depth` counts the orders of the levels asked for,
and who shows the book to others counts along from the events. Whatever walks through all orders
(:meth:`OrderBook.orders`, :meth:`OrderBook.validate`) needs about a second for a million of them. Orders and levels
refer to each other. They leave no cycle behind when they go, so that trading makes no work for the garbage collector,
but it takes the collector to free a book that is dropped as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise, takewhile
from typing import Final

from exchange.core.matching.book_side import BookSide
from exchange.core.matching.order import PriceLevel, RestingOrder
from exchange.core.values import OrderId, OwnerGroupId, Price, Seq, Side, Tonnes

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL


class OrderBook:
    """All resting orders of one instrument. ``bids``, ``asks`` and ``by_id`` are for this package's matching modes."""

    __slots__ = ("asks", "bids", "by_id")

    def __init__(self) -> None:
        self.bids = BookSide(_BUY)
        self.asks = BookSide(_SELL)
        self.by_id: dict[OrderId, RestingOrder] = {}

    # --- changing ----------------------------------------------------------------------------------------------------

    def rest(
        self, order_id: OrderId, side: Side, price: Price, leaves: Tonnes, group: OwnerGroupId, priority: Seq
    ) -> None:
        """Let an order wait at the end of its price level; what it could trade with must have been matched before.

        ``priority`` is recorded, not consulted: it must be above that of every order that already waits at the price.
        """
        own = self.bids if side is _BUY else self.asks
        level = own.levels.get(price)
        if level is None:
            level = own.add_level(price)
            assert not self.is_crossed(), "an order rests that should have traded"
        by_id = self.by_id
        assert order_id not in by_id, "an order rests twice"
        by_id[order_id] = order = RestingOrder()
        order.order_id = order_id
        order.leaves = leaves
        order.group = group
        order.priority = priority
        order.level = level
        order.newer = None
        order.older = newest = level.newest
        if newest is None:
            level.oldest = order
        else:
            newest.newer = order
        level.newest = order

    def cancel(self, order_id: OrderId) -> int:
        """Take an order out of the book; returns the tonnes it still had. ``KeyError`` if it is not in the book."""
        order = self.by_id.pop(order_id)
        level = order.level
        older = order.older
        newer = order.newer
        if older is None:
            level.oldest = newer
        else:
            older.newer = newer
        if newer is None:
            level.newest = older
        else:
            newer.older = older
        if level.oldest is None:
            (self.bids if level.side is _BUY else self.asks).remove_level(level)
        return order.leaves

    def reduce(self, order_id: OrderId, new_leaves: Tonnes) -> None:
        """Take tonnes off an order without touching its place in the queue; 0 < ``new_leaves`` < its leaves."""
        order = self.by_id[order_id]
        assert 0 < new_leaves < order.leaves, "a reduction must leave less than before, and something"
        order.leaves = new_leaves

    # --- reading -----------------------------------------------------------------------------------------------------

    def best(self, side: Side) -> Price | None:
        """The price that trades first on a side, None when nothing rests there."""
        level = (self.bids if side is _BUY else self.asks).best
        return None if level is None else level.price

    def depth(self, side: Side, levels: int) -> list[tuple[Price, Tonnes, int]]:
        """The best ``levels`` price levels of a side as (price, tonnes, number of orders), best first.

        Every order of these levels is looked at.
        """
        own = self.bids if side is _BUY else self.asks
        return [(level.price, *_totals_of(level)) for level in islice(own, levels)]

    def orders(self, side: Side) -> Iterator[RestingOrder]:
        """Every order of a side in the order in which they would trade; the book may not change meanwhile.

        A book that is built again by resting its orders in this order behaves exactly like this one.
        """
        for level in self.bids if side is _BUY else self.asks:
            yield from queue_of(level)

    def orders_outside(self, side: Side, lowest: Price, highest: Price) -> Iterator[RestingOrder]:
        """Every order of a side below ``lowest`` or above ``highest``; the book may not change meanwhile.

        First those better than these prices, best first, then those worse, worst first: only levels outside are looked
        at, and one more at each end.
        """
        own, (worst, best) = (self.bids, (lowest, highest)) if side is _BUY else (self.asks, (-highest, -lowest))
        for level in takewhile(lambda level: level.rank > best, own):
            yield from queue_of(level)
        for level in takewhile(lambda level: level.rank < worst, reversed(own)):
            yield from queue_of(level)

    def get(self, order_id: OrderId) -> RestingOrder:
        """The record of a resting order, to be read only. ``KeyError`` if it is not in the book."""
        return self.by_id[order_id]

    def __contains__(self, order_id: object) -> bool:
        return order_id in self.by_id

    def __len__(self) -> int:
        """How many orders rest on both sides."""
        return len(self.by_id)

    # --- checking ----------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        """Assert everything that this module promises about its own data; takes time in proportion to the book."""
        resting = 0
        for own in (self.bids, self.asks):
            own.validate()
            for level in own:
                _validate_level(level)
                resting += _totals_of(level)[1]
        assert resting == len(self.by_id), "the index and the levels hold different numbers of orders"
        for order_id, order in self.by_id.items():
            assert order.order_id == order_id, "an order is filed under another id"
        assert not self.is_crossed(), "the book is crossed"

    def is_crossed(self) -> bool:
        """Whether the best bid and the best offer could trade, which they never can between two commands."""
        bid, ask = self.bids.best, self.asks.best
        return bid is not None and ask is not None and bid.price >= ask.price


def queue_of(level: PriceLevel) -> Iterator[RestingOrder]:
    """The orders of a level from the oldest to the newest."""
    order = level.oldest
    while order is not None:
        yield order
        order = order.newer


def _totals_of(level: PriceLevel) -> tuple[Tonnes, int]:
    """The tonnes and the number of orders of a level."""
    leaves = [order.leaves for order in queue_of(level)]
    return Tonnes(sum(leaves)), len(leaves)


def _validate_level(level: PriceLevel) -> None:
    """Assert that a level's links run both ways and its priorities grow."""
    queue = list(queue_of(level))
    assert queue and level.newest is queue[-1], "a level does not end with its newest order"
    assert [order.older for order in queue] == [None, *queue[:-1]], "the queue runs differently backwards"
    assert all(order.level is level and order.leaves > 0 for order in queue), "an order that does not belong here"
    priorities = [order.priority for order in queue]
    assert all(first < second for first, second in pairwise(priorities)), "not in time order"
