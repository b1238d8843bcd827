"""Named places at which a crash test kills the process, so that every step of a commit is known to be survivable.

``EXCHANGE_CRASH_AT=<point>:<nth>`` makes the process kill itself with SIGKILL when it passes the point for the n-th
time: no ``finally``, no flush, no goodbye, as when the machine loses power. When the setting is empty, ``hit`` is a
function that does nothing. `POINTS` is the table that the crash tests iterate over; a point that is not in it cannot be
named in the setting.

The points that begin with ``store_`` are passed by the journal's store, which is given ``hit`` as a plain function.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Final

POINTS: Final = {
    # One command.
    "submitted": "a command came in; nothing remembers it yet",
    "stamped": "it has its seq and time; it is not applied",
    "applied": "the state in memory has changed; nothing is written",
    "rendered": "its entry and its answer's bytes exist in memory",
    "in_group": "a command of a group is decided, the next one is not",
    # One batch.
    "before_send": "the batch is closed; nothing of it was sent to the database",
    "store_begun": "the transaction is open and the leader row is held",
    "store_journal_written": "the journal's rows are sent, the others are not",
    "store_rows_written": "every row of the batch is written; COMMIT was not sent",
    "store_commit_sent": "COMMIT was sent; its answer was not read",
    "committed": "the batch is durable; nobody was told",
    "asking": "the outcome is unknown; the database is about to be asked",
    "before_view": "the batch is durable; the committed view does not show it",
    "after_view": "the committed view shows the batch; nobody was answered",
    "before_answer": "the first answer of a batch is about to be given",
    "between_answers": "one caller of a batch is answered, the next one is not",
    "published": "every caller of the batch is answered",
    # One snapshot. The points inside of the child kill the service as well.
    "snapshot_before_fork": "a snapshot is due",
    "snapshot_child_begun": "the child has the state; no byte is written",
    "snapshot_child_written": "the file is complete under its temporary name",
    "snapshot_child_renamed": "the file has its name; the service does not know yet",
    "snapshot_before_attest": "the service knows of the file; the log does not",
    "snapshot_attested": "the log holds the snapshot's state hash",
    # One request to the registry, passed by the worker over the outbox.
    "registry_asking": "a request is durable; the registry was not asked",
    "registry_asked": "the registry was asked, and has perhaps answered; nobody took note of it",
    "registry_answered": "the registry's statement is here; the log does not have it",
    # One start.
    "led": "this process is the leader; nothing is recovered",
    "replaying": "an entry of the tail was replayed",
    "recovered": "everything is recovered; nothing is served",
}
"""Every point and what is true when the process dies there."""

IN_CHILD: Final = ("snapshot_child_begun", "snapshot_child_written", "snapshot_child_renamed")
"""The points that a snapshot's child passes, once for each snapshot."""

BESIDE: Final = ("registry_asking", "registry_asked", "registry_answered")
"""The points that the worker passes, which runs beside the sequencer."""


def _nothing(point: str) -> None:
    """What passing a point does when no crash was asked for."""


class CrashPoints:
    """Kills the process at one named point; ``hit`` is called with the point's name wherever one is passed."""

    hit: Callable[[str], None]

    def __init__(self, point: str = "", nth: int = 1) -> None:
        """No crash for an empty ``point``.

        Raises:
            ValueError: for a point that does not exist, so that a crash test cannot pass by a typing mistake.
        """
        if point and point not in POINTS:
            raise ValueError(f"there is no crash point {point!r}; the points are {', '.join(POINTS)}")
        self._point = point
        self._nth = nth
        self._passed: Counter[str] = Counter()
        self._victims = [os.getpid()]
        self.hit = self._count if point else _nothing

    def _count(self, point: str) -> None:
        self._passed[point] += 1
        if point == self._point and self._passed[point] == self._nth:
            for victim in self._victims:
                os.kill(victim, signal.SIGKILL)

    def forked(self) -> None:
        """Called by the parent of a snapshot's child: counts what the child passes, so ``nth`` counts snapshots."""
        self._passed.update(IN_CHILD)

    def in_child(self) -> None:
        """Called by a snapshot's child: a crash in the child is a crash of the whole program, the service first."""
        self._victims.append(os.getpid())
