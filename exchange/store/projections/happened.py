"""The two words that all projections share: what happened, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange.sequencer.journal import Leaf

Happened = tuple[Leaf, Any]
"""An event with the leaf of its entry, which knows seq and time."""

History = Sequence[Happened]
"""Events of one department, in order."""

Rows = dict[str, list[tuple[Any, ...]]]
"""Rows by the name of the write that they are for (:data:`exchange.store.writes.WRITES`), in the order of its columns.
"""
