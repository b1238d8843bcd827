"""Nobody changes the past: not the service, which has no right to, and not the owner of the tables, unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.sequencer.journal import GENESIS_HEAD
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.reconcile import allowed_steps
from exchange.store.rights import CHOSEN_BY_THE_DATABASE, RIGHTS, insertable, sequence_of
from tests.support.database import fresh_database

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

POWERS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")

# Written out a second time, so that a slip in the table of rights is seen.
APPEND_ONLY = (
    "bank_references",
    "budget_entries",
    "budgets",
    "downloads_ended",
    "encumbered_ranges",
    "facilities",
    "feed",
    "idempotency",
    "import_refusals",
    "import_rows",
    "import_units",
    "issuances",
    "journal",
    "lots",
    "movements",
    "obligations",
    "order_changes",
    "parcel_changes",
    "postings",
    "project_sites",
    "projects",
    "reads",
    "reference_prices",
    "refusals",
    "registry_answers",
    "rulebooks",
    "rules",
    "trades",
    "trading_days",
)
FIRST_COLUMN = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = $1::text::regclass AND attnum > 0 AND attidentity = '' ORDER BY attnum LIMIT 1
"""
CHANGED_BY_TRIGGERS_ALONE = (
    "account_units",
    "balances",
    "lot_coverage",
    "monitoring_periods",
    "period_sites",
    "serial_spaces",
    "serial_wordings",
    "standings",
)
NEVER_REMOVED = (
    "claim_ranges",
    "claims",
    "encumbrances",
    "imports",
    "registry_requests",
    "release_ranges",
    "releases",
    "reversals",
)


@pytest.fixture(scope="module")
def database(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """One database for all: nothing here changes anything."""
    with fresh_database(postgres) as urls:
        yield urls


async def may(connection: Connection, power: str, table: str) -> bool:
    """Try it without touching a row: rights are asked before rows are looked for."""
    column = await connection.fetchval(FIRST_COLUMN, table)
    columns = ", ".join(insertable(table))
    named, chosen = (f"({columns})", columns) if columns else ("", "*")
    statement = {
        "SELECT": f"SELECT * FROM {table} LIMIT 0",
        "INSERT": f"INSERT INTO {table} {named} SELECT {chosen} FROM {table} WHERE false",
        "UPDATE": f"UPDATE {table} SET {column} = {column} WHERE false",
        "DELETE": f"DELETE FROM {table} WHERE false",
        "TRUNCATE": f"TRUNCATE {table}",
    }[power]
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


@pytest.mark.parametrize("table", sorted(RIGHTS))
async def test_the_service_can_do_with_a_table_what_is_granted_and_nothing_else(
    service: Connection, table: str
) -> None:
    allowed = {power for power in POWERS if await may(service, power, table)}
    assert allowed == set(RIGHTS[table])


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_the_service_can_only_add_to_what_is_append_only(service: Connection, table: str) -> None:
    assert [power for power in POWERS if await may(service, power, table)] == ["SELECT", "INSERT"]


@pytest.mark.parametrize("table", CHANGED_BY_TRIGGERS_ALONE)
async def test_the_service_can_only_read_what_triggers_keep(service: Connection, table: str) -> None:
    assert [power for power in POWERS if await may(service, power, table)] == ["SELECT"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO reads OVERRIDING SYSTEM VALUE VALUES (1000, 1, 1, 1, '/', '', 'json', 1, 0)",
        "INSERT INTO reads (read_id, at_us) OVERRIDING SYSTEM VALUE VALUES (1000, 1)",
        "SELECT setval('reads_read_id_seq', 1)",
        "SELECT nextval('reads_read_id_seq')",
    ],
)
async def test_the_service_cannot_take_the_numbers_of_reads_to_come(service: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(statement)


async def test_every_number_that_the_database_chooses_is_out_of_reach(service: Connection) -> None:
    columns = await service.fetch(
        "SELECT table_name::text, column_name::text, identity_generation::text AS chosen "
        "FROM information_schema.columns "
        "WHERE table_schema = 'public' AND (is_identity = 'YES' OR column_default ~ 'nextval')"
    )
    assert {row["table_name"]: row["column_name"] for row in columns} == CHOSEN_BY_THE_DATABASE
    assert {row["chosen"] for row in columns} == {"ALWAYS"}
    sequences = await service.fetch("SELECT relname::text AS name FROM pg_class WHERE relkind = 'S'")
    assert {row["name"] for row in sequences} == {sequence_of(table) for table in CHOSEN_BY_THE_DATABASE}


async def test_the_service_can_make_nothing(service: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("CREATE TABLE mine (x int)")


async def test_the_service_cannot_take_a_trigger_away(service: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("ALTER TABLE postings DISABLE TRIGGER ALL")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("SET session_replication_role = replica")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("power", ["DELETE", "TRUNCATE"])
async def test_even_the_owner_cannot_remove_from_what_is_append_only(owner: Connection, table: str, power: str) -> None:
    statement = f"DELETE FROM {table}" if power == "DELETE" else f"TRUNCATE {table} CASCADE"
    with pytest.raises(asyncpg.PostgresError, match=f"append-only: {power} is refused"):
        await owner.execute(statement)


@pytest.mark.parametrize("table", [name for name in APPEND_ONLY if name != "idempotency"])
async def test_even_the_owner_cannot_change_what_is_append_only(owner: Connection, table: str) -> None:
    column = await owner.fetchval(FIRST_COLUMN, table)
    with pytest.raises(asyncpg.PostgresError, match="append-only: UPDATE is refused"):
        await owner.execute(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", CHANGED_BY_TRIGGERS_ALONE)
@pytest.mark.parametrize("statement", ["DELETE FROM {0}", "TRUNCATE {0}", "INSERT INTO {0} SELECT * FROM {0}"])
async def test_even_the_owner_cannot_write_what_triggers_keep(owner: Connection, table: str, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError, match="only changed by its triggers"):
        await owner.execute(statement.format(table))


@pytest.mark.parametrize("table", NEVER_REMOVED)
@pytest.mark.parametrize("power", ["DELETE", "TRUNCATE"])
async def test_what_was_claimed_asked_or_held_is_never_removed(
    service: Connection, owner: Connection, table: str, power: str
) -> None:
    assert [power for power in POWERS if await may(service, power, table)] == ["SELECT", "INSERT", "UPDATE"]
    statement = f"DELETE FROM {table}" if power == "DELETE" else f"TRUNCATE {table} CASCADE"
    with pytest.raises(asyncpg.PostgresError, match=f"append-only: {power} is refused"):
        await owner.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO parcel_transitions VALUES (1, 9, 1, 1, 8)",
        "UPDATE parcel_transitions SET state = 1",
        "DELETE FROM parcel_transitions",
        "TRUNCATE parcel_transitions CASCADE",
    ],
)
async def test_even_the_owner_cannot_allow_another_step(owner: Connection, service: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await owner.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(statement)


async def test_the_steps_are_those_of_the_core(service: Connection) -> None:
    rows = await service.fetch("SELECT tag_before, state_before, tag, state, cause FROM parcel_transitions")
    assert sorted(map(tuple, rows)) == sorted(allowed_steps())


async def test_parcels_are_replaced_and_never_changed(owner: Connection) -> None:
    with pytest.raises(asyncpg.PostgresError, match="append-only: UPDATE is refused"):
        await owner.execute("UPDATE parcels SET owner = 1")


async def test_the_leader_row_stays_the_only_one(owner: Connection) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.execute("INSERT INTO leader (epoch, seq, head) VALUES (0, 0, $1)", GENESIS_HEAD)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("INSERT INTO leader (one, epoch, seq, head) VALUES (false, 0, 0, $1)", GENESIS_HEAD)
