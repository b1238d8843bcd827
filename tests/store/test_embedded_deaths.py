"""The private PostgreSQL when somebody dies: the owner, PostgreSQL itself, the supervisor, or all but a forked child.

The owner is a process of its own here, because it has to be killed with signal 9, at which nothing can be tidied up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.store.embedded import AlreadyRunningError, EmbeddedServer, temporary_home
from exchange.store.embedded.home import _lives as lives
from tests.support.database import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes

PATIENCE_S = 60.0

OWNER = """
import os, sys, time
from pathlib import Path
from exchange.store.embedded import EmbeddedServer
server = EmbeddedServer.start(Path(sys.argv[1]))
child = os.fork() if sys.argv[2] == "with a forked child" else 0
if sys.argv[2] == "with a forked child" and child == 0:
    time.sleep(600)
print(server.postmaster_pid, server.supervisor_pid, child, server.owner_dsn, flush=True)
time.sleep(600)
"""

BUSY_CLIENT = """
import asyncio, asyncpg, sys
async def main():
    connection = await asyncpg.connect(sys.argv[1])
    await connection.execute("SELECT pg_sleep(500)")
asyncio.run(main())
"""


class Owner:
    """A process that owns a PostgreSQL, and the numbers it told."""

    def __init__(self, home: Path, how: str = "") -> None:
        command = [sys.executable, "-c", OWNER, str(home), how]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        postmaster, supervisor, child, self.url = self.process.stdout.readline().split()
        self.postmaster, self.supervisor, self.child = int(postmaster), int(supervisor), int(child)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as folder:
        yield folder


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true; the patience only bounds a failing test."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == [1]
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


def test_when_the_owner_is_killed_postgresql_ends_and_what_was_committed_stays(home: Path) -> None:
    owner = Owner(home)
    ask(owner.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    owner.kill()
    assert eventually(lambda: not lives(owner.postmaster) and not lives(owner.supervisor))
    with EmbeddedServer.start(home) as server:
        assert ask(server.owner_dsn, "SELECT answer FROM kept") == [42]


def test_a_restart_right_after_the_kill_waits_for_the_old_one(home: Path) -> None:
    owner = Owner(home)
    ask(owner.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    owner.kill()
    with EmbeddedServer.start(home) as server:
        assert not lives(owner.postmaster)
        assert ask(server.owner_dsn, "SELECT answer FROM kept") == [42]


def test_a_restart_waits_even_while_a_client_is_busy(home: Path) -> None:
    owner = Owner(home)
    client = subprocess.Popen([sys.executable, "-c", BUSY_CLIENT, owner.url], stderr=subprocess.DEVNULL)
    sleepers = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(500)'"
    assert eventually(lambda: ask(owner.url, sleepers) == [1])
    owner.kill()
    with EmbeddedServer.start(home) as server:
        assert ask(server.owner_dsn, "SELECT 1") == [1]
    client.wait(PATIENCE_S)


def test_while_the_owner_lives_another_process_is_refused_with_its_number(home: Path) -> None:
    owner = Owner(home)
    try:
        with pytest.raises(AlreadyRunningError) as caught:
            EmbeddedServer.start(home)
        assert caught.value.pid == owner.process.pid
    finally:
        owner.kill()
    EmbeddedServer.start(home).stop()


def test_a_forked_child_that_lives_on_does_not_keep_postgresql_alive(home: Path) -> None:
    owner = Owner(home, "with a forked child")
    try:
        owner.kill()
        assert lives(owner.child)
        assert eventually(lambda: not lives(owner.postmaster))
        EmbeddedServer.start(home).stop()
    finally:
        os.kill(owner.child, signal.SIGKILL)


def test_a_forked_child_cannot_stop_its_parents_postgresql(home: Path) -> None:
    with EmbeddedServer.start(home) as server:
        child = os.fork()
        if child == 0:
            server.stop()
            os._exit(0 if server.lifeline_fd == -1 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert ask(server.service_dsn, "SELECT 1") == [1]


def test_when_postgresql_is_killed_it_comes_back_on_the_same_port_with_every_committed_row(home: Path) -> None:
    with EmbeddedServer.start(home) as server:
        ask(server.owner_dsn, "CREATE TABLE kept (n int)")
        for round_ in range(3):
            ask(server.owner_dsn, f"INSERT INTO kept VALUES ({round_})")
            killed = server.postmaster_pid
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            assert eventually(lambda killed=killed: server.postmaster_pid != killed and answers(server.owner_dsn))  # type: ignore[misc]
            assert ask(server.owner_dsn, "SELECT count(*) FROM kept") == [round_ + 1]
        assert server.is_running()


def test_after_both_are_killed_at_once_the_next_start_recovers(home: Path) -> None:
    owner = Owner(home)
    ask(owner.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(owner.postmaster, signal.SIGKILL)
    owner.kill()
    with EmbeddedServer.start(home) as server:
        assert ask(server.owner_dsn, "SELECT answer FROM kept") == [42]


def test_a_postgresql_that_lost_its_supervisor_and_owner_is_stopped_by_the_next_start(home: Path) -> None:
    owner = Owner(home)
    ask(owner.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(owner.supervisor, signal.SIGKILL)
    owner.kill()
    assert lives(owner.postmaster)
    with EmbeddedServer.start(home) as server:
        assert not lives(owner.postmaster)
        assert ask(server.owner_dsn, "SELECT answer FROM kept") == [42]


def test_a_pid_file_whose_number_went_to_another_program_does_not_block_the_start(home: Path) -> None:
    with EmbeddedServer.start(home) as server:
        file = server.cluster.folder / "postmaster.pid"
        lines = file.read_text().splitlines()
    bystander = subprocess.Popen(["sleep", "600"], **server._account.spawn_arguments())
    try:
        file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        with EmbeddedServer.start(home) as again:
            assert ask(again.service_dsn, "SELECT 1") == [1]
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_signal_to_the_whole_group_is_the_owners_affair(home: Path) -> None:
    """A service manager sends SIGTERM to every process at once; PostgreSQL must not go before its owner is done."""
    with EmbeddedServer.start(home) as server:
        assert server.supervisor_pid is not None
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(server.supervisor_pid, number)
        assert ask(server.service_dsn, "SELECT 1") == [1]
        assert server.is_running()
