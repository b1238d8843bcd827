"""What the sequencer counts about itself; the metrics page reads it, nothing in the sequencer depends on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Meters:
    """Counters since the start of the process; seconds are of the event loop's clock."""

    entries: int = 0
    batches: int = 0
    last_batch_entries: int = 0
    last_commit_seconds: float = 0.0
    commit_seconds: float = 0.0
    unknown_outcomes: int = 0
    repeats: int = 0
    overloads: int = 0
    snapshots: int = 0
    failed_snapshots: int = 0

    def batch_committed(self, entries: int, seconds: float) -> None:
        """A batch of so many entries became durable, so long after it was first sent."""
        self.entries += entries
        self.batches += 1
        self.last_batch_entries = entries
        self.last_commit_seconds = seconds
        self.commit_seconds += seconds
