"""``exchange demo``: see :mod:`exchange.cli.demo`."""

from __future__ import annotations

import argparse
import os

from exchange.cli import demo
from exchange.cli.settings import Subparsers, port, understandable
from exchange.cli.terminal import LANGUAGES, language_of

PORT = 8000


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "demo",
        help="play a market through the public API; --exit ends with the replay proof 演示一个完整的市场",
        description="Start an exchange on fresh data and play a market through its public API. 演示一个完整的市场。",
    )
    command.add_argument(
        "--exit",
        action="store_true",
        dest="ends",
        help="stop afterwards, rebuild the market in another process from its journal, compare 由另一进程重建核对",
    )
    command.add_argument(
        "--port", type=port, help=f"port of the exchange; {PORT} unless given, any free one with --exit 端口，默认 8000"
    )
    command.add_argument(
        "--language",
        choices=LANGUAGES,
        help="language of the story; that of LC_ALL or LANG unless given 演示所用语言：zh 中文，en 英文，both 双语",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play."""
    with understandable():
        return demo.run(
            arguments.port or (0 if arguments.ends else PORT),
            arguments.ends,
            arguments.language or language_of(os.environ),
        )
