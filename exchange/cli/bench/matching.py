"""``bench matching``: the engine alone against those that a Python user can install, on the same stream of commands.

Each engine runs in a process of its own, turn by turn with the others, so that what disturbs one disturbs all; medians
are shown. A second table has the own engine's cost with a thousand to a million orders in the book.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from exchange.cli.bench.engines import ENGINES, OWN
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report

FASTEST: Final = "bourse"
BOOKS: Final = (1_000, 10_000, 100_000, 1_000_000)
LEAST_RESTING: Final = 20_000
"""With fewer orders in it what a book needs is lost in what a process takes by the page."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    commands: int = 1_000_000
    resting: int = 100_000
    rounds: int = 3
    largest_book: int = 1_000_000


Measured = dict[str, float]


def run(options: Options) -> Report:
    """Measure all engines that are installed, then the own one with books that grow."""
    report = Report("matching", {name: getattr(options, name) for name in Options.__slots__})
    results: dict[str, list[Measured]] = {name: [] for name in ENGINES}
    for seed in range(options.rounds):
        for name, engine in ENGINES.items():
            if engine.is_here:
                results[name].append(_measured(name, int(options.commands * engine.share), options.resting, seed))
    _show(report, results)
    _grow(report, options)
    _hold(report)
    return report


def _measured(name: str, commands: int, resting: int, seed: int) -> Measured:
    """One engine in a process of its own."""
    arguments = [name, str(max(commands, 1)), str(resting), str(seed)]
    command = [sys.executable, "-m", "exchange.cli.bench.engines", *arguments]
    tell(f"matching: {name}, {commands:,} commands on {resting:,} orders, run {seed + 1}")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    measured: Measured = json.loads(said.splitlines()[-1])
    return measured


def _show(report: Report, results: dict[str, list[Measured]]) -> None:
    floor = _median(results[FASTEST], "ns")
    for name, runs in results.items():
        engine = ENGINES[name]
        if not runs:
            missing = "not installed: ./dev peers"
            report.add(name, written_in=engine.kind, ns_per_command=missing)
            continue
        ns = _median(runs, "ns")
        row = report.add(name, written_in=engine.kind, ns_per_command=round(ns))
        if floor:
            row["x_bourse"] = round(floor / ns, 3)
        row["bytes_per_resting_order"] = round(_median(runs, "bytes"))
        row["trades"] = int(runs[0]["trades"])
        row["right"] = "yes" if all(each["right"] for each in runs) else "no"


def _median(runs: list[Measured], figure: str) -> float:
    return statistics.median(each[figure] for each in runs) if runs else 0.0


def _grow(report: Report, options: Options) -> None:
    """The own engine, and the fastest peer beside it: what both lose is the machine's caches."""
    books = [book for book in BOOKS if book <= options.largest_book]
    for name in (OWN, FASTEST):
        for resting in books if ENGINES[name].is_here else ():
            _grown(report, options, name, resting)


def _grown(report: Report, options: Options, name: str, resting: int) -> None:
    commands = max(options.commands // 5, 1)
    runs = [_measured(name, commands, resting, seed) for seed in range(options.rounds)]
    row = report.add(f"{name}, {resting:,} resting", ns_per_command=round(_median(runs, "ns")))
    if resting >= LEAST_RESTING:
        row["bytes_per_resting_order"] = round(_median(runs, "bytes"))


def _hold(report: Report) -> None:
    """The targets that what is installed lets judge."""
    own = float(report.row(OWN)["ns_per_command"])
    pure = [
        float(row["ns_per_command"])
        for name, engine in ENGINES.items()
        if name != OWN and engine.kind == "Python" and not isinstance((row := report.row(name))["ns_per_command"], str)
    ]
    if pure:
        report.hold("times the speed of the fastest peer written in Python", 6.0, min(pure) / own)
    fastest = report.row(FASTEST)["ns_per_command"]
    if not isinstance(fastest, str):
        report.hold("times the speed of bourse", 0.6, float(fastest) / own)
    grown = [row for row in report.rows if str(row["what"]).startswith(f"{OWN}, ")]
    if len(grown) > 1:
        growth = float(grown[-1]["ns_per_command"]) / float(grown[0]["ns_per_command"])
        report.hold("cost with the largest book over cost with the smallest", 1.5, growth, at_least=False)
    if grown and "bytes_per_resting_order" in grown[-1]:
        report.hold("bytes per resting order", 300, float(grown[-1]["bytes_per_resting_order"]), at_least=False)
