"""Issuances, the serial spaces that they name, lots, the parcels that lots consist of now, and every movement between
owners.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, small, text

issuances: Final = Table(
    "issuances",
    METADATA,
    number("issuance_id", key=True),
    number("project_id"),
    middle("monitoring_start"),
    middle("monitoring_end"),
    number("verified"),
    middle("applied_on"),
    middle("vintage"),
    number("space_id"),
    text("space_name"),
    text("space_folded"),
    text("serial_text"),
    text("serial_wording"),
    number("lo"),
    number("hi"),
    number("converted", null=True),
    number("seq"),
    number("at_us"),
)

lots: Final = Table(
    "lots",
    METADATA,
    number("lot_id", key=True),
    number("issuance_id"),
    number("space_id"),
    number("issuance_lo"),
    number("issuance_hi"),
    number("lo"),
    number("hi"),
    number("first_owner"),
    text("lock_reference"),
    text("lock_folded"),
    number("seq"),
    number("at_us"),
)

lock_papers: Final = Table(
    "lock_papers",
    METADATA,
    text("paper", key=True),
    text("reference"),
    number("lot_id"),
    number("seq"),
)

parcels: Final = Table(
    "parcels",
    METADATA,
    number("lot_id"),
    number("lot_lo"),
    number("lot_hi"),
    number("lo"),
    number("hi"),
    number("owner"),
    middle("acquired"),
    small("tag"),
    small("state"),
    middle("encumbered"),
)

movements: Final = Table(
    "movements",
    METADATA,
    number("seq", key=True),
    middle("n", key=True),
    number("at_us"),
    number("transaction_id"),
    number("lot_id"),
    number("source"),
    number("target"),
    number("lo"),
    number("hi"),
)

serial_spaces: Final = Table(
    "serial_spaces",
    METADATA,
    number("space_id", key=True),
    text("name"),
)

serial_wordings: Final = Table(
    "serial_wordings",
    METADATA,
    text("wording", key=True),
    number("space_id"),
)

lot_coverage: Final = Table(
    "lot_coverage",
    METADATA,
    number("lot_id", key=True),
    number("quantity"),
    number("covered"),
    number("born"),
    number("unsellable"),
    number("stood"),
)

account_units: Final = Table(
    "account_units",
    METADATA,
    number("lot_id", key=True),
    number("account", key=True),
    number("tonnes"),
)
