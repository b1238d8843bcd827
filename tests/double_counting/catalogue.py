"""All attempts, by name."""

from __future__ import annotations

from tests.double_counting import answers, ends, origins, sales, thefts
from tests.double_counting.attempts import CATALOGUE

__all__ = ["CATALOGUE", "PARTS"]

PARTS = (origins, answers, ends, sales, thefts)
"""The modules that fill it, in the order of a tonne's life."""
