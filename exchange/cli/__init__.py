"""The command line: ``python -m exchange <command>``. Each command is a small module; this one puts them together.

A command returns its exit code: 0 done, 1 a comparison came out different, 2 it could not do its work, 3 the service
stopped itself, 130 Ctrl-C, 141 nobody reads the results any more, 143 SIGTERM. What went wrong is said on stderr with
what to do next; results go to stdout.
"""

from __future__ import annotations

import argparse
import os
import select
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Final

from exchange import __version__
from exchange.cli.arguments import Parser
from exchange.cli.problem import CANNOT, CommandError, Terminated
from exchange.cli.terminal import let_it_write_chinese

INTERRUPTED: Final = 130
UNREAD: Final = 141
TERMINATED: Final = 143
"""128 and the number of the signal, as a shell says it of a program that a signal ended; SIGPIPE is that of UNREAD."""

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
    without a word.
    """
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


def _is_unread() -> bool:
    """Whether nobody reads our results any more; what is left of them then goes nowhere."""
    looking = select.poll()
    looking.register(sys.stdout.fileno(), select.POLLOUT)
    if not any(found & (select.POLLERR | select.POLLHUP) for _, found in looking.poll(0)):
        return False
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return True


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
        error.tell(lambda line: print(line, file=sys.stderr, flush=True))
        return CANNOT
    except Terminated:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code
