"""How many downloads may run at once: a download may be as slow as its client, so the number of them is bounded."""

from __future__ import annotations

from collections import Counter
from typing import Final

from exchange.api.problem_tables import TOO_MANY_DOWNLOADS
from exchange.api.problems import ProblemError
from exchange.core.values import PersonId

_COME_AGAIN: Final = {"retry-after": "5"}


class Downloads:
    """The places for downloads: so many in all, so many for one person. Nobody waits for one."""

    def __init__(self, places: int = 16, each: int = 2) -> None:
        """``each`` is what one person may hold of the ``places``."""
        self._places = places
        self._each = each
        self._taken: Counter[PersonId] = Counter()

    def take(self, person: PersonId) -> None:
        """Take a place, or raise :class:`ProblemError` (503, come again)."""
        if self._taken.total() >= self._places or self._taken[person] >= self._each:
            raise ProblemError(TOO_MANY_DOWNLOADS, headers=_COME_AGAIN)
        self._taken[person] += 1

    def give_back(self, person: PersonId) -> None:
        """A download is over."""
        self._taken[person] -= 1
        if not self._taken[person]:
            del self._taken[person]
