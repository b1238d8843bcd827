"""Write the table of the rules in force into docs/RULEBOOK.md: ``python -m tests.docs.rulebook_table``."""

from __future__ import annotations

from typing import Final

from exchange.api.language import BETWEEN_LANGUAGES
from exchange.core.commands.governance import Rule
from exchange.rulebooks import load
from tests.architecture.sources import ROOT
from tests.docs.pages import page

PATH: Final = "docs/RULEBOOK.md"
BEGIN: Final = "<!-- rules: begin -->"
END: Final = "<!-- rules: end -->"
HEAD: Final = ("| id | value | article 条款 | in force from | the rule 规则 | verified |", "|---|---|---|---|---|---|")


def value_of(rule: Rule) -> str:
    """The number with its unit; a flag is only said to be there."""
    return "yes" if rule.unit == "flag" and rule.value == 1 else f"{rule.value} {rule.unit}"


def row_of(rule: Rule) -> str:
    """One rule as a row of the table."""
    day = f"{rule.effective_from // 10_000}-{rule.effective_from // 100 % 100:02}-{rule.effective_from % 100:02}"
    text = f"{rule.text_en}<br>{rule.text_zh}"
    article = rule.article.replace(BETWEEN_LANGUAGES, "<br>")
    return f"| `{rule.rule}` | {value_of(rule)} | {article} | {day} | {text} | {rule.verified.name} |"


def table() -> str:
    """The whole table between its marks."""
    return "\n".join([BEGIN, *HEAD, *(row_of(rule) for rule in load().rules), END])


def with_table(text: str) -> str:
    """The page's text with the table of today."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{table()}{after}"


if __name__ == "__main__":
    (ROOT / PATH).write_text(with_table(page(PATH).text), encoding="utf-8")
    print(f"{PATH} has the rules of today")
