"""``exchange export`` and ``exchange verify-export``: carry the journal away as one file, and check such a file."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import sys
from pathlib import Path

from exchange.audit.export import export_journal, read_export
from exchange.bootstrap.database import open_for_reading
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.core.values import Seq
from exchange.sequencer.journal import GENESIS_HEAD, JournalCorruptError, next_head
from exchange.store.reading import open_reader


def add(commands: Subparsers) -> None:
    """Say what the two commands take."""
    export = commands.add_parser(
        "export",
        help="write the whole journal into one file 导出日志",
        description="Write the whole journal into one file that can be replayed without a database. 导出日志文件。",
    )
    export.add_argument("file", type=Path, help="the file to write; it must not exist yet 目标文件")
    add_data_dir(export)
    export.set_defaults(run=run_export)
    verify = commands.add_parser(
        "verify-export",
        help="check the hash chain of an exported journal 校验导出文件",
        description="Check the chain of an exported journal; `replay --export` does every entry again as well.",
    )
    verify.add_argument("file", type=Path, help="an exported journal 导出的日志文件")
    verify.set_defaults(run=run_verify)


def run_export(arguments: argparse.Namespace) -> int:
    """Export."""
    path: Path = arguments.file
    if path.exists():
        raise CommandError(f"{path} exists already; nothing is overwritten.", "choose another name")
    with understandable(), open_for_reading(settings_of(arguments)) as database:
        count = asyncio.run(_export(database.service_dsn, path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{count:,} entries are in {path} 已导出\n  SHA-256 of the file: {digest}")
    return OK


async def _export(dsn: str, path: Path) -> int:
    """Write beside the target and rename at the end, so that half a journal never has the name of a whole one."""
    draft = path.with_name(f"{path.name}.part")
    reader = await open_reader(dsn)
    try:
        with open(draft, "wb") as out:  # noqa: ASYNC230  nothing else runs meanwhile
            count = await export_journal(reader.entries(Seq(0)), out)
        draft.rename(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        await reader.close()
    return count


def run_verify(arguments: argparse.Namespace) -> int:
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
