"""The mixed stream of commands on which matching engines are compared: the same tuples for every engine, from a seed.

One command in ten is marketable, three in ten cancel an order that is live at that moment, and six in ten are limit
orders around a reference price that walks at random (a share of them meets the other side too, as the walk overtakes
older orders). To cancel only live orders the generator must know which ones are: it carries a small price-time book of
its own (:class:`_LiveOrders`, two heaps), which shares nothing with the engine under test, so the number of trades that
it counts is a check of the engine as well.

The stream depends on the seed and the arguments alone: it draws from ``random.Random.random``, the one method whose
sequence Python promises to keep. Buyers and sellers are different owner groups, so that self-trade prevention never
acts and engines without it see the same market. Prices are in fen a tonne, quantities in tonnes.

>>> stream = MixedStream(seed=7, commands=4)
>>> [command[:4] for command in stream]
[(1, 1, 2, 1000002), (1, 2, 1, 999990), (2, 1, 0, 0), (2, 2, 0, 0)]
>>> stream.trades
0
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random
from typing import Final

Command = tuple[int, int, int, int, int, int]
"""``(kind, order id, side, price, quantity, owner group)``; a cancel has zeros after the order id."""

ADD: Final = 1
CANCEL: Final = 2
BUY: Final = 1
SELL: Final = 2

START_PRICE: Final = 1_000_000
GROUPS: Final = 1_000
_ADD_SHARE: Final = 0.6
_CANCEL_SHARE: Final = 0.3
_STEP_SHARE: Final = 0.1
_WIDTH: Final = 20
_LARGEST_ADD: Final = 100
_LARGEST_TAKE: Final = 240
_ROAM: Final = 50


class MixedStream:
    """``resting`` orders that build a book, then ``commands`` mixed commands; iterate once.

    The orders that build the book lie evenly on ``levels`` price levels, half of them below the start price (buys) and
    half above (sells). ``trades`` counts the trades that a price-time engine makes of what has been yielded so far, and
    ``len(stream.live)`` the orders that then rest.
    """

    def __init__(self, seed: int, commands: int, resting: int = 0, levels: int = 2_000) -> None:
        assert 2 <= levels <= START_PRICE
        self._uniform = Random(seed).random
        self._commands = commands
        self._resting = resting
        self._depth = levels // 2
        self._reference = START_PRICE
        self._last_id = 0
        self.live = _LiveOrders()

    @property
    def trades(self) -> int:
        """Trades of the commands yielded so far."""
        return self.live.trades

    def __iter__(self) -> Iterator[Command]:
        """Yield the book's orders, then the mixed commands."""
        for _ in range(self._resting):
            yield self._add(self._side(), 1 + self._below(self._depth), _LARGEST_ADD)
        for _ in range(self._commands):
            self._walk()
            yield self._next()

    def _next(self) -> Command:
        drawn = self._uniform()
        if drawn < _ADD_SHARE:
            return self._add(self._side(), 1 + self._below(_WIDTH), _LARGEST_ADD)
        if drawn < _ADD_SHARE + _CANCEL_SHARE and len(self.live) > 0:
            return (CANCEL, self.live.cancel_at(self._below(len(self.live))), 0, 0, 0, 0)
        return self._add(self._side(), -_WIDTH, _LARGEST_TAKE)

    def _add(self, side: int, distance: int, largest: int) -> Command:
        """A limit order ``distance`` ticks behind the reference price; if that is negative, beyond it."""
        self._last_id += 1
        price = self._reference - distance if side == BUY else self._reference + distance
        quantity = 1 + self._below(largest)
        group = 1 + self._below(GROUPS) + (GROUPS if side == SELL else 0)
        self.live.enter(self._last_id, side, price, quantity)
        return (ADD, self._last_id, side, price, quantity, group)

    def _walk(self) -> None:
        """Now and then step a tick up or down, at most ``_ROAM`` away, so that a deep book is not eaten through."""
        drawn = self._uniform()
        if drawn < _STEP_SHARE:
            moved = self._reference + (1 if drawn < _STEP_SHARE / 2 else -1)
            if abs(moved - START_PRICE) <= _ROAM:
                self._reference = moved

    def _side(self) -> int:
        return BUY if self._uniform() < 0.5 else SELL

    def _below(self, bound: int) -> int:
        return int(self._uniform() * bound)


class _LiveOrders:
    """The least price-time book there can be: two heaps of orders, best and oldest first, and what is left of each.

    A cancelled order stays in its heap until it comes to the top. Ids grow with time, so they break ties of price.
    """

    def __init__(self) -> None:
        self.trades = 0
        self._heaps: dict[int, list[tuple[int, int]]] = {BUY: [], SELL: []}
        self._leaves: dict[int, int] = {}
        self._ids: list[int] = []
        self._position: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def enter(self, order_id: int, side: int, price: int, quantity: int) -> None:
        """Match an order and keep what is left of it; a key is the price with a sign that makes the best one least."""
        own, opposite, own_key = (BUY, SELL, -price) if side == BUY else (SELL, BUY, price)
        heap = self._heaps[opposite]
        while quantity > 0 and heap and heap[0][0] <= -own_key:
            quantity = self._meet(heap, quantity)
        if quantity > 0:
            heappush(self._heaps[own], (own_key, order_id))
            self._leaves[order_id] = quantity
            self._position[order_id] = len(self._ids)
            self._ids.append(order_id)

    def cancel_at(self, position: int) -> int:
        """Cancel the order at a position of the list of live orders; returns its id."""
        order_id = self._ids[position]
        self._forget(order_id)
        return order_id

    def _meet(self, heap: list[tuple[int, int]], quantity: int) -> int:
        """Meet the order on top of a heap; returns what is left of ``quantity``."""
        resting_id = heap[0][1]
        leaves = self._leaves.get(resting_id, 0)
        if leaves > quantity:
            self._leaves[resting_id] = leaves - quantity
            self.trades += 1
            return 0
        heappop(heap)
        if leaves > 0:
            self._forget(resting_id)
            self.trades += 1
        return quantity - leaves

    def _forget(self, order_id: int) -> None:
        """Take an order out, its place in the list going to the last one."""
        del self._leaves[order_id]
        position = self._position.pop(order_id)
        last = self._ids.pop()
        if last != order_id:
            self._ids[position] = last
            self._position[last] = position
