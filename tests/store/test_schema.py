"""The tables that migrations make are those that the program writes and reads, and they go away without a trace."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, get_args

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection as SyncConnection

from exchange.core.events import Event
from exchange.sequencer.journal import GENESIS_HEAD
from exchange.store.connecting import migration_engine
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.migrate import head_revision, migrate
from exchange.store.projections import ROUTES, WITHOUT_ROWS, project
from exchange.store.rights import RIGHTS
from exchange.store.tables import METADATA
from exchange.store.writes import WRITES
from tests.store.streams import eventful_log

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


def only_columns(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Constraints and indexes are the migrations' own business."""
    return name != "alembic_version" and kind in ("table", "column")


async def test_migrated_tables_have_the_columns_that_the_program_knows(database: DatabaseUrls) -> None:
    options = {"include_object": only_columns, "compare_type": True, "compare_server_default": False}

    def differences(connection: SyncConnection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    engine = migration_engine(database.owner)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_packed_types_have_the_columns_of_their_writes(service: Connection) -> None:
    """A value of these types has no names in it, so their columns must have the order that the writer packs them in."""
    rows = await service.fetch(
        "SELECT c.relname, array_agg(a.attname || ' ' || format_type(a.atttypid, NULL) ORDER BY a.attnum) AS columns "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind = 'c' AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname"
    )
    packed = [write for write in WRITES.values() if write.packed]
    assert {row["relname"]: row["columns"] for row in rows} == {
        f"{write.name}_packed": [" ".join(write.columns[n]) for n in write.packs] for write in packed
    }


async def test_a_new_journal_is_empty_and_nobody_leads_it(service: Connection) -> None:
    row = await service.fetchrow("SELECT * FROM leader")
    assert row is not None
    assert (row["epoch"], row["seq"], row["head"], row["backend_pid"]) == (0, 0, GENESIS_HEAD, None)


async def test_migrating_again_changes_nothing(database: DatabaseUrls, service: Connection) -> None:
    await migrate(database.owner)
    assert await service.fetchval("SELECT version_num FROM alembic_version") == head_revision()


def test_everything_that_a_migration_makes_it_also_takes_away(postgres: EmbeddedServer) -> None:
    urls = postgres.create_database("up_and_down")

    async def things() -> list[str]:
        connection = await asyncpg.connect(urls.owner)
        rows = await connection.fetch(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL "
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
        await connection.close()
        return sorted(str(row["name"]) for row in rows)

    asyncio.run(migrate(urls.owner))
    made = asyncio.run(things())
    asyncio.run(migrate(urls.owner, revision="base"))
    left = asyncio.run(things())
    asyncio.run(migrate(urls.owner))
    again = asyncio.run(things())
    postgres.drop_database("up_and_down")
    assert (len(made) > 60, left, again) == (True, ["alembic_version", "alembic_version_pkc"], made)


def test_every_table_has_rights() -> None:
    assert set(RIGHTS) == {*METADATA.tables, "alembic_version"}


def test_every_event_has_rows_or_is_known_to_have_none() -> None:
    assert set(ROUTES) | set(WITHOUT_ROWS) == set(get_args(Event))
    assert not set(ROUTES) & set(WITHOUT_ROWS)


def test_the_eventful_day_writes_rows_of_every_kind() -> None:
    log = eventful_log()
    written = {name for entry in log.entries for name in project([entry])}
    assert written == set(WRITES)


def test_rows_have_the_columns_of_their_writes() -> None:
    for entry in eventful_log().entries:
        for name, rows in project([entry]).items():
            assert {len(row) for row in rows} == {len(WRITES[name].columns)}, name
