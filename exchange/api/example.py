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


def proposal(en: str, zh: str, kind: str, **fields: Any) -> Example:
    """An action to propose."""
    return Example(en, zh, {"action": {"type": kind, **fields}})


def rule(name: str, value: int, begin: str, unit: str, article: str, en: str, zh: str) -> dict[str, Any]:
    """A rule of a proposed rulebook, from the day ``begin`` on."""
    return {
        "id": name,
        "value": value,
        "unit": unit,
        "article": article,
        "verified": "OPERATOR_SET",
        "effective_from": begin,
        "text_en": en,
        "text_zh": zh,
    }
