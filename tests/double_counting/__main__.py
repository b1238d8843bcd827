"""``python -m tests.double_counting`` writes the tables of docs/DOUBLE_COUNTING.md and its Chinese page anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from exchange.audit.double_count.findings import CHECKS
from tests.double_counting.attempts import Attempt
from tests.double_counting.catalogue import CATALOGUE, PARTS
from tests.double_counting.chinese import CASES

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = {"en": ROOT / "docs" / "DOUBLE_COUNTING.md", "zh": ROOT / "docs" / "DOUBLE_COUNTING.zh-CN.md"}
_PLACE: Final = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)

_HEADS: Final = {
    "en": "| attempt | what is tried | code | guard of the database |\n|---|---|---|---|",
    "zh": "| 名称 | 做法 | 代码 | 数据库的防线 |\n|---|---|---|---|",
}
_CHECK_HEADS: Final = {"en": "| check | finds |\n|---|---|", "zh": "| 代码 | 发现什么 |\n|---|---|"}
_NONE: Final = {"en": "none: the core alone", "zh": "无：仅由核心拒绝"}


def filled(page: str, language: str) -> str:
    """A page with every table as it should be."""
    return _PLACE.sub(lambda place: f"{place[1]}\n{_table(place[2], language)}\n\n{place[3]}", page)


def _table(name: str, language: str) -> str:
    if name == "checks":
        rows = [f"| `{code}` | {texts[language == 'zh']} |" for code, texts in CHECKS.items()]
        return "\n".join((_CHECK_HEADS[language], *rows))
    (part,) = (part for part in PARTS if part.__name__.endswith(f".{name}"))
    attempts = [one for one in CATALOGUE.values() if one.prepare.__module__ == part.__name__]
    return "\n".join((_HEADS[language], *(_row(one, language) for one in attempts)))


def _row(attempt: Attempt, language: str) -> str:
    case = attempt.case if language == "en" else CASES[attempt.name]
    guards = ", ".join(f"`{guard}`" for guard in attempt.database) or _NONE[language]
    return f"| {attempt.name} | {case} | `{attempt.code.name}` | {guards} |"


if __name__ == "__main__":
    for language, page in PAGES.items():
        page.write_text(filled(page.read_text(encoding="utf-8"), language), encoding="utf-8")
