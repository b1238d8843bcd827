"""Start, stop and use the private PostgreSQL: one object for its owner."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from exchange.store.embedded import supervisor
from exchange.store.embedded.account import Account, choose_account
from exchange.store.embedded.binaries import Binaries, find_binaries, program_environment, runnable_by
from exchange.store.embedded.cluster import (
    ADMIN_ROLE,
    DATABASE,
    OWNER_ROLE,
    SERVICE_ROLE,
    Cluster,
    PidFile,
    run_sql,
    tail,
)
from exchange.store.embedded.home import prepare_home, take_owner_lock, wait_for_predecessor
from exchange.store.embedded.problems import EmbeddedServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self, TextIO

log = logging.getLogger(__name__)

POLL_S = 0.01
PORT_ATTEMPTS = 10
READY_PATIENCE_S = 300.0  # recovery after a crash reads the log since the last checkpoint, which can take a while
LARGEST_LOG_BYTES = 10_000_000
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

# On the command line these beat postgresql.conf and ALTER SYSTEM, so nobody can take durability away from a running
# exchange.
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path has a length limit of 107 bytes, and TCP is needed anyway
    "ssl": "off",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # A log segment that a checkpoint frees is used again rather than removed: to make a new one stops every commit for
    # the time that 16 MB of zeros need to reach the disk (50 ms was measured).
    "min_wal_size": "1GB",
    # New rows are vacuumed little by little (migrations/versions/0001/vacuum.sql): that needs somebody who looks often.
    "autovacuum_naptime": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
    "cluster_name": "carbon-exchange",
}


class DatabaseUrls(NamedTuple):
    """How the two roles reach one database, as postgresql:// URLs with passwords."""

    owner: str
    service: str


class EmbeddedServer:
    """A running private PostgreSQL. Made by `EmbeddedServer.start`; whoever makes it is its owner."""

    def __init__(self, cluster: Cluster, binaries: Binaries, account: Account, lock: TextIO) -> None:
        self.cluster = cluster
        self.port = 0
        self._binaries = binaries
        self._account = account
        self._lock = lock
        self._passwords = cluster.passwords()
        self._made_by = os.getpid()
        self._lifeline = -1
        self._supervisor: subprocess.Popen[bytes] | None = None
        _alive.add(self)

    @classmethod
    def start(cls, home: Path, *, binaries: Binaries | None = None, ports: Iterable[int] | None = None) -> Self:
        """Start PostgreSQL with its data in `home`, making the data first if there is none.

        Blocks until connections are accepted: about a second the first time, a tenth of one later, longer when there
        is a crash to recover from. A predecessor that was killed may still be shutting down; that is waited for.
        `ports` are tried in turn; without it, ports that the system says are free.

        Raises:
            AlreadyRunningError: another living process owns this folder.
            EmbeddedServerError: it cannot be started; the text says why, with the end of the server's log.
        """
        account = choose_account()
        cluster = Cluster(home.absolute())
        prepare_home(cluster.home, account)
        lock = take_owner_lock(cluster)
        try:
            wait_for_predecessor(cluster)
            binaries = runnable_by(binaries or find_binaries(cluster.major()), account, cluster.home)
            _refuse_other_major(cluster, binaries)
            cluster.prepare(binaries, account)
            server = cls(cluster, binaries, account, lock)
            server._start_on_some_port(free_ports() if ports is None else ports)
        except BaseException:
            lock.close()
            raise
        return server

    # --- what it offers ----------------------------------------------------------------------------------------------

    @property
    def owner_dsn(self) -> str:
        """For migrations: the role that owns the database and is no superuser."""
        return self._url(OWNER_ROLE, DATABASE)

    @property
    def service_dsn(self) -> str:
        """For the service: the role that owns nothing."""
        return self._url(SERVICE_ROLE, DATABASE)

    @property
    def lifeline_fd(self) -> int:
        """The file descriptor whose closing stops PostgreSQL; -1 when it is closed."""
        return self._lifeline

    @property
    def supervisor_pid(self) -> int | None:
        return self._supervisor.pid if self._supervisor else None

    @property
    def postmaster_pid(self) -> int | None:
        """PostgreSQL's main process as its pid file says; it changes when the supervisor had to start it again."""
        found = self.cluster.pid_file()
        return found.pid if found else None

    def is_running(self) -> bool:
        """Whether the supervisor lives. It gives up only when PostgreSQL could not be started again for a minute."""
        return self._supervisor is not None and self._supervisor.poll() is None

    def create_database(self, name: str, template: str = "template0") -> DatabaseUrls:
        """A further database with the same two roles, empty or as a copy of another one that nobody is connected to.

        Tests migrate one database once and copy it for every test. Names are lower case letters, digits and
        underscores.
        """
        _check_name(name)
        _check_name(template)
        self._admin(
            f"CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE {template}",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {SERVICE_ROLE}",
        )
        return DatabaseUrls(self._url(OWNER_ROLE, name), self._url(SERVICE_ROLE, name))

    def drop_database(self, name: str) -> None:
        """Remove a database, ending the connections to it."""
        _check_name(name)
        self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def fill_log(self, megabytes: int) -> None:
        """Write so much into the write-ahead log and free its segments: a server that has been at work for a while has
        them, a new one stops to make each. For measurements that are to tell of the former.
        """
        one = "pg_logical_emit_message(false, 'fill', repeat('x', 1000000))"
        self._admin(
            # Until it is dropped nothing is used again, so that so much is there at the end.
            "SELECT pg_create_physical_replication_slot('fill', true)",
            f"SELECT count({one}) FROM generate_series(1, {megabytes})",
            "SELECT pg_drop_replication_slot('fill')",
            "CHECKPOINT",
        )

    def stop(self) -> None:
        """Stop PostgreSQL and wait for its end; does nothing when it is stopped already, or in a forked child."""
        if os.getpid() != self._made_by or self._lifeline < 0:
            return
        self._end_supervisor()
        self._lock.close()

    def close_inherited(self) -> None:
        """In a forked child that lives on: let go of the owner's file descriptors. The owner itself keeps them."""
        if os.getpid() != self._made_by and self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._passwords[role]}@127.0.0.1:{self.port}/{database}"

    def _admin(self, *statements: str) -> None:
        run_sql(self._binaries, self.port, self._passwords[ADMIN_ROLE], statements)

    def _start_on_some_port(self, ports: Iterable[int]) -> None:
        """A free port can be lost to another program between finding and using it; then the next one is tried."""
        said = ""
        for self.port in ports:
            log_since = self._try_to_start()
            if log_since is None:
                return
            said = log_since
            if not _is_worth_another_try(said):
                break
            log.info("PostgreSQL did not start on port %d; trying again", self.port)
            time.sleep(0.2)
        raise EmbeddedServerError(
            f"PostgreSQL {self._binaries.version} did not start; {self.cluster.log_file} ends 启动失败：\n{tail(said)}"
        )

    def _try_to_start(self) -> str | None:
        """Start the supervisor and wait until PostgreSQL is ready: None, or what the log says when it ended."""
        before = self.cluster.pid_file()
        log_start = _rotate_log(self.cluster.log_file)
        try:
            self._launch_supervisor()
            if self._wait_until_ready(before):
                return None
        except BaseException:
            self._end_supervisor()
            raise
        self._end_supervisor()
        with self.cluster.log_file.open(errors="replace") as file:
            file.seek(log_start)
            return file.read()

    def _wait_until_ready(self, before: PidFile | None) -> bool:
        """True when connections are accepted, after telling the supervisor so; False when PostgreSQL ended instead."""
        deadline = time.monotonic() + READY_PATIENCE_S
        while self.is_running():
            if _is_ready(before, self.cluster.pid_file()):
                with contextlib.suppress(BrokenPipeError):  # it ended in this very moment: the next look shows that
                    os.write(self._lifeline, b"k")
                    return True
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"PostgreSQL was not ready after {READY_PATIENCE_S:.0f} s; see its log 未能就绪，请看其日志"
                )
            time.sleep(POLL_S)
        return False

    def _launch_supervisor(self) -> None:
        """Start the supervisor in a session of its own, so that Ctrl-C reaches only the owner."""
        spec = {
            "command": self._postgres_command(),
            "environment": program_environment(),
            "spawn": self._account.spawn_arguments(),
            "log": str(self.cluster.log_file),
            "lock": str(self.cluster.supervisor_lock),
        }
        read_end, self._lifeline = os.pipe()  # not inheritable: programs that are started later never get the write end
        try:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-I", "-S", supervisor.__file__, json.dumps(spec)],
                stdin=read_end,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        finally:
            os.close(read_end)

    def _postgres_command(self) -> list[str]:
        command = [self._binaries.program("postgres"), "-D", str(self.cluster.folder), "-p", str(self.port)]
        for name, value in SERVER_SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _end_supervisor(self) -> None:
        """Close the pipe, which is the order to stop, and wait; the supervisor's own last step is SIGKILL."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        if self._supervisor is not None:
            self._supervisor.wait()


# --- forked children let go of the pipe -------------------------------------------------------------------------------

_alive: weakref.WeakSet[EmbeddedServer] = weakref.WeakSet()


def _let_go_in_forked_child() -> None:
    for server in list(_alive):
        server.close_inherited()


os.register_at_fork(after_in_child=_let_go_in_forked_child)


# --- small steps of the start -----------------------------------------------------------------------------------------


def _refuse_other_major(cluster: Cluster, binaries: Binaries) -> None:
    if cluster.major() not in (None, binaries.major):
        find_binaries(cluster.major())  # raises with the advice unless the machine has the right one as well
        raise EmbeddedServerError(
            f"the data in {cluster.home} is not of PostgreSQL {binaries.major}, which was asked for 版本不符"
        )


def free_ports() -> Iterator[int]:
    """Some ports that were free when they were asked for."""
    for _ in range(PORT_ATTEMPTS):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        yield port


def _rotate_log(path: Path) -> int:
    """Put a large log aside; the size of the log as it is now, where the next start begins to write."""
    size = path.stat().st_size if path.exists() else 0
    if size < LARGEST_LOG_BYTES:
        return size
    path.rename(path.with_suffix(".log.1"))
    return 0


def _is_ready(before: PidFile | None, now: PidFile | None) -> bool:
    """A pid file that an earlier, killed PostgreSQL left behind says "ready" as well; only a new one counts."""
    if now is None or now.status != "ready":
        return False
    return before is None or (before.pid, before.started, before.port) != (now.pid, now.started, now.port)


def _is_worth_another_try(said: str) -> bool:
    """The port was taken in between, or parts of a killed PostgreSQL are still ending."""
    signs = ("Address already in use", "could not bind", "lock file", "pre-existing shared memory block")
    return any(sign in said for sign in signs)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"not a name of a database: {name!r}")


@contextlib.contextmanager
def temporary_home() -> Iterator[Path]:
    """A home folder below the system's temporary folder that goes away at the end.

    Started by root, PostgreSQL runs as another user, and that user cannot pass through a folder that only root may
    enter, such as pytest's `tmp_path`; this folder it can.
    """
    folder = Path(tempfile.mkdtemp(prefix="carbon-exchange-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
