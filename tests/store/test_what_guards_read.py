"""What the guards of free units look at: what holds the serials that move or are used, not all else in their lot.

PostgreSQL counts it. If it were more, some hundreds of pledges on a lot would make everybody wait who trades in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from exchange.core.events import Event
from exchange.core.events.credits import ParcelsMoved
from exchange.core.events.uses import ClaimApproved
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, LotId, ParticipantId, TransactionId
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.store.bypass import ANNA, BERT, Bypass
from tests.store.unit_events import chosen
from tests.support.database import unguarded

FIRST: Final = (3_001, 3_011)
"""Ten serials of lot 8, about which nothing stands."""

PLEDGES: Final = 2_000
FEW: Final = 20
"""Rows that may be read: whether anything stands at all is asked too."""

ELSEWHERE: Final = f"""
    INSERT INTO encumbrances
        SELECT n, 3, NULL, 0, 8, lo, lo + 5, 'loan', 1, 1, 1, lifted, lifted, 1
        FROM generate_series(1001, 1000 + {PLEDGES}) n
        CROSS JOIN LATERAL (SELECT 2990 + n % 2 * 30, CASE WHEN n % 4 < 2 THEN 2 END) pledge (lo, lifted);
    INSERT INTO encumbered_ranges SELECT lot_id, encumbrance_id, lo, hi, seq FROM encumbrances;
"""
"""Pledges of what comes before the ten serials, and of what comes behind them. Half of them are lifted."""

READ: Final = """
    SELECT sum(seq_tup_read + idx_tup_fetch) FILTER (WHERE relname <> 'freed_ranges') AS rows,
           sum(idx_scan) FILTER (WHERE relname = 'freed_ranges') AS looks
    FROM pg_stat_user_tables WHERE relname IN ('encumbrances', 'encumbered_ranges', 'freed_ranges')
"""

Step = Callable[[int], tuple[Event, ...]]


def sold(seq: int) -> tuple[Event, ...]:
    """The ten serials go to Bert, one by one."""
    who = (ParticipantId(ANNA), ParticipantId(BERT))
    each = tuple(SerialRange(lo, lo + 1) for lo in range(*FIRST))
    return (ParcelsMoved(TransactionId(seq), LotId(8), *who, each),)


def used(seq: int) -> tuple[Event, ...]:
    """They are chosen for a use, which is approved."""
    return (*chosen(seq, 50, FIRST, lot=8), ClaimApproved(ClaimId(50)))


async def have_read(bypass: Bypass) -> tuple[int, int]:
    """How many encumbrances and ranges the journal has read by now, and how often it has asked what was let go."""
    connection = bypass.journal._connection
    assert connection is not None
    await connection.execute("SELECT pg_stat_force_next_flush()")
    row = await connection.fetchrow(READ)
    assert row is not None
    return row["rows"], row["looks"]


@pytest.mark.parametrize("step", [sold, used])
async def test_what_stands_elsewhere_in_the_lot_is_not_read(
    forest: Bypass, postgres: EmbeddedServer, database: DatabaseUrls, step: Step
) -> None:
    async with unguarded(postgres, database) as connection:
        await connection.execute(ELSEWHERE)
    rows, looks = await have_read(forest)
    await forest.send(step(forest.seq))
    rows_after, looks_after = await have_read(forest)
    assert rows_after - rows < FEW
    assert looks_after == looks


async def test_what_stands_there_is_found_among_the_many(
    forest: Bypass, postgres: EmbeddedServer, database: DatabaseUrls
) -> None:
    async with unguarded(postgres, database) as connection:
        await connection.execute(ELSEWHERE)
        await connection.execute("UPDATE encumbrances SET lo = 3010, hi = 3012 WHERE encumbrance_id = 1002")
    await forest.refuse("movements_of_free_units", sold(forest.seq))
    await forest.refuse("parcel_changes_of_free_units", used(forest.seq))
