"""The command line: ``python -m exchange <command>``. Each command is a small module; this one puts them together.

A command returns its exit code: 0 done, 1 a comparison came out different, 2 it could not do its work, 3 the service
stopped itself, 130 Ctrl-C, 141 nobody reads the results any more, 143 SIGTERM. What went wrong is said on stderr with
what to do next; results go to stdout, and nowhere where that is closed.
"""

from __future__ import annotations

import argparse
import errno
import os
import select
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final, TextIO

from exchange import __version__
from exchange.cli.arguments import Parser
from exchange.cli.problem import CANNOT, CommandError, Terminated, reason_of
from exchange.cli.terminal import give_up, let_it_write_chinese

INTERRUPTED: Final = 130
UNREAD: Final = 141
TERMINATED: Final = 143
"""128 and the number of the signal, as a shell says it of a program that a signal ended; SIGPIPE is that of UNREAD."""

NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A full disk, a share of it that is used up, and a file that may not become larger."""

COMMANDS: Final = {
    "serve": "serve_command",
    "demo": "demo_command",
    "migrate": "migrate_command",
    "replay": "replay_command",
    "export": "export_command",
    "verify-export": "verify_export_command",
    "verify-certificate": "verify_certificate_command",
    "certificate-pdf": "certificate_pdf_command",
    "keys": "keys_command",
    "sandbox-join": "sandbox_join_command",
    "sign": "sign_command",
    "reconcile": "reconcile_command",
    "registry-reconcile": "registry_reconcile_command",
    "registry-public-list": "registry_public_list_command",
    "registry-simulator": "registry_simulator_command",
    "audit": "audit_command",
    "purge-answers": "purge_answers_command",
    "bench": "bench_command",
    "spec": "spec_command",
}
"""Command → its module. Only the module of the command that is called is imported: a replay needs no web server."""


def parser(names: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the whole command line, or of some commands."""
    whole = Parser(
        prog="exchange",
        description="An open exchange for carbon credits. 开放的碳减排量交易所。",
        epilog=(
            "Settings come from EXCHANGE_... variables; docs/OPERATIONS.md lists them."
            " 各项设置见 docs/OPERATIONS.zh-CN.md。"
        ),
    )
    whole.add_argument("--version", action="version", version=f"exchange {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="<command>", required=True)
    for name in names:
        import_module(f"{__name__}.{COMMANDS[name]}").add(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Whoever reads the results may stop at any line, as ``head`` does: then it ends
    without a word. Where there is no room for what is written, nobody may take the end for a result.
    """
    _open_what_is_closed()
    try:
        try:
            return _run(arguments)
        finally:
            # Now, and not when Python ends, which would tell of it.
            sys.stdout.flush()
    except BrokenPipeError:
        if not _is_unread():
            raise
        return UNREAD
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return _without_room(error)


def _open_what_is_closed() -> None:
    """Results and problems for which the caller has closed the stream (``>&-``) go nowhere.

    Else the next file or connection would get the stream's number, and with it whatever is written to the stream.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            # Programs that we start write there too.
            os.set_inheritable(nowhere, True)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))


def _is_unread() -> bool:
    """Whether nobody reads our results any more; what is left of them then goes nowhere."""
    looking = select.poll()
    looking.register(sys.stdout.fileno(), select.POLLOUT)
    if not any(found & (select.POLLERR | select.POLLHUP) for _, found in looking.poll(0)):
        return False
    give_up(sys.stdout)
    return True


def _without_room(error: OSError) -> int:
    """Say so where that can still be written. What came out so far may end in the middle."""
    problem = CommandError(
        f"cannot write: {reason_of(error)}. The results are not complete. 无法写入（空间不足），结果不完整。",
        "make room, and give the command again 请腾出空间后重新执行该命令",
    )
    _empty(sys.stdout)
    with suppress(OSError):
        problem.tell(_complain)
    _empty(sys.stderr)
    return CANNOT


def _empty(stream: TextIO) -> None:
    """Write what waits, so that Python finds nothing to complain of when it ends."""
    try:
        stream.flush()
    except OSError:
        give_up(stream)


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _run(arguments: Sequence[str] | None) -> int:
    """Texts in two languages are said in any locale, the C locale included."""
    for stream in (sys.stdout, sys.stderr):
        let_it_write_chinese(stream)
    given = list(sys.argv[1:] if arguments is None else arguments)
    known = given[:1] if given and given[0] in COMMANDS else list(COMMANDS)
    try:
        # What a command needs is imported here, which takes long enough for somebody to change their mind.
        chosen = parser(known).parse_args(given)
        code: int = chosen.run(chosen)
    except CommandError as error:
        error.tell(_complain)
        return CANNOT
    except Terminated:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code
