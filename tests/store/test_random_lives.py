"""Random lives of units in PostgreSQL: whatever the core lets happen no guard of the database refuses, however the
journal is cut into batches, and what is written is what the journal makes.

A guard that is stricter than the core would stop the exchange at a client's request, so this looks for one.
"""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from exchange.core.handlers import encumbering
from exchange.store.connecting import WRITER, connect
from exchange.store.embedded import DatabaseUrls
from exchange.store.rebuilding import compare_with_journal
from exchange.store.reconcile import CHECKS
from exchange.store.writer import NO_CRASH, BatchWriter, rows_of
from tests.properties.test_units import MORNING, SMALL_PORTION, UnitMachine
from tests.support.entries import Log, batches_of


async def write_and_check(urls: DatabaseUrls, log: Log, seed: int) -> None:
    """Write a log in batches of random sizes, each with its deferred checks, and take it all back in the end."""
    random = Random(seed)
    connection = await connect(urls.service, {**WRITER, "default_transaction_read_only": "off"})
    try:
        await connection.execute("UPDATE leader SET epoch = 1 WHERE epoch = 0")
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        writer = BatchWriter(connection, NO_CRASH)
        for batch in batches_of(log.entries, [random.choice((1, 2, 7, 40)) for _ in log.entries]):
            await writer.write_inside(batch, rows_of(batch))
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            await connection.execute("SET CONSTRAINTS ALL DEFERRED")
        for check, query in CHECKS.items():
            assert await connection.fetch(query) == [], check
        assert await compare_with_journal(connection) == []
        await transaction.rollback()
    finally:
        await connection.close()


def test_no_guard_of_the_database_refuses_what_the_core_allows(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", SMALL_PORTION)
    monkeypatch.setattr(MORNING.twin, "held_at_once", SMALL_PORTION)

    class Written(UnitMachine):
        def teardown(self) -> None:
            """In place of the replay, which the properties of the core do."""
            if self.twins.agree:
                log = Log()
                log.follow(self.twins.market.log)
                asyncio.run(write_and_check(database, log, len(log.entries)))

    quick = settings(stateful_step_count=25, max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Written, settings=quick)
