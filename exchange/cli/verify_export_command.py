"""``exchange verify-export``: check the hash chain of an exported journal, without a database.

A chain that holds shows that the file is consistent in itself, no more: whoever can hash can make a shorter or another
one. Only a head that was noted elsewhere shows that it is the journal, as far as that head.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from exchange.audit.export import ExportedEntry, NotAJournalError, read_export
from exchange.audit.known_end import KnownEnd
from exchange.cli.known_end import add_known_end, end_words, known_end_of
from exchange.cli.problem import DIFFERENT, OK
from exchange.cli.settings import Subparsers
from exchange.cli.verdict import not_a_journal, of_other_version, tell_difference, unreadable
from exchange.core.canonical import CanonicalError
from exchange.core.values import Seq
from exchange.sequencer.journal import (
    GENESIS_HEAD,
    JournalCorruptError,
    OtherVersionError,
    decode_leaf,
    demand_format,
    next_head,
)
from exchange.sequencer.replaying import CHAIN_BREAKS


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "verify-export",
        help="check the hash chain of an exported journal 校验导出文件",
        description=(
            "Check that the chain of an exported journal is consistent in itself and, with --head, that it has the head"
            " that you noted; `replay --export` does every entry again as well. 校验链自身是否一致，并与已知链头核对。"
        ),
    )
    command.add_argument("file", type=Path, help="an exported journal 导出的日志文件")
    add_known_end(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the chain of a file; 1 when it is broken, or is not what is known."""
    known = known_end_of(arguments)
    try:
        last, head = _check(arguments.file, known)
    except NotAJournalError as error:
        raise not_a_journal(arguments.file, error) from None
    except OtherVersionError as error:
        raise of_other_version(error) from None
    except JournalCorruptError as error:
        tell_difference("verify-export", str(error), error.chinese)
        return DIFFERENT
    except OSError as error:
        raise unreadable(arguments.file, error) from None
    print(f"verify-export: the chain of {last:,} entries is consistent in itself")
    print(f"  链       共 {last:,} 条，链自身一致\n  head     {head.hex()}  链头")
    print(end_words(known, last))
    return OK


def _demand_place(entry: ExportedEntry) -> None:
    """An entry says which it is; one that was moved, doubled or left out shows even when the chain was made anew."""
    demand_format(entry.seq, entry.leaf_bytes)
    try:
        says = decode_leaf(entry.leaf_bytes).seq
    except CanonicalError as error:
        raise JournalCorruptError(f"entry {entry.seq} cannot be read: {error}", f"第 {entry.seq} 条无法读取") from error
    if says != entry.seq:
        raise JournalCorruptError(
            f"entry {entry.seq} says that it is entry {says}", f"第 {entry.seq} 条自称为第 {says} 条"
        )


def _check(path: Path, known: KnownEnd) -> tuple[Seq, bytes]:
    """The last entry of a file and its head, after every check. Raises JournalCorruptError or OSError."""
    seq, head = Seq(0), GENESIS_HEAD
    with open(path, "rb") as file:
        for entry in read_export(file):
            seq, head = entry.seq, next_head(head, entry.leaf_bytes)
            if head != entry.head:
                raise JournalCorruptError(f"entry {seq} {CHAIN_BREAKS[0]}", f"第 {seq} 条{CHAIN_BREAKS[1]}")
            _demand_place(entry)
            known.see(seq, head)
    known.conclude(seq)
    return seq, head
