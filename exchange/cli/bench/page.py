"""docs/PERFORMANCE.md: its tables come from the results under docs/performance, its words are written by hand.

Between ``<!-- bench: NAME -->`` and ``<!-- end of bench -->`` stands what NAME.json says; ``./dev bench page`` puts it
there, and a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from exchange.cli.bench.results import Report

ROOT: Final = Path(__file__).resolve().parents[3]
PAGE: Final = ROOT / "docs" / "PERFORMANCE.md"
RESULTS: Final = ROOT / "docs" / "performance"

_PLACE: Final = re.compile(r"(<!-- bench: ([a-z-]+) -->\n).*?(<!-- end of bench -->)", re.DOTALL)


def fill() -> None:
    """Bring the page up to date with the results."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), RESULTS), encoding="utf-8")


def filled(page: str, results: Path) -> str:
    """A page with every place filled from the results in a folder; a place without a result says so."""

    def put(place: re.Match[str]) -> str:
        file = results / f"{place[2]}.json"
        content = section(Report.load(file)) if file.exists() else "Not measured yet."
        return f"{place[1]}\n{content}\n\n{place[3]}"

    return _PLACE.sub(put, page)


def section(report: Report) -> str:
    """A result with how it was made."""
    machine = report.machine
    made = (
        f"`{report.command}`, {report.at}, Python {machine['python']}, {machine['processors']} processors,"
        f" load before {machine['load_before']}"
    )
    return f"{report.table()}\n\nMade by {made}."
