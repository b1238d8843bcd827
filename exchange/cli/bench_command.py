"""``exchange bench``: see :mod:`exchange.cli.bench`."""

from __future__ import annotations

import argparse

from exchange.cli.bench import core
from exchange.cli.problem import OK
from exchange.cli.settings import Subparsers


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "bench",
        help="measure how many commands a second the core applies 性能测试",
        description="Measure the parts of the exchange. 性能测试。",
    )
    command.add_argument(
        "what", nargs="?", choices=("core",), default="core", help="core: apply() with everything but I/O"
    )
    command.add_argument("--commands", type=int, default=200_000, help="mixed commands to measure; 200000 unless given")
    command.add_argument("--resting", type=int, default=10_000, help="orders in the book before; 10000 unless given")
    command.add_argument("--firms", type=int, default=100, help="buyers, and as many sellers; 100 unless given")
    command.add_argument("--rounds", type=int, default=3, help="runs, of which the median is shown; 3 unless given")
    command.add_argument("--json", action="store_true", help="one line of JSON instead of a line of a table")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure."""
    result = core.run(arguments.commands, arguments.resting, arguments.firms, arguments.rounds)
    print(core.report(result, arguments.json))
    return OK
