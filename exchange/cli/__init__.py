"""The command line: ``python -m exchange <command>``. Each command is a small module; this one puts them together.

A command returns its exit code: 0 done, 1 a comparison came out different, 2 it could not do its work, 3 the service
stopped itself, 130 Ctrl-C. What went wrong is said on stderr with what to do next; results go to stdout.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from exchange import __version__
from exchange.cli import (
    bench_command,
    demo_command,
    export_command,
    keys_command,
    migrate_command,
    reconcile_command,
    replay_command,
    serve_command,
    spec_command,
)
from exchange.cli.problem import CANNOT, CommandError

INTERRUPTED: Final = 130
COMMANDS: Final = (
    serve_command,
    demo_command,
    migrate_command,
    replay_command,
    export_command,
    keys_command,
    reconcile_command,
    bench_command,
    spec_command,
)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    whole = argparse.ArgumentParser(
        prog="exchange",
        description="An open exchange for carbon credits. 开放的碳减排量交易所。",
        epilog="Settings come from EXCHANGE_... variables; docs/OPERATIONS.md lists them. 设置见 docs/OPERATIONS.md。",
    )
    whole.add_argument("--version", action="version", version=f"exchange {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="<command>", required=True)
    for module in COMMANDS:
        module.add(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    chosen = parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except CommandError as error:
        error.tell(lambda line: print(line, file=sys.stderr, flush=True))
        return CANNOT
    except KeyboardInterrupt:
        return INTERRUPTED
    return code
