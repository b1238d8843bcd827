"""Finds ASCII punctuation inside Chinese sentences: there the marks are full-width (，。；：（）？！).

What is code stays as it is: code spans, placeholders in braces, numbers and ids. So does a Chinese word that English
text gives in brackets, such as "reduction quota (碳减排量指标)".
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from tests.architecture.sources import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.sources import Source
    from tests.docs.pages import Page

HAN: Final = "\u4e00-\u9fff"
MARKS: Final = re.compile(
    rf'(?<=[{HAN}》）”」])(?: ?\(|[,;:?!)"]|\.(?![\w.]))|[,;:?!("](?=[{HAN}《“「])|(?<=[{HAN}]\w)\)'
)
CODE: Final = re.compile(r"`[^`]*`|\{[^{}]*\}|<br>|\]\([^()\s]*\)|https?://[\w./:-]+")
GLOSS: Final = re.compile(rf"(?<![{HAN}])(?<=[\w.*`>”\"] )\((?:(?! [a-z])[^()])*[{HAN}](?:(?! [a-z])[^()])*\)")
ENGLISH: Final = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
CHINESE: Final = re.compile(rf"[{HAN}]")


def ascii_marks(text: str) -> list[str]:
    """The places where an ASCII mark stands in Chinese text, each with its neighbours."""
    plain = CODE.sub("_", text)
    if ENGLISH.search(plain):
        plain = GLOSS.sub("_", plain)
    return [plain[max(0, match.start() - 6) : match.end() + 6] for match in MARKS.finditer(plain)]


def literals_of(source: Source) -> Iterator[tuple[int, str]]:
    """The texts of a program with Chinese in them, without its docstrings; placeholders of f-strings become braces."""
    docstrings = {id(doc) for node in source.walk() if (doc := _docstring(node)) is not None}
    inside: set[int] = set()
    for node in source.walk():
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
            yield node.lineno, node.value


def _docstring(node: ast.AST) -> ast.Constant | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value
    return None


def in_source(source: Source) -> list[Finding]:
    """What is wrong in the texts of a program."""
    texts = [(line, text) for line, text in literals_of(source) if CHINESE.search(text)]
    return [Finding(source.path, line, place) for line, text in texts for place in ascii_marks(text)]


def in_page(one: Page) -> list[Finding]:
    """What is wrong on a page, in its drawings and sample outputs too, but not in what is typed."""
    typed = {
        number
        for block in one.blocks("sh", "python", "sql", "json")
        for number in range(block.first_line, block.first_line + len(block.lines))
    }
    lines = [(number, line) for number, line in one.lines() if number not in typed]
    return [one.finding(number, place) for number, line in lines for place in ascii_marks(line)]
