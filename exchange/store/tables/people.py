"""Participants, persons and API keys."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, octets, small, text

participants: Final = Table(
    "participants",
    METADATA,
    number("participant_id", key=True),
    text("code"),
    text("name_en"),
    text("name_zh"),
    small("role"),
    text("owner_group"),
    number("group_id"),
    number("seq"),
    number("at_us"),
)

persons: Final = Table(
    "persons",
    METADATA,
    number("person_id", key=True),
    text("name"),
    small("role"),
    number("participant_id", null=True),
    number("seq"),
    number("at_us"),
)

api_keys: Final = Table(
    "api_keys",
    METADATA,
    number("key_id", key=True),
    number("person_id"),
    text("label"),
    octets("secret_hash"),
    octets("public_key"),
    middle("scopes"),
    number("expires_at_us", null=True),
    text("networks"),
    number("made_with", null=True),
    number("replaced_by", null=True),
    number("seq"),
    number("at_us"),
    number("revoked_seq", null=True),
    number("revoked_at_us", null=True),
    number("last_seq"),
)
