"""The two READMEs say the same: headings, commands, links, rows, figures; the demo they show is the demo there is."""

from __future__ import annotations

import re

from exchange.cli.demo import figures
from tests.docs.pages import Page, page

ENGLISH, CHINESE = page("README.md"), page("README.zh-CN.md")
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def commands(one: Page) -> list[str]:
    """The lines of the shell blocks, without their comments."""
    return [line.partition(" #")[0].rstrip() for block in one.blocks("sh") for line in block.lines]


def test_the_headings_have_the_same_levels_in_the_same_order() -> None:
    assert [level for level, _ in ENGLISH.headings()] == [level for level, _ in CHINESE.headings()]


def test_the_commands_are_the_same() -> None:
    assert commands(ENGLISH) == commands(CHINESE)


def test_they_lead_to_the_same_places() -> None:
    def targets(one: Page) -> list[str]:
        return sorted(target for _, target in one.links() if not target.startswith("README"))

    assert targets(ENGLISH) == targets(CHINESE)


def test_tables_and_lists_have_as_many_entries() -> None:
    def shape(one: Page) -> list[str]:
        return [match[0] for _, line in one.prose() if (match := re.match(r"\||- |\d+\. ", line))]

    assert shape(ENGLISH) == shape(CHINESE)


def test_the_figures_are_the_same() -> None:
    def numbers(one: Page) -> list[str]:
        return sorted(number for _, line in one.prose() for number in NUMBER.findall(line))

    assert numbers(ENGLISH) == numbers(CHINESE)


def test_what_they_show_of_the_demo_is_the_same_and_has_its_figures() -> None:
    shown, also_shown = (one.blocks("text")[0].lines for one in (ENGLISH, CHINESE))
    assert shown == also_shown
    text = "\n".join(shown)
    for deal in figures.SETTLED_DEALS:
        assert f"{deal.quantity:,}" in text
        assert f"{deal.total:,.2f}" in text
    assert re.search(r"demo: \d+ trades, [\d,]+ tonnes, CNY [\d.,]+, entries \d+, state \w+, replay \w+: equal", text)
