"""The benchmark runs a correct market: its own check of the trades is part of every run."""

from __future__ import annotations

import json
import subprocess
import sys


def bench(*options: str) -> str:
    """A small benchmark in a process of its own, because it changes how garbage is collected."""
    small = ["--commands", "600", "--resting", "200", "--firms", "5", "--rounds", "3"]
    command = [sys.executable, "-m", "exchange", "bench", "core", *small, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_a_line_for_programs() -> None:
    result = json.loads(bench("--json"))
    assert (result["commands"], result["resting_before"], result["firms"]) == (600, 200, 5)
    assert result["trades"] > 100
    assert result["commands_per_second"] > 0


def test_a_line_of_a_table() -> None:
    assert bench().startswith("| core | ")
