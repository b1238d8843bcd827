"""Books by price, kept from events, and told as changes that can be merged without losing anything.

A level is what rests at one price: tonnes and number of orders. A change names a level with its new size, not with the
difference, and size 0 means that the level is gone; so the changes of any number of entries are merged by keeping the
last size of each price. That is what :meth:`DepthBook.delta` does: it tells what changed since it was asked last. Who
asks after every entry gets the change of every entry; who asks twenty times a second gets them merged. A level that
changed and changed back in between is not told, and when nothing is left to tell there is no delta at all.

**How a local book is kept.** Take a snapshot, then each delta whose ``prev_seq`` is the ``seq`` that the local book
stands at: put every named level at its size (0: take it away), and stand at the delta's ``last_seq``.

**Checksum.** Snapshots and deltas carry a checksum of the book after them, so that the local copy can be proved:

1. take the best ten levels of the bids, highest price first (fewer when there are fewer);
2. write each as ``price:quantity:orders``, the price in CNY with exactly two decimals and no leading zeros ("30.00",
   "0.05"), quantity and orders as plain decimal integers, and join them with commas;
3. the same for the asks, lowest price first;
4. join both with a vertical bar, the bids in front; an empty side is an empty text, an empty book is ``|``;
5. the checksum is the CRC-32 of these ASCII bytes (ISO 3309, as in zlib and gzip), an unsigned 32-bit integer.

``30.00:500:2,29.99:20:1|30.01:4:1`` has the checksum 2775990470.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple
from zlib import crc32

from exchange.core.events.orders import OrderCancelled, OrderReduced, OrderReplaced, OrderRested, Traded
from exchange.core.values import OrderId, Seq, Side, Tonnes
from exchange.marketdata.texts import money_text

CHECKED_LEVELS: Final = 10
"""How many levels of each side the checksum covers."""

_BUY: Final = Side.BUY


class PriceLevel(NamedTuple):
    """One price of one side: fen a tonne, tonnes, number of orders (both 0 in a delta: the level is gone)."""

    price: int
    quantity: int
    orders: int


@dataclass(slots=True)
class Delta:
    """What changed in a book from after ``prev_seq`` to ``last_seq``: changed levels with their new sizes, best first.

    ``first_seq`` is the first entry that changed the book in between. ``checksum`` is of the book after the delta.
    """

    first_seq: Seq
    last_seq: Seq
    prev_seq: Seq
    bids: list[PriceLevel]
    asks: list[PriceLevel]
    checksum: int


@dataclass(slots=True)
class Snapshot:
    """A whole book after entry ``seq``, best prices first."""

    seq: Seq
    bids: list[PriceLevel]
    asks: list[PriceLevel]
    checksum: int


def checksum(bids: Iterable[PriceLevel], asks: Iterable[PriceLevel]) -> int:
    """The CRC-32 of a book whose levels are given best first (how: see the module's text)."""
    return crc32(f"{_checked_text(bids)}|{_checked_text(asks)}".encode())


def _checked_text(levels: Iterable[PriceLevel]) -> str:
    best = islice(levels, CHECKED_LEVELS)
    return ",".join(f"{money_text(price)}:{quantity}:{orders}" for price, quantity, orders in best)


@dataclass(slots=True)
class _Level:
    """A level as it is now."""

    quantity: int
    orders: int


class HalfBook:
    """One side: the levels as they are, and as they were when they were last told.

    Only what was told is sorted, so an order costs a look into a dictionary, and sorting is paid once a delta.
    """

    __slots__ = ("_ladder", "_levels", "_sign", "_told", "_touched")

    def __init__(self, side: Side) -> None:
        """An empty side."""
        self._sign = -1 if side is _BUY else 1
        self._levels: dict[int, _Level] = {}
        self._touched: set[int] = set()
        self._told: dict[int, PriceLevel] = {}
        self._ladder: list[int] = []

    def add(self, price: int, quantity: int) -> None:
        """An order came to rest."""
        level = self._levels.get(price)
        if level is None:
            self._levels[price] = _Level(quantity, 1)
        else:
            level.quantity += quantity
            level.orders += 1
        self._touched.add(price)

    def restore(self, levels: Iterable[PriceLevel]) -> None:
        """What rested before this side began to follow; none of it is told yet."""
        for price, quantity, orders in levels:
            self._levels[price] = _Level(quantity, orders)
            self._touched.add(price)

    def take(self, price: int, quantity: int, whole_order: bool) -> None:
        """``quantity`` left a level: filled, reduced, or with its order. An empty level is no level."""
        level = self._levels[price]
        level.quantity -= quantity
        if whole_order:
            level.orders -= 1
            if not level.orders:
                assert not level.quantity, f"tonnes without an order at {price}"
                del self._levels[price]
        self._touched.add(price)

    def tell(self) -> list[PriceLevel]:
        """The levels that are not as they were last told, best first; from now on they are."""
        sign = self._sign
        changed = [self._tell_level(price) for price in sorted(self._touched, key=lambda price: sign * price)]
        self._touched.clear()
        return [level for level in changed if level is not None]

    def _tell_level(self, price: int) -> PriceLevel | None:
        level, before = self._levels.get(price), self._told.get(price)
        if level is None:
            if before is None:
                return None
            del self._told[price]
            del self._ladder[bisect_left(self._ladder, self._sign * price)]
            return PriceLevel(price, 0, 0)
        now = PriceLevel(price, level.quantity, level.orders)
        if now == before:
            return None
        self._told[price] = now
        if before is None:
            insort(self._ladder, self._sign * price)
        return now

    def best(self, most: int | None = None) -> list[PriceLevel]:
        """The first ``most`` levels as last told, best first; all of them when no number is given."""
        told, sign = self._told, self._sign
        return [told[sign * rank] for rank in self._ladder[:most]]


class DepthBook:
    """One instrument's book; ``seq`` is the entry that it was last told up to."""

    __slots__ = ("_first_seq", "_last_seq", "_leaves", "asks", "bids", "seq")

    def __init__(self, seq: Seq, leaves: dict[OrderId, Tonnes] | None = None) -> None:
        """An empty book that begins after entry ``seq``; ``leaves``, which books may share, tells what rests already
        of each order, and is kept up to date from now on.
        """
        self.bids = HalfBook(Side.BUY)
        self.asks = HalfBook(Side.SELL)
        self.seq = seq
        self._leaves: dict[OrderId, Tonnes] = {} if leaves is None else leaves
        self._first_seq = Seq(0)
        self._last_seq = seq

    def restore(self, bids: Iterable[PriceLevel], asks: Iterable[PriceLevel]) -> None:
        """What rested before this book began to follow, of orders that it was made with; :meth:`delta` tells it."""
        self.bids.restore(bids)
        self.asks.restore(asks)

    def _half(self, side: Side) -> HalfBook:
        return self.bids if side is _BUY else self.asks

    def _mark(self, seq: Seq) -> None:
        if not self._first_seq:
            self._first_seq = seq
        self._last_seq = seq

    def on_rested(self, event: OrderRested, seq: Seq) -> None:
        """What is left of an order entered the book."""
        half = self.bids if event.side is _BUY else self.asks
        half.add(event.price, event.leaves)
        self._leaves[event.order] = event.leaves
        self._mark(seq)

    def on_reduced(self, event: OrderReduced, seq: Seq) -> None:
        """A resting order became smaller in its place; the event tells what is left, not what went."""
        gone = self._leaves[event.order] - event.leaves
        self._leaves[event.order] = event.leaves
        self._half(event.side).take(event.price, gone, False)
        self._mark(seq)

    def on_replaced(self, event: OrderReplaced, seq: Seq) -> None:
        """An order left its place to come in again; an :class:`OrderRested` or its end follows."""
        del self._leaves[event.order]
        self._half(event.side).take(event.old_price, event.old_leaves, True)
        self._mark(seq)

    def on_cancelled(self, event: OrderCancelled, seq: Seq) -> None:
        """An order ended with something left; what never rested does not concern the book."""
        if event.was_resting:
            del self._leaves[event.order]
            half = self.bids if event.side is _BUY else self.asks
            half.take(event.price, event.leaves, True)
            self._mark(seq)

    def on_traded(self, event: Traded, seq: Seq) -> None:
        """The resting order of a trade lost as much as was traded; the incoming one is not in the book."""
        if event.aggressor is _BUY:
            half, order, left = self.asks, event.sell_order, event.sell_leaves
        else:
            half, order, left = self.bids, event.buy_order, event.buy_leaves
        half.take(event.price, event.quantity, not left)
        if left:
            self._leaves[order] = left
        else:
            del self._leaves[order]
        self._mark(seq)

    def delta(self) -> Delta | None:
        """What changed since this was asked last, merged; None when nothing did or it all changed back."""
        bids, asks = self.bids.tell(), self.asks.tell()
        first, self._first_seq = self._first_seq, Seq(0)
        if not (bids or asks):
            return None
        before, self.seq = self.seq, self._last_seq
        return Delta(first, self.seq, before, bids, asks, self.checksum())

    def snapshot(self) -> Snapshot:
        """The whole book as it was last told."""
        return Snapshot(self.seq, self.bids.best(), self.asks.best(), self.checksum())

    def checksum(self) -> int:
        """The checksum of the book as it was last told."""
        return checksum(self.bids.best(CHECKED_LEVELS), self.asks.best(CHECKED_LEVELS))
