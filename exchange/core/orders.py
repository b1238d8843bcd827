"""An order with everything that the book does not need to know: whose it is, what it holds, what it has paid."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import Final

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
    Tonnes,
)

_NO_ORDER: Final = OrderId(0)


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
class OpenOrders:
    """Every open order, and the ways in which they are found. A filled or cancelled order leaves all of them.

    ``client_ids`` has by participant the names of its orders: dictionaries of texts and numbers, which the garbage
    collector never walks. With one for all, its keys tuples, it would walk a million of them after a start.
    ``expiring`` lists by day the orders that end with it, ``last_days`` those days from the first to the last;
    dictionaries serve as ordered sets.
    """

    by_id: dict[OrderId, Order] = field(default_factory=dict)
    by_participant: dict[ParticipantId, dict[OrderId, None]] = field(default_factory=dict)
    client_ids: dict[ParticipantId, dict[str, OrderId]] = field(default_factory=dict)
    expiring: dict[Day, dict[OrderId, None]] = field(default_factory=dict)
    last_days: list[Day] = field(default_factory=list)

    def add(self, order: Order) -> None:
        """Enter a new order everywhere."""
        self.by_id[order.order] = order
        mine = self.by_participant.get(order.participant)
        if mine is None:
            mine = self.by_participant[order.participant] = {}
        mine[order.order] = None
        if order.client_order_id:
            names = self.client_ids.get(order.participant)
            if names is None:
                names = self.client_ids[order.participant] = {}
            names[order.client_order_id] = order.order
        if order.good_til:
            same_day = self.expiring.get(order.good_til)
            if same_day is None:
                same_day = self.expiring[order.good_til] = {}
                insort(self.last_days, order.good_til)
            same_day[order.order] = None

    def remove(self, order: Order) -> None:
        """Take an order out everywhere, leaving no empty shelf behind (the state hash sees none)."""
        del self.by_id[order.order]
        mine = self.by_participant[order.participant]
        del mine[order.order]
        if not mine:
            del self.by_participant[order.participant]
        if order.client_order_id:
            names = self.client_ids[order.participant]
            del names[order.client_order_id]
            if not names:
                del self.client_ids[order.participant]
        if order.good_til:
            same_day = self.expiring[order.good_til]
            del same_day[order.order]
            if not same_day:
                del self.expiring[order.good_til]
                del self.last_days[bisect_left(self.last_days, order.good_til)]

    def named(self, participant: ParticipantId, name: str) -> OrderId:
        """The open order that a participant has given this name; 0 for none."""
        names = self.client_ids.get(participant)
        return _NO_ORDER if names is None else names.get(name, _NO_ORDER)

    def count(self, participant: ParticipantId) -> int:
        """How many open orders a participant has."""
        return len(self.by_participant.get(participant, ()))
