"""The glossary's words exist in the code under the names that it gives."""

from __future__ import annotations

import ast
import re
from functools import cache

from exchange.rulebooks import load
from tests.architecture.sources import Finding, Source, listed, sources
from tests.docs.pages import NAME, Page, page

PATH = "docs/GLOSSARY.md"
HEAD = ["term", "中文", "in code"]
CHINESE = re.compile(r"[一-鿿]")
NOTHING = "–"


def names_in(source: Source) -> set[str]:
    """Everything that a file names: classes, functions, variables, fields, parameters; members as Class.member."""
    found = set()
    for node in source.walk():
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{member}" for member in _members(node)}
    return found


def _members(node: ast.ClassDef) -> list[str]:
    targets = [t for item in node.body if isinstance(item, ast.Assign) for t in item.targets]
    targets += [item.target for item in node.body if isinstance(item, ast.AnnAssign)]
    methods = [item.name for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [target.id for target in targets if isinstance(target, ast.Name)] + methods


@cache
def known_names() -> frozenset[str]:
    code = (names_in(source) for source in sources("exchange"))
    return frozenset().union(*code) | {rule.rule for rule in load().rules} | {"as_of_seq"}


def rows(one: Page) -> list[tuple[int, list[str]]]:
    return [(number, cells) for number, cells in one.rows() if cells != HEAD]


def unknown_names(one: Page, known: frozenset[str]) -> list[Finding]:
    """Names in the last column that the code does not have, and rows without a name or an open dash."""
    found = []
    for number, cells in rows(one):
        names = NAME.findall(cells[-1])
        if not names and cells[-1] != NOTHING:
            found.append(one.finding(number, "neither a name nor a dash"))
        found += [one.finding(number, f"the code has no {name}") for name in names if name not in known]
    return found


def test_every_name_in_the_glossary_is_in_the_code() -> None:
    assert listed(unknown_names(page(PATH), known_names())) == ""


def test_every_row_has_a_chinese_word_and_a_term_of_its_own() -> None:
    terms = [cells[0] for _, cells in rows(page(PATH))]
    assert sorted(terms) == sorted(set(terms))
    for number, cells in rows(page(PATH)):
        assert len(cells) == len(HEAD), f"{PATH}:{number}: a row has three cells"
        assert CHINESE.search(cells[1]), f"{PATH}:{number}: {cells[1]} is no Chinese"


def test_a_name_that_is_not_there_is_found() -> None:
    head = "| term | 中文 | in code |\n|---|---|---|\n"
    one = Page("x.md", f"{head}| a | 甲 | `Side.BUY`, `Side.HOLD` |\n| b | 乙 | b |\n")
    assert [finding.what for finding in unknown_names(one, known_names())] == [
        "the code has no Side.HOLD",
        "neither a name nor a dash",
    ]
