"""A price-time order book."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from exchange.core.values import OrderId, OwnerGroupId, Price, Seq, Side, Tonnes


class RestingOrder:
    __slots__ = ("group", "leaves", "order_id", "price", "priority", "side")

    def __init__(self, order_id: OrderId, side: Side, price: Price, leaves: Tonnes, group: OwnerGroupId, priority: Seq) -> None:
        self.order_id, self.side, self.price, self.leaves, self.group, self.priority = order_id, side, price, leaves, group, priority


class OrderBook:
    def __init__(self) -> None:
        self.index: dict[OrderId, RestingOrder] = {}
        self.levels: dict[Side, dict[Price, dict[OrderId, RestingOrder]]] = {Side.BUY: {}, Side.SELL: {}}
        self.prices: dict[Side, list[int]] = {Side.BUY: [], Side.SELL: []}

    def rest(self, order_id: OrderId, side: Side, price: Price, leaves: Tonnes, group: OwnerGroupId, priority: Seq) -> None:
        order = RestingOrder(order_id, side, price, leaves, group, priority)
        self.index[order_id] = order
        levels = self.levels[side]
        if price not in levels:
            levels[price] = {}
            insort(self.prices[side], price if side is Side.BUY else -price)
        levels[price][order_id] = order

    def cancel(self, order_id: OrderId) -> Tonnes:
        order = self.index.pop(order_id)
        level = self.levels[order.side][order.price]
        del level[order_id]
        if not level:
            del self.levels[order.side][order.price]
            prices = self.prices[order.side]
            key = order.price if order.side is Side.BUY else -order.price
            del prices[bisect_left(prices, key)]
        return order.leaves

    def reduce(self, order_id: OrderId, new_leaves: Tonnes) -> None:
        order = self.index[order_id]
        assert 0 < new_leaves < order.leaves
        order.leaves = new_leaves

    def best(self, side: Side) -> Price | None:
        prices = self.prices[side]
        return Price(abs(prices[-1])) if prices else None

    def depth(self, side: Side, levels: int) -> list[tuple[Price, Tonnes, int]]:
        found = []
        for key in reversed(self.prices[side][-levels:] if levels else []):
            level = self.levels[side][Price(abs(key))]
            found.append((Price(abs(key)), Tonnes(sum(o.leaves for o in level.values())), len(level)))
        return found

    def orders(self, side: Side) -> Iterator[RestingOrder]:
        for key in reversed(self.prices[side]):
            yield from self.levels[side][Price(abs(key))].values()

    def __contains__(self, order_id: object) -> bool:
        return order_id in self.index

    def __len__(self) -> int:
        return len(self.index)

    def get(self, order_id: OrderId) -> RestingOrder:
        return self.index[order_id]

    def validate(self) -> None:
        bid, offer = self.best(Side.BUY), self.best(Side.SELL)
        assert bid is None or offer is None or bid < offer
