"""Under which user of the machine PostgreSQL runs.

PostgreSQL refuses to run as root. Started by root it therefore runs as the user `postgres`, or `nobody` where there
is no such user. No user is created, and no permission is changed outside the exchange's own folder.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from exchange.store.embedded.problems import EmbeddedServerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CANDIDATES = ("postgres", "nobody")


class SpawnArguments(TypedDict, total=False):
    """The part of `subprocess.Popen`'s arguments that changes the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The user PostgreSQL runs as; `is_other` when it is not the user of this process."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def spawn_arguments(self) -> SpawnArguments:
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], text: str = "", cwd: str = "/"
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user to its end, `text` on its standard input, both outputs in one."""
        return subprocess.run(
            command,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            cwd=cwd,
            check=False,
            **self.spawn_arguments(),
        )

    def give(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, folder: Path) -> bool:
        """Whether this user may go into `folder`, which includes every folder above it. Asked of the system itself."""
        try:
            return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], {}).returncode == 0
        except PermissionError:
            return False


def choose_account() -> Account:
    """The user of this process; for root the first of `CANDIDATES` that exists."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid(), is_other=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, is_other=True)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor a user 'nobody'. "
        "Start the exchange as a normal user, or set EXCHANGE_DATABASE_URL to a PostgreSQL server. "
        "PostgreSQL 不能以 root 运行，而本机没有 postgres 或 nobody 用户："
        "请以普通用户启动，或用 EXCHANGE_DATABASE_URL 指定服务器"
    )
