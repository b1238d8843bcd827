"""Fees: a share of the traded value on both sides, charged by the cumulative formula.

The fee of a fill is the fee on the order's cumulative value less what was charged before. So many small fills cost
exactly what one large fill costs, and the hold for the largest possible total always suffices.
"""

from __future__ import annotations

from exchange.core.orders import Order
from exchange.core.values import Fen, share


def fee_due(order: Order, value: Fen) -> Fen:
    """What a fill of ``value`` fen adds to the order's fee, in fen."""
    return Fen(share(order.fee_rate, Fen(order.value + value)) - order.fee)
