"""What the sequencer has decided and not sent yet: the open batch, a group that is begun, and the slice at work."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.sequencer.deciding import Applied
from exchange.sequencer.idempotency import Flight
from exchange.sequencer.journal import Entry
from exchange.sequencer.submission import Group


@dataclass(slots=True)
class Collected:
    """Entries that were decided together, and the last one of each request with the flight of those who wait for it.
    ``taken`` counts the commands that are or will be among them.
    """

    before: bytes
    entries: list[Entry] = field(default_factory=list)
    answers: list[tuple[Entry, Flight]] = field(default_factory=list)
    taken: int = 0
    size: int = 0

    @property
    def head(self) -> bytes:
        """The head that the next entry continues."""
        return self.entries[-1].head if self.entries else self.before

    def add(self, entry: Entry) -> None:
        """Put an entry at the end."""
        self.entries.append(entry)
        self.size += len(entry.leaf_bytes) + len(entry.events_bytes)


@dataclass(slots=True)
class Begun:
    """A group of which some commands are decided. Its entries stand aside until all of them are there, so that the open
    batch can be sent meanwhile without a part of the group.
    """

    group: Group
    commands: tuple[bytes, ...]
    flight: Flight
    applied: int = 0
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Slice:
    """Commands that are decided in one go, and for each who waits for it: nobody, a flight, or a group."""

    applied: list[Applied] = field(default_factory=list)
    waiting: list[Flight | Begun | None] = field(default_factory=list)
    events: int = 0

    def add(self, applied: Applied, waiting: Flight | Begun | None) -> None:
        """Put a command at the end."""
        self.applied.append(applied)
        self.waiting.append(waiting)
        self.events += len(applied.decision.events)
