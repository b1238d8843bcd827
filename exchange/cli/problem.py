"""How a command of the command line says that it cannot go on: what is wrong, and what to do next."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

OK: Final = 0
DIFFERENT: Final = 1
"""A comparison came out different, or a check found something."""

CANNOT: Final = 2
"""The command could not do its work: wrong arguments, settings, or surroundings."""

STOPPED_ITSELF: Final = 3
"""The service stopped because going on would not have been safe."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came, and was made what Ctrl-C is, so that everything is put away in the same manner."""


def reason_of(error: OSError) -> str:
    """Why the system refused, in its own words alone: sockets put the address into theirs as well. A name that is not
    found has a number that is none of the system's, and words of its own.
    """
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or str(error)


class CommandError(Exception):
    """Ends a command with exit code 2, its problem, and remedies to try."""

    def __init__(self, problem: str, *remedies: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedies = remedies

    def tell(self, say: Callable[[str], object]) -> None:
        """Say the problem and each remedy on lines of their own."""
        say(f"exchange: {self.problem}")
        for remedy in self.remedies:
            say(f"  -> {remedy}")
