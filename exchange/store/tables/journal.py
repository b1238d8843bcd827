"""The journal, its leader row, idempotency keys with their answers, quarantine, and the participants' feeds."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, func

from exchange.store.tables.columns import METADATA, flag, number, octets, small, text

leader: Final = Table(
    "leader",
    METADATA,
    flag("one", key=True),
    number("epoch"),
    number("seq"),
    octets("head"),
    Column("backend_pid", Integer),
    Column("batch_first", BigInteger, nullable=False, server_default="1"),
)

journal: Final = Table(
    "journal",
    METADATA,
    number("seq", key=True),
    number("epoch"),
    number("at_us"),
    octets("leaf"),
    octets("head"),
    octets("events"),
)

idempotency: Final = Table(
    "idempotency",
    METADATA,
    number("scope", key=True),
    text("idempotency_key", key=True),
    number("seq"),
    number("at_us"),
    octets("body_hash"),
    small("status", null=True),
    text("content_type", null=True),
    text("language", null=True),
    octets("body", null=True),
)

quarantine: Final = Table(
    "quarantine",
    METADATA,
    octets("command_hash", key=True),
    octets("command"),
    text("why"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

feed: Final = Table("feed", METADATA, number("participant_id", key=True), number("seq", key=True))
