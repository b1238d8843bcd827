"""The private PostgreSQL in ordinary use: its roles, its settings, its files, and that data stays."""

from __future__ import annotations

import os
import socket
import stat
import threading
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.store.embedded import AlreadyRunningError, EmbeddedServer, EmbeddedServerError, temporary_home
from exchange.store.embedded.server import free_ports
from tests.support.database import ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with temporary_home() as home, EmbeddedServer.start(home) as running:
        yield running


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as folder:
        yield folder


def test_nothing_that_makes_a_commit_durable_is_switched_off(server: EmbeddedServer) -> None:
    settings = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
    assert ask(server.service_dsn, *(f"SHOW {setting}" for setting in settings)) == ["on"] * 4


def test_a_line_in_the_configuration_cannot_switch_it_off(home: Path) -> None:
    with EmbeddedServer.start(home) as first:
        configuration = first.cluster.folder / "postgresql.auto.conf"
    with configuration.open("a") as file:
        file.write("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n")
    with EmbeddedServer.start(home) as second:
        shown = ask(second.service_dsn, "SHOW fsync", "SHOW full_page_writes", "SHOW synchronous_commit")
    assert shown == ["on", "on", "on"]


def test_a_log_that_was_filled_has_segments_to_use_again(home: Path) -> None:
    with EmbeddedServer.start(home) as new:
        segments = new.cluster.folder / "pg_wal"
        new.fill_log(100)
        (now,) = ask(new.owner_dsn, "SELECT pg_walfile_name(pg_current_wal_lsn())")
        assert sum(1 for segment in segments.glob("0*") if segment.name > now) >= 4


def test_text_is_utf8_and_sorts_by_its_bytes(server: EmbeddedServer) -> None:
    collation = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    assert ask(server.service_dsn, "SHOW server_encoding", collation) == ["UTF8", "C"]


def test_it_listens_on_this_machine_only_and_has_no_socket_file(server: EmbeddedServer) -> None:
    assert ask(server.service_dsn, "SHOW listen_addresses") == ["127.0.0.1"]
    socket_folder = (server.cluster.folder / "postmaster.pid").read_text().splitlines()[4]
    assert socket_folder == ""


def test_neither_role_of_the_exchange_is_a_superuser_or_may_make_roles(server: EmbeddedServer) -> None:
    powers = (
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles WHERE rolname = current_user"
    )
    assert ask(server.owner_dsn, powers) == [False]
    assert ask(server.service_dsn, powers) == [False]


def test_the_owner_makes_tables_and_the_service_role_cannot(server: EmbeddedServer) -> None:
    ask(server.owner_dsn, "CREATE TABLE made_by_owner (a int)")
    for forbidden in ("CREATE TABLE mine (a int)", "CREATE SCHEMA mine", "DROP TABLE made_by_owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(server.service_dsn, forbidden)
    ask(server.service_dsn, "CREATE TEMPORARY TABLE mine (a int)")


def test_a_wrong_password_is_refused_and_scram_is_the_only_way_in(server: EmbeddedServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(f"postgresql://exchange_service:wrong@127.0.0.1:{server.port}/exchange", "SELECT 1")
    lines = (server.cluster.folder / "pg_hba.conf").read_text().split("\n")
    assert [line for line in lines if line] == ["host all all 127.0.0.1/32 scram-sha-256"]


def test_passwords_lie_outside_the_cluster_and_only_the_owner_of_the_file_reads_them(server: EmbeddedServer) -> None:
    file = server.cluster.credentials_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert server.cluster.folder not in file.parents
    assert len(set(server.cluster.passwords().values())) == 3


def test_no_password_reaches_the_log(server: EmbeddedServer) -> None:
    said = server.cluster.log_file.read_text()
    assert not [role for role, password in server.cluster.passwords().items() if password in said]


def test_every_test_can_have_a_copy_of_a_migrated_database(server: EmbeddedServer) -> None:
    template = server.create_database("migrated")
    ask(template.owner, "CREATE TABLE entries (seq bigint)", "GRANT SELECT, INSERT ON entries TO exchange_service")
    copies = [server.create_database(f"copy_{number}", template="migrated") for number in (1, 2)]
    ask(copies[0].service, "INSERT INTO entries VALUES (7)")
    assert [ask(copy.service, "SELECT count(*) FROM entries")[0] for copy in copies] == [1, 0]
    server.drop_database("copy_1")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        ask(copies[0].service, "SELECT 1")


def test_the_service_role_cannot_look_into_other_databases(server: EmbeddedServer) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(server.service_dsn.removesuffix("/exchange") + "/postgres", "SELECT 1")


@pytest.mark.parametrize("name", ["", "A", "a-b", 'a"; DROP DATABASE exchange; --', "a" * 64, "ü"])
def test_a_database_name_is_a_plain_name(server: EmbeddedServer, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        server.create_database(name)


def test_a_second_owner_is_told_who_the_first_is(server: EmbeddedServer) -> None:
    with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}") as caught:
        EmbeddedServer.start(server.cluster.home)
    assert caught.value.pid == os.getpid()
    assert ask(server.service_dsn, "SELECT 1") == [1]


def test_data_and_passwords_survive_a_stop_and_stopping_twice_is_fine(home: Path) -> None:
    first = EmbeddedServer.start(home)
    ask(first.owner_dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    passwords = first.cluster.passwords()
    first.stop()
    first.stop()
    assert not first.is_running()
    with EmbeddedServer.start(home) as second:
        assert ask(second.owner_dsn, "SELECT answer FROM kept") == [42]
        assert second.cluster.passwords() == passwords


def test_lost_passwords_are_made_again(home: Path) -> None:
    with EmbeddedServer.start(home) as first:
        ask(first.owner_dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.cluster.credentials_file.unlink()
    with EmbeddedServer.start(home) as second:
        assert ask(second.owner_dsn, "SELECT answer FROM kept") == [42]
        assert second.owner_dsn != first.owner_dsn


def test_a_port_that_was_lost_is_not_the_end(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken, free = int(other.getsockname()[1]), next(free_ports())
        with EmbeddedServer.start(home, ports=[taken, free]) as server:
            assert server.port == free
            assert ask(server.service_dsn, "SELECT 1") == [1]


def test_without_any_port_the_reason_is_quoted_from_the_log(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(EmbeddedServerError, match="Address already in use"):
            EmbeddedServer.start(home, ports=[int(other.getsockname()[1])])


def test_a_broken_configuration_is_quoted_from_the_log_and_the_folder_is_free_again(home: Path) -> None:
    with EmbeddedServer.start(home) as server:
        configuration = server.cluster.folder / "postgresql.conf"
    whole = configuration.read_text()
    configuration.write_text(whole + "no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        EmbeddedServer.start(home)
    configuration.write_text(whole)
    EmbeddedServer.start(home).stop()


def test_a_creation_that_was_cut_short_is_begun_again(home: Path) -> None:
    unfinished = home / "postgresql.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with EmbeddedServer.start(home) as server:
        assert ask(server.service_dsn, "SELECT 1") == [1]
    assert not unfinished.exists()


def test_it_outlives_the_thread_that_started_it(home: Path) -> None:
    started: list[EmbeddedServer] = []
    thread = threading.Thread(target=lambda: started.append(EmbeddedServer.start(home)))
    thread.start()
    thread.join()
    with started[0] as server:
        before = server.postmaster_pid
        assert ask(server.service_dsn, "SELECT pg_sleep(0.2)::text") == [""]
        assert server.postmaster_pid == before


def test_programs_that_are_started_later_do_not_inherit_the_pipe(server: EmbeddedServer) -> None:
    assert not os.get_inheritable(server.lifeline_fd)


def test_a_large_log_is_put_aside(home: Path) -> None:
    with EmbeddedServer.start(home) as server:
        file = server.cluster.log_file
    with file.open("ab") as log:
        log.truncate(10_000_001)
    with EmbeddedServer.start(home):
        assert file.stat().st_size < 100_000
        assert (home / "postgresql.log.1").stat().st_size > 10_000_000
