"""The exchange refuses to serve from a database that could lose or change the past, and says what to do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import asyncpg
import pytest

from exchange.core.values import KeyId, Micros, PersonId, Seq
from exchange.store import connecting
from exchange.store.answers import count_answers
from exchange.store.embedded import EmbeddedServer
from exchange.store.embedded import server as launcher
from exchange.store.embedded.cluster import ADMIN_ROLE, DATABASE
from exchange.store.journal import PostgresJournal
from exchange.store.migrate import migrate
from exchange.store.probe import LeaderProbe
from exchange.store.queries import PostgresHistory, ReadFilter
from exchange.store.read_log import PostgresReadLog, StaffRead
from exchange.store.reconcile import reconcile
from exchange.store.startup import StartupRefusedError, check_startup
from tests.support.database import TEMPLATE, fresh_database, running_server
from tests.support.entries import Log, batch_of


@pytest.fixture(scope="module")
def own_server() -> Iterator[EmbeddedServer]:
    """A server whose settings may be spoiled."""
    with running_server() as server:
        asyncio.run(migrate(server.owner_dsn))
        yield server


async def as_admin(server: EmbeddedServer, *statements: str) -> None:
    """Do what only a superuser may."""
    connection = await asyncpg.connect(server._url(ADMIN_ROLE, DATABASE))
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def problems(dsn: str) -> tuple[str, ...]:
    """What the check says."""
    with pytest.raises(StartupRefusedError) as refused:
        await check_startup(dsn)
    return refused.value.problems


async def test_a_migrated_database_is_fine(own_server: EmbeddedServer) -> None:
    await check_startup(own_server.service_dsn)


@pytest.mark.parametrize("scope", ["ROLE exchange_service", "DATABASE exchange"])
async def test_commits_that_do_not_wait_for_the_disk_are_refused(own_server: EmbeddedServer, scope: str) -> None:
    await as_admin(own_server, f"ALTER {scope} SET synchronous_commit = off")
    try:
        (problem,) = await problems(own_server.service_dsn)
    finally:
        await as_admin(own_server, f"ALTER {scope} RESET synchronous_commit")
    assert problem.startswith("synchronous_commit is off, so acknowledged orders can be lost: switch it on")


async def test_a_role_that_switches_it_off_for_itself_is_refused_and_its_writer_waits_nevertheless(
    own_server: EmbeddedServer,
) -> None:
    """Every role may change its own defaults; what a session asks for when it connects comes before them."""
    urls = own_server.create_database("careless", TEMPLATE)
    connection = await asyncpg.connect(urls.service)
    await connection.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    await connection.close()
    journal = PostgresJournal(urls.service)
    try:
        (problem,) = await problems(own_server.service_dsn)
        await journal.lead()
        assert journal._connection is not None
        assert await journal._connection.fetchval("SHOW synchronous_commit") == "on"
        await journal.append(batch_of([Log().add()]))
    finally:
        await journal.close()
        await as_admin(own_server, "ALTER ROLE exchange_service RESET synchronous_commit")
    assert problem.startswith("synchronous_commit is off")


HARMFUL = (
    "search_path = 'pg_catalog'",
    "default_transaction_read_only = on",
    "default_transaction_isolation = 'serializable'",
    "statement_timeout = 1",
    "lock_timeout = 1",
    "idle_in_transaction_session_timeout = 1",
    "idle_session_timeout = 1",
    # It is in force from the first moment of a connection, and one millisecond can be too little for being let in.
    "transaction_timeout = 1000",
    "local_preload_libraries = 'not_there'",
    "exit_on_error = on",
    "default_table_access_method = 'not_there'",
    "standard_conforming_strings = off",
    "quote_all_identifiers = on",
    "row_security = off",
    "bytea_output = 'escape'",
    "timezone = 'Asia/Shanghai'",
)


async def test_no_default_of_the_role_wins_over_what_the_exchange_needs(own_server: EmbeddedServer) -> None:
    """Whoever has the service's password may change all of these. Every connection of the exchange is tried."""
    urls = own_server.create_database("misled", TEMPLATE)
    try:
        for setting in HARMFUL:
            with contextlib.suppress(asyncpg.UndefinedObjectError):  # transaction_timeout on servers before 17
                await as_admin(own_server, f"ALTER ROLE exchange_service SET {setting}")
        await check_startup(urls.service)
        await serve_a_little(urls.service)
        assert await reconcile(urls.service) == []
        line = await connecting.connect(urls.service, connecting.COMMON)
        assert await line.fetchval(TIMEOUT) == "0"
        await line.close()
    finally:
        await as_admin(own_server, "ALTER ROLE exchange_service RESET ALL")


TIMEOUT = "SELECT coalesce(current_setting('transaction_timeout', true), '0')"


async def serve_a_little(dsn: str) -> None:
    """Lead, write, read, count, write a read down twice on the same connection, and ask as readiness does."""
    journal = PostgresJournal(dsn)
    leadership = await journal.lead()
    await asyncio.sleep(0.01)
    await journal.append(batch_of([Log().add()]))
    assert [entry.seq async for entry in journal.entries(Seq(0))] == [1]
    probe = LeaderProbe(dsn)
    assert await probe.takes_entries_of(leadership.epoch)
    probe.close()
    assert await count_answers(dsn, Micros(0)) == 0
    async with PostgresHistory.open(dsn) as history, PostgresReadLog.open(dsn) as log:
        for at in range(3):
            await log.begun(StaffRead(Micros(at), PersonId(1), KeyId(1), "/v1/orders", "", 1, Seq(1)))
            await asyncio.sleep(0.01)
        assert len((await history.reads(ReadFilter(), 10)).rows) == 3
        assert await log._insert(TIMEOUT) == "0"
    await journal.close()


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
async def test_a_session_that_did_not_get_what_it_asked_for_does_not_lead(
    own_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """As behind a pooler that drops the settings which a client sends."""
    monkeypatch.setitem(connecting.WRITER, "synchronous_commit", value)
    journal = PostgresJournal(own_server.service_dsn)
    with pytest.raises(ConnectionError, match=f"synchronous_commit on and has it {value}"):
        await journal.lead()
    await journal.close()


def test_a_server_that_does_not_flush_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """fsync and full_page_writes belong to the whole server, so this one is started with them off."""
    monkeypatch.setitem(launcher.SERVER_SETTINGS, "fsync", "off")
    monkeypatch.setitem(launcher.SERVER_SETTINGS, "full_page_writes", "off")
    with running_server() as careless, fresh_database(careless) as urls:
        found = asyncio.run(problems(urls.service))
    assert [problem.split(" is off")[0] for problem in found] == ["fsync", "full_page_writes"]


async def test_an_empty_database_is_refused(own_server: EmbeddedServer) -> None:
    urls = own_server.create_database("empty")
    (problem,) = await problems(urls.service)
    assert problem.startswith(
        "The database has no tables of the exchange: run `exchange migrate` with EXCHANGE_OWNER_DATABASE_URL set."
    )


async def test_a_database_of_another_revision_is_refused(own_server: EmbeddedServer) -> None:
    await as_admin(own_server, "UPDATE alembic_version SET version_num = '0000'")
    try:
        (problem,) = await problems(own_server.service_dsn)
    finally:
        await as_admin(own_server, "UPDATE alembic_version SET version_num = '0001'")
    assert problem.startswith("The database is at revision 0000, this program needs 0001: run `exchange migrate`")


async def test_the_owner_of_the_tables_may_not_serve(own_server: EmbeddedServer) -> None:
    (problem,) = await problems(own_server.owner_dsn)
    assert problem.startswith("The role exchange_owner owns account_units,")


async def test_a_member_of_the_owners_role_may_not_serve(own_server: EmbeddedServer) -> None:
    await as_admin(own_server, "GRANT exchange_owner TO exchange_service")
    try:
        (problem,) = await problems(own_server.service_dsn)
    finally:
        await as_admin(own_server, "REVOKE exchange_owner FROM exchange_service")
    assert problem.startswith("The role exchange_service owns")


async def test_a_superuser_may_not_serve(own_server: EmbeddedServer) -> None:
    (problem,) = await problems(own_server._url(ADMIN_ROLE, DATABASE))
    assert problem.startswith("The role postgres is a superuser")


@pytest.mark.parametrize(
    ("grant", "revoke", "said"),
    [
        ("UPDATE ON postings", "UPDATE ON postings", "may UPDATE postings: REVOKE UPDATE ON postings FROM"),
        ("UPDATE (amount) ON postings", "UPDATE (amount) ON postings", "may UPDATE postings"),
        ("DELETE ON journal", "DELETE ON journal", "may DELETE journal"),
        ("TRUNCATE ON orders", "TRUNCATE ON orders", "may TRUNCATE orders"),
        ("INSERT ON balances", "INSERT ON balances", "may INSERT balances"),
        (
            "INSERT (read_id) ON reads",
            "INSERT (read_id) ON reads",
            "may choose read_id of reads: run `exchange migrate`",
        ),
        (
            "USAGE ON SEQUENCE reads_read_id_seq",
            "ALL ON SEQUENCE reads_read_id_seq",
            "may use reads_read_id_seq: REVOKE",
        ),
        ("UPDATE ON SEQUENCE reads_read_id_seq", "ALL ON SEQUENCE reads_read_id_seq", "may use reads_read_id_seq"),
        (
            "EXECUTE ON FUNCTION follow_steps()",
            "EXECUTE ON FUNCTION follow_steps()",
            "may call follow_steps(): run `exchange migrate`",
        ),
        ("CREATE ON SCHEMA public", "CREATE ON SCHEMA public", "may create things in schema public"),
    ],
)
async def test_rights_that_could_change_the_past_are_refused(
    own_server: EmbeddedServer, grant: str, revoke: str, said: str
) -> None:
    await as_admin(own_server, f"GRANT {grant} TO exchange_service")
    try:
        (problem,) = await problems(own_server.service_dsn)
    finally:
        await as_admin(own_server, f"REVOKE {revoke} FROM exchange_service")
    assert said in problem


async def test_a_missing_right_is_told_and_granted_by_migrating(own_server: EmbeddedServer) -> None:
    await as_admin(own_server, "REVOKE INSERT ON journal FROM exchange_service")
    (problem,) = await problems(own_server.service_dsn)
    assert "may not INSERT journal: run `exchange migrate`" in problem
    await migrate(own_server.owner_dsn)
    await check_startup(own_server.service_dsn)


async def test_a_missing_right_to_a_column_is_told_too(own_server: EmbeddedServer) -> None:
    await as_admin(own_server, "REVOKE INSERT (asked) ON reads FROM exchange_service")
    (problem,) = await problems(own_server.service_dsn)
    assert "may not INSERT reads: run `exchange migrate`" in problem
    await migrate(own_server.owner_dsn)
    await check_startup(own_server.service_dsn)


async def test_a_function_that_cannot_be_called_is_told_too(own_server: EmbeddedServer) -> None:
    await as_admin(own_server, "REVOKE EXECUTE ON FUNCTION is_name(text) FROM exchange_service")
    (problem,) = await problems(own_server.service_dsn)
    assert "may not call is_name(text): run `exchange migrate`" in problem
    await migrate(own_server.owner_dsn)
    await check_startup(own_server.service_dsn)


async def test_migrating_takes_back_what_was_granted_by_hand(own_server: EmbeddedServer) -> None:
    await as_admin(
        own_server,
        "GRANT ALL ON postings TO exchange_service",
        "GRANT ALL ON reads TO exchange_service",
        "GRANT ALL ON SEQUENCE reads_read_id_seq TO exchange_service",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC, exchange_service",
    )
    await migrate(own_server.owner_dsn)
    await check_startup(own_server.service_dsn)


async def test_migrating_for_a_role_that_is_not_there_says_how_to_make_it(own_server: EmbeddedServer) -> None:
    with pytest.raises(LookupError, match="CREATE ROLE nobody_here LOGIN"):
        await migrate(own_server.owner_dsn, service_role="nobody_here")


async def test_a_database_without_its_guards_is_refused(own_server: EmbeddedServer) -> None:
    urls = own_server.create_database("unguarded", TEMPLATE)
    owner = await asyncpg.connect(urls.owner)
    await owner.execute("ALTER TABLE lots DROP CONSTRAINT lots_never_overlap")
    await owner.execute("DROP INDEX registry_answers_receipt_once")
    await owner.execute("ALTER TABLE postings DISABLE TRIGGER append_only")
    (few,) = await problems(urls.service)
    for (drop,) in await owner.fetch(CHECKS):
        await owner.execute(drop)
    (many,) = await problems(urls.service)
    await owner.close()
    assert few.startswith(
        "The guards of the database are not those of its migration: trigger append_only of postings is switched off; "
        "constraint lots_never_overlap of lots is missing; index registry_answers_receipt_once of registry_answers is "
        "missing: see what `exchange reconcile` finds"
    )
    assert (many.count(" is missing; "), " more: see what" in many) == (9, True)


CHECKS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
    WHERE conrelid = 'claims'::regclass AND contype = 'c'
"""


async def test_a_role_for_which_no_trigger_fires_is_refused(own_server: EmbeddedServer) -> None:
    await as_admin(own_server, "ALTER ROLE exchange_service SET session_replication_role = replica")
    try:
        (problem,) = await problems(own_server.service_dsn)
    finally:
        await as_admin(own_server, "ALTER ROLE exchange_service RESET session_replication_role")
    assert "session_replication_role makes every trigger and foreign key silent for this role" in problem


async def test_every_reason_is_told_at_once(own_server: EmbeddedServer) -> None:
    await as_admin(
        own_server,
        "GRANT UPDATE, DELETE ON trades TO exchange_service",
        "ALTER ROLE exchange_service SET synchronous_commit = off",
    )
    try:
        found = await problems(own_server.service_dsn)
    finally:
        await as_admin(
            own_server,
            "REVOKE UPDATE, DELETE ON trades FROM exchange_service",
            "ALTER ROLE exchange_service RESET synchronous_commit",
        )
    assert len(found) == 3
