"""How a command of the command line says that it cannot go on: what is wrong, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

OK: Final = 0
DIFFERENT: Final = 1
"""A comparison came out different, or a check found something."""

CANNOT: Final = 2
"""The command could not do its work: wrong arguments, settings, or surroundings."""

STOPPED_ITSELF: Final = 3
"""The service stopped because going on would not have been safe."""


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
