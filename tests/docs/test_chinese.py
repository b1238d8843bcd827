"""Chinese is written as Chinese: full-width marks inside its sentences, and one word for one thing everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from exchange.api.field_texts import FIELD_TEXTS
from exchange.api.meanings import BY_NAME
from exchange.api.problem_tables import API_PROBLEMS
from exchange.core.rejections import FACTS, TEXTS, TITLES
from exchange.registry.row_faults import FAULTS, REFUSED_ROWS
from exchange.rulebooks import load
from tests.architecture.sources import Finding, Source, listed, sources
from tests.docs.chinese import CHINESE, ascii_marks, in_page, in_source, literals_of
from tests.docs.pages import Page, page, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

GLOSSARY: Final = "docs/GLOSSARY.md"
OTHER_WORDS: Final = {
    "密文": "密钥串 (a secret; 密文 is what an encryption yields)",
    "参与方": "交易主体",
    "运营方": "交易机构, 运营人员",
    "委托": "申报",
    "提案": "复核申请, 申请",
    "交易簿": "申报簿",
    "持有分段": "持有号段",
    "入场": "开户 (a firm), 转入 (units)",
    "提议": "提出",
}
"""Words that this project does not use, with those that the glossary has."""


def programs() -> tuple[Source, ...]:
    """The programs that speak to people."""
    return (*sources("exchange"), *(source for source in sources() if source.path == "dev"))


def chinese_pages() -> list[Page]:
    """The pages that are Chinese as a whole."""
    return [one for one in pages() if one.path.endswith(".zh-CN.md")]


def told() -> Iterator[tuple[str, str]]:
    """Every Chinese text that is data: where it stands and the text."""
    for reason, text in TEXTS.items():
        yield f"the text of {reason.name}", text.zh
        yield f"the title of {reason.name}", TITLES[reason].zh
    for problem in API_PROBLEMS:
        yield f"the text of {problem.code}", problem.zh
        yield f"the title of {problem.code}", problem.title.zh
    for name, fact in FACTS.items():
        yield f"the fact {name}", fact.zh + fact.unit.zh
    for rule in load().rules:
        yield f"the rule {rule.rule}", rule.text_zh
    for number, cells in page(GLOSSARY).rows():
        yield f"{GLOSSARY}:{number}", cells[1]


def test_programs_write_chinese_with_its_own_marks() -> None:
    assert listed([finding for source in programs() for finding in in_source(source)]) == ""


def test_pages_write_chinese_with_its_own_marks() -> None:
    assert len(chinese_pages()) >= 3
    assert listed([finding for one in chinese_pages() for finding in in_page(one)]) == ""


def test_texts_that_are_data_write_chinese_with_its_own_marks() -> None:
    assert [(where, place) for where, text in told() for place in ascii_marks(text)] == []


def other_words(text: str) -> list[str]:
    return [word for word in OTHER_WORDS if word in text]


def test_one_thing_has_one_word() -> None:
    texts = [(source.path, line, text) for source in programs() for line, text in literals_of(source)]
    texts += [(one.path, number, line) for one in chinese_pages() for number, line in one.lines()]
    found = [
        Finding(path, line, f"{word}: say {OTHER_WORDS[word]}")
        for path, line, text in texts
        for word in other_words(text)
    ]
    assert listed(found) == ""
    assert [(where, word) for where, text in told() for word in other_words(text)] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("交易已暂停,可以撤单。", 1),
        ("注意:请核对(试行)。", 3),
        ("是否成交?没有!", 2),
        ("吨二氧化碳当量 (tCO2e)", 1),
        ("含上下限.", 1),
        ('模拟"碳交易"', 2),
        ("reduction quota, 碳减排量指标;交割", 1),
        ("交易已暂停，可以撤单；最低 63.00 元/吨。", 0),
        ("An open exchange for reduction quota (碳减排量指标) and more", 0),
        ("`提交(a, b)`，见 {place:>8} 与 https://example.org/a?b:c", 0),
        ("规则（T13, T16）第 1,000 条", 0),
        ("play a market; --exit ends 演示市场", 0),
    ],
)
def test_a_mark_of_the_other_kind_is_found_and_code_is_let_through(text: str, count: int) -> None:
    assert len(ascii_marks(text)) == count


def test_marks_are_found_in_literals_and_on_pages_but_not_in_docstrings_or_commands() -> None:
    program = 'def f():\n    """Says 停,止."""\n    return f"停{1}止,了", "好;吧"\n'
    assert [finding.line for finding in in_source(Source.of(program, "x.py"))] == [3, 3]
    text = "停,止\n```sh\necho 停,止\n```\n```text\n停;止\n```\n"
    assert [finding.line for finding in in_page(Page("x.zh-CN.md", text))] == [1, 6]


def test_a_word_that_is_not_ours_is_found() -> None:
    assert other_words("其密文仅显示一次") == ["密文"]
    assert all(re.search(CHINESE, word) for word in OTHER_WORDS)


def pairs() -> Iterator[tuple[str, str, str]]:
    """What is told of refusals, faults, rules and fields in both languages: where it stands, in English, in Chinese."""
    for reason, text in TEXTS.items():
        yield f"the text of {reason.name}", text.en, text.zh
    for problem in API_PROBLEMS:
        yield f"the text of {problem.code}", problem.en, problem.zh
    for code, sentence in FIELD_TEXTS.items():
        yield f"the sentence of {code}", sentence.en, sentence.zh
    for row in (*FAULTS.items(), *REFUSED_ROWS.items()):
        yield f"the fault {row[0].name}", row[1].en, row[1].zh
    for rule in load().rules:
        yield f"the rule {rule.rule}", rule.text_en, rule.text_zh
    for name, meaning in BY_NAME.items():
        yield f"the field {name}", meaning.en, meaning.zh


def test_what_is_a_sentence_in_english_is_one_in_chinese() -> None:
    found = [where for where, en, zh in pairs() if (en[-1] in ".)") != (zh[-1] in "。）")]
    assert found == []
    assert sum(1 for _ in pairs()) > 500
