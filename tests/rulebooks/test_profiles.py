"""The profile file is usable, honest about its sources, and knows every rule that a refusal names."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from exchange.core.commands.governance import Verified
from exchange.core.rejections import TEXTS, RejectReason
from exchange.core.rulebook import refuse_rules
from exchange.core.values import MAX_TEXT, Day, is_day
from exchange.rulebooks import RulebookFileError, load, parse

RULES = {rule.rule: rule for rule in load().rules}

ONE_RULE = """
profile = "p"
[[rules]]
rule = "TICK"
value = 1
unit = "fen"
article = "T11"
verified = "YES"
effective_from = 2023-11-16
text_en = "a"
text_zh = "b"
"""


def test_every_rule_that_a_refusal_names_is_in_the_profile() -> None:
    named = {text.rule for text in TEXTS.values() if text.rule}
    assert named - RULES.keys() == set()


def test_the_numbers_that_the_engine_reads() -> None:
    values = {name: RULES[name].value for name in ("BAND-LISTED", "FEE", "OPERATORS", "MAX-OPEN-ORDERS")}
    assert values == {"BAND-LISTED": 1000, "FEE": 0, "OPERATORS": 5, "MAX-OPEN-ORDERS": 100_000}


def test_no_rule_is_shown_with_a_number_that_is_neither_read_nor_true() -> None:
    """A number that nobody reads could be changed, and would be shown and cited while another one is kept."""
    book = load().rules
    assert refuse_rules(book, Day(20261201)) is None
    for rule in book:
        others = tuple(replace(one, value=10**15) if one is rule else one for one in book)
        refused = refuse_rules(others, Day(20261201))
        assert refused is not None and refused.reason is RejectReason.RULEBOOK_INCOMPLETE, rule.rule


@pytest.mark.parametrize("rule", ["FEE", "MAX-OPEN-ORDERS", "TWO-PERSONS", "MODE-CONTINUOUS", "SELF-TRADE"])
def test_what_no_source_gives_is_not_presented_as_law(rule: str) -> None:
    assert RULES[rule].verified is Verified.OPERATOR_SET


def test_texts_fit_the_core_and_are_in_both_languages() -> None:
    for rule in RULES.values():
        assert is_day(rule.effective_from)
        assert all(0 < len(text) <= MAX_TEXT for text in (rule.text_en, rule.text_zh, rule.article, rule.unit))
        assert re.search(r"[一-鿿]", rule.text_zh)
        assert not re.search(r"[一-鿿]", rule.text_en)


def test_forbidden_words_are_nowhere() -> None:
    """What is traded here is a reduction quota (碳减排量指标) or CCER, never an allowance."""
    for rule in RULES.values():
        assert "allowance" not in rule.text_en.lower()
        assert "配额" not in rule.text_zh


def test_a_good_file_is_read() -> None:
    (rule,) = parse(ONE_RULE).rules
    assert (rule.rule, rule.value, rule.effective_from, rule.verified) == ("TICK", 1, 20231116, Verified.YES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = 1\n", ""),
        ("value = 1\n", "value = 1\nvalues = 2\n"),
        ("value = 1\n", 'value = "1"\n'),
        ('"YES"', '"CERTAIN"'),
        ("2023-11-16", '"2023-11-16"'),
        ('text_en = "a"', 'text_en = ""'),
    ],
)
def test_a_flawed_file_is_refused(old: str, new: str) -> None:
    assert old in ONE_RULE
    with pytest.raises(RulebookFileError, match="TICK"):
        parse(ONE_RULE.replace(old, new))


def test_a_rule_twice_for_one_date_is_refused() -> None:
    with pytest.raises(RulebookFileError, match="TICK"):
        parse(ONE_RULE + ONE_RULE.replace('profile = "p"', ""))


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(RulebookFileError, match="cea-style"):
        load("cea-style")
