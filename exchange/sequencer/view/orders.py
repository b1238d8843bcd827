"""Open orders and the books that they stand in, price by price, as committed.

An order that is filled or cancelled leaves the view; the store keeps its history. A book level knows the sum and the
number of its orders only: who stands in which place is the matching engine's business, and nobody else's.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.events.orders import (
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    Traded,
)
from exchange.core.values import Fen, InstrumentId, Micros, OrderId, ParticipantId, Price, Seq, Side, Tonnes, notional
from exchange.sequencer.view.rows import OrderRow

_BUY: Final = Side.BUY
_NO_MONEY: Final = Fen(0)


@dataclass(slots=True)
class Level:
    """What rests at one price of one side: tonnes, and how many orders."""

    quantity: int = 0
    orders: int = 0


class HalfBook:
    """One side of a book: levels by price, and their prices in ascending order."""

    __slots__ = ("_levels", "_prices", "_side")

    def __init__(self, side: Side) -> None:
        """An empty side."""
        self._side = side
        self._levels: dict[int, Level] = {}
        self._prices: list[int] = []

    def add(self, price: int, quantity: int) -> None:
        """An order came to rest."""
        level = self._levels.get(price)
        if level is None:
            level = self._levels[price] = Level()
            insort(self._prices, price)
        level.quantity += quantity
        level.orders += 1

    def take(self, price: int, quantity: int, whole_order: bool) -> None:
        """``quantity`` left a level: filled, reduced, or with its order. An empty level is no level."""
        level = self._levels[price]
        level.quantity -= quantity
        level.orders -= whole_order
        if not level.orders:
            assert not level.quantity, f"tonnes without an order at {price}"
            del self._levels[price]
            del self._prices[bisect_left(self._prices, price)]

    def __len__(self) -> int:
        """How many levels there are."""
        return len(self._prices)

    def best_first(self, levels: int) -> Iterator[tuple[Price, Level]]:
        """The first ``levels`` levels from the best price on."""
        prices = self._prices[: -levels - 1 : -1] if self._side is Side.BUY else self._prices[:levels]
        for price in prices:
            yield Price(price), self._levels[price]


class DepthBook:
    """Both sides of one instrument's book."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        """An empty book."""
        self.bids = HalfBook(Side.BUY)
        self.asks = HalfBook(Side.SELL)

    def half(self, side: Side) -> HalfBook:
        """The side on which orders of this side rest."""
        return self.bids if side is _BUY else self.asks


@dataclass(slots=True)
class Orders:
    """Every open order by id, by participant and by the participant's own id, and every book by instrument."""

    by_id: dict[OrderId, OrderRow] = field(default_factory=dict)
    by_participant: dict[ParticipantId, dict[OrderId, OrderRow]] = field(default_factory=dict)
    client_ids: dict[ParticipantId, dict[str, OrderId]] = field(default_factory=dict)
    books: dict[InstrumentId, DepthBook] = field(default_factory=dict)

    def of(self, participant: ParticipantId) -> Iterator[OrderRow]:
        """A participant's open orders, oldest first."""
        return iter(self.by_participant.get(participant, {}).values())

    def book(self, instrument: InstrumentId) -> DepthBook:
        """The book of an instrument, made when it is first needed."""
        book = self.books.get(instrument)
        if book is None:
            book = self.books[instrument] = DepthBook()
        return book

    def _half(self, instrument: InstrumentId, side: Side) -> HalfBook:
        """Where orders of an instrument and side rest; in one call, as nearly every event asks."""
        book = self.books.get(instrument)
        if book is None:
            book = self.book(instrument)
        return book.bids if side is _BUY else book.asks

    def add(self, row: OrderRow) -> None:
        """Enter an order everywhere, in the book too if it rests."""
        terms = row.terms
        self.by_id[terms.order] = row
        mine = self.by_participant.get(terms.participant)
        if mine is None:
            mine = self.by_participant[terms.participant] = {}
        mine[terms.order] = row
        if terms.client_order_id:
            self.client_ids.setdefault(terms.participant, {})[terms.client_order_id] = terms.order
        if row.resting:
            self._half(terms.instrument, terms.side).add(row.price, row.leaves)

    def _remove(self, row: OrderRow) -> None:
        terms = row.terms
        del self.by_id[terms.order]
        mine = self.by_participant[terms.participant]
        del mine[terms.order]
        if not mine:
            del self.by_participant[terms.participant]
        if terms.client_order_id:
            names = self.client_ids[terms.participant]
            del names[terms.client_order_id]
            if not names:
                del self.client_ids[terms.participant]

    def on_accepted(self, event: OrderAccepted, seq: Seq, at: Micros) -> None:
        """An order is open; whether any of it will rest is told by a later event of the same command."""
        quantity = event.quantity
        self.add(OrderRow(event, event.price, quantity, quantity, _NO_MONEY, _NO_MONEY, False, seq, seq, at, seq, at))

    def on_rested(self, event: OrderRested, seq: Seq, at: Micros) -> None:
        """What is left of an order entered the book."""
        row = self.by_id[event.order]
        row.resting, row.price, row.leaves, row.priority = True, event.price, event.leaves, event.priority
        row.last_seq, row.last_at = seq, at
        self._half(event.instrument, event.side).add(event.price, event.leaves)

    def on_reduced(self, event: OrderReduced, seq: Seq, at: Micros) -> None:
        """A resting order became smaller in its place."""
        row = self.by_id[event.order]
        self._half(event.instrument, event.side).take(event.price, row.leaves - event.leaves, False)
        row.quantity, row.leaves = event.quantity, event.leaves
        row.last_seq, row.last_at = seq, at

    def on_replaced(self, event: OrderReplaced, seq: Seq, at: Micros) -> None:
        """An order left its place to come in again; an :class:`OrderRested` or its end follows."""
        row = self.by_id[event.order]
        self._half(event.instrument, event.side).take(event.old_price, event.old_leaves, True)
        row.price, row.quantity, row.leaves, row.resting = event.price, event.quantity, event.leaves, False
        row.last_seq, row.last_at = seq, at

    def on_cancelled(self, event: OrderCancelled, _seq: Seq, _at: Micros) -> None:
        """An order ended with something left."""
        if event.was_resting:
            self._half(event.instrument, event.side).take(event.price, event.leaves, True)
        self._remove(self.by_id[event.order])

    def on_traded(self, event: Traded, seq: Seq, at: Micros) -> None:
        """Both orders of a trade are filled further; the resting one leaves its level by as much."""
        self._fill(self.by_id[event.buy_order], event, event.buy_leaves, event.buy_fee, seq, at)
        self._fill(self.by_id[event.sell_order], event, event.sell_leaves, event.sell_fee, seq, at)

    def _fill(self, row: OrderRow, event: Traded, leaves: Tonnes, fee: Fen, seq: Seq, at: Micros) -> None:
        if row.resting:
            self._half(event.instrument, row.terms.side).take(row.price, event.quantity, not leaves)
        row.leaves = leaves
        row.value += notional(event.price, event.quantity)  # type: ignore[assignment]  # naming a unit would be a call
        row.fee += fee  # type: ignore[assignment]
        row.last_seq, row.last_at = seq, at
        if not leaves:
            self._remove(row)
