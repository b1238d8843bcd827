"""The steps that units can take, those that they took, and where they stand by them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from exchange.store.tables.columns import METADATA, middle, number, small

parcel_transitions: Final = Table(
    "parcel_transitions",
    METADATA,
    small("tag_before", key=True),
    small("state_before", key=True),
    small("tag"),
    small("state"),
    small("cause", key=True),
)
"""The rows of :data:`exchange.core.credits.states.TRANSITIONS`; new units come from 0 and 0."""

parcel_changes: Final = Table(
    "parcel_changes",
    METADATA,
    number("seq", key=True),
    middle("n", key=True),
    number("at_us"),
    number("lot_id"),
    number("owner"),
    number("lo"),
    number("hi"),
    small("tag_before"),
    small("state_before"),
    small("tag"),
    small("state"),
    small("cause"),
    number("subject"),
)

standings: Final = Table(
    "standings",
    METADATA,
    number("lot_id", key=True),
    number("lo", key=True),
    number("hi"),
    small("tag"),
    small("state"),
    number("owner"),
)
"""Serials that stand otherwise than REGIONAL and ACTIVE, as the steps have brought them there."""
