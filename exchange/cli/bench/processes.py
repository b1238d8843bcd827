"""What processes use, read from ``/proc``: processor time, memory. Linux only; elsewhere the figures are missing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")
_UTIME: Final = 11
"""Where the processor times begin in ``/proc/<pid>/stat`` behind the name: user, system, and both of ended children."""


def cpu_seconds(pid: int) -> float:
    """User and system time of one process so far, its ended children included; 0.0 when it cannot be read."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[_UTIME : _UTIME + 4])) / _TICKS


def tree_cpu_seconds(pid: int) -> float:
    """The same of a process and everything that it has started, as PostgreSQL starts a process for each connection."""
    return cpu_seconds(pid) + sum(tree_cpu_seconds(child) for child in children(pid))


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [
            int(child)
            for child in (_PROC / str(pid) / "task" / str(pid) / "children").read_text(encoding="utf-8").split()
        ]
    except OSError:
        return []


def resident_bytes(pid: int) -> int:
    """Memory of a process that is really there."""
    try:
        return int((_PROC / str(pid) / "statm").read_text(encoding="utf-8").split()[1]) * _PAGE
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class Used:
    """Processor seconds of the service and of PostgreSQL, and bytes of write-ahead log, up to a moment."""

    service: float
    postgres: float
    wal: int

    def since(self, before: Used) -> Used:
        """What was used between two moments."""
        return Used(self.service - before.service, self.postgres - before.postgres, self.wal - before.wal)

    def per_command(self, commands: int) -> dict[str, float]:
        """What one command cost."""
        each = max(commands, 1)
        return {
            "service_cpu_us": round(self.service / each * 1e6, 1),
            "postgres_cpu_us": round(self.postgres / each * 1e6, 1),
            "wal_bytes": round(self.wal / each),
        }


def machine() -> dict[str, object]:
    """On what was measured."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count() or 0,
        "load_before": round(os.getloadavg()[0], 2),
    }


def own_resident_bytes() -> int:
    """Memory of this process that is really there."""
    return resident_bytes(os.getpid())
