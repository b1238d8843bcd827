"""``exchange verify-export``: check the hash chain of an exported journal, without a database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from exchange.audit.export import read_export
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers
from exchange.sequencer.journal import GENESIS_HEAD, JournalCorruptError, next_head


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "verify-export",
        help="check the hash chain of an exported journal 校验导出文件",
        description="Check the chain of an exported journal; `replay --export` does every entry again as well.",
    )
    command.add_argument("file", type=Path, help="an exported journal 导出的日志文件")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the chain of a file; 1 when it is broken."""
    head, count = GENESIS_HEAD, 0
    try:
        with open(arguments.file, "rb") as file:
            for entry in read_export(file):
                head, count = next_head(head, entry.leaf_bytes), count + 1
                if head != entry.head:
                    raise JournalCorruptError(f"entry {entry.seq} does not continue the chain")
    except JournalCorruptError as error:
        print(f"verify-export: DIFFERENT: {error}", file=sys.stderr)
        return DIFFERENT
    except OSError as error:
        raise CommandError(f"{arguments.file} cannot be read: {error.strerror}.") from None
    print(f"verify-export: the chain of {count:,} entries is whole 链完整\n  head {head.hex()}")
    return OK
