"""Projects with their sites, what is known of facilities of the national market, and the ground that periods take."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, small, text

projects: Final = Table(
    "projects",
    METADATA,
    number("project_id", key=True),
    text("code"),
    text("code_folded"),
    small("family"),
    small("mechanism"),
    text("registry"),
    text("name_en"),
    text("name_zh"),
    text("methodology"),
    small("activity"),
    small("league"),
    small("source_category"),
    text("source_facility"),
    text("facility"),
    small("ccer_generation"),
    middle("started"),
    middle("crediting_start"),
    middle("crediting_end"),
    number("estimate_kg"),
    middle("estimate_years"),
    text("uniqueness_declaration"),
    number("seq"),
    number("at_us"),
)

project_sites: Final = Table(
    "project_sites",
    METADATA,
    number("project_id", key=True),
    middle("n", key=True),
    text("site_parcel"),
    small("activity"),
    text("path"),
    number("seq"),
)

facilities: Final = Table(
    "facilities",
    METADATA,
    text("facility", key=True),
    number("seq", key=True),
    number("at_us"),
    text("code"),
    text("name_en"),
    text("name_zh"),
    text("operating_firm"),
    text("firm"),
    small("sector"),
    small("league"),
    middle("covered_from"),
    middle("covered_to"),
)
"""Everything that was ever said of facilities; the last row of each counts."""

monitoring_periods: Final = Table(
    "monitoring_periods",
    METADATA,
    number("project_id", key=True),
    middle("monitoring_start", key=True),
    middle("monitoring_end", key=True),
    number("verified"),
    number("issued"),
)

period_sites: Final = Table(
    "period_sites",
    METADATA,
    number("project_id", key=True),
    middle("monitoring_start", key=True),
    middle("monitoring_end", key=True),
    small("activity"),
    text("path", key=True),
)
