"""The league report as a table for people: what a spreadsheet shows, in the language of whoever asked.

Programs get the names of the fields and the codes of the leagues (``format=csv``), in every language the same; a
regional office opens the table in Excel (``format=csv-bom``) and wants to read it.
"""

from __future__ import annotations

from typing import Final

from exchange.api.language import Language
from exchange.api.league_report import LeagueLine
from exchange.api.operations import Document
from exchange.certificates.words import LEAGUES, Words
from exchange.core.commands.instruments import League

AGREES: Final = "agrees"
"""A column that says of the whole report, in each line, what its JSON says once: a table has no other place for it."""

OTHER_PLANS: Final = "other_plans"
"""A column that people alone get, so that in those of tonnes stand nothing but numbers."""

HEADINGS: Final = {
    "league": Words("League", "盟市"),
    "first_year": Words("First year", "起始年度"),
    "last_year": Words("Last year", "截止年度"),
    "planned": Words("Planned, t", "碳预算（吨）"),
    "issued": Words("Issued (by vintage year), t", "签发（按减排量产生年度，吨）"),
    "used_at_home": Words(
        "Used in the league itself, replacement of losses included, t", "本盟市使用（含逆转补足，吨）"
    ),
    "replaced": Words(
        "Of all used here, from the league itself and from others: replacement of losses, t",
        "其中用于补足逆转的（本盟市使用与自其他盟市转入合计，吨）",
    ),
    "to_leagues": Words("To other leagues, t", "转至其他盟市（吨）"),
    "from_leagues": Words("From other leagues, t", "自其他盟市转入（吨）"),
    "to_national": Words("To the national market, t", "转至全国市场（吨）"),
    "to_provinces": Words("To other provinces, t", "转至其他省份（吨）"),
    "replaced_outside": Words(
        "Replacement of losses of no league of the region, t", "用于补足不属本区任何盟市的逆转（吨）"
    ),
    "net": Words("Net adjustment, t", "净调整（吨）"),
    AGREES: Words("Agrees with uses, releases and ledger", "与使用、转出及账务是否一致"),
    OTHER_PLANS: Words("Planned for other years: which", "另有预算的年度"),
}
"""What the columns are called, by their field."""

_AGREES: Final = {True: Words("yes", "是"), False: Words("NO: an alarm", "否，须查明")}
_REGION: Final = Words("The region, all twelve together", "自治区合计")


def headings(columns: list[str], language: Language) -> list[str]:
    """What stands above these columns."""
    return [getattr(HEADINGS[column], language) for column in columns]


def other_plans(line: LeagueLine, language: Language) -> str | None:
    """For which years there is a plan, where there is none for these."""
    if line.planned is not None or not line.other_plans:
        return None
    years = [str(first) if first == last else f"{first}–{last}" for first, last in line.other_plans]
    return "、".join(years) if language == "zh" else ", ".join(years)


def in_words(line: Document, language: Language) -> Document:
    """A line with its league's name in the place of the code, and yes or no in that of true or false."""
    league = League[line["league"]]
    words = LEAGUES[league] if league else _REGION
    return {**line, "league": getattr(words, language), AGREES: getattr(_AGREES[line[AGREES]], language)}
