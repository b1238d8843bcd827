"""An order with everything that the book does not need to know: whose it is, what it holds, what it has paid."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import Final, TypeAlias

from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    KeyId,
    LotId,
    OrderId,
    OwnerGroupId,
    ParticipantId,
    Ppm,
    Price,
    SelfTradePrevention,
    Seq,
    Side,
    Sides,
    Tonnes,
)

_NO_ORDER: Final = OrderId(0)
_BUY: Final = Side.BUY

Shelf: TypeAlias = dict[OrderId, None]
"""Some open orders as an ordered set: the ids in the order in which they came in, which is the order of the ids."""


@dataclass(slots=True)
class LotHold:
    """Tonnes of one lot that a sell order holds; their serials are chosen at the trade."""

    lot: LotId
    quantity: Tonnes


@dataclass(slots=True)
class Order:
    """An open order. Always ``quantity == cumulative + leaves``; ``value`` is what ``cumulative`` cost in all.

    ``fee_rate`` is the rate at acceptance, which the hold was made for; ``fee`` what has been charged so far.
    ``cash_held`` (buy) and ``lots_held`` (sell) are exactly what the leaves need. ``lots_named`` are the lots that the
    seller named, in that order; empty when the rule picks. No other lot ever covers the order, however it is amended.
    ``key`` is the API key that it was entered with; whoever amends it later, that key's switch cancels it.
    """

    order: OrderId
    participant: ParticipantId
    group: OwnerGroupId
    instrument: InstrumentId
    client_order_id: str
    side: Side
    kind: OrderKind
    time_in_force: TimeInForce
    price: Price
    quantity: Tonnes
    leaves: Tonnes
    cumulative: Tonnes
    value: Fen
    fee_rate: Ppm
    fee: Fen
    post_only: bool
    self_trade_prevention: SelfTradePrevention
    good_til: Day
    priority: Seq
    cash_held: Fen
    lots_held: list[LotHold]
    lots_named: tuple[LotId, ...]
    key: KeyId


@dataclass(slots=True)
class KeyOrders:
    """The open orders that were entered with one key, by side and instrument."""

    buys: dict[InstrumentId, Shelf] = field(default_factory=dict)
    sells: dict[InstrumentId, Shelf] = field(default_factory=dict)

    def oldest_first(self, instrument: InstrumentId, sides: Sides) -> Iterator[OrderId]:
        """Those in one instrument or (0) in all, of one side or both."""
        books = [self.buys] if sides is Sides.BUY else [self.sells] if sides is Sides.SELL else [self.buys, self.sells]
        if instrument:
            return merge(*(shelves.get(instrument, ()) for shelves in books))
        return merge(*(shelf for shelves in books for shelf in shelves.values()))


@dataclass(slots=True)
class OwnOrders:
    """How many open orders a participant has, and which they are by the key that they were entered with."""

    count: int = 0
    by_key: dict[KeyId, KeyOrders] = field(default_factory=dict)


@dataclass(slots=True)
class OpenOrders:
    """Every open order, and the ways in which they are found. A filled or cancelled order leaves all of them.

    ``own`` has them by participant, key, side and instrument, so that a mass command finds those that it ends without a
    look at others. An order stands in one place there: that is cheaper than an index of each kind.
    ``client_ids`` has by participant the names of its orders: dictionaries of texts and numbers, which the garbage
    collector never walks. With one for all, its keys tuples, it would walk a million of them after a start.
    ``expiring`` lists by day the orders that end with it, ``last_days`` those days from the first to the last.
    """

    by_id: dict[OrderId, Order] = field(default_factory=dict)
    own: dict[ParticipantId, OwnOrders] = field(default_factory=dict)
    client_ids: dict[ParticipantId, dict[str, OrderId]] = field(default_factory=dict)
    expiring: dict[Day, Shelf] = field(default_factory=dict)
    last_days: list[Day] = field(default_factory=list)

    def add(self, order: Order) -> None:
        """Enter a new order everywhere. Written out: every order comes along here, at a start a million of them."""
        number, owner = order.order, order.participant
        self.by_id[number] = order
        own = self.own.get(owner)
        if own is None:
            own = self.own[owner] = OwnOrders()
        own.count += 1
        entered = own.by_key.get(order.key)
        if entered is None:
            entered = own.by_key[order.key] = KeyOrders()
        shelves = entered.buys if order.side is _BUY else entered.sells
        shelf = shelves.get(order.instrument)
        if shelf is None:
            shelf = shelves[order.instrument] = {}
        shelf[number] = None
        if order.client_order_id:
            names = self.client_ids.get(owner)
            if names is None:
                names = self.client_ids[owner] = {}
            names[order.client_order_id] = number
        if order.good_til:
            same_day = self.expiring.get(order.good_til)
            if same_day is None:
                same_day = self.expiring[order.good_til] = {}
                insort(self.last_days, order.good_til)
            same_day[number] = None

    def remove(self, order: Order) -> None:
        """Take an order out everywhere, leaving no empty shelf behind."""
        number, owner = order.order, order.participant
        del self.by_id[number]
        own = self.own[owner]
        own.count -= 1
        entered = own.by_key[order.key]
        shelves = entered.buys if order.side is _BUY else entered.sells
        shelf = shelves[order.instrument]
        del shelf[number]
        if not shelf:
            del shelves[order.instrument]
            self._tidy(order)
        if order.client_order_id:
            names = self.client_ids[owner]
            del names[order.client_order_id]
            if not names:
                del self.client_ids[owner]
        if order.good_til:
            same_day = self.expiring[order.good_til]
            del same_day[number]
            if not same_day:
                del self.expiring[order.good_til]
                del self.last_days[bisect_left(self.last_days, order.good_til)]

    def _tidy(self, order: Order) -> None:
        """Forget the key and the participant of an order that was the last one of theirs."""
        own = self.own[order.participant]
        entered = own.by_key[order.key]
        if not entered.buys and not entered.sells:
            del own.by_key[order.key]
        if not own.count:
            del self.own[order.participant]

    def named(self, participant: ParticipantId, name: str) -> OrderId:
        """The open order that a participant has given this name; 0 for none."""
        names = self.client_ids.get(participant)
        return _NO_ORDER if names is None else names.get(name, _NO_ORDER)

    def count(self, participant: ParticipantId) -> int:
        """How many open orders a participant has."""
        own = self.own.get(participant)
        return 0 if own is None else own.count
