"""The ledger: postings, the balances that follow from them, and the bank references that were credited."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Numeric, Table

from exchange.store.tables.columns import METADATA, middle, number, small, text

postings: Final = Table(
    "postings",
    METADATA,
    number("seq", key=True),
    middle("n", key=True),
    number("transaction_id"),
    small("layer"),
    number("debit"),
    number("credit"),
    number("asset"),
    number("amount"),
)

balances: Final = Table(
    "balances",
    METADATA,
    number("owner", key=True),
    number("asset", key=True),
    Column("debits_posted", Numeric(38, 0), nullable=False),
    Column("credits_posted", Numeric(38, 0), nullable=False),
    Column("debits_pending", Numeric(38, 0), nullable=False),
    Column("credits_pending", Numeric(38, 0), nullable=False),
)

bank_references: Final = Table(
    "bank_references",
    METADATA,
    text("bank_reference"),
    text("reference_folded", key=True),
    number("participant_id"),
    number("amount"),
    number("seq"),
)
