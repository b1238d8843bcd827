"""The view's open orders in its image: only what the core's state at the same entry does not tell of them.

A snapshot is of one instant in which state and view stand at the same entry, so nine tenths of an order would be in it
twice, be read twice and stay in memory twice. Whoever packs compares what is left out, row by row: it happens in the
snapshot's own process, and a view that tells of another order than the state does gets no snapshot at all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

from exchange.core.canonical import CanonicalError
from exchange.core.events.orders import OrderAccepted
from exchange.core.orders import Order
from exchange.core.values import OrderId
from exchange.sequencer.view.rows import OrderRow

_ROW: Final = struct.Struct(">7q")


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


def unpack_order_rows(packed: bytes, orders: Mapping[OrderId, Order]) -> Iterator[OrderRow]:
    """The rows again, by id.

    Raises:
        CanonicalError: if they are cut short or not those of the given orders.
    """
    if len(packed) != len(orders) * _ROW.size:
        raise CanonicalError("the view's orders are not as many as the state's")
    try:
        for number, price, quantity, placed_seq, placed_at, last_seq, last_at in _ROW.iter_unpack(packed):
            order = orders[number]
            terms = OrderAccepted(
                order.order, order.participant, order.group, order.instrument, order.client_order_id, order.side,
                order.kind, order.time_in_force, price, quantity, order.post_only, order.self_trade_prevention,
                order.good_til,
            )  # fmt: skip
            yield OrderRow(
                terms, order.price, order.quantity, order.leaves, order.value, order.fee, True, order.priority,
                placed_seq, placed_at, last_seq, last_at,
            )  # fmt: skip
    except KeyError as error:
        raise CanonicalError(f"the state has no order {error}") from error
