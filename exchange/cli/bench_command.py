"""``exchange bench``: see :mod:`exchange.cli.bench`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvloop

from exchange.cli.problem import OK, CommandError
from exchange.cli.settings import Subparsers

if TYPE_CHECKING:
    from exchange.cli.bench.results import Report

NAMES: Final = {
    "matching": "the matching engine alone, against the engines that a Python user can install",
    "core": "apply() with everything but I/O",
    "orders": "the whole path of an order: REST, batches, WebSocket, overload",
    "stream": "market data to many subscribers",
    "recovery": "the start with a large book and a long tail of the journal",
    "soak": "half load for a long time, with clients that break off and do not read",
    "growth": "how cost grows with the book, the firms and the past",
}
ALL: Final = ("matching", "core", "orders", "stream", "recovery")
"""What `all` stands for; the others take an hour and more at their full size and are asked for by name."""

NUMBERS: Final = {
    "commands": "mixed commands to measure (matching, core, growth)",
    "resting": "orders in the book before (matching, core, stream, recovery)",
    "firms": "buyers, and as many sellers",
    "rounds": "runs, of which the median is shown (matching, core)",
    "clients": "order connections (orders, growth, soak)",
    "largest_book": "orders in the largest book that is measured (matching, core, growth); 0 leaves it out",
    "largest_firms": "most firms, buyers and sellers together, that are measured (growth)",
    "largest_history": "most rows in the past that are measured (growth)",
    "subscribers": "listeners (stream, soak)",
    "changes": "orders a second (stream)",
    "tail": "entries after the snapshot (recovery)",
    "parts": "rows into which the time is cut (soak)",
    "slow": "listeners that do not read (soak)",
}


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "bench",
        help="measure, with the floors of this machine in the same run 性能测试",
        description="Measure the parts of the exchange; what is not given has a default of its own. 性能测试。",
    )
    told = "; ".join(f"{name}: {meaning}" for name, meaning in NAMES.items())
    command.add_argument(
        "what",
        nargs="?",
        default="core",
        choices=(*NAMES, "all", "page"),
        help=f"{told}; all: the first five; page: fill docs/PERFORMANCE.md",
    )
    for name, meaning in NUMBERS.items():
        command.add_argument(f"--{name.replace('_', '-')}", type=int, help=meaning)
    command.add_argument("--seconds", type=float, help="how long each measurement takes (orders, stream, growth)")
    command.add_argument("--warm-up", type=float, help="seconds before each of them that are not counted")
    command.add_argument("--modes", type=_words, help="which parts of it, with commas between (orders, growth)")
    command.add_argument("--folder", type=Path, help="where the database of a long past stays, to go on with (growth)")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the result there; a folder for `all`")
    command.set_defaults(run=run)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def run(arguments: argparse.Namespace) -> int:
    """Measure, show the tables, write the files."""
    try:
        from exchange.cli.bench import page
    except ModuleNotFoundError as missing:
        if missing.name is None or not missing.name.startswith("loadtests"):
            raise
        raise CommandError("the load tests are not here.", "run it from the project's folder: ./dev bench") from None
    if arguments.what == "page":
        page.fill()
        return OK
    for name in ALL if arguments.what == "all" else (arguments.what,):
        report = _bench(name)(arguments)
        report.command = command_of(name, report)
        print(f"## {name}\n\n{report.table()}\n", flush=True)
        if arguments.json is not None:
            report.save(arguments.json / f"{name}.json" if arguments.what == "all" else arguments.json)
    return OK


def _bench(name: str) -> Callable[[argparse.Namespace], Report]:
    """How a bench is run. Only what is asked for is imported: some of it needs more than a server has installed."""
    from exchange.cli.bench import core, growth, matching, orders, recovery, soak, stream

    def measured(module: Any) -> Callable[[argparse.Namespace], Report]:
        def measure(arguments: argparse.Namespace) -> Report:
            made = module.run(module.Options(**_given(arguments, (field.name for field in fields(module.Options)))))
            report: Report = _run(made) if asyncio.iscoroutine(made) else made
            return report

        return measure

    modules = {
        "matching": matching,
        "core": core,
        "orders": orders,
        "stream": stream,
        "recovery": recovery,
        "soak": soak,
        "growth": growth,
    }
    return measured(modules[name])


def _run(whole: Any) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole)


def _given(arguments: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """What was said of the options that a bench has."""
    said = vars(arguments)
    return {name: said[name] for name in names if said.get(name) is not None}


def command_of(name: str, report: Report) -> str:
    """The command that measures the same again."""
    words = [f"./dev bench {name}"]
    for option, value in report.options.items():
        if value not in (None, ""):
            shown = ",".join(map(str, value)) if isinstance(value, list | tuple) else value
            words.append(f"--{option.replace('_', '-')} {shown}")
    return " ".join(words)
