"""Columns stand under each other, also with Chinese text, and colours stay out of files."""

from __future__ import annotations

import io

import pytest

from exchange.cli.terminal import Screen, columns_of, cut, padded


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
