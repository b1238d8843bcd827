"""``exchange spec``: write the published descriptions of the API again."""

from __future__ import annotations

import argparse
from pathlib import Path

from exchange.api.spec import write
from exchange.cli.problem import OK
from exchange.cli.settings import Subparsers

ROOT = Path(__file__).resolve().parents[2]


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "spec",
        help="write the files of api_spec and docs/ERRORS.md again 重新生成 API 规范",
        description="Write the OpenAPI and AsyncAPI documents and the list of errors. 由代码生成 API 规范与错误列表。",
    )
    command.add_argument(
        "--root", type=Path, default=ROOT, help="the folder to write into; the project's unless given 写入的目录"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write."""
    write(arguments.root)
    print(f"written into {arguments.root} 已生成")
    return OK
