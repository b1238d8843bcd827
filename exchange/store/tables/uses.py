"""Claims and releases with the serials that they are about, duties to surrender, and the budgets of the leagues."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, small, text


class RangeStatus(IntEnum):
    """What became of serials that were chosen for a claim or a release: they are gone, or free for something else."""

    CHOSEN = 1
    GONE = 2
    FREED = 3


claims: Final = Table(
    "claims",
    METADATA,
    number("claim_id", key=True),
    number("proposal_id", null=True),
    number("participant_id"),
    small("purpose"),
    text("beneficiary_en"),
    text("beneficiary_zh"),
    text("beneficiary_code"),
    text("beneficiary"),
    text("facility_code"),
    text("facility"),
    middle("year"),
    text("project"),
    small("intensity"),
    small("neutrality"),
    text("event"),
    middle("event_day"),
    text("province"),
    small("league"),
    number("chosen"),
    number("quantity"),
    number("ratio"),
    number("covers"),
    number("reversal_id", null=True),
    small("status"),
    middle("day", null=True),
    text("revoke_reason", null=True),
    number("seq"),
    number("at_us"),
    number("fulfilled_seq", null=True),
    number("revoked_seq", null=True),
    number("last_seq"),
    number("last_at_us"),
)

claim_ranges: Final = Table(
    "claim_ranges",
    METADATA,
    number("claim_id", key=True),
    number("lot_id", key=True),
    number("lo", key=True),
    number("hi"),
    small("status"),
    number("seq"),
    number("last_seq"),
)

releases: Final = Table(
    "releases",
    METADATA,
    number("release_id", key=True),
    number("proposal_id"),
    number("participant_id"),
    number("quantity"),
    text("national_account"),
    small("status"),
    number("callable_until_us", null=True),
    number("leaves_at_us", null=True),
    number("gone"),
    number("seq"),
    number("at_us"),
    number("last_seq"),
    number("last_at_us"),
)

release_ranges: Final = Table(
    "release_ranges",
    METADATA,
    number("release_id", key=True),
    number("lot_id", key=True),
    number("lo", key=True),
    number("hi"),
    small("status"),
    number("seq"),
    number("last_seq"),
)

obligations: Final = Table(
    "obligations",
    METADATA,
    text("facility", key=True),
    middle("year", key=True),
    number("seq", key=True),
    number("at_us"),
    text("facility_code"),
    number("due"),
)
"""Everything that was ever said of a duty; the last row of a facility and year counts."""

budgets: Final = Table(
    "budgets",
    METADATA,
    small("league", key=True),
    middle("first_year", key=True),
    middle("last_year", key=True),
    number("seq", key=True),
    number("at_us"),
    number("planned"),
)
"""Every plan that was ever set; the last row of a league and its years counts."""

budget_entries: Final = Table(
    "budget_entries",
    METADATA,
    number("seq", key=True),
    middle("n", key=True),
    number("at_us"),
    small("source"),
    small("used_in"),
    text("province"),
    middle("year"),
    number("quantity"),
    number("subject"),
)
