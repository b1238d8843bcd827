"""A constraint that is gone or says something else is told by its name; what an administrator may do is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange.store.connecting import READER, connect
from exchange.store.constraint_hashes import CONSTRAINTS
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.guards import changed_guards
from tests.support.database import unguarded

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

CHANGED = "is another than the migration makes"

NAMED = {name for name in CONSTRAINTS if name.startswith(("constraint ", "index "))}

DROPS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', k.conrelid::regclass, k.conname)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'p', 'u', 'x')
"""
LAST_COLUMNS = """
    SELECT DISTINCT ON (c.relname) format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL', c.relname, a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND a.attnotnull
      AND a.attnum <> ALL (SELECT unnest(indkey) FROM pg_index WHERE indrelid = c.oid AND indisprimary)
    ORDER BY c.relname, a.attnum DESC
"""


async def told(connection: Connection, *statements: str) -> dict[str, str]:
    """What is told of the guards after these statements, which are taken back."""
    transaction = connection.transaction()
    await transaction.start()
    for statement in statements:
        await connection.execute(statement)
    found = await changed_guards(connection)
    await transaction.rollback()
    assert await changed_guards(connection) == []
    return dict(found)


async def test_every_constraint_and_unique_index_that_is_dropped_is_told(owner: Connection) -> None:
    """No name here but the migration's: what is asked of PostgreSQL and what is told are the same set."""
    drops = [statement for (statement,) in await owner.fetch(DROPS)]
    indexes = [f"DROP INDEX {name.split()[1]}" for name in NAMED if name.startswith("index ")]
    assert len(drops) + len(indexes) == len(NAMED)
    assert await told(owner, *drops, *indexes) == dict.fromkeys(NAMED, "is missing")


async def test_every_table_whose_column_may_be_empty_is_told(owner: Connection) -> None:
    drops = [statement for (statement,) in await owner.fetch(LAST_COLUMNS)]
    assert len(drops) > 50
    tables = {statement.split()[2] for statement in drops}
    assert await told(owner, *drops) == {f"table {table}": CHANGED for table in tables}


def again(table: str, name: str, definition: str) -> str:
    """A constraint with another definition under the name of one that is there."""
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {definition}"


ONE_CLAIM = (
    "EXCLUDE USING gist ((int8range(lot_id, lot_id, '[]')) WITH {}, (int8range(lo, hi)) WITH &&) "
    "WHERE (status < {}) DEFERRABLE INITIALLY {}"
)
ANSWERED = (
    "DROP INDEX registry_answers_first_once; CREATE UNIQUE INDEX registry_answers_first_once ON registry_answers "
)
OTHER_PATHS = """
    DROP TYPE path_range CASCADE;
    CREATE TYPE path_range AS RANGE (subtype = text, collation = "POSIX");
    ALTER TABLE period_sites ADD CONSTRAINT period_sites_never_overlap EXCLUDE USING gist (
        (int4range(CASE WHEN activity <= 5 OR activity = 12 THEN 1 ELSE activity END,
                   CASE WHEN activity <= 5 THEN 5 ELSE activity END, '[]')) WITH &&,
        (path_range(path, left(path, -1) || '0')) WITH &&,
        (int4range(monitoring_start, monitoring_end, '[]')) WITH &&)
"""


@pytest.mark.parametrize(
    ("subject", "statement"),
    [
        ("constraint claims_add_up of claims", again("claims", "claims_add_up", "CHECK (true)")),
        ("constraint lots_range of lots", again("lots", "lots_range", "CHECK (1 <= lo AND lo < hi) NOT VALID")),
        ("constraint lots_range of lots", again("lots", "lots_range", "CHECK (1 <= lo AND lo < hi) NO INHERIT")),
        (
            "constraint lots_of_an_issuance of lots",
            "ALTER TABLE lots ALTER CONSTRAINT lots_of_an_issuance DEFERRABLE INITIALLY DEFERRED",
        ),
        (
            "constraint claim_ranges_lot_id_fkey of claim_ranges",
            again("claim_ranges", "claim_ranges_lot_id_fkey", "FOREIGN KEY (lot_id) REFERENCES lots ON DELETE CASCADE"),
        ),
        ("constraint projects_code_once of projects", again("projects", "projects_code_once", "UNIQUE (code)")),
        (
            "constraint projects_code_once of projects",
            again("projects", "projects_code_once", "UNIQUE (code_folded) DEFERRABLE"),
        ),
        *(
            (
                "constraint claim_ranges_one_claim_a_tonne of claim_ranges",
                again("claim_ranges", "claim_ranges_one_claim_a_tonne", ONE_CLAIM.format(*given)),
            )
            for given in [("=", 3, "DEFERRED"), ("&&", 2, "DEFERRED"), ("&&", 3, "IMMEDIATE")]
        ),
        (
            "index registry_answers_first_once of registry_answers",
            f"{ANSWERED} (request_id) WHERE NOT contradicts AND seq > 0",
        ),
        (
            "index registry_answers_first_once of registry_answers",
            f"{ANSWERED} (request_id, seq) WHERE NOT contradicts",
        ),
        ("type path_range", OTHER_PATHS),
        ("table movements", "ALTER TABLE movements ALTER COLUMN at_us TYPE numeric"),
        ("table serial_spaces", 'ALTER TABLE serial_spaces ALTER COLUMN name TYPE text COLLATE "C"'),
        ("table claims", "ALTER TABLE claims ALTER COLUMN status SET DEFAULT 3"),
        ("table claims", "ALTER TABLE claims ADD COLUMN more bigint"),
        ("table claims", "ALTER TABLE claims ADD COLUMN more bigint GENERATED ALWAYS AS (chosen) STORED"),
        ("table reads", "ALTER TABLE reads ALTER COLUMN read_id SET GENERATED BY DEFAULT"),
        ("table refusals", "ALTER TABLE refusals SET UNLOGGED"),
        ("table standings", "ALTER TABLE standings ENABLE ROW LEVEL SECURITY"),
        ("table standings", "ALTER TABLE standings FORCE ROW LEVEL SECURITY"),
        ("table parcels", "CREATE TABLE more_parcels () INHERITS (parcels)"),
    ],
)
async def test_a_constraint_that_says_something_else_is_told(owner: Connection, subject: str, statement: str) -> None:
    assert await told(owner, statement) == {subject: CHANGED}


async def test_a_rule_in_the_place_of_a_statement_is_told(owner: Connection) -> None:
    rule = "CREATE RULE silent AS ON INSERT TO claim_ranges DO INSTEAD NOTHING"
    assert await told(owner, rule) == {"rule silent of claim_ranges": "is none that the migration makes"}


async def test_a_table_that_is_gone_is_told_with_all_that_was_on_it(owner: Connection) -> None:
    found = await told(owner, "DROP TABLE downloads_ended")
    assert found["table downloads_ended"] == found["trigger append_only of downloads_ended"] == "is missing"


@pytest.mark.parametrize(
    ("subject", "index"),
    [
        ("index registry_answers_receipt_once of registry_answers", "registry_answers_receipt_once"),
        ("constraint lots_never_overlap of lots", "lots_never_overlap"),
    ],
)
async def test_an_index_that_holds_nothing_is_told(
    database: DatabaseUrls, postgres: EmbeddedServer, subject: str, index: str
) -> None:
    """As it is left behind by a build that broke off; here a superuser says so in the catalogue."""
    async with unguarded(postgres, database) as superuser:
        await superuser.execute("SET session_replication_role = origin")
        invalid = f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{index}'::regclass"
        assert await told(superuser, invalid) == {subject: CHANGED}


@pytest.mark.parametrize("scope", ["ROLE exchange_service", "DATABASE CURRENT"])
async def test_a_role_for_which_no_trigger_fires_is_told(
    database: DatabaseUrls, postgres: EmbeddedServer, scope: str
) -> None:
    async with unguarded(postgres, database) as superuser:
        name = await superuser.fetchval("SELECT current_database()")
        scope = scope.replace("CURRENT", name)
        await superuser.execute(f"ALTER {scope} SET session_replication_role = replica")
        try:
            service = await connect(database.service, READER)
            found = dict(await changed_guards(service))
            await service.close()
        finally:
            await superuser.execute(f"ALTER {scope} RESET session_replication_role")
    assert found == {"session_replication_role": "makes every trigger and foreign key silent for this role"}


REMAKING = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', k.conrelid::regclass, k.conname) AS drops,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
                  pg_get_constraintdef(k.oid)) AS makes, k.contype = 'f' AS last
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL
    SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass), pg_get_triggerdef(t.oid), false
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT format('DROP INDEX %I', i.relname), pg_get_indexdef(i.oid), false
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE i.relnamespace = 'public'::regnamespace AND x.indisunique
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY last, makes
"""


async def test_guards_that_are_made_again_of_their_texts_are_the_same(owner: Connection) -> None:
    """As after pg_dump and psql, by which PostgreSQL makes another text of ``(a AND b) AND c``: ``a AND b AND c``."""
    remaking = await owner.fetch(REMAKING)
    drops, makes = [row["drops"] for row in remaking], [row["makes"] for row in remaking]
    assert len(drops) > len(NAMED)
    assert await told(owner, *drops, *makes) == {}


async def test_what_an_administrator_may_do_is_not_told(owner: Connection) -> None:
    found = await told(
        owner,
        "ALTER TABLE claims ADD CONSTRAINT more CHECK (chosen < 1000000000000)",
        "CREATE UNIQUE INDEX more_claims ON claims (claim_id, purpose)",
        "CREATE INDEX fast_claims ON claims (purpose)",
        "DROP INDEX claims_by_participant",
        "CREATE TABLE notes (note text)",
        "ALTER TABLE claims SET (fillfactor = 50)",
        "ALTER TABLE claims ALTER COLUMN purpose SET STATISTICS 50",
        "ALTER INDEX claims_pkey SET (fillfactor = 50)",
        "ALTER INDEX registry_answers_receipt_once SET (fillfactor = 50)",
        "REINDEX TABLE claims",
        "ANALYZE claims",
    )
    assert found == {}
