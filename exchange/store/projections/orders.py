"""Orders and trades.

An order that was accepted in the batch becomes one new row with its values at the end of the batch. One that was
accepted earlier becomes one change: what was filled since as differences (they add up however the journal is cut), what
the events state outright (leaves, price, quantity, priority) as final values.

Beside that, ``order_changes`` has the entries of an order's life that its row and its trades do not tell of: amendments
here, refusals in :mod:`exchange.store.projections.refusals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from exchange.core.events.orders import (
    CancelReason,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    Traded,
)
from exchange.core.values import notional
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows
from exchange.store.tables.orders import OrderStatus

EVENTS: Final = (OrderAccepted, OrderRested, OrderReduced, OrderReplaced, OrderCancelled, Traded)

_EXPIRED: Final = (CancelReason.DAY_ENDED, CancelReason.GOOD_TIL_PASSED)


@dataclass(slots=True)
class _Order:
    """What a batch does to one order. ``cumulative``, ``value`` and ``fee`` count from the batch's beginning; None
    means that the batch does not change it.
    """

    last: Leaf
    leaves: int
    accepted: OrderAccepted | None = None
    placed: Leaf | None = None
    price: int | None = None
    quantity: int | None = None
    priority: int | None = None
    cumulative: int = 0
    value: int = 0
    fee: int = 0
    ended: OrderStatus | None = None
    cancel_reason: CancelReason | None = None

    def fill(self, leaf: Leaf, quantity: int, value: int, fee: int, leaves: int) -> None:
        """One trade of the order."""
        self.last = leaf
        self.leaves = leaves
        self.cumulative += quantity
        self.value += value
        self.fee += fee
        if leaves == 0:
            self.ended = OrderStatus.FILLED


def project(history: History) -> Rows:
    """New orders, changes of earlier orders, trades."""
    orders: dict[int, _Order] = {}
    trades = []
    changes = []
    for leaf, event in history:
        if type(event) is Traded:
            trades.append(_trade_row(leaf, event))
            _fill_both(orders, leaf, event)
        elif type(event) is OrderAccepted:
            orders[event.order] = _Order(leaf, event.quantity, event, leaf)
        else:
            _change(_order(orders, leaf, event.order), event)
            if isinstance(event, OrderReduced | OrderReplaced):
                changes.append((event.order, event.participant, leaf.seq))
    return {
        "trades": trades,
        "order_changes": changes,
        "orders": [_new_row(order) for order in orders.values() if order.accepted is not None],
        "orders_changed": [_changed_row(order_id, o) for order_id, o in orders.items() if o.accepted is None],
    }


def _order(orders: dict[int, _Order], leaf: Leaf, order_id: int) -> _Order:
    order = orders.get(order_id)
    if order is None:
        order = orders[order_id] = _Order(leaf, 0)
    order.last = leaf
    return order


def _fill_both(orders: dict[int, _Order], leaf: Leaf, event: Traded) -> None:
    value = notional(event.price, event.quantity)
    _order(orders, leaf, event.buy_order).fill(leaf, event.quantity, value, event.buy_fee, event.buy_leaves)
    _order(orders, leaf, event.sell_order).fill(leaf, event.quantity, value, event.sell_fee, event.sell_leaves)


def _change(order: _Order, event: OrderRested | OrderReduced | OrderReplaced | OrderCancelled) -> None:
    if isinstance(event, OrderCancelled):
        order.leaves = 0
        order.ended = OrderStatus.EXPIRED if event.reason in _EXPIRED else OrderStatus.CANCELLED
        order.cancel_reason = event.reason
        return
    order.leaves = event.leaves
    if isinstance(event, OrderRested):
        order.priority = event.priority
    else:
        order.price, order.quantity = event.price, event.quantity


def _new_row(order: _Order) -> tuple[Any, ...]:
    accepted, placed, last = order.accepted, order.placed, order.last
    assert accepted is not None and placed is not None
    working = OrderStatus.PARTIALLY_FILLED if order.cumulative else OrderStatus.NEW
    return (
        accepted.order,
        accepted.participant,
        accepted.group,
        accepted.instrument,
        accepted.client_order_id,
        accepted.side,
        accepted.kind,
        accepted.time_in_force,
        order.price or accepted.price,
        order.quantity or accepted.quantity,
        accepted.post_only,
        accepted.self_trade_prevention,
        accepted.good_til,
        order.cumulative,
        order.leaves,
        order.value,
        order.fee,
        order.ended or working,
        order.cancel_reason,
        order.priority,
        placed.seq,
        placed.at,
        last.seq,
        last.at,
    )


def _changed_row(order_id: int, order: _Order) -> tuple[Any, ...]:
    return (
        order_id,
        order.price,
        order.quantity,
        order.cumulative,
        order.leaves,
        order.value,
        order.fee,
        order.ended,
        order.cancel_reason,
        order.priority,
        order.last.seq,
        order.last.at,
    )


def _trade_row(leaf: Leaf, event: Traded) -> tuple[Any, ...]:
    return (
        event.trade,
        leaf.seq,
        leaf.at,
        event.day,
        event.instrument,
        event.price,
        event.quantity,
        event.aggressor,
        event.buy_order,
        event.sell_order,
        event.buyer,
        event.seller,
        event.buy_fee,
        event.sell_fee,
    )
