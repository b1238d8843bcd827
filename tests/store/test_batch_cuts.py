"""However the same entries are cut into batches, the database holds the same rows in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.journal import Entry
from exchange.store.connecting import WRITER
from exchange.store.embedded import DatabaseUrls
from exchange.store.tables import METADATA
from exchange.store.writer import NO_CRASH, BatchWriter, rows_of
from tests.store.streams import eventful_log, random_log
from tests.support.entries import batches_of

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

Contents = dict[str, list[tuple[Any, ...]]]

STEPWISE = CrashPoints("store_begun", 10**9).hit


async def contents(connection: Connection) -> Contents:
    """All rows of all tables, in an order that does not depend on how they came there; of the leader row not where the
    last batch began, because that is how the journal was cut.
    """
    await connection.execute("UPDATE leader SET backend_pid = NULL")
    found = {}
    for table in METADATA.tables:
        rows = await connection.fetch(f"SELECT * FROM {table} t ORDER BY t::text")
        found[table] = [tuple(row) for row in rows]
    return found


@asynccontextmanager
async def tried(urls: DatabaseUrls) -> AsyncIterator[Connection]:
    """A writer's connection in a transaction that is taken back."""
    connection = await asyncpg.connect(urls.service, server_settings=WRITER)
    await connection.execute("UPDATE leader SET epoch = 1 WHERE epoch = 0")
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def written(urls: DatabaseUrls, entries: list[Entry], sizes: Iterable[int], stepwise: bool) -> Contents:
    """What the tables hold after the entries in batches of these sizes, each with all its deferred checks."""
    async with tried(urls) as connection:
        writer = BatchWriter(connection, STEPWISE if stepwise else NO_CRASH)
        for batch in batches_of(entries, sizes):
            await writer.write_inside(batch, rows_of(batch))
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            await connection.execute("SET CONSTRAINTS ALL DEFERRED")
        return await contents(connection)


@pytest.mark.parametrize("size", [1, 2, 7])
async def test_an_eventful_day_in_batches_of_any_size(database: DatabaseUrls, size: int) -> None:
    entries = eventful_log().entries
    whole = await written(database, entries, [], stepwise=True)
    assert {table for table, rows in whole.items() if not rows} == {
        "quarantine",
        "reads",
        "downloads_ended",
    }
    assert await written(database, entries, [size] * len(entries), stepwise=False) == whole


@given(
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=40),
    stepwise=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_random_trading_in_batches_cut_anyhow(
    database: DatabaseUrls, seed: int, sizes: list[int], stepwise: bool
) -> None:
    entries = random_log(seed, commands=80, firms=2).entries
    whole = await written(database, entries, [], stepwise=True)
    assert await written(database, entries, sizes, stepwise) == whole
