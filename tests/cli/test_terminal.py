"""Columns stand under each other, also with Chinese text, and colours stay out of files."""

from __future__ import annotations

import io

import pytest

from exchange.cli.terminal import Language, Screen, columns_of, cut, language_of, padded


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("森工", 4), ("a森", 3), ("", 0), ("é", 1), ("\uff08", 2), ("…", 1)]
)
def test_a_chinese_character_takes_two_columns(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_padding_counts_columns() -> None:
    assert padded("森工", 6) == "森工  "
    assert padded("森工", 6, ">") == "  森工"
    assert padded("森工", 6, "^") == " 森工 "
    assert padded("森工集团", 6) == "森工集团"


def test_cutting_never_leaves_half_a_character() -> None:
    assert cut("森工集团", 8) == "森工集团"
    assert cut("森工集团", 6) == "森工…"
    assert cut("森工集团", 5) == "森工…"


def test_the_columns_of_a_table_begin_at_the_same_place() -> None:
    out = io.StringIO()
    Screen(out).table(("name", "t"), [("森工集团", "5"), ("Baogang", "12")], "<>", indent="")
    head, rule, first, second = out.getvalue().splitlines()
    assert [columns_of(line) for line in (head, rule, first, second)] == [12, 12, 12, 12]
    assert first == "森工集团   5"
    assert second == "Baogang   12"


def test_colours_only_on_a_terminal_and_not_when_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Screen(io.StringIO()).paint("x", "red") == "x"
    assert Screen(Terminal()).paint("x", "red", "bold") == "\033[31;1mx\033[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Screen(Terminal()).paint("x", "red") == "x"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.GBK"}, "zh"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN", "LC_ALL": ""}, "zh"),
        ({"LC_CTYPE": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


@pytest.mark.parametrize(
    ("language", "word", "sentence"),
    [
        ("en", "buyer", "  two\n  lines\n"),
        ("zh", "买方", "  一行\n"),
        ("both", "buyer / 买方", "  two\n  lines\n  一行\n"),
    ],
)
def test_words_and_sentences_are_told_in_the_languages_of_the_screen(
    language: Language, word: str, sentence: str
) -> None:
    out = io.StringIO()
    screen = Screen(out, language)
    assert screen.word("buyer", "买方") == word
    screen.say("two\nlines", "一行")
    assert out.getvalue() == sentence


def test_heads_in_two_languages_stand_above_each_other() -> None:
    out = io.StringIO()
    screen = Screen(out, "both")
    screen.table((screen.head("buyer", "买方"), screen.head("tonnes", "吨"), "id"), [("a", "1", "b")], "<>", indent="")
    assert out.getvalue() == "buyer  tonnes  id\n买方       吨\n─────────────────\na           1  b\n"


@pytest.mark.parametrize(("encoding", "written"), [("ascii", "utf-8"), ("latin-1", "utf-8"), ("gbk", "gbk")])
def test_chinese_can_be_printed_whatever_the_locale(encoding: str, written: str) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    Screen(out, "zh").say("", "成交 → 已结算", indent="")
    assert raw.getvalue().decode(written) == "成交 → 已结算\n"
