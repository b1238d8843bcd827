"""What holds units fast, reversals that ask for others in their place, and files of units that wait to be issued."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, small, text

encumbrances: Final = Table(
    "encumbrances",
    METADATA,
    number("encumbrance_id", key=True),
    small("kind"),
    number("project_id", null=True),
    middle("vintage"),
    number("lot_id", null=True),
    number("lo"),
    number("hi"),
    text("reference"),
    number("set_by", null=True),
    number("seq"),
    number("at_us"),
    number("lifted_seq", null=True),
    number("lifted_at_us", null=True),
    number("last_seq"),
)

encumbered_ranges: Final = Table(
    "encumbered_ranges",
    METADATA,
    number("lot_id", key=True),
    number("encumbrance_id", key=True),
    number("lo", key=True),
    number("hi"),
    number("seq", key=True),
)

freed_ranges: Final = Table(
    "freed_ranges",
    METADATA,
    number("lot_id", key=True),
    number("encumbrance_id", key=True),
    number("lo", key=True),
    number("hi"),
    number("seq", key=True),
)

reversals: Final = Table(
    "reversals",
    METADATA,
    number("reversal_id", key=True),
    number("project_id"),
    middle("vintage"),
    number("responsible"),
    number("quantity"),
    number("replaced"),
    text("cause"),
    number("withdrawn_seq", null=True),
    number("withdrawn_at_us", null=True),
    text("withdrawal_reason", null=True),
    number("seq"),
    number("at_us"),
    number("last_seq"),
    number("last_at_us"),
)

imports: Final = Table(
    "imports",
    METADATA,
    number("import_id", key=True),
    number("set_by"),
    middle("staged"),
    number("seq"),
    number("at_us"),
    number("committed_seq", null=True),
    number("committed_at_us", null=True),
    number("last_seq"),
)

import_rows: Final = Table(
    "import_rows",
    METADATA,
    number("import_id", key=True),
    middle("n", key=True),
    middle("line"),
    text("project"),
    middle("monitoring_start"),
    middle("monitoring_end"),
    number("verified"),
    middle("applied_on"),
    text("space"),
    text("serial_text"),
    number("lo"),
    number("hi"),
    number("owner"),
    text("lock_reference"),
    number("seq"),
)

import_refusals: Final = Table(
    "import_refusals",
    METADATA,
    number("import_id", key=True),
    number("seq", key=True),
    middle("n", key=True),
    middle("line"),
    middle("reason"),
)

import_units: Final = Table(
    "import_units",
    METADATA,
    number("import_id", key=True),
    middle("n", key=True),
    number("issuance_id"),
    number("lot_id"),
    number("seq"),
)
