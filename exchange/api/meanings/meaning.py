"""A sentence about a field, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a field means: its unit, what null stands for, and what each of its words says."""

    en: str
    zh: str
