"""Why an address cannot be listened on: its port is taken, its port is the system's, or its host is not here."""

from __future__ import annotations

import errno
from typing import Final

from exchange.cli.problem import CommandError, reason_of

UNPRIVILEGED: Final = 1024
"""The first port that needs no privilege."""


def cannot_listen(host: str, port: int, error: OSError | UnicodeError, options: str) -> CommandError:
    """The problem and its remedy; ``options`` is where another port is chosen. A name that is not found has a number
    that is none of the system's, and one that cannot be a name of the DNS at all comes as a UnicodeError.
    """
    if isinstance(error, UnicodeError) or (error.errno or 0) < 0:
        problem = f"cannot listen on {host}: no host of this name is known."
        return CommandError(problem, "write an address of this machine in --host or EXCHANGE_HOST, such as 127.0.0.1")
    problem = f"cannot listen on {host} port {port}: {reason_of(error)}."
    if error.errno == errno.EADDRNOTAVAIL:
        return CommandError(problem, "write an address of this machine in --host or EXCHANGE_HOST, such as 127.0.0.1")
    if error.errno in (errno.EACCES, errno.EPERM) and port < UNPRIVILEGED:
        return CommandError(
            problem, f"ports below {UNPRIVILEGED} need a privilege; choose one from {UNPRIVILEGED} on with {options}"
        )
    return CommandError(problem, f"choose another port with {options}")
