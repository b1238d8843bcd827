"""A page that there is in both languages says the same in both: headings, commands, links, rows, names in code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from exchange.api.examples import EXAMPLES
from exchange.api.language import Language, article_in
from exchange.core.rejections import TITLES, RejectReason
from exchange.rulebooks import load
from tests.architecture.sources import ROOT
from tests.docs.outputs import OUTPUT
from tests.docs.pages import NAME, Block, Page, page
from tests.docs.test_requests import requests_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RULES: Final = load().rules
CHINESE_PAGES: Final = sorted(path.name for path in (ROOT / "docs").glob("*.zh-CN.md"))


def english_of(one: Page) -> Page:
    return page(one.path.replace(".zh-CN", ""))


def both(name: str) -> tuple[Page, Page]:
    chinese = page(f"docs/{name}")
    return english_of(chinese), chinese


def code_of(block: Block, language: Language = "en") -> tuple[str, list[str]]:
    """The language of a block and its lines; comments of the shell are for people, in their language. So is what a
    program that asks in the page's language is told: of that the code and the rule are left.
    """
    if block.language in ("python", OUTPUT):
        return block.language, [told_in_any(line, language) for line in block.lines]
    if block.language != "sh":
        return block.language, list(block.lines)
    code = (line.partition(" #")[0].rstrip() for line in block.lines if not line.startswith("#"))
    return block.language, [line for line in code if line]


def told_in_any(line: str, language: Language) -> str:
    """A line without the words of a refusal in this language; words of another language stay, and are a difference."""
    title = re.fullmatch(r"([A-Z][A-Z_]+) - (.+)", line)
    if title is not None and title[1] in RejectReason.__members__:
        words = TITLES[RejectReason[title[1]]]
        return title[1] if title[2] == (words.zh if language == "zh" else words.en) else line
    for rule in RULES:
        before, found, text = line.partition(f"{rule.rule} ")
        # What the page leaves out at the end may be anything.
        is_article = article_in(language, rule.article).startswith(text.removesuffix("…").rstrip())
        if found and text and is_article and re.fullmatch(r"([A-Z0-9-]+ )?[A-Z_]+ ", before):
            return before + found
    return line.replace(', language="zh"', "") if language == "zh" else line


def code_in_tables(one: Page) -> list[list[str]]:
    """For each row of each table its names in code, wherever in the row they stand."""
    return [sorted(NAME.findall(" ".join(cells))) for _, cells in one.rows()]


def names_in(one: Page) -> set[str]:
    """The names in code of the running text, without numbers and file names in brackets."""
    return {name for _, line in one.prose() for name in NAME.findall(line)}


def differences(english: Page, chinese: Page) -> list[str]:
    """What the two do not have in common, the first of each kind."""
    kinds: dict[str, Callable[[Page], Sequence[object]]] = {
        "headings": lambda one: [level for level, _ in one.headings()],
        "blocks": lambda one: [code_of(block, "zh" if ".zh-CN" in one.path else "en") for block in one.blocks()],
        "tables": code_in_tables,
        "links": lambda one: sorted(target.replace(".zh-CN", "").partition("#")[0] for _, target in one.links()),
        "requests": lambda one: sorted((shown.method, shown.path) for shown in requests_of(one)),
        "names": lambda one: sorted(names_in(one)),
    }
    found = []
    for kind, look in kinds.items():
        here, there = look(english), look(chinese)
        if here != there:
            first = next(
                (pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]), (len(here), len(there))
            )
            found.append(f"{chinese.path}: other {kind}: {first[0]} and {first[1]}")
    return found


def test_there_are_chinese_pages() -> None:
    assert {"OPERATIONS.zh-CN.md", "PROPOSALS.zh-CN.md"} <= set(CHINESE_PAGES)


@pytest.mark.parametrize("name", CHINESE_PAGES)
def test_a_chinese_page_says_what_the_english_one_says(name: str) -> None:
    assert "\n".join(differences(*both(name))) == ""


@pytest.mark.parametrize("name", CHINESE_PAGES)
def test_both_pages_lead_to_each_other(name: str) -> None:
    english, chinese = both(name)
    assert name in {target for _, target in english.links()}
    assert english.path.rpartition("/")[2] in {target for _, target in chinese.links()}


@pytest.mark.parametrize("name", ["PROPOSALS.md", "PROPOSALS.zh-CN.md"])
def test_the_bodies_on_the_pages_about_proposals_are_the_examples_of_the_api(name: str) -> None:
    one = page(f"docs/{name}")
    shown = [json.loads("\n".join(block.lines)) for block in one.blocks("json")]
    published = [example.body for examples in EXAMPLES.values() for example in examples.values()]
    assert len(shown) == len(published)
    assert [body for body in published if body not in shown] == []


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("GROUND_TAKEN - 地块与监测期已被计量", "GROUND_TAKEN"),
        ("GROUND_TAKEN - Ground and period already counted", "GROUND_TAKEN - Ground and period already counted"),
        ("STARTED_TOO_EARLY ELIG-START 《自愿减排管理办法》第十条", "STARTED_TOO_EARLY ELIG-START "),
        (
            "STARTED_TOO_EARLY ELIG-START 《自愿减排管理办法》第十一条",
            "STARTED_TOO_EARLY ELIG-START 《自愿减排管理办法》第十一条",
        ),
        (
            "PLANT-1 BUYER_COVERED ETS-BUYER 《碳排放权交易管理暂行条例》第二十九条；…",
            "PLANT-1 BUYER_COVERED ETS-BUYER ",
        ),
    ],
)
def test_the_words_of_a_refusal_are_those_of_the_tables(line: str, left: str) -> None:
    """What a Chinese page shows of it is told in Chinese, and as the program tells it."""
    assert told_in_any(line, "zh") == left


def test_a_difference_is_found() -> None:
    english = Page("x.md", "# A\n`GET /v1/status` [b](B.md)\n```sh\n./dev demo\n```\n| `a` | b |\n")
    same = Page(
        "x.zh-CN.md", "# 甲\n见 `GET /v1/status` [乙](B.zh-CN.md)\n```sh\n# 演示\n./dev demo\n```\n| `a` 甲 | 乙 |\n"
    )
    assert differences(english, same) == []
    for old, new, kind in (
        ("# 甲", "## 甲", "headings"),
        ("./dev demo", "./dev test", "blocks"),
        ("`a` 甲", "`b` 甲", "tables"),
        ("B.zh-CN.md", "C.md", "links"),
        ("/v1/status", "/v1/rulebook", "requests"),
    ):
        other = Page("x.zh-CN.md", same.text.replace(old, new))
        assert any(f"other {kind}:" in found for found in differences(english, other)), kind
