"""The records of the matching engine: a resting order, its price level, a fill, and what a match gives back.

Orders and levels are slotted classes without constructors: to create one and fill its slots costs less than half of a
call of ``__init__``. Each kind is created in one place only, which fills every slot: orders in :meth:`OrderBook.rest`,
levels in :meth:`BookSide.add_level`. Nobody outside this package changes one. Fills and outcomes are plain tuples,
which cost a third of even that: a fill is taken apart as soon as it is given.
"""

from __future__ import annotations

from collections.abc import Sequence

from exchange.core.values import OrderId, OwnerGroupId, Price, Seq, Side


class RestingOrder:
    """The book's own record of an order that waits in it; at the same time a link of its level's queue.

    ``leaves`` (tonnes, > 0) is what can still trade; ``priority`` is the seq of the command that gave the order its
    place in the queue. ``older`` and ``newer`` are the neighbours in the queue, None at its ends.
    """

    __slots__ = ("group", "leaves", "level", "newer", "older", "order_id", "priority")

    order_id: OrderId
    leaves: int
    group: OwnerGroupId
    priority: Seq
    level: PriceLevel
    older: RestingOrder | None
    newer: RestingOrder | None

    @property
    def side(self) -> Side:
        """Which way the order trades."""
        return self.level.side

    @property
    def price(self) -> Price:
        """The limit price, in fen a tonne."""
        return self.level.price

    def __repr__(self) -> str:
        """The order as a trader would read it."""
        return f"<{self.side.name} {self.leaves} t at {self.price}, order {self.order_id}>"


class PriceLevel:
    """All orders of one side at one price: a queue from ``oldest`` to ``newest``, never empty while it is in the book.

    ``rank`` is the price with the sign that makes a better level the greater one: the price itself for buys, minus the
    price for sells.
    """

    __slots__ = ("newest", "oldest", "price", "rank", "side")

    side: Side
    price: Price
    rank: int
    oldest: RestingOrder | None
    newest: RestingOrder | None


Fill = tuple[OrderId, Price, int, int]
"""One execution of an incoming order against one resting order: the resting order's id and limit price (fen a tonne),
what was traded, and what is left of the resting order after it (tonnes; at 0 it has left the book).
"""

MatchOutcome = tuple[Sequence[Fill], Sequence[OrderId], int, bool]
"""What became of an incoming order: fills, prevented, leaves, stopped.

``fills``: its executions, in the order in which they happened; ``prevented``: ids of the resting orders that
self-trade prevention took out of the book, in that order; ``leaves``: what is left of the incoming order (tonnes);
``stopped``: self-trade prevention ended it, so that its leaves are to be cancelled and may not rest.
"""
