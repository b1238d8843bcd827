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

Fill-or-kill and post-only are questions asked beforehand, :func:`fillable` and :func:`would_take`; they change nothing.
Known limit: the first looks at every level that the limit price reaches until the totals suffice, so that a huge
fill-or-kill order over a hundred thousand levels takes ten milliseconds or two to be refused. Price bands keep the
number of levels that an order can reach far below that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, takewhile
from typing import Final

from exchange.core.matching.book import OrderBook, queue_of
from exchange.core.matching.order import Fill, MatchOutcome, PriceLevel
from exchange.core.values import OwnerGroupId, Price, SelfTradePrevention, Side, Tonnes

_BUY: Final = Side.BUY
_CANCEL_NEWEST: Final = SelfTradePrevention.CANCEL_NEWEST
_CANCEL_OLDEST: Final = SelfTradePrevention.CANCEL_OLDEST


def match(
    book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
) -> MatchOutcome:
    """Execute an incoming order against the book, as far as its limit, its quantity and its owner group allow.

    The order itself is not put into the book: what is left of it rests or ends, as the caller decides.
    """
    outcome = MatchOutcome()
    outcome.leaves = quantity
    outcome.stopped = False
    if side is _BUY:
        opposite = book.asks
        worst_rank = -limit_price
    else:
        opposite = book.bids
        worst_rank = limit_price
    level = opposite.best
    if level is None or level.rank < worst_rank:
        outcome.fills = outcome.prevented = ()
        return outcome
    outcome.fills = fills = []
    outcome.prevented = prevented = []
    by_id = book.by_id
    leaves: int = quantity
    while leaves > 0:
        level = opposite.best
        if level is None or level.rank < worst_rank:
            break
        order = level.oldest
        assert order is not None, "a level without orders is in the book"
        if order.group == group:
            outcome.stopped = stp is not _CANCEL_OLDEST
            if stp is not _CANCEL_NEWEST:
                prevented.append(order.order_id)
                book.cancel(order.order_id)
            if outcome.stopped:
                break
            continue
        fill = Fill()
        fill.order_id = order.order_id
        fill.price = level.price
        fills.append(fill)
        available = order.leaves
        if available > leaves:  # the resting order keeps its place with what is left of it
            fill.quantity = leaves
            fill.resting_leaves = order.leaves = available - leaves
            level.quantity -= leaves
            leaves = 0
        else:  # all of the resting order trades, and the next in its queue is the oldest from now on
            fill.quantity = available
            fill.resting_leaves = 0
            leaves -= available
            del by_id[order.order_id]
            level.quantity -= available
            level.count -= 1
            level.oldest = newer = order.newer
            if newer is None:
                opposite.remove_level(level)
            else:
                newer.older = None
    outcome.leaves = leaves
    return outcome


def fillable(
    book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
) -> bool:
    """Whether :func:`match` would fill the whole quantity: the condition of a fill-or-kill order.

    Orders of the own group give nothing: under CANCEL_OLDEST they would be cancelled on the way, and otherwise the
    first of them would end the incoming order. The totals of the levels are added up first, so that a quantity which
    is not there at all is refused without a look at single orders.
    """
    missing: int = quantity
    for level in _levels_within(book, side, limit_price):
        missing -= level.quantity
        if missing <= 0:
            return _fillable_by_others(book, side, limit_price, quantity, group, stp)
    return False


def _fillable_by_others(
    book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
) -> bool:
    """The same question, answered order by order."""
    missing: int = quantity
    for order in chain.from_iterable(map(queue_of, _levels_within(book, side, limit_price))):
        if order.group != group:
            missing -= order.leaves
        elif stp is not _CANCEL_OLDEST:
            return False
        if missing <= 0:
            return True
    return False


def would_take(book: OrderBook, side: Side, limit_price: Price) -> bool:
    """Whether an order would meet any resting order, its own group's included: what a post-only order must not do."""
    return next(_levels_within(book, side, limit_price), None) is not None


def _levels_within(book: OrderBook, side: Side, limit_price: Price) -> Iterator[PriceLevel]:
    """The levels that an incoming order would reach, best first."""
    opposite, worst_rank = (book.asks, -limit_price) if side is _BUY else (book.bids, limit_price)
    return takewhile(lambda level: level.rank >= worst_rank, opposite)
