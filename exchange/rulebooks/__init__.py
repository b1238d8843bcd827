"""The rulebook profiles that come with the exchange, and their reader.

A profile is a TOML file beside this one: rules as data, each with the article that it rests on. It enters the log with
the first entry or by a proposal of two persons; from then on the log's copy counts, not the file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from typing import Final

from exchange.core.commands.governance import Rule, Verified
from exchange.core.values import Day

DEFAULT_PROFILE: Final = "licensed-continuous"
_FIELDS: Final = {field.name for field in fields(Rule)}


@dataclass(frozen=True, slots=True)
class Profile:
    """The content of one profile file."""

    profile: str
    rules: tuple[Rule, ...]


class RulebookFileError(Exception):
    """A profile file cannot be used; the text names the rule and the field."""


def load(name: str = DEFAULT_PROFILE) -> Profile:
    """Read the profile ``name``; raises :class:`RulebookFileError` when it does not exist or cannot be used."""
    file = resources.files(__name__).joinpath(f"{name}.toml")
    if not file.is_file():
        raise RulebookFileError(f"there is no rulebook profile {name!r}")
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> Profile:
    """Read a profile from its TOML text; every rule has all fields and no others, and its id is there once a date."""
    document = tomllib.loads(text)
    rules = tuple(_rule(entry) for entry in document["rules"])
    dated = [(rule.rule, rule.effective_from) for rule in rules]
    twice = sorted({rule for rule, day in dated if dated.count((rule, day)) > 1})
    if twice:
        raise RulebookFileError(f"there twice for one date: {', '.join(twice)}")
    return Profile(profile=document["profile"], rules=rules)


def _rule(entry: dict[str, object]) -> Rule:
    name = entry.get("rule", "(a rule without id)")
    wrong = sorted(_FIELDS ^ entry.keys())
    if wrong:
        raise RulebookFileError(f"{name}: missing or unknown: {', '.join(wrong)}")
    texts = {field: _text(entry, field) for field in ("rule", "unit", "article", "text_en", "text_zh")}
    day, value, verified = entry["effective_from"], entry["value"], entry["verified"]
    if not isinstance(day, date) or not isinstance(value, int) or verified not in Verified.__members__:
        raise RulebookFileError(f"{name}: effective_from is a date, value a whole number, verified one of its words")
    return Rule(
        value=value,
        verified=Verified[str(verified)],
        effective_from=Day(day.year * 10_000 + day.month * 100 + day.day),
        **texts,
    )


def _text(entry: dict[str, object], field: str) -> str:
    value = entry[field]
    if not isinstance(value, str) or not value:
        raise RulebookFileError(f"{entry['rule']}: {field} is text")
    return value
