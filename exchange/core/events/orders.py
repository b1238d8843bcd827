"""What happens to orders, and the trades between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    OwnerGroupId,
    ParticipantId,
    Price,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
    TradeId,
)


@dataclass(slots=True)
class OrderAccepted:
    """An order passed every check and its hold is placed; ``price`` of a market order is its protection price."""

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
    post_only: bool
    self_trade_prevention: SelfTradePrevention
    good_til: Day


@dataclass(slots=True)
class OrderRested:
    """What is left of an order rests in the book at ``price``, behind every order of smaller ``priority``."""

    order: OrderId
    participant: ParticipantId
    instrument: InstrumentId
    side: Side
    price: Price
    leaves: Tonnes
    priority: Seq


@dataclass(slots=True)
class OrderReduced:
    """A resting order's quantity fell; it keeps its priority."""

    order: OrderId
    participant: ParticipantId
    instrument: InstrumentId
    side: Side
    price: Price
    quantity: Tonnes
    leaves: Tonnes


@dataclass(slots=True)
class OrderReplaced:
    """An order was taken from the book to come in again with a new price or a larger quantity and a new priority.

    ``old_price`` and ``old_leaves`` are what left the book; an :class:`OrderRested` or an end follows.
    """

    order: OrderId
    participant: ParticipantId
    instrument: InstrumentId
    side: Side
    old_price: Price
    old_leaves: Tonnes
    price: Price
    quantity: Tonnes
    leaves: Tonnes


class CancelReason(IntEnum):
    """Why an order ended with something left."""

    REQUESTED = 1
    CANCEL_ALL = 2
    IMMEDIATE_REMAINDER = 3
    SELF_TRADE = 4
    DAY_ENDED = 5
    GOOD_TIL_PASSED = 6
    OUT_OF_BAND = 7
    CANCEL_AFTER = 8
    DISCONNECTED = 9
    ENCUMBERED = 10


@dataclass(slots=True)
class OrderCancelled:
    """An order of ``quantity`` ended with ``leaves`` unfilled; ``was_resting`` says whether they left the book or never
    entered it.
    """

    order: OrderId
    participant: ParticipantId
    instrument: InstrumentId
    side: Side
    price: Price
    quantity: Tonnes
    leaves: Tonnes
    was_resting: bool
    reason: CancelReason


@dataclass(slots=True)
class Traded:
    """A trade: title and money changed hands in the ledger transaction of the same command.

    ``aggressor`` is the side of the incoming order; the price is the resting order's. Fees are in fen, for each side.
    """

    trade: TradeId
    instrument: InstrumentId
    price: Price
    quantity: Tonnes
    aggressor: Side
    buy_order: OrderId
    sell_order: OrderId
    buyer: ParticipantId
    seller: ParticipantId
    buy_fee: Fen
    sell_fee: Fen
    buy_leaves: Tonnes
    sell_leaves: Tonnes
    day: Day


@dataclass(slots=True)
class CancelAfterSet:
    """The dead-man's switch of a key goes off at ``deadline`` if nobody renews it before; 0: it is disarmed."""

    participant: ParticipantId
    key: KeyId
    deadline: Micros
