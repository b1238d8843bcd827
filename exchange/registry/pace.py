"""How long to wait before the registry is asked again: longer each time, up to a bound, and never all at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_MOST_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class Pace:
    """``first_s`` seconds after the first try, twice as long after each further one, ``longest_s`` at the most; then
    from half of that to one and a half of it, by chance, so that what failed together is not tried together again.
    """

    first_s: float = 1.0
    longest_s: float = 60.0

    def delay(self, tries: int, chance: Random) -> float:
        """Seconds to wait after so many tries (at least 1)."""
        doubled = self.first_s * 2.0 ** min(tries - 1, _MOST_DOUBLINGS)
        bounded: float = min(doubled, self.longest_s)
        return bounded * (0.5 + chance.random())
