"""Agreed trades; ``status`` is an :class:`exchange.core.negotiated.agreed.AgreementStatus`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, number, small, text

agreements: Final = Table(
    "agreements",
    METADATA,
    number("agreement_id", key=True),
    number("proposer"),
    number("counterparty"),
    small("side"),
    small("kind"),
    small("family"),
    text("project"),
    number("quantity"),
    number("total"),
    small("status"),
    number("affirmed_by", null=True),
    number("ended_by", null=True),
    number("transaction_id", null=True),
    number("buy_fee", null=True),
    number("sell_fee", null=True),
    number("seq"),
    number("at_us"),
    number("last_seq"),
    number("last_at_us"),
)
