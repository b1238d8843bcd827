"""The view's open orders in its image: only what the core's state at the same entry does not tell of them.

A snapshot is of one instant in which state and view stand at the same entry, so nine tenths of an order would be in it
twice, be read twice and stay in memory twice. Whoever packs compares what is left out, row by row: it happens in the
snapshot's own process, and a view that tells of another order than the state does gets no snapshot at all.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

from exchange.core.canonical import CanonicalError
from exchange.core.events.orders import OrderAccepted
from exchange.core.orders import Order
from exchange.core.values import OrderId
from exchange.sequencer.view.orders import Orders
from exchange.sequencer.view.rows import OrderRow

_ROW: Final = struct.Struct(">7q")
_NO_ROW: Final[tuple[Any, ...]] = (0,) * 7


class ViewsDifferError(Exception):
    """State and view are at the same entry and do not say the same of an order. A bug."""


def pack_order_rows(rows: Mapping[OrderId, OrderRow], orders: Mapping[OrderId, Order]) -> bytes:
    """What only the view knows of each order, by id.

    Raises:
        ViewsDifferError: if the state's orders are not those of the view.
    """
    if rows.keys() != orders.keys():
        raise ViewsDifferError("state and view have different orders")
    packed = []
    for number in sorted(rows):
        row, order = rows[number], orders[number]
        if _shared_of_row(row) != _shared_of_order(order):
            raise ViewsDifferError(f"state and view differ in order {number}: {order}, {row}")
        terms = row.terms
        packed.append(
            _ROW.pack(
                number, terms.price, terms.quantity, row.placed_seq, row.placed_at, row.last_seq, row.last_at
            )
        )  # fmt: skip
    return b"".join(packed)


def _shared_of_row(row: OrderRow) -> tuple[object, ...]:
    terms = row.terms
    return (
        terms.order, terms.participant, terms.group, terms.instrument, terms.client_order_id, terms.side, terms.kind,
        terms.time_in_force, terms.post_only, terms.self_trade_prevention, terms.good_til, row.price, row.quantity,
        row.leaves, row.value, row.fee, row.priority, row.resting,
    )  # fmt: skip


def _shared_of_order(order: Order) -> tuple[object, ...]:
    """All open orders rest between two entries."""
    return (
        order.order, order.participant, order.group, order.instrument, order.client_order_id, order.side, order.kind,
        order.time_in_force, order.post_only, order.self_trade_prevention, order.good_til, order.price, order.quantity,
        order.leaves, order.value, order.fee, order.priority, True,
    )  # fmt: skip


class OrdersReader:
    """Makes the view's orders again while the state's are read: told of each, by id, as soon as it is there."""

    def __init__(self, packed: bytes) -> None:
        """Nothing read yet.

        Raises:
            CanonicalError: if the rows are cut short.
        """
        if len(packed) % _ROW.size:
            raise CanonicalError("the view's orders are cut short")
        self._rows = _ROW.iter_unpack(packed)
        self._orders = Orders()

    def take(self, order: Order) -> None:
        """Make the row of the state's next order.

        Raises:
            CanonicalError: if the view's next order is another one.
        """
        number, price, quantity, placed_seq, placed_at, last_seq, last_at = next(self._rows, _NO_ROW)
        if number != order.order:
            raise CanonicalError(f"the state has order {order.order} where the view has order {number}")
        terms = OrderAccepted(
            order.order, order.participant, order.group, order.instrument, order.client_order_id, order.side,
            order.kind, order.time_in_force, price, quantity, order.post_only,
            order.self_trade_prevention, order.good_til,
        )  # fmt: skip
        row = OrderRow(
            terms, order.price, order.quantity, order.leaves, order.value, order.fee, True, order.priority,
            placed_seq, placed_at, last_seq, last_at,
        )  # fmt: skip
        self._orders.add(row)

    def finish(self) -> Orders:
        """All orders, when the state has no more.

        Raises:
            CanonicalError: if the view has.
        """
        if next(self._rows, None) is not None:
            raise CanonicalError("the view has orders that the state has not")
        return self._orders
