"""Each constraint of the tables of credits refuses by itself what it is there for.

The owner of the tables puts rows in, with every trigger switched off, so that nothing but constraints stands in the
way. Each row is refused by the constraint that it breaks, and goes in when that one is gone: so no other one does its
work, and one that is taken out of the migration is missed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.store.constraint_hashes import CONSTRAINTS
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.store.broken_rows import BESIDE, BROKEN, PAPER, insertion
from tests.store.forgeries import write_long_day
from tests.support.database import fresh_database

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

NO_CREDITS = {
    "alembic_version",
    *("journal", "leader", "idempotency", "quarantine", "feed", "reads", "downloads_ended", "refusals"),
    *("postings", "balances", "bank_references", "orders", "order_changes", "trades", "agreements"),
    *("participants", "persons", "api_keys", "proposals", "venue", "instruments", "reference_prices"),
    "trading_days",
    *("rulebooks", "rules"),
}
"""Every other table has something to say about tonnes."""


@pytest.fixture(scope="module")
def database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """One database for all, with a row in every table: every test takes back what it does."""

    with fresh_database(postgres) as urls:
        asyncio.run(write_long_day(urls))
        yield urls


@pytest.fixture
async def forger(owner: Connection) -> AsyncIterator[Connection]:
    """The owner of the tables without their triggers, in a transaction that is taken back."""
    transaction = owner.transaction()
    await transaction.start()
    for table in BROKEN:
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for statement in BESIDE:
        assert await owner.execute(statement) == "INSERT 0 1"
    await owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    yield owner
    await transaction.rollback()


@asynccontextmanager
async def taken_back(forger: Connection) -> AsyncIterator[None]:
    """A part of the transaction of which nothing stays."""
    savepoint = forger.transaction()
    await savepoint.start()
    try:
        yield
    finally:
        await savepoint.rollback()


async def refused_by(forger: Connection, table: str, changes: str) -> str | None:
    """The constraint that a row is refused by, and None when it goes in."""
    try:
        async with taken_back(forger):
            await forger.execute("SET CONSTRAINTS ALL DEFERRED")
            assert await forger.execute(insertion(table, changes)) == "INSERT 0 1"
            if table == "lots":
                await forger.execute(PAPER)
            await forger.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except asyncpg.IntegrityConstraintViolationError as error:
        return error.constraint_name
    return None


async def drop(forger: Connection, table: str, constraint: str) -> None:
    """Take one out, and what hangs on it."""
    if f"index {constraint} of {table}" in CONSTRAINTS:
        await forger.execute(f"DROP INDEX {constraint}")
    else:
        await forger.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE")


ALONE = [(table, name) for table, broken in BROKEN.items() for name in broken.alone]
IMPLIED = [(table, name) for table, broken in BROKEN.items() for name in broken.implied]


@pytest.mark.parametrize(("table", "constraint"), ALONE, ids=[name for _, name in ALONE])
async def test_a_constraint_refuses_what_nothing_else_does(forger: Connection, table: str, constraint: str) -> None:
    ways = BROKEN[table].alone[constraint]
    for changes in ways:
        assert await refused_by(forger, table, changes) == constraint, changes
    await drop(forger, table, constraint)
    for changes in ways:
        assert await refused_by(forger, table, changes) is None, changes


@pytest.mark.parametrize(("table", "constraint"), IMPLIED, ids=[name for _, name in IMPLIED])
async def test_what_others_imply_is_refused_by_them_and_by_itself(
    forger: Connection, table: str, constraint: str
) -> None:
    changes, others = BROKEN[table].implied[constraint]
    async with taken_back(forger):
        await drop(forger, table, constraint)
        assert await refused_by(forger, table, changes) in others
    for other in others:
        await drop(forger, table, other)
    assert await refused_by(forger, table, changes) == constraint
    await drop(forger, table, constraint)
    assert await refused_by(forger, table, changes) is None


@pytest.mark.parametrize("table", sorted(set(BROKEN) - {"lot_coverage"}))
async def test_a_row_that_breaks_nothing_goes_in(forger: Connection, table: str) -> None:
    """Every lot has its coverage, so there no row more goes in at all."""
    assert await refused_by(forger, table, BROKEN[table].base) is None


def test_each_constraint_of_credits_is_broken_here() -> None:
    """One that the migration gets has to be entered in ``tests/store/broken_rows.py``."""
    named = {name for name in CONSTRAINTS if name.startswith(("constraint ", "index "))}
    there = {(name.split(" of ")[1], name.split()[1]) for name in named}
    assert set(BROKEN) == {table for table, _ in there} - NO_CREDITS
    assert {*ALONE, *IMPLIED} == {(table, name) for table, name in there if table in BROKEN}
