"""An example of a body, as it stands in the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, frozen=True)
class Example:
    """One body with a line about it in both languages."""

    en: str
    zh: str
    body: dict[str, Any]
