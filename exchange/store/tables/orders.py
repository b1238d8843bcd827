"""Orders and trades."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, flag, middle, number, small, text


class OrderStatus(IntEnum):
    """Where an order stands (FIX OrdStatus, tag 39): the first two are working, the others are ends."""

    NEW = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELLED = 4
    EXPIRED = 5


orders: Final = Table(
    "orders",
    METADATA,
    number("order_id", key=True),
    number("participant_id"),
    number("group_id"),
    number("instrument_id"),
    text("client_order_id"),
    small("side"),
    small("kind"),
    small("time_in_force"),
    number("price"),
    number("quantity"),
    flag("post_only"),
    small("self_trade_prevention"),
    middle("good_til"),
    number("cumulative"),
    number("leaves"),
    number("cumulative_value"),
    number("fee"),
    small("status"),
    small("cancel_reason", null=True),
    number("priority", null=True),
    number("placed_seq"),
    number("placed_at_us"),
    number("last_seq"),
    number("last_at_us"),
)

order_changes: Final = Table(
    "order_changes",
    METADATA,
    number("order_id", key=True),
    number("participant_id", key=True),
    number("seq", key=True),
)

trades: Final = Table(
    "trades",
    METADATA,
    number("trade_id", key=True),
    number("seq"),
    number("at_us"),
    middle("day"),
    number("instrument_id"),
    number("price"),
    number("quantity"),
    small("aggressor"),
    number("buy_order_id"),
    number("sell_order_id"),
    number("buyer"),
    number("seller"),
    number("buy_fee"),
    number("sell_fee"),
)
