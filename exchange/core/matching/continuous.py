"""Continuous price-time matching."""

from __future__ import annotations

from typing import NamedTuple

from exchange.core.matching.book import OrderBook
from exchange.core.values import OrderId, OwnerGroupId, Price, SelfTradePrevention, Side, Tonnes


class Fill(NamedTuple):
    order_id: OrderId
    price: Price
    quantity: Tonnes
    resting_leaves: Tonnes


class MatchOutcome(NamedTuple):
    fills: list[Fill]
    prevented: list[OrderId]
    leaves: Tonnes
    stopped: bool


def _crosses(side: Side, limit: Price, price: Price) -> bool:
    return price <= limit if side is Side.BUY else price >= limit


def match(book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention) -> MatchOutcome:
    fills: list[Fill] = []
    prevented: list[OrderId] = []
    left = int(quantity)
    while left:
        best = book.best(side.opposite)
        if best is None or not _crosses(side, limit_price, best):
            break
        resting = next(iter(book.levels[side.opposite][best].values()))
        if resting.group == group:
            if stp is not SelfTradePrevention.CANCEL_NEWEST:
                book.cancel(resting.order_id)
                prevented.append(resting.order_id)
            if stp is not SelfTradePrevention.CANCEL_OLDEST:
                return MatchOutcome(fills, prevented, Tonnes(left), True)
            continue
        size = min(left, resting.leaves)
        left -= size
        resting.leaves = Tonnes(resting.leaves - size)
        fills.append(Fill(resting.order_id, best, Tonnes(size), resting.leaves))
        if not resting.leaves:
            book.cancel(resting.order_id)
    return MatchOutcome(fills, prevented, Tonnes(left), False)


def fillable(book: OrderBook, side: Side, limit_price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention) -> bool:
    left = int(quantity)
    for resting in book.orders(side.opposite):
        if not _crosses(side, limit_price, resting.price):
            break
        if resting.group == group:
            if stp is not SelfTradePrevention.CANCEL_OLDEST:
                return False
            continue
        left -= resting.leaves
        if left <= 0:
            return True
    return False


def would_take(book: OrderBook, side: Side, limit_price: Price) -> bool:
    best = book.best(side.opposite)
    return best is not None and _crosses(side, limit_price, best)
