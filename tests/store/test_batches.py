"""Nothing is written into the past: a row belongs to the transaction that writes its entry, and to no other.

Everything here is tried with direct SQL as the service's own role, around the program.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.core.values import Seq
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.rebuilding import REBUILT
from exchange.store.rights import RIGHTS
from tests.store.forgeries import ADDED, CHANGED, long_day, write_long_day
from tests.support.database import fresh_database

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

END = long_day().seq
REFUSED = "is written together with its entries of the journal and never afterwards"

OF_ENTRIES = sorted({*REBUILT, "journal"})
MAY_ADD = [table for table in OF_ENTRIES if "INSERT" in RIGHTS[table] and table != "venue"]
MAY_CHANGE = [table for table in OF_ENTRIES if "UPDATE" in RIGHTS[table]]
NAME_NO_ENTRY = ("parcels", "rules")
"""Tables whose rows do not say which entry wrote them."""


@pytest.fixture(scope="module")
def database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """One database for all: every test takes back what it does."""

    with fresh_database(postgres) as urls:
        asyncio.run(write_long_day(urls))
        yield urls


@pytest.fixture
async def intruder(service: Connection) -> AsyncIterator[Connection]:
    """Somebody with the service's rights, in a transaction that is taken back."""
    transaction = service.transaction()
    await transaction.start()
    yield service
    await transaction.rollback()


async def add_entries(intruder: Connection, count: int) -> None:
    """Move the leader row on, as a batch does."""
    await intruder.execute("UPDATE leader SET seq = seq + $1, head = sha256('forged')", count)


@asynccontextmanager
async def refused(intruder: Connection, why: str = REFUSED) -> AsyncIterator[None]:
    """What is done here must be refused; the transaction goes on."""
    with pytest.raises(asyncpg.PostgresError, match=why):
        async with intruder.transaction():
            yield


@pytest.mark.parametrize("table", MAY_ADD)
async def test_no_row_is_added_outside_of_a_batch(intruder: Connection, table: str) -> None:
    async with refused(intruder):
        await intruder.execute(ADDED[table])


@pytest.mark.parametrize("table", MAY_CHANGE)
async def test_no_row_is_changed_outside_of_a_batch(intruder: Connection, table: str) -> None:
    async with refused(intruder):
        await intruder.execute(CHANGED[table])


async def test_no_parcel_is_removed_outside_of_a_batch(intruder: Connection) -> None:
    async with refused(intruder):
        await intruder.execute("DELETE FROM parcels")


async def test_a_second_venue_is_refused_outside_of_a_batch_too(
    database: DatabaseUrls, postgres: EmbeddedServer
) -> None:
    with fresh_database(postgres) as empty:
        connection = await asyncpg.connect(empty.service)
        with pytest.raises(asyncpg.PostgresError, match=REFUSED):
            await connection.execute("INSERT INTO venue VALUES (true, 'forged', 20260921, true, NULL, true, 0)")
        await connection.close()


@pytest.mark.parametrize("table", sorted(set(MAY_ADD) - set(NAME_NO_ENTRY)))
async def test_a_batch_adds_no_row_to_an_earlier_entry(intruder: Connection, table: str) -> None:
    await add_entries(intruder, 3)
    async with refused(intruder):
        await intruder.execute(ADDED[table])


@pytest.mark.parametrize("table", MAY_CHANGE)
async def test_a_batch_changes_no_row_in_the_name_of_an_earlier_entry(intruder: Connection, table: str) -> None:
    await add_entries(intruder, 3)
    async with refused(intruder):
        await intruder.execute(CHANGED[table])


@pytest.mark.parametrize(("after", "fits"), [(0, False), (1, True), (3, True), (4, False)])
async def test_rows_are_of_the_entries_of_their_batch(intruder: Connection, after: int, fits: bool) -> None:
    await add_entries(intruder, 3)
    insert = "INSERT INTO feed VALUES (777, $1)"
    if fits:
        await intruder.execute(insert, END + after)
        return
    async with refused(intruder):
        await intruder.execute(insert, END + after)


async def test_of_several_moves_in_a_transaction_the_last_is_the_batch(intruder: Connection) -> None:
    await add_entries(intruder, 3)
    await add_entries(intruder, 1)
    async with refused(intruder):
        await intruder.execute("INSERT INTO feed VALUES (777, $1)", END + 3)
    await intruder.execute("INSERT INTO feed VALUES (777, $1)", END + 4)


@pytest.mark.parametrize(
    "change", ["backend_pid = 5", "epoch = epoch + 1", "batch_first = 1", "batch_first = 1, backend_pid = 5"]
)
async def test_a_change_of_the_leader_row_that_adds_no_entry_allows_nothing(intruder: Connection, change: str) -> None:
    await intruder.execute(f"UPDATE leader SET {change}")
    for table in ("feed", "parcels", "rules"):
        async with refused(intruder):
            await intruder.execute(ADDED[table])


async def test_where_a_batch_begins_is_not_what_one_says(intruder: Connection) -> None:
    await intruder.execute("UPDATE leader SET seq = seq + 1, head = sha256('forged'), batch_first = 1")
    async with refused(intruder):
        await intruder.execute("INSERT INTO feed VALUES (777, 5)")


@pytest.mark.parametrize(
    "change",
    ["seq = seq - 1", "seq = 0", "epoch = epoch - 1", "head = sha256('x')", "seq = seq - 1, epoch = epoch + 1"],
)
async def test_the_leader_row_only_goes_forward(intruder: Connection, change: str) -> None:
    async with refused(intruder, "the journal only grows"):
        await intruder.execute(f"UPDATE leader SET {change}")


@pytest.mark.parametrize(
    ("seqs", "last_head", "fits"),
    [
        ((1, 2), "forged", True),
        ((1,), "forged", False),
        ((2,), "forged", False),
        ((1, 2, 3), "forged", False),
        ((1, 2), "other", False),
    ],
)
async def test_the_entries_of_a_batch_come_whole_and_end_with_its_head(
    intruder: Connection, seqs: tuple[int, ...], last_head: str, fits: bool
) -> None:
    await add_entries(intruder, 2)
    rows = ", ".join(f"({END + n}, 1, 1, 'x', sha256('{last_head if n == 2 else n}'), 'x')" for n in seqs)
    if fits:
        await intruder.execute(f"INSERT INTO journal VALUES {rows}")
        return
    async with refused(intruder):
        await intruder.execute(f"INSERT INTO journal VALUES {rows}")


async def test_another_transaction_adds_nothing_while_a_batch_is_written(
    intruder: Connection, database: DatabaseUrls
) -> None:
    await add_entries(intruder, 3)
    other = await asyncpg.connect(database.service)
    for seq in (END, END + 1):
        with pytest.raises(asyncpg.PostgresError, match=REFUSED):
            await other.execute("INSERT INTO feed VALUES (777, $1)", Seq(seq))
    await other.close()


async def test_a_table_of_the_same_name_does_not_deceive_the_guards(intruder: Connection) -> None:
    """Temporary tables come first where a name is looked up; the guards ask for theirs in full."""
    await intruder.execute("CREATE TEMPORARY TABLE leader AS SELECT * FROM public.leader")
    await intruder.execute("UPDATE pg_temp.leader SET batch_first = 1, seq = 1000000")
    await intruder.execute("CREATE TEMPORARY TABLE written (seq bigint, last_seq bigint)")
    await intruder.execute("CREATE TEMPORARY TABLE added AS SELECT * FROM public.postings LIMIT 0")
    for table in ("feed", "rules", "postings", "parcels"):
        async with refused(intruder):
            await intruder.execute(ADDED[table])
    async with refused(intruder):
        await intruder.execute(CHANGED["orders"])
