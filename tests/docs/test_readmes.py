"""The two READMEs say the same: headings, commands, links, rows, figures; the demo they show is the demo there is."""

from __future__ import annotations

import re

from tests.docs.excerpt import not_told, shown
from tests.docs.pages import Page, page

ENGLISH, CHINESE = page("README.md"), page("README.zh-CN.md")
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def commands(one: Page) -> list[str]:
    """What is typed: the lines of the blocks for the shell and for Python, without their comments."""
    return [line.partition(" #")[0].rstrip() for block in one.blocks("sh", "python") for line in block.lines]


def test_the_headings_have_the_same_levels_in_the_same_order() -> None:
    assert [level for level, _ in ENGLISH.headings()] == [level for level, _ in CHINESE.headings()]


def test_the_commands_are_the_same() -> None:
    assert commands(ENGLISH) == commands(CHINESE)


def test_they_lead_to_the_same_places() -> None:
    def targets(one: Page) -> list[str]:
        """Pages that there are in both languages count as one."""
        return sorted(target.replace(".zh-CN", "") for _, target in one.links() if not target.startswith("README"))

    assert targets(ENGLISH) == targets(CHINESE)


def test_tables_and_lists_have_as_many_entries() -> None:
    def shape(one: Page) -> list[str]:
        return [match[0] for _, line in one.prose() if (match := re.match(r"\||- |\d+\. ", line))]

    assert shape(ENGLISH) == shape(CHINESE)


def test_the_figures_are_the_same() -> None:
    def numbers(one: Page) -> list[str]:
        return sorted(number for _, line in one.prose() for number in NUMBER.findall(line))

    assert numbers(ENGLISH) == numbers(CHINESE)


def test_they_show_the_same_of_the_demo() -> None:
    """Each in its language. That the demo prints it is tested where the demo is run, in tests/demo."""

    def figures(line: str) -> list[str]:
        return sorted(number for number in NUMBER.findall(line) if "." in number or "," in number)

    english, chinese = shown(ENGLISH), shown(CHINESE)
    assert [figures(line) for line in english if figures(line)] == [figures(line) for line in chinese if figures(line)]
    assert len(english) == len(chinese) >= 20


def test_a_line_that_the_demo_does_not_print_is_found() -> None:
    told = "\n".join(shown(ENGLISH))
    assert not_told(told, "README.md") == []
    assert not_told(told.replace("500,000", "500,001"), "README.md")[0].count("500,000") == 1
