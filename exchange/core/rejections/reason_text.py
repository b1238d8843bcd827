"""The form in which a refusal is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class ReasonText:
    """What to do about one refusal. ``rule`` is an id of the rulebook, from which the article and version are added."""

    en: str
    zh: str
    rule: str = ""
