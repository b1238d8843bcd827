"""Why an address cannot be listened on: its port is taken, its port is the system's, or its host is not here."""

from __future__ import annotations

import errno
from typing import Final

from exchange.cli.problem import CommandError, reason_of

UNPRIVILEGED: Final = 1024
"""The first port that needs no privilege."""

AN_ADDRESS: Final = (
    "write an address of this machine in --host or EXCHANGE_HOST, such as 127.0.0.1 请填写本机的地址，如 127.0.0.1"
)
_CHINESE: Final = {
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有此地址",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
}


def cannot_listen(host: str, port: int, error: OSError | UnicodeError, options: str) -> CommandError:
    """The problem and its remedy; ``options`` is where another port is chosen. A name that is not found has a number
    that is none of the system's, and one that cannot be a name of the DNS at all comes as a UnicodeError.
    """
    if isinstance(error, UnicodeError) or (error.errno or 0) < 0:
        problem = f"cannot listen on {host}: no host of this name is known. 无法监听：没有此主机"
        return CommandError(problem, AN_ADDRESS)
    problem = f"cannot listen on {host} port {port}: {reason_of(error)}. {_CHINESE.get(error.errno or 0, '无法监听')}"
    if error.errno == errno.EADDRNOTAVAIL:
        return CommandError(problem, AN_ADDRESS)
    if error.errno in (errno.EACCES, errno.EPERM) and port < UNPRIVILEGED:
        return CommandError(
            problem,
            f"ports below {UNPRIVILEGED} need a privilege; choose one from {UNPRIVILEGED} on with {options}"
            f" 低于 {UNPRIVILEGED} 的端口需要特权，请另选",
        )
    return CommandError(problem, f"choose another port with {options} 请另选端口")
