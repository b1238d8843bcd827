"""The health of a service over time: memory, descriptors, tasks, what waits; and whether a row of figures has a trend.

The slope of a trend is that of Theil and Sen: the median of the slopes between all pairs of points, which a few points
that lie far off (a snapshot is being written, the machine was busy) do not move.

H. Theil, "A rank-invariant method of linear and polynomial regression analysis", 1950; P. K. Sen, "Estimates of the
regression coefficient based on Kendall's tau", JASA 63, 1968.

>>> theil_sen([(0, 5.0), (1, 7.0), (2, 9.0), (3, 400.0), (4, 13.0)])
2.0
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Final

_FIGURE: Final = re.compile(rb"^([a-z_]+) ([0-9.e+-]+)$", re.MULTILINE)
_PROC: Final = Path("/proc")
_KIB: Final = 1024

Point = tuple[float, float]


def theil_sen(points: list[Point]) -> float:
    """The slope of a trend through points ``(x, y)``; 0.0 when there are not two with different x."""
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x1 != x2]
    return median(slopes) if slopes else 0.0


def second_half(points: list[Point]) -> list[Point]:
    """The points of the later half of the time: what a start fills up (caches, pools) is full by then."""
    if not points:
        return []
    middle = (points[0][0] + points[-1][0]) / 2
    return [point for point in points if point[0] >= middle]


def first_and_last_third(figures: list[float]) -> tuple[float, float]:
    """The medians of the first and of the last third of figures in order of time."""
    third = max(len(figures) // 3, 1)
    return median(figures[:third]), median(figures[-third:])


def metrics_of(page: bytes) -> dict[str, float]:
    """The figures without labels of a page in the Prometheus text format."""
    return {name.decode(): float(figure) for name, figure in _FIGURE.findall(page)}


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a process: what is there, what of it is its own, and what was swapped out."""

    resident: int
    private: int
    swapped: int


def memory_of(pid: int) -> Memory:
    """From ``/proc/<pid>/smaps_rollup``; Linux only.

    Raises:
        OSError: when the process is gone.
    """
    sizes = {"Rss": 0, "Private_Clean": 0, "Private_Dirty": 0, "Swap": 0}
    for line in (_PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(":")
        if name in sizes:
            sizes[name] = int(rest.split()[0]) * _KIB
    return Memory(sizes["Rss"], sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Swap"])


def descriptors_of(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(_PROC / str(pid) / "fd"))


def processor_seconds_of(pid: int) -> float:
    """How long a process was on a processor since it began, by ``/proc/<pid>/stat``; Linux only.

    Raises:
        OSError: when the process is gone.
    """
    # The second field is a name in brackets that may have spaces in it; user and system time are the 14th and 15th.
    fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the service: seconds since the start, what ``/proc`` says, and its own metrics."""

    at: float
    memory: Memory
    descriptors: int
    metrics: dict[str, float]

    @property
    def spare_descriptors(self) -> float:
        """Descriptors beyond the connections that are open, which must not become more."""
        return self.descriptors - self.metrics.get("exchange_connections", 0.0)

    @property
    def spare_tasks(self) -> float:
        """Tasks, which must not become more; a stream needs none."""
        return self.metrics.get("exchange_tasks", 0.0)
