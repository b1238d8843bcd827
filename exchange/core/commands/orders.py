"""Commands of the order book."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.values import (
    Day,
    InstrumentId,
    KeyId,
    LotId,
    OrderId,
    ParticipantId,
    PersonId,
    Price,
    SelfTradePrevention,
    Side,
    Sides,
    Tonnes,
)


class OrderKind(IntEnum):
    """A limit order has a price; a market order has a protection price, the band's edge when none is given."""

    LIMIT = 1
    MARKET = 2


class TimeInForce(IntEnum):
    """How long an order stands.

    GFD until the operator's end of day, GTC until cancelled, GTD until the end of day ``good_til``, IOC what trades at
    once, FOK all at once or nothing.
    """

    GFD = 1
    GTC = 2
    GTD = 3
    IOC = 4
    FOK = 5


@dataclass(slots=True)
class PlaceOrder:
    """Place an order. ``price`` is the limit, or a market order's protection price (0: the edge of the band).

    ``lots`` are the lots a seller wants to deliver, in this order; empty lets the rule pick (oldest vintage, lowest
    serial). ``good_til`` is set for GTD alone, 0 otherwise.
    """

    actor: PersonId
    participant: ParticipantId
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
    lots: tuple[LotId, ...]


@dataclass(slots=True)
class CancelOrder:
    """Cancel what is left of an order, named by its id (then ``client_order_id`` is "") or by the name that its owner
    gave it (then ``order`` is 0).
    """

    actor: PersonId
    participant: ParticipantId
    order: OrderId
    client_order_id: str


@dataclass(slots=True)
class AmendOrder:
    """Change price or total quantity (0 leaves as is); only a lower quantity at the same price keeps priority.

    The order is named as in :class:`CancelOrder`.
    """

    actor: PersonId
    participant: ParticipantId
    order: OrderId
    client_order_id: str
    price: Price
    quantity: Tonnes


@dataclass(slots=True)
class CancelAllOrders:
    """Cancel a participant's open orders, in one instrument or (0) in all, of one side or both, done in chunks."""

    actor: PersonId
    participant: ParticipantId
    instrument: InstrumentId
    sides: Sides = Sides.BOTH


@dataclass(slots=True)
class SetCancelAfter:
    """Arm the dead-man's switch of the key that this is sent with, renew it, or disarm it (0).

    When ``seconds`` have passed without another one of these, the orders that were entered with this key are cancelled.
    """

    actor: PersonId
    participant: ParticipantId
    seconds: int


class UnattendedCause(IntEnum):
    """Why the orders of a key have nobody who attends them."""

    DEADLINE = 1
    DISCONNECTED = 2


@dataclass(slots=True)
class CancelUnattended:
    """Cancel the open orders of a key in chunks, as the program itself.

    DEADLINE: its dead-man's switch was not renewed in time. DISCONNECTED: a stream that asked for it was lost.
    """

    actor: PersonId
    participant: ParticipantId
    key: KeyId
    cause: UnattendedCause
