"""The pauses of the machine itself: what stands still when nothing is there that could stand still.

A rented machine is stopped by its owner now and then, all at once, for longer than an order takes. A loop that does
nothing but look at the clock, one on each processor, sees those pauses; whatever a service shows at p99 and beyond is
to be read beside them. Run as a module, it prints its pauses as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SHORTEST: Final = 0.005
"""Seconds that pass between two looks before it is called a pause: more than what a scheduler gives to another."""

_STAT: Final = Path("/proc/stat")
_STOLEN: Final = 8
"""Where the first line of ``/proc/stat`` says how long processors were ready to run and did not (``steal``)."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """What the loops saw: seconds of each pause, of the processor that was paused the longest in all."""

    watched: float
    seconds: tuple[float, ...]

    def figures(self) -> dict[str, float]:
        """As columns of a table."""
        return {
            "pauses_a_minute": round(len(self.seconds) / self.watched * 60, 1),
            "paused_percent": round(sum(self.seconds) / self.watched * 100, 2),
            "longest_pause_ms": round(max(self.seconds, default=0.0) * 1e3, 1),
        }


def pauses_of_machine(seconds: float) -> Pauses:
    """Look at the clock for a while, on every processor."""
    command = [sys.executable, "-m", "exchange.cli.bench.pauses", str(seconds)]
    loops = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(os.cpu_count() or 1)]
    seen = [tuple(json.loads(loop.communicate()[0])) for loop in loops]
    return Pauses(seconds, max(seen, key=sum))


def watch(seconds: float) -> list[float]:
    """The pauses of this process, in seconds."""
    pauses = []
    before = time.monotonic()
    ends = before + seconds
    while before < ends:
        now = time.monotonic()
        if now - before > SHORTEST:
            pauses.append(now - before)
        before = now
    return pauses


def stolen_seconds() -> float:
    """What the machine's owner has taken from the processors so far; 0.0 where nobody says so."""
    try:
        fields = _STAT.read_text(encoding="utf-8").split("\n", 1)[0].split()
    except OSError:
        return 0.0
    return int(fields[_STOLEN]) / os.sysconf("SC_CLK_TCK") if len(fields) > _STOLEN else 0.0


if __name__ == "__main__":
    print(json.dumps(watch(float(sys.argv[1]))))
