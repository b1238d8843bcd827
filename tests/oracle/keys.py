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
    """Every key by its id, and when the switch of each key goes off that has armed one.

    ``made`` has the maker and the day of each key that a person has made or rotated.
    """

    known: dict[int, NaiveKey] = field(default_factory=dict)
    switches: dict[int, int] = field(default_factory=dict)
    made: list[tuple[int, int]] = field(default_factory=list)

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

    def whole_line(self, number: int) -> list[int]:
        """All keys of the line that a key belongs to, the first one first."""
        first = self.line(number)[-1]
        return sorted(key for key in self.known if self.line(key)[-1] == first)

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

    def is_before(self, number: int, used: int) -> bool:
        """Whether the key in use has replaced another one, at once or by way of others."""
        return number in self.line(used)[1:]

    def revoke(self, number: int, used: int, at: int) -> None:
        """A key dies with its line, of which those that are over stay so; or alone, by one that has replaced it."""
        line = [number] if self.is_before(number, used) else self.whole_line(number)
        for key in line:
            known = self.known[key]
            known.revoked |= key == number or not known.replaced or known.ends == 0 or at < known.ends

    def rotate(self, number: int, new: int, grace_ends: int) -> None:
        """A new key as good as the old one, which ends with its grace or when it would have."""
        old = self.known[number]
        self.known[new] = NaiveKey(old.person, old.ends, number)
        old.ends, old.replaced = min(grace_ends, old.ends or grace_ends), True
