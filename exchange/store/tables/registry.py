"""What was asked of the national registry, which is the outbox to it, and what it answered."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, flag, number, octets, small, text

registry_requests: Final = Table(
    "registry_requests",
    METADATA,
    number("request_id", key=True),
    small("kind"),
    number("lot_id"),
    number("owner"),
    number("lo"),
    number("hi"),
    text("account"),
    text("reference"),
    number("subject", null=True),
    number("answer_by_us"),
    small("status"),
    text("receipt"),
    text("message"),
    number("seq"),
    number("at_us"),
    number("last_seq"),
    number("last_at_us"),
)

registry_answers: Final = Table(
    "registry_answers",
    METADATA,
    number("seq", key=True),
    number("at_us"),
    number("request_id"),
    small("kind"),
    text("account"),
    small("outcome"),
    number("lo"),
    number("hi"),
    text("receipt"),
    text("receipt_folded"),
    text("message"),
    number("stated_at_us"),
    octets("signature"),
    flag("contradicts"),
)
