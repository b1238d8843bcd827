"""The rulebook in force: versioned, effective-dated rules as data, and the few numbers that the engine reads from them.

The values come from a file outside the core and enter the log with a command, so replay uses the version of the day and
every refusal can name the rule and its article.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.governance import Rule, Verified
from exchange.core.commands.projects import Sector
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.values import MAX_TEXT, Day, Ppm, is_day

BAND_RULE: Final = "BAND-LISTED"
FEE_RULE: Final = "FEE"
OPERATORS_RULE: Final = "OPERATORS"
OPEN_ORDERS_RULE: Final = "MAX-OPEN-ORDERS"

REGISTRY_ANSWER_RULE: Final = "REGISTRY-ANSWER"
RELEASE_COOL_DOWN_RULE: Final = "RELEASE-COOL-DOWN"
RELEASE_CANCEL_RULE: Final = "RELEASE-CANCEL"
RELEASE_FROM_RULE: Final = "RELEASE-FROM"
RELEASE_UNTIL_RULE: Final = "RELEASE-UNTIL"
OFFSET_CAP_RULE: Final = "OFFSET-CAP"
OLD_CCER_RULE: Final = "OLD-CCER"
ETS_BUYER_RULE: Final = "ETS-BUYER"
RATIO_HIGH_RULE: Final = "DIFF-HIGH"
RATIO_LOW_RULE: Final = "DIFF-LOW"
START_RULE: Final = "ELIG-START"
REDUCTION_RULE: Final = "ELIG-REDUCTION"
VINTAGE_RULE: Final = "ELIG-VINTAGE"
SECTOR_RULES: Final = {
    Sector.POWER: "ETS-POWER",
    Sector.STEEL: "ETS-STEEL",
    Sector.CEMENT: "ETS-CEMENT",
    Sector.ALUMINIUM: "ETS-ALUMINIUM",
}
"""By sector of the national market the rule that has its first year there; OTHER is what the regulator says it is."""

_DAYS: Final = (19_900_101, 99_991_231)
_YEARS: Final = (1990, 2100)

MILLION: Final = 1_000_000

_ENGINE_RULES: Final = {
    BAND_RULE: (0, 10_000),
    FEE_RULE: (0, 1_000_000),
    OPERATORS_RULE: (1, 1_000),
    OPEN_ORDERS_RULE: (1, 10_000_000),
    REGISTRY_ANSWER_RULE: (1, 31 * 86_400),
    RELEASE_COOL_DOWN_RULE: (0, 24 * 31),
    RELEASE_CANCEL_RULE: (0, 24 * 31),
    RELEASE_FROM_RULE: (0, 12),
    RELEASE_UNTIL_RULE: (13, 24),
    OFFSET_CAP_RULE: (0, 10_000),
    OLD_CCER_RULE: (20_130_101, 99_991_231),
    START_RULE: _DAYS,
    REDUCTION_RULE: _DAYS,
    VINTAGE_RULE: (1, 100),
    **dict.fromkeys(SECTOR_RULES.values(), _YEARS),
    ETS_BUYER_RULE: (0, 1),
    # However projects are treated, one tonne that is used covers one tonne at most.
    RATIO_HIGH_RULE: (MILLION, 100 * MILLION),
    RATIO_LOW_RULE: (MILLION, 100 * MILLION),
}
"""The rules that the engine reads and the values they may have."""

_BUILT_IN: Final = {
    "TWO-PERSONS": 2,
    "EXPORT": 0,
    **dict.fromkeys(
        (
            "MODE-CONTINUOUS",
            "PRICE-TIME",
            "TICK",
            "QTY-STEP",
            "BAND-ROUNDING",
            "REF-PRICE",
            "REF-EXCL",
            "HOURS",
            "HALT",
            "TIF-DAY",
            "COVER",
            "DVP",
            "PROCEEDS",
            "SELF-TRADE",
            "BLOCK-FLOW",
            "UNIT",
            "ELIG-UNIQUE",
            "ELIG-PERIOD",
            "INSTRUMENT-CCER",
            "INSTRUMENT-QUOTA",
            "ETS-SOURCE",
            "SINK-QUOTA",
            "QUOTA-USE",
            "USE-FACILITY",
            "ONE-PLACE",
            "EVENTS",
            "SCOPE",
            "CANCEL",
            "FRAUD",
            "REVERSAL",
            "BUDGET",
            "LEAGUE-CA",
        ),
        1,
    ),
}
"""Rules that say what the code does, with the only value that is true of it. Another one would be shown and cited, and
not be kept: there is no command by which units could cross the border, and no second guard that would let a covered
facility's reductions in.
"""

_BOUNDS: Final = {**_ENGINE_RULES, **{rule: (only, only) for rule, only in _BUILT_IN.items()}}

KNOWN_RULES: Final = tuple(_BOUNDS)
"""Every rule that the code keeps, among them all that refusals cite. Each rulebook has all of them: what it left out
would be kept all the same, and whoever is refused by it could not read its article.
"""

NEUTRAL: Final = {ETS_BUYER_RULE: 0, RATIO_HIGH_RULE: MILLION, RATIO_LOW_RULE: MILLION}
"""The values of rules that no source gives another one; whoever adopts another one has read the article for it."""

MAX_RULES: Final = 200


@dataclass(slots=True)
class Rulebook:
    """One version of the rulebook; ``band`` in basis points, ``fee`` in parts per million of traded value.

    ``rules`` are all of the version, ``in_force`` those of the current trading day by id.
    """

    version: int = 0
    profile: str = ""
    rules: tuple[Rule, ...] = ()
    in_force: dict[str, Rule] = field(default_factory=dict)
    band: int = 0
    fee: Ppm = Ppm(0)
    operators: int = 0
    open_orders: int = 0

    def number(self, rule: str) -> int:
        """The value of a rule that the engine reads but not for every order; each rulebook has all of them."""
        return self.in_force[rule].value


def rules_in_force(rules: Iterable[Rule], day: Day) -> dict[str, Rule]:
    """For each rule id the entry with the latest effective date that is not after ``day``."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.effective_from <= day and (
            rule.rule not in found or found[rule.rule].effective_from < rule.effective_from
        ):
            found[rule.rule] = rule
    return found


def rule_number(rule: str) -> int:
    """The number by which a fact of a refusal tells a rule that the code keeps: its place, counted from 1."""
    return KNOWN_RULES.index(rule) + 1


def amended(rules: tuple[Rule, ...], changes: tuple[Rule, ...], removed: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """The rules of the next version: of each that ``changes`` names just the entries there, none of those that are
    ``removed``, the others as they are.
    """
    named = {*removed, *(rule.rule for rule in changes)}
    return (*(rule for rule in rules if rule.rule not in named), *changes)


def refuse_rules(
    changes: tuple[Rule, ...], day: Day, rules: tuple[Rule, ...] = (), removed: tuple[str, ...] = ()
) -> Refusal | None:
    """Why ``rules``, changed by these and without those that are ``removed``, cannot be adopted on ``day``: one that
    the code keeps is missing or not in force yet, has an impossible value or another unit, or nearly its id. The
    refusal says which.
    """
    whole = amended(rules, changes, removed)
    if len(whole) > MAX_RULES:
        return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("highest", MAX_RULES),))
    return (
        _refuse_removal(removed, changes, rules)
        or _refuse_form(changes)
        or _refuse_look_alikes(changes, whole)
        or _refuse_other_units(changes, rules)
        or _refuse_lacking(whole, day)
        or _refuse_values(changes)
    )


def _refuse_removal(removed: tuple[str, ...], changes: tuple[Rule, ...], rules: tuple[Rule, ...]) -> Refusal | None:
    """Only rules that the code does not keep are taken out: each once, while it is there and not named otherwise."""
    own = {rule.rule for rule in rules} - {rule.rule for rule in changes} - _BOUNDS.keys()
    for place, rule in enumerate(removed, 1):
        if rule not in own:
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("removed_entry", place),))
        own.remove(rule)
    return None


def _refuse_form(rules: tuple[Rule, ...]) -> Refusal | None:
    """Entries are known by their place, since one without an id has nothing else."""
    dated = set[tuple[str, Day]]()
    for place, rule in enumerate(rules, 1):
        if not (_is_id(rule.rule) and is_day(rule.effective_from) and _fits(rule)):
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("entry", place),))
        if (rule.rule, rule.effective_from) in dated:
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("repeated_entry", place),))
        dated.add((rule.rule, rule.effective_from))
    return None


def _is_id(text: str) -> bool:
    """Whether a rule can be called by it: plain ASCII in which nothing hides, and no space at an end."""
    return text.isascii() and text.isprintable() and text == text.strip() and bool(_spelled(text))


def _spelled(rule: str) -> str:
    """What all spellings of an id have in common: its letters and digits.

    >>> _spelled("DIFF-HIGH"), _spelled("diff_high"), _spelled("Diff High")
    ('diffhigh', 'diffhigh', 'diffhigh')
    """
    return "".join(filter(str.isalnum, rule)).lower()


def _fits(rule: Rule) -> bool:
    """Whether no text of a rule is too long."""
    return all(len(text) <= MAX_TEXT for text in (rule.rule, rule.unit, rule.article, rule.text_en, rule.text_zh))


def _refuse_look_alikes(changes: tuple[Rule, ...], whole: tuple[Rule, ...]) -> Refusal | None:
    """No id is another one in other letters or with other signs: whoever wrote ``diff-high`` meant the rule that the
    code keeps, and would read a value that nothing follows.
    """
    unchanged = whole[: len(whole) - len(changes)]
    meant = {_spelled(rule): rule for rule in (*(rule.rule for rule in unchanged), *KNOWN_RULES)}
    for place, rule in enumerate(changes, 1):
        other = meant.setdefault(_spelled(rule.rule), rule.rule)
        if other != rule.rule and other in _BOUNDS:
            meant_for = (("look_alike", place), ("meant_rule", rule_number(other)))
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, meant_for)
        if other != rule.rule:
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("look_alike", place),))
    return None


def _refuse_other_units(changes: tuple[Rule, ...], rules: tuple[Rule, ...]) -> Refusal | None:
    """A rule keeps its unit: a fee of 3 "percent" would be shown as that, and charged as 3 parts per million."""
    units = {rule.rule: rule.unit for rule in rules}
    for place, rule in enumerate(changes, 1):
        if units.setdefault(rule.rule, rule.unit) != rule.unit:
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("other_unit", place),))
    return None


def _refuse_lacking(rules: tuple[Rule, ...], day: Day) -> Refusal | None:
    """Each rule that the code keeps is there, and one entry of it has begun."""
    begins = _first_days(rules)
    missing = [known for known in KNOWN_RULES if known not in begins]
    if missing:
        first = rule_number(missing[0])
        return Refusal(RejectReason.RULEBOOK_INCOMPLETE, (("missing", len(missing)), ("missing_rule", first)))
    later = [known for known in KNOWN_RULES if begins[known] > day]
    if not later:
        return None
    first, begin = rule_number(later[0]), begins[later[0]]
    not_yet = (("later", len(later)), ("later_rule", first), ("effective_from", begin), ("trading_day", day))
    return Refusal(RejectReason.RULEBOOK_INCOMPLETE, not_yet)


def _first_days(rules: tuple[Rule, ...]) -> dict[str, Day]:
    """For each rule id the day of its first entry."""
    first: dict[str, Day] = {}
    for rule in rules:
        first[rule.rule] = min(rule.effective_from, first.get(rule.rule, rule.effective_from))
    return first


def _refuse_values(rules: tuple[Rule, ...]) -> Refusal | None:
    """The engine can keep each rule with its value; a rule that it does not know may have any. What is not neutral
    rests on an article.
    """
    for rule in rules:
        lowest, highest = _BOUNDS.get(rule.rule, (rule.value, rule.value))
        if not lowest <= rule.value <= highest:
            bounds = (("wrong_rule", rule_number(rule.rule)), ("lowest_value", lowest), ("highest_value", highest))
            return Refusal(RejectReason.RULEBOOK_INCOMPLETE, bounds)
    for rule in rules:
        if not _has_legal_basis(rule):
            return Refusal(RejectReason.LEGAL_BASIS_MISSING, (("wrong_rule", rule_number(rule.rule)),))
    return None


def _has_legal_basis(rule: Rule) -> bool:
    """Whether a rule is neutral, or rests on an article that was read; the operator alone cannot set it (差别化)."""
    if rule.value == NEUTRAL.get(rule.rule, rule.value):
        return True
    return rule.verified is not Verified.OPERATOR_SET and bool(rule.article)


def rulebook_on(version: int, profile: str, rules: tuple[Rule, ...], day: Day) -> Rulebook:
    """The rulebook as it stands on ``day``; the rules must have passed :func:`refuse_rules` on that day or before."""
    in_force = rules_in_force(rules, day)
    return Rulebook(
        version=version,
        profile=profile,
        rules=rules,
        in_force=in_force,
        band=in_force[BAND_RULE].value,
        fee=Ppm(in_force[FEE_RULE].value),
        operators=in_force[OPERATORS_RULE].value,
        open_orders=in_force[OPEN_ORDERS_RULE].value,
    )
