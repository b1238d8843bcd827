"""The process between the owner and PostgreSQL. Run as a script; it imports the standard library only.

Its standard input is a pipe that only the owner can write to:

* end of file: the owner closed it or is dead, by whatever death. PostgreSQL is stopped (SIGINT, a fast shutdown; then
  SIGQUIT, then SIGKILL) and this process ends;
* one byte: the owner saw PostgreSQL ready. From now on PostgreSQL is started again, on the same port, when it dies.

A signal at the parent's death (PR_SET_PDEATHSIG) would be shorter. It exists on Linux only, and it is sent when the
*thread* that started the child ends, so a server started from a thread pool would die for no reason.

Before the byte a PostgreSQL that ends is the owner's affair: this process ends with the same code.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

OWNER = 0  # file descriptor of the pipe: standard input
RESTART_PAUSE_S = 0.2
GIVE_UP_AFTER_S = 60.0  # of starts that all failed
STEADY_AFTER_S = 5.0  # a PostgreSQL that lived this long counts as having started
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


class OwnerGoneError(Exception):
    """The other end of the pipe is closed."""


def main(spec: dict[str, Any]) -> int:
    """Keep PostgreSQL alive as long as the owner lives, then end it. The exit code is PostgreSQL's last one."""
    lock = open(spec["lock"], "ab")  # noqa: SIM115 - held until this process ends; a new owner waits for that
    fcntl.flock(lock, fcntl.LOCK_EX)
    wake_up = prepare_signals()
    with open(spec["log"], "ab", buffering=0) as log:
        keep = False
        failing_since: float | None = None
        while True:
            started = time.monotonic()
            postgres = start(spec, log)
            try:
                keep = watch(postgres, wake_up, keep)
            except OwnerGoneError:
                return stop(postgres)
            now = time.monotonic()
            failing_since = None if now - started > STEADY_AFTER_S else failing_since or started
            if not keep or (failing_since and now - failing_since > GIVE_UP_AFTER_S):
                return exit_code(postgres.returncode)
            log.write(b"supervisor: PostgreSQL ended with code %d; starting it again\n" % postgres.returncode)
            if owner_speaks_within(RESTART_PAUSE_S) and not os.read(OWNER, 1):
                return exit_code(postgres.returncode)


def prepare_signals() -> int:
    """Ignore what ends a process group as a whole, and make the death of PostgreSQL readable on a pipe.

    Ctrl-C or a service manager's SIGTERM is for the owner, which then closes the pipe. Handlers are used, since
    ignored signals would stay ignored in PostgreSQL.
    """
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return readable


def start(spec: dict[str, Any], log: Any) -> subprocess.Popen[bytes]:
    """Start the postmaster; as root under another user."""
    return subprocess.Popen(
        spec["command"],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env=spec["environment"],
        **spec["spawn"],
    )


def watch(postgres: subprocess.Popen[bytes], wake_up: int, keep: bool) -> bool:
    """Wait until PostgreSQL ends; True when the owner has asked to keep it alive.

    Raises:
        OwnerGoneError: when the owner goes first.
    """
    while postgres.poll() is None:
        readable, _, _ = select.select([OWNER, wake_up], [], [])
        if OWNER in readable:
            if not os.read(OWNER, 1):
                raise OwnerGoneError
            keep = True
        if wake_up in readable:
            os.read(wake_up, 4096)
    return keep or (owner_speaks_within(0) and bool(os.read(OWNER, 1)))


def owner_speaks_within(seconds: float) -> bool:
    return bool(select.select([OWNER], [], [], seconds)[0])


def stop(postgres: subprocess.Popen[bytes]) -> int:
    """Stop PostgreSQL, harder with each step."""
    for number, patience in STOP_STEPS:
        postgres.send_signal(number)
        try:
            return exit_code(postgres.wait(patience))
        except subprocess.TimeoutExpired:
            continue
    return 1


def exit_code(returncode: int) -> int:
    """A process killed by a signal has a negative code in Python; as an exit code it is 1."""
    return returncode if returncode >= 0 else 1


if __name__ == "__main__":
    raise SystemExit(main(json.loads(sys.argv[1])))
