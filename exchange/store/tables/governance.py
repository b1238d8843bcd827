"""Rulebooks with their rules, and proposals, whose ``status`` is an :class:`exchange.core.approvals.ProposalStatus`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, octets, small, text

rulebooks: Final = Table(
    "rulebooks", METADATA, number("version", key=True), text("profile"), number("seq"), number("at_us")
)

rules: Final = Table(
    "rules",
    METADATA,
    number("version", key=True),
    middle("n", key=True),
    text("rule"),
    number("value"),
    text("unit"),
    text("article"),
    small("verified"),
    middle("effective_from"),
    text("text_en"),
    text("text_zh"),
)

proposals: Final = Table(
    "proposals",
    METADATA,
    number("proposal_id", key=True),
    number("proposer"),
    number("participant_id", null=True),
    octets("action"),
    octets("action_hash"),
    small("status"),
    number("decided_by", null=True),
    text("reject_reason", null=True),
    number("seq"),
    number("at_us"),
    number("last_seq"),
    number("last_at_us"),
)
