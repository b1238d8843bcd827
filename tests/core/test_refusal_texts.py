"""How refusals are told: each has a short name, and each number has words and a unit, in both languages."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from exchange.core.commands.governance import Verified
from exchange.core.rejections import FACTS, TEXTS, TITLES, RejectReason, fact_text
from exchange.core.rejections import RejectReason as R
from exchange.rulebooks import load
from tests.architecture.sources import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.sources import Source

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("reason", RejectReason, ids=lambda reason: reason.name)
def test_every_refusal_has_a_short_name_that_is_not_its_text(reason: RejectReason) -> None:
    title, text = TITLES[reason], TEXTS[reason]
    assert title.en.isascii() and CHINESE.search(title.zh)
    assert title.en[-1] not in ".!" and title.en != text.en.rstrip(".")
    assert title.zh[-1] not in "。！" and title.zh != text.zh.rstrip("。")


def test_no_two_refusals_have_the_same_short_name() -> None:
    titles = [TITLES[reason] for reason in RejectReason]
    assert len({title.en for title in titles}) == len({title.zh for title in titles}) == len(TITLES) == len(titles)


def facts_given() -> Iterator[tuple[str, str]]:
    """(reason, fact) of every ``Refusal(RejectReason.X, ((name, value), ...))`` of the core.

    The line of a row of a file is put before whatever the row is refused for, of which one is given here.

    Facts that have a variable of their own are looked up by its name in the same file.
    """
    for source in sources("exchange/core"):
        for node in source.walk():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and len(node.args) == 2:
                reason, facts = node.args
                assert isinstance(reason, ast.Attribute), f"{source.path}:{node.lineno}: the reason is written out"
                if isinstance(facts, ast.Name):
                    facts = assigned(source, facts.id)
                assert isinstance(facts, ast.Tuple), f"{source.path}:{node.lineno}: the facts are written out"
                yield from ((reason.attr, name) for name in names_of(facts))
    yield RejectReason.SERIALS_OVERLAP.name, "line"


def assigned(source: Source, name: str) -> ast.expr:
    """What the one variable of that name is."""
    assignments = [node for node in source.walk() if isinstance(node, ast.Assign)]
    (value,) = [node.value for node in assignments if getattr(node.targets[0], "id", "") == name]
    return value


def names_of(facts: ast.Tuple) -> Iterator[str]:
    for fact in facts.elts:
        assert isinstance(fact, ast.Tuple) and isinstance(fact.elts[0], ast.Constant)
        yield str(fact.elts[0].value)


def test_every_fact_of_a_refusal_has_words_and_a_unit() -> None:
    for reason, name in facts_given():
        text = fact_text(RejectReason[reason], name)
        assert text is not None, f"{name} of {reason} has no words in exchange/core/rejections/facts.py"
        assert text.unit.money == name.endswith(("_price", "_cash")), f"{name} of {reason}"
        assert text.en.isascii() and text.unit.en.isascii() and CHINESE.search(text.zh + text.unit.zh)


def test_every_word_is_for_a_fact_that_a_refusal_gives() -> None:
    assert {name for _, name in facts_given()} == set(FACTS)


def test_only_a_rule_that_says_so_is_cited() -> None:
    rules = {rule.rule: rule for rule in load().rules}
    assert {text.rule for text in TEXTS.values()} - {""} <= rules.keys()
    lost = [reason for reason in RejectReason if TEXTS[reason].rule == "REVERSAL"]
    assert lost == [
        R.REVERSAL_REPLACED,
        R.NOTHING_TO_REPLACE,
        R.MORE_THAN_OWED,
        R.REVERSAL_EXCEEDED,
        R.NOTHING_BROUGHT_IN,
    ]
    # No article is about carbon that is lost again, nor about days in the wrong order or of two years, nor about tonnes
    # that are elsewhere. A surrender of CCER is refused for another firm's facility too, and ETS-BUYER is about quota.
    own = {TEXTS[one].rule for one in (R.PERIOD_INVALID, R.UNITS_NOT_THERE, R.FACILITY_NOT_THE_FIRMS)}
    assert own == {"ELIG-PERIOD", "ONE-PLACE", "USE-FACILITY"}
    assert {rules[rule].verified for rule in (*own, "REVERSAL")} == {Verified.OPERATOR_SET}
    # Nor about what this venue asks to be said of a use. And most quantities that are out of range are no order's.
    venue_own = (R.PROJECT_INVALID, R.PURPOSE_DETAILS, R.QUANTITY_OUT_OF_RANGE)
    assert not any(TEXTS[reason].rule for reason in venue_own)
