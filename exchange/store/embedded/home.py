"""The home folder of the private PostgreSQL: made, reached and used by one living process at a time.

Two file locks say who is there. They vanish with their process, however it ends, so none has to be cleaned up: the
owner holds one; the supervisor holds the other until PostgreSQL has ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.store.embedded.cluster import Cluster
from exchange.store.embedded.problems import AlreadyRunningError, EmbeddedServerError
from exchange.store.embedded.supervisor import STOP_STEPS

if TYPE_CHECKING:
    from typing import TextIO

    from exchange.store.embedded.account import Account

log = logging.getLogger(__name__)

POLL_S = 0.01
PREDECESSOR_PATIENCE_S = 60.0


def prepare_home(home: Path, account: Account) -> None:
    """Make the folder, and let the other user pass through it. Folders above it are left as they are."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if account.is_other:
            home.chmod(home.stat().st_mode | 0o011)
    except OSError as error:
        raise EmbeddedServerError(
            f"cannot make or use the folder {home}: {error.strerror}. Choose another one with EXCHANGE_DATA_DIR. "
            "无法建立或使用该目录，请用 EXCHANGE_DATA_DIR 另选"
        ) from error
    if account.is_other and not account.can_reach(home):
        raise EmbeddedServerError(
            f"started by root, PostgreSQL runs as the user {account.name}, which cannot reach {home} because a folder "
            "above it is closed to other users. Choose another folder with EXCHANGE_DATA_DIR, or be a normal user. "
            f"由 root 启动时 PostgreSQL 以用户 {account.name} 运行，该用户无法进入此目录：请另选目录，或以普通用户启动"
        )


def take_owner_lock(cluster: Cluster) -> TextIO:
    """The file lock goes away with its process, however it ends; the pid inside is only for the message."""
    try:
        lock = cluster.owner_lock.open("a+")
    except OSError as error:
        raise EmbeddedServerError(f"cannot write in {cluster.home}: {error.strerror} 无法写入该目录") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        written = lock.read().strip()
        lock.close()
        raise AlreadyRunningError(str(cluster.home), int(written) if written.isdigit() else None) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def is_in_use(home: Path) -> bool:
    """Whether a living owner, or the supervisor of one that has just died, still works in a home folder."""
    cluster = Cluster(home)
    return any(_is_locked(path) for path in (cluster.owner_lock, cluster.supervisor_lock))


def _is_locked(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            return not _try_lock(file)
    except FileNotFoundError:
        return False


def wait_for_predecessor(cluster: Cluster) -> None:
    """Wait until the supervisor of a killed owner has stopped its PostgreSQL; stop one without a supervisor."""
    deadline = time.monotonic() + PREDECESSOR_PATIENCE_S
    with cluster.supervisor_lock.open("a") as lock:
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"the previous PostgreSQL in {cluster.home} does not end; see its log 未能退出，请看日志"
                )
            time.sleep(POLL_S)
    found = cluster.pid_file()
    if found is None or not _lives(found.pid):
        return
    if not _is_postgres_of(cluster.folder, found.pid):
        # The number belongs to another program by now, and PostgreSQL would not start because of it.
        (cluster.folder / "postmaster.pid").unlink(missing_ok=True)
        return
    log.warning("stopping a PostgreSQL (process %d) that was left without a supervisor", found.pid)
    for number, patience in STOP_STEPS:
        with contextlib.suppress(ProcessLookupError):
            os.kill(found.pid, number)
        if _ends_within(found.pid, patience):
            return
    raise EmbeddedServerError(
        f"process {found.pid}, an earlier PostgreSQL in {cluster.home}, cannot be stopped 先前的 PostgreSQL 无法停止"
    )


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected by its parent does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):
        return True  # another user's process, or a system without /proc
    return state != "Z"


def _is_postgres_of(folder: Path, pid: int) -> bool:
    """Whether this process is the PostgreSQL of this folder: it works inside it, or has it among its arguments."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return str(folder) in shown.stdout


def _ends_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _lives(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
