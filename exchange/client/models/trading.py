"""Orders and the trades of a participant. Quantities in tonnes, prices in CNY a tonne, fees in CNY."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands: ``quantity = cumulative + leaves`` while it is open."""

    id: str
    instrument: str
    side: str
    kind: str
    time_in_force: str
    quantity: int
    cumulative: int
    leaves: int
    status: str
    price: Decimal | None = None
    average_price: Decimal | None = None
    fee: Decimal = Decimal("0.00")
    client_order_id: str | None = None
    cancel_reason: str | None = None
    post_only: bool = False
    good_til: date | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """An own trade: the own order and the own fee; the counterparty by its code, after the trade."""

    id: str
    instrument: str
    side: str
    price: Decimal
    quantity: int
    order: str
    fee: Decimal
    counterparty: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What became of a command about an order: the order after it, and the own trades that it made."""

    order: Order
    trades: tuple[Trade, ...]
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event of the participant's own feed; ``fields`` has what the event says beside these four."""

    seq: int
    at: datetime
    n: int
    type: str
    fields: dict[str, object] = field(default_factory=dict)
