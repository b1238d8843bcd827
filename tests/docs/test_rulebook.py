"""docs/RULEBOOK.md shows the rules of the profile's file, and says of no rule both that it is and that it is not."""

from __future__ import annotations

import re

from exchange.api.language import article_in
from exchange.rulebooks import load
from tests.docs.pages import page
from tests.docs.rulebook_table import BEGIN, END, PATH, row_of, table, with_table

CHINESE = re.compile("[\u4e00-\u9fff]")

# These are enforced in part: the first table says what is, the second what is not.
IN_PART = {"HOURS", "SCOPE", "TIF-DAY", "FEE", "ELIG-UNIQUE", "EXPORT"}


def test_the_table_is_that_of_the_file() -> None:
    text = page(PATH).text
    assert with_table(text) == text, "run: python -m tests.docs.rulebook_table"


def test_every_rule_has_a_row_with_its_article_and_how_sure_it_is() -> None:
    rules = load().rules
    assert table().count("\n") == len(rules) + 3
    for rule in rules:
        assert f"| {article_in('en', rule.article)}<br>{article_in('zh', rule.article)} |" in row_of(rule)
        assert row_of(rule).endswith(f"| {rule.verified.name} |")


def test_every_article_is_there_in_english_and_in_chinese() -> None:
    for rule in load().rules:
        assert not CHINESE.search(article_in("en", rule.article)), rule.rule
        assert CHINESE.search(article_in("zh", rule.article)), rule.rule


def test_a_rule_that_is_not_enforced_is_not_in_the_profile_too() -> None:
    missing = page(PATH).section("What is NOT enforced yet")
    named = {name for line in missing.splitlines() if line.startswith("| ") for name in line.split("|")[1].split(", ")}
    enforced = {rule.rule for rule in load().rules}
    assert {name.strip() for name in named} & enforced == IN_PART


def test_an_old_table_is_seen() -> None:
    old = f"a\n{BEGIN}\n| `TICK` | 2 fen |\n{END}\nb\n"
    assert with_table(old) != old
    assert with_table(old).startswith("a\n") and with_table(old).endswith("\nb\n")
