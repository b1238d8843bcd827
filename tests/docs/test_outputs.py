"""The tutorials show below each command what it prints, and leave nothing in a program to be said in one language."""

from __future__ import annotations

import io
import re
import tokenize
from typing import Final

import pytest

from tests.architecture.sources import ROOT
from tests.docs.chinese import CHINESE
from tests.docs.outputs import LEFT_OUT, OUTPUT, first_difference
from tests.docs.pages import NAME, Block, Page, page

TUTORIALS: Final = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("tutorial-*.md"))


def without_output(one: Page) -> list[int]:
    """Where commands stand that no output follows, or one of which nothing is shown."""
    blocks = one.blocks()
    followers = [*blocks[1:], Block("", 0, ())]
    return [
        block.first_line
        for block, after in zip(blocks, followers, strict=True)
        if block.language == "sh" and (after.language != OUTPUT or set(after.lines) <= {LEFT_OUT})
    ]


def comments_in(block: Block) -> list[str]:
    """The comments of a program, but for the first line, which is its name."""
    code = io.StringIO("\n".join(block.lines[1:]) + "\n").readline
    return [token.string for token in tokenize.generate_tokens(code) if token.type == tokenize.COMMENT]


def other_paragraphs(one: Page) -> list[str]:
    """The paragraphs of a Chinese page that have words, names in code aside, and none of them Chinese."""
    prose = NAME.sub("", "\n".join(line for _, line in one.prose()))
    return [text for text in re.split(r"\n\n+", prose) if re.search("[A-Za-z]", text) and not CHINESE.search(text)]


@pytest.mark.parametrize("path", TUTORIALS)
def test_below_each_command_stands_what_it_prints(path: str) -> None:
    assert without_output(page(path)) == []


@pytest.mark.parametrize("path", TUTORIALS)
def test_what_a_program_does_is_said_beside_it_in_the_language_of_the_page(path: str) -> None:
    assert [comments_in(block) for block in page(path).blocks("python") if comments_in(block)] == []


@pytest.mark.parametrize("path", [path for path in TUTORIALS if ".zh-CN." in path])
def test_a_chinese_page_speaks_chinese_around_the_commands(path: str) -> None:
    assert other_paragraphs(page(path)) == []


def test_there_are_tutorials() -> None:
    assert len(TUTORIALS) >= 6


def test_a_command_without_output_a_comment_and_an_english_paragraph_are_found() -> None:
    shown = "```sh\na\n```\n```output\nb\n```\n"
    text = shown + shown.replace("b", "…") + "```sh\nd\n```\n"
    assert without_output(Page("x.md", text)) == [8, 14]
    assert other_paragraphs(Page("x.zh-CN.md", "甲\n\n`x`：\n\nplain words\n\n乙")) == ["plain words"]
    assert comments_in(Block("python", 1, ("# x.py", 'a = "# no"  # says why'))) == ["# says why"]


@pytest.mark.parametrize(
    ("shown", "printed", "wrong"),
    [
        (["a", "b"], "a\nb\n", ""),
        (["id prj-… of …"], "id prj-14 of 3\n", ""),
        (["…", "b", "…"], "a\nb\nc\n", ""),
        (["a", "…"], "a\n", ""),
        (["a", "b"], "a\nc\n", "b"),
        (["a", "b"], "a\nx\nb\n", "b"),
        (["id prj-…"], "id prj-\n", "id prj-…"),
        (["b", "a"], "a\nb\n", "b"),
        (["a"], "a\nb\n", "more was printed than is shown"),
        (["a.c"], "abc\n", "a.c"),
        (["a"], "a", ""),
    ],
)
def test_what_was_not_printed_as_shown_is_found(shown: list[str], printed: str, wrong: str) -> None:
    assert first_difference(shown, printed) == wrong
