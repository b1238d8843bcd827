"""The data folder of the private PostgreSQL: made once, with its roles and their passwords, and read for its state.

The three roles are made in PostgreSQL's single-user mode, so no password ever crosses a socket in the clear or stands
in an argument list: `postgres` (superuser, for this launcher only), `exchange_owner` (owns the database, runs
migrations, is no superuser) and `exchange_service` (may connect; owns nothing and is granted by migrations what it
needs).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from exchange.store.embedded.account import Account
from exchange.store.embedded.binaries import Binaries, program_environment
from exchange.store.embedded.problems import EmbeddedServerError

ADMIN_ROLE = "postgres"
OWNER_ROLE = "exchange_owner"
SERVICE_ROLE = "exchange_service"
DATABASE = "exchange"

# Only TCP on this machine, only with a password. There is no line for replication and none for a socket file.
HOST_BASED_AUTHENTICATION = "host all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class PidFile:
    """What `postmaster.pid` says, as PostgreSQL writes it (its source: src/include/utils/pidfile.h)."""

    pid: int
    started: str
    port: int
    status: str  # "starting", "ready", "stopping", ...


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the data and the files beside it are."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "postgresql"

    @property
    def credentials_file(self) -> Path:
        return self.home / "postgresql.credentials.json"

    @property
    def log_file(self) -> Path:
        return self.home / "postgresql.log"

    @property
    def owner_lock(self) -> Path:
        return self.home / "postgresql.lock"

    @property
    def supervisor_lock(self) -> Path:
        return self.home / "postgresql.supervisor"

    def major(self) -> int | None:
        """The major version that made the data; None when there is no data yet.

        Raises:
            EmbeddedServerError: the file that says it is damaged.
        """
        path = self.folder / "PG_VERSION"
        try:
            return int(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise EmbeddedServerError(
                f"{path} does not say which PostgreSQL made the data; take the folder from a copy. "
                f"{path} 已损坏，无法得知数据的 PostgreSQL 版本，请用备份恢复该目录"
            ) from None

    def pid_file(self) -> PidFile | None:
        """None when there is none, or when it is being written at this moment."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return PidFile(int(lines[0]), lines[2], int(lines[3]), lines[7].strip())
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def passwords(self) -> dict[str, str]:
        """Passwords by role name."""
        try:
            return {
                str(role): str(word)
                for role, word in json.loads(self.credentials_file.read_text(encoding="utf-8")).items()
            }
        except FileNotFoundError:
            return {}

    def prepare(self, binaries: Binaries, account: Account) -> None:
        """Make the data folder if there is none, and new passwords if their file is gone."""
        if self.major() is None:
            self._create(binaries, account)
        elif not self.passwords():
            passwords = _new_passwords()
            _single_user(self.folder, binaries, account, _password_statements(passwords))
            self._keep(passwords)

    def _create(self, binaries: Binaries, account: Account) -> None:
        """Build the cluster under another name and move it into place at the end; half a cluster is never used."""
        unfinished = self.home / "postgresql.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.give(unfinished)
        _initdb(unfinished, binaries, account)
        passwords = _new_passwords()
        _single_user(unfinished, binaries, account, (*_ROLE_STATEMENTS, *_password_statements(passwords)))
        self._keep(passwords)
        unfinished.rename(self.folder)
        _sync(self.home)

    def _keep(self, passwords: dict[str, str]) -> None:
        """Write the passwords so that no other user can read them at any moment."""
        unfinished = self.credentials_file.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(passwords, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self.credentials_file)


_ROLE_STATEMENTS = (
    f"CREATE ROLE {OWNER_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
    f"CREATE ROLE {SERVICE_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
    f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}",
    *(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC" for name in (DATABASE, "postgres", "template1")),
    f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {SERVICE_ROLE}",
)


def _new_passwords() -> dict[str, str]:
    return {role: secrets.token_urlsafe(32) for role in (ADMIN_ROLE, OWNER_ROLE, SERVICE_ROLE)}


def _password_statements(passwords: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"ALTER ROLE {role} PASSWORD '{word}'" for role, word in passwords.items())


def _initdb(folder: Path, binaries: Binaries, account: Account) -> None:
    command = [binaries.program("initdb"), "--pgdata", str(folder), "--username", ADMIN_ROLE, "--data-checksums"]
    command += ["--encoding", "UTF8", "--locale", "C", "--auth", "reject"]
    result = account.run(command, program_environment())
    if result.returncode != 0:
        raise EmbeddedServerError(f"initdb could not make the data folder 无法建立数据目录：\n{tail(result.stdout)}")
    (folder / "pg_hba.conf").write_text(HOST_BASED_AUTHENTICATION, encoding="utf-8")


def _single_user(folder: Path, binaries: Binaries, account: Account, statements: tuple[str, ...]) -> None:
    """Run statements without a server; `exit_on_error` makes the first one that fails the last."""
    command = [binaries.program("postgres"), "--single", "-D", str(folder), "-c", "exit_on_error=on", ADMIN_ROLE]
    # The statements hold passwords in the clear: whatever goes wrong, none of them may reach a log.
    command[4:4] = ["-c", "log_min_error_statement=panic", "-c", "log_statement=none"]
    result = account.run(command, program_environment(), "".join(f"{statement}\n" for statement in statements))
    if result.returncode != 0:
        raise EmbeddedServerError(
            f"the roles of the database could not be made 无法建立数据库角色：\n{tail(result.stdout)}"
        )


def run_sql(
    binaries: Binaries, port: int, password: str, statements: tuple[str, ...], database: str = ADMIN_ROLE
) -> None:
    """Run statements as the superuser on the running server, each in a transaction of its own."""
    command = [binaries.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port)]
    command += ["-U", ADMIN_ROLE, "-d", database]
    environment = {**program_environment(), "PGPASSWORD": password}
    text = "".join(f"{statement};\n" for statement in statements)
    result = subprocess.run(
        command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False
    )
    if result.returncode != 0:
        raise EmbeddedServerError(
            f"PostgreSQL refused an administrative statement 管理语句被拒绝：\n{tail(result.stdout)}"
        )


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def tail(text: str, lines: int = 15) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
