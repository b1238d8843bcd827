"""``exchange export``: carry the journal away as one file."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
from pathlib import Path

from exchange.audit.export import export_journal
from exchange.bootstrap.database import open_for_reading
from exchange.cli.problem import OK, CommandError, reason_of
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.core.values import Seq
from exchange.store.reading import open_reader


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "export",
        help="write the whole journal into one file 导出日志",
        description="Write the whole journal into one file that can be replayed without a database. 导出日志文件。",
    )
    command.add_argument("file", type=Path, help="the file to write; it must not exist yet 目标文件")
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export."""
    path: Path = arguments.file
    if str(path) == "-":
        raise CommandError(
            "a journal is not written to standard output: half of one must not pass for a whole. 日志不写到标准输出。",
            "name a file, and read that when the command has ended 请指定文件，命令结束后再读取",
        )
    if path.exists():
        raise CommandError(
            f"{path} exists already; nothing is overwritten. 该文件已存在，不会覆盖。",
            "choose another name 请换一个文件名",
        )
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
        raise CommandError(f"{path} cannot be written: {reason_of(error)}. 无法写入该文件。") from None
    finally:
        await reader.close()
    return count
