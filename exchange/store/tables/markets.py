"""The venue's day, its instruments and their reference prices."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, flag, middle, number, small, text

venue: Final = Table(
    "venue",
    METADATA,
    flag("one", key=True),
    text("name"),
    middle("trading_day"),
    flag("is_open"),
    text("halt_reason", null=True),
    flag("is_sandbox"),
    number("last_seq"),
)

instruments: Final = Table(
    "instruments",
    METADATA,
    number("instrument_id", key=True),
    text("symbol"),
    small("family"),
    text("project"),
    middle("vintage"),
    small("source_category"),
    small("league"),
    small("mode"),
    small("settlement_venue"),
    number("tick"),
    number("lot_size"),
    flag("tax_inclusive"),
    number("seq"),
    number("at_us"),
    text("halt_reason", null=True),
    number("last_seq"),
)

trading_days: Final = Table("trading_days", METADATA, number("seq", key=True), middle("day"))

reference_prices: Final = Table(
    "reference_prices",
    METADATA,
    number("instrument_id", key=True),
    number("seq", key=True),
    middle("day"),
    small("basis"),
    number("reference"),
    number("lowest"),
    number("highest"),
)
