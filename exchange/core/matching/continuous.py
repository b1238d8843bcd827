"""Continuous trading: an incoming order executes at once against the orders that rest, best price first, then oldest.

Every execution is at the resting order's price, so that an incoming order never trades beyond its limit and often on
the better side of it. A market order comes here as a limit order at its protection price.

Self-trade prevention. Two orders of one owner group never trade with each other, whichever of the group's participants
sent them. When an incoming order meets one of its own group, its own instruction decides:

=============  ==================  ==========================================
instruction    the resting order   the incoming order
=============  ==================  ==========================================
CANCEL_NEWEST  stays               ends: what is left of it is cancelled
CANCEL_OLDEST  is cancelled        goes on
CANCEL_BOTH    is cancelled        ends: what is left of it is cancelled
=============  ==================  ==========================================

What traded before they met stands. They meet when the resting order's turn comes and something is left of the incoming
one; own orders further back are not touched.

Whether an order takes too much from the book, fill-or-kill and post-only are questions asked beforehand,
:func:`left_over` and :func:`would_take`; they change nothing, and neither looks at more orders than it is told to.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from exchange.core.matching.book import OrderBook
from exchange.core.matching.order import Fill, MatchOutcome, PriceLevel
from exchange.core.values import OrderId, OwnerGroupId, Price, SelfTradePrevention, Side, Tonnes

_BUY: Final = Side.BUY
_CANCEL_NEWEST: Final = SelfTradePrevention.CANCEL_NEWEST
_CANCEL_OLDEST: Final = SelfTradePrevention.CANCEL_OLDEST

TOO_MANY: Final = -1
"""Said instead of a quantity when an order takes more orders from the book than it may."""


def match(
    book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
) -> MatchOutcome:
    """Execute an incoming order against the book, as far as its limit, its quantity and its owner group allow.

    The order itself is not put into the book: what is left of it rests or ends, as the caller decides.
    """
    opposite, worst_rank = (book.asks, -limit_price) if side is _BUY else (book.bids, limit_price)
    level = opposite.best
    if level is None or level.rank < worst_rank:
        return (), (), quantity, False
    fills: list[Fill] = []
    prevented: list[OrderId] = []
    by_id = book.by_id
    leaves: int = quantity
    while leaves and level is not None and level.rank >= worst_rank:
        order = level.oldest
        assert order is not None, "a level without orders is in the book"
        if order.group == group:
            if stp is not _CANCEL_NEWEST:
                prevented.append(order.order_id)
                book.cancel(order.order_id)
            if stp is not _CANCEL_OLDEST:
                return fills, prevented, leaves, True
            level = opposite.best
            continue
        available = order.leaves
        if available > leaves:  # the resting order keeps its place with what is left of it
            order.leaves = available - leaves
            fills.append((order.order_id, level.price, leaves, available - leaves))
            return fills, prevented, 0, False
        # All of the resting order trades, and the next in its queue is the oldest from now on.
        fills.append((order.order_id, level.price, available, 0))
        leaves -= available
        del by_id[order.order_id]
        level.oldest = newer = order.newer
        if newer is not None:
            newer.older = None
        else:
            opposite.remove_level(level)
            level = opposite.best
    return fills, prevented, leaves, False


def left_over(
    book: OrderBook,
    side: Side,
    limit_price: Price,
    quantity: Tonnes,
    group: OwnerGroupId,
    stp: SelfTradePrevention,
    most: int,
) -> int:
    """What :func:`match` would leave of an incoming order, in tonnes; 0 is what a fill-or-kill order needs.

    :data:`TOO_MANY` when it would take more than ``most`` orders from the book, whole or in part: those that it trades
    with and those of its own group that it cancels on its way. One that only stops it stays and is not counted. No more
    than ``most + 1`` orders are looked at, whatever the quantity.
    """
    missing: int = quantity
    met = 0
    for level in _levels_within(book, side, limit_price):
        order = level.oldest
        while order is not None:
            own = order.group == group
            if own and stp is _CANCEL_NEWEST:
                return missing
            if met == most:
                return TOO_MANY
            met += 1
            if own:
                if stp is not _CANCEL_OLDEST:
                    return missing
            elif order.leaves >= missing:
                return 0
            else:
                missing -= order.leaves
            order = order.newer
    return missing


def fills_of(
    book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
) -> Iterator[tuple[OrderId, int]]:
    """Which resting orders :func:`match` would fill, and by how many tonnes each; the book may not change meanwhile."""
    missing: int = quantity
    for level in _levels_within(book, side, limit_price):
        order = level.oldest
        while order is not None:
            if order.group == group:
                if stp is not _CANCEL_OLDEST:
                    return
            else:
                yield order.order_id, min(missing, order.leaves)
                missing -= order.leaves
                if missing <= 0:
                    return
            order = order.newer


def would_take(book: OrderBook, side: Side, limit_price: Price) -> bool:
    """Whether an order would meet any resting order, its own group's included: what a post-only order must not do."""
    if side is _BUY:
        best = book.asks.best
        return best is not None and best.price <= limit_price
    best = book.bids.best
    return best is not None and best.price >= limit_price


def _levels_within(book: OrderBook, side: Side, limit_price: Price) -> Iterator[PriceLevel]:
    """The levels that an incoming order would reach, best first."""
    opposite, worst_rank = (book.asks, -limit_price) if side is _BUY else (book.bids, limit_price)
    return takewhile(lambda level: level.rank >= worst_rank, opposite)
