"""All attempts, by name; and all bugs of the core."""

from __future__ import annotations

from tests.double_counting import answers, belongings, core_bugs, ends, losses, origins, sales, thefts
from tests.double_counting.attempts import CATALOGUE
from tests.double_counting.core_bugs import BUGS

__all__ = ["BUGS", "BUG_PARTS", "CATALOGUE", "PARTS"]

PARTS = (origins, answers, ends, losses, sales, thefts)
"""The modules that fill it, in the order of a tonne's life."""

BUG_PARTS = (core_bugs, belongings)
"""The modules that have the bugs."""
