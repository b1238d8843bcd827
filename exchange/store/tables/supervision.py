"""Refused commands, and what the staff read of others: ``reads``, with the ends of downloads beside them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Identity, Table

from exchange.store.tables.columns import METADATA, flag, number, small, text

refusals: Final = Table(
    "refusals",
    METADATA,
    number("seq", key=True),
    number("at_us"),
    number("scope"),
    number("person_id"),
    number("key_id"),
    text("command"),
    small("reason"),
)

reads: Final = Table(
    "reads",
    METADATA,
    Column("read_id", BigInteger(), Identity(always=True), primary_key=True),
    number("at_us"),
    number("person_id"),
    number("key_id"),
    text("operation"),
    text("asked"),
    text("form"),
    number("row_count", null=True),
    number("as_of_seq"),
)

downloads_ended: Final = Table(
    "downloads_ended",
    METADATA,
    number("read_id", key=True),
    number("at_us"),
    number("row_count"),
    flag("complete"),
)
