"""Facts of a refusal that name a thing: the core gives its number, people and programs get its name outside.

A project and its ground everybody may read (:mod:`exchange.api.resources.projects`). A lot the core names to the firm
alone that has brought it in or owns units of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from exchange.access.ids import Kind, id_number, id_text
from exchange.api.language import Language
from exchange.api.wire import day_text
from exchange.core.rulebook import KNOWN_RULES, rule_number
from exchange.core.values import Day, ProjectId
from exchange.sequencer.committed_view import CommittedView

ID_FACTS: Final = {"project": Kind.PROJECT, "lot": Kind.LOT}
"""Facts that are ids, and of what."""

DAY_FACTS: Final = ("period_start", "period_end", "effective_from", "trading_day", "earliest", "latest")
"""Facts that are days: eight digits in the core."""

RULE_FACTS: Final = ("missing_rule", "later_rule", "wrong_rule", "meant_rule")
"""Facts that are rules of the rulebook."""

Facts = Mapping[str, Any]


def outside_name(fact: str, number: int) -> str | int:
    """An id, a day or a rule as it is written outside; any other number as it is."""
    if fact in DAY_FACTS:
        return day_text(Day(number))
    if fact in RULE_FACTS:
        return KNOWN_RULES[number - 1]
    kind = ID_FACTS.get(fact)
    return number if kind is None else id_text(kind, number)


def inside_number(fact: str, text: str) -> int | None:
    """The core's number of an id, a day or a rule as it is written outside; None for a fact that is none of them."""
    if fact in DAY_FACTS:
        return int(text.replace("-", ""))
    if fact in RULE_FACTS:
        return rule_number(text)
    return id_number(ID_FACTS[fact], text) if fact in ID_FACTS else None


def names_of(facts: Mapping[str, int], view: CommittedView | None) -> dict[str, str]:
    """The code of the project that a refusal is about, and its site parcel, as they were entered.

    Nothing where the refusal names none, and where the project is newer than what is committed.
    """
    known = None if view is None else view.projects.by_id.get(ProjectId(facts.get("project", 0)))
    if known is None:
        return {}
    return {"project_code": known.terms.code, "site_parcel": known.terms.site_parcels[facts["parcel"] - 1]}


def names_text(facts: Facts, language: Language) -> str:
    """The same as a sentence of the detail, or nothing."""
    if "project_code" not in facts:
        return ""
    if language == "zh":
        return f"该项目编号为 {facts['project_code']}，地块为 {facts['site_parcel']}。"
    return f" Its code is {facts['project_code']}, the site parcel is {facts['site_parcel']}."
