"""Orders, open and ended, as the auditor and a participant look for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.events.orders import CancelReason
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    Micros,
    OrderId,
    OwnerGroupId,
    ParticipantId,
    Price,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
)
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.queries.selecting import Entries, beyond, in_entries, in_time, ordered
from exchange.store.tables import OrderStatus, orders

KIND: Final = b"O"
WORKING: Final = (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)
ENDED: Final = (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Order:
    """One order. Prices in fen a tonne, quantities in tonnes; ``cumulative_value`` (what its fills cost) and ``fee`` in
    fen. ``priority`` is the seq of its place in the queue, None for one that never rested.
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
    post_only: bool
    self_trade_prevention: SelfTradePrevention
    good_til: Day
    cumulative: Tonnes
    leaves: Tonnes
    cumulative_value: Fen
    fee: Fen
    status: OrderStatus
    cancel_reason: CancelReason | None
    priority: Seq | None
    placed_seq: Seq
    placed_at: Micros
    last_seq: Seq
    last_at: Micros


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders: placed from an instant (included) to another (excluded), of an instrument, of a participant, of a
    side, in one of some states, placed in some entries; with the name that a participant gave it (never empty).
    """

    from_at: Micros | None = None
    to_at: Micros | None = None
    instrument: InstrumentId | None = None
    participant: ParticipantId | None = None
    side: Side | None = None
    statuses: tuple[OrderStatus, ...] = ()
    entries: Entries | None = None
    client_order_id: str | None = None

    def __post_init__(self) -> None:
        """The index has a participant's names only, and no empty ones."""
        assert self.client_order_id is None or (self.client_order_id and self.participant is not None)


async def list_orders(
    connection: AsyncConnection, wanted: OrderFilter, limit: int, cursor: str | None = None, *, descending: bool = False
) -> Page[Order]:
    """One page of orders in the order in which they were placed, or the newest first.

    Raises:
        BadCursorError: for a cursor that was not given out for orders.
    """
    last_id = decode_cursor(KIND, cursor)[0] if cursor is not None else None
    statement = _select(wanted, last_id, descending).limit(check_limit(limit) + 1)
    rows = [_order(row) for row in await connection.execute(statement)]
    return cut_page(KIND, rows, limit, lambda order: (order.order, 0))


async def find_order(connection: AsyncConnection, order: OrderId) -> Order | None:
    """One order, or None. Whose it is, is for the caller to check."""
    row = (await connection.execute(select(orders).where(orders.c.order_id == order))).one_or_none()
    return None if row is None else _order(row)


def _select(wanted: OrderFilter, last_id: int | None, descending: bool) -> Select[Any]:
    column = orders.c.order_id
    conditions = in_time(column, wanted.from_at, wanted.to_at) + in_entries(column, wanted.entries)
    conditions += beyond(column, last_id, descending)
    equal = (
        (orders.c.instrument_id, wanted.instrument),
        (orders.c.participant_id, wanted.participant),
        (orders.c.side, wanted.side),
    )
    conditions += [field == value for field, value in equal if value is not None]
    if wanted.client_order_id is not None:
        # The second condition says to the planner that the index has the row.
        conditions += [orders.c.client_order_id == wanted.client_order_id, orders.c.client_order_id != ""]
    if wanted.statuses:
        conditions.append(orders.c.status.in_(wanted.statuses))
    return ordered(select(orders).where(*conditions), column, descending)


def _order(row: Any) -> Order:
    return Order(
        order=row.order_id,
        participant=row.participant_id,
        group=row.group_id,
        instrument=row.instrument_id,
        client_order_id=row.client_order_id,
        side=Side(row.side),
        kind=OrderKind(row.kind),
        time_in_force=TimeInForce(row.time_in_force),
        price=row.price,
        quantity=row.quantity,
        post_only=row.post_only,
        self_trade_prevention=SelfTradePrevention(row.self_trade_prevention),
        good_til=row.good_til,
        cumulative=row.cumulative,
        leaves=row.leaves,
        cumulative_value=row.cumulative_value,
        fee=row.fee,
        status=OrderStatus(row.status),
        cancel_reason=None if row.cancel_reason is None else CancelReason(row.cancel_reason),
        priority=row.priority,
        placed_seq=row.placed_seq,
        placed_at=row.placed_at_us,
        last_seq=row.last_seq,
        last_at=row.last_at_us,
    )
