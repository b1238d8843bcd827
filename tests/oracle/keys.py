"""Keys and dead-man's switches as the naive exchange knows them: two dictionaries that are looked through each time."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class NaiveKey:
    """A key that is good for everything, until ``ends`` (0: for ever); ``before`` is the one that it replaced."""

    person: int
    ends: int = 0
    before: int = 0
    replaced: bool = False
    revoked: bool = False


@dataclass
class NaiveKeys:
    """Every key by its id, and when the switch of each key goes off that has armed one."""

    known: dict[int, NaiveKey] = field(default_factory=dict)
    switches: dict[int, int] = field(default_factory=dict)

    def is_good(self, number: int, person: int, at: int) -> bool:
        """Whether a person can use a key at that moment."""
        key = self.known.get(number)
        if key is None or key.person != person or key.revoked:
            return False
        return key.ends == 0 or at < key.ends

    def line(self, number: int) -> list[int]:
        """A key and all that it replaced, one after the other."""
        before = self.known[number].before
        return [number, *(self.line(before) if before else [])]

    def set_switch(self, number: int, deadline: int) -> None:
        """The switch of a key takes the place of those of the keys before it; 0 disarms it."""
        for key in self.line(number):
            self.switches.pop(key, None)
        if deadline:
            self.switches[number] = deadline

    def overdue(self, at: int) -> list[int]:
        """The keys whose switch should have gone off, the one that waits the longest first."""
        return [
            number for _, number in sorted((deadline, key) for key, deadline in self.switches.items() if deadline <= at)
        ]

    def rotate(self, number: int, new: int, grace_ends: int) -> None:
        """A new key as good as the old one, which ends with its grace or when it would have."""
        old = self.known[number]
        self.known[new] = NaiveKey(old.person, old.ends, number)
        old.ends, old.replaced = min(grace_ends, old.ends or grace_ends), True
