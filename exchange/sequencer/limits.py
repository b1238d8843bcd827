"""How much the sequencer takes on at once and how long it waits; every queue, batch and wait in it has a bound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Limits:
    """The bounds of one sequencer. Seconds are measured on the event loop's monotonic clock."""

    queue: int = 10_000
    """Commands that may wait; beyond it callers are told to come again. A group larger than this waits alone."""

    share: int = 1_000
    """Commands of one firm that may wait, or of one person of the venue: a tenth of a second's work. Whoever has none
    waiting may send a group of any size.
    """

    cancels: int = 1_000
    """Cancels that find room behind a full queue: to take an order back must be possible while others send theirs."""

    batch: int = 1_000
    """Most commands in one transaction; a group is never divided, so a larger one has a transaction alone."""

    batch_bytes: int = 8 * 1024 * 1024
    """A batch takes no further slice when its leaves and events have reached this size."""

    slice: int = 32
    """Commands decided together before the event loop gets its turn. 16 or 64 cost more an order than 32 (0033)."""

    slice_events: int = 600
    """It gets its turn also when these commands have made so many events: 150 trades, where one order may have a
    thousand and takes as long as hundreds that rest.
    """

    commit_seconds: float = 10.0
    """After this long without an answer to COMMIT its outcome counts as unknown."""

    unknown_seconds: float = 30.0
    """How long an unknown outcome is asked for, all repetitions included, before the process gives up."""

    pause_seconds: float = 0.05
    """First pause between two questions; it doubles up to a second."""

    clock_seconds: float = 1.0
    """While a deadline is to come the clock is looked at this often at least, since somebody may set it."""

    recent_answers: int = 50_000
    """Answers kept in memory for repeats; older ones are read from the disk."""

    recent_answer_bytes: int = 64 * 1024 * 1024
    """Most bytes that the bodies of these answers come to."""

    snapshot_every: int = 100_000
    """Journal entries between two snapshots."""

    snapshot_seconds: float = 300.0
    """After this long a snapshot's child is taken for hung and killed."""
