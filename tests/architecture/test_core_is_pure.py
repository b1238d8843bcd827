"""The core is a function of its log: no clock, chance, I/O or float, and no order that depends on hashes.

What a module may import is a list of what is allowed, so that a new way to the outside is refused until somebody
allows it. Sets: the order of a set of texts changes with PYTHONHASHSEED, so a set may be asked, counted and sorted,
not walked through. The rule sees sets that are written out, made by `set(...)`, or held in a name or attribute that
the core annotates as a set.
"""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.architecture.sources import Finding, Source, listed, sources

ALLOWED_IMPORTS = {
    "__future__", "abc", "bisect", "collections", "collections.abc", "dataclasses", "enum", "functools", "hashlib",
    "heapq", "itertools", "operator", "struct", "types", "typing",
}  # fmt: skip
FORBIDDEN_NAMES = {
    "float", "complex", "round", "hash", "id", "print", "input", "open", "eval", "exec", "compile", "globals", "locals",
    "vars", "breakpoint", "__import__",
}  # fmt: skip
WRITES_CODE = "exchange/core/record_code.py"
"""The one module that may compile: it makes functions of the hints of records, at import, as `dataclasses` does."""
WALKERS = {"list", "tuple", "enumerate", "iter", "zip", "map", "filter", "reversed"}
SET_TYPES = {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}


def impure_imports(source: Source) -> list[Finding]:
    found = []
    for node in source.walk():
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            if name not in ALLOWED_IMPORTS and name != "exchange.core" and not name.startswith("exchange.core."):
                found.append(source.finding(node, f"the core imports {name}"))
    return found


def impure_words(source: Source) -> list[Finding]:
    found = []
    for node in source.walk():
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            found.append(source.finding(node, f"a float: {node.value}"))
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            found.append(source.finding(node, "/ makes a float; // and a named rounding do not"))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in FORBIDDEN_NAMES:
            if (source.path, node.id) == (WRITES_CODE, "exec"):
                continue
            found.append(source.finding(node, f"{node.id} has no place in the core"))
        elif isinstance(node, (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Global)):
            found.append(source.finding(node, f"{type(node).__name__} has no place in the core"))
    return found


def walks_through_sets(source: Source, held_as_set: frozenset[str]) -> list[Finding]:
    found = []
    for node in source.walk():
        walked: list[ast.expr] = []
        if isinstance(node, (ast.For, ast.comprehension)):
            walked = [node.iter]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WALKERS:
            walked = list(node.args)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "join"):
            walked = [node.func.value, *node.args]
        elif isinstance(node, ast.Starred):
            walked = [node.value]
        found += [source.finding(it, "walks through a set; sort it first") for it in walked if is_set(it, held_as_set)]
    return found


def is_set(node: ast.expr, held_as_set: frozenset[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in ("set", "frozenset")
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in held_as_set
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return is_set(left, held_as_set) or is_set(right, held_as_set)
    return False


def names_annotated_as_set(source: Source) -> set[str]:
    names = set()
    for node in source.walk():
        if isinstance(node, ast.AnnAssign) and is_set_type(node.annotation):
            target = node.target
            names.add(target.id if isinstance(target, ast.Name) else getattr(target, "attr", ""))
        elif isinstance(node, ast.arg) and node.annotation is not None and is_set_type(node.annotation):
            names.add(node.arg)
    return names - {""}


def is_set_type(annotation: ast.expr) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(outer, ast.Name) and outer.id in SET_TYPES


@cache
def sets_of_the_core() -> frozenset[str]:
    return frozenset(name for source in sources("exchange/core") for name in names_annotated_as_set(source))


def test_the_core_imports_only_itself_and_what_is_pure() -> None:
    assert listed([f for source in sources("exchange/core") for f in impure_imports(source)]) == ""


def test_the_core_has_no_float_no_clock_no_chance_and_no_output() -> None:
    assert listed([f for source in sources("exchange/core") for f in impure_words(source)]) == ""


def test_the_core_walks_through_no_set() -> None:
    held = sets_of_the_core()
    assert listed([f for source in sources("exchange/core") for f in walks_through_sets(source, held)]) == ""


@pytest.mark.parametrize(
    "text",
    ["import time", "import os.path", "from datetime import date", "import exchange.store", "import numpy",
     "from exchange import config", "from random import choice"],
)  # fmt: skip
def test_an_import_of_the_outside_is_found(text: str) -> None:
    assert len(impure_imports(Source.of(text))) == 1


@pytest.mark.parametrize(
    "text",
    ["x = 0.5", "x = 1e3", "x = a / b", "x /= 2", "x = float(a)", "def f(a: float): ...", "x = hash(a)", "print(a)",
     "x = round(a)", "async def f(): ...", "x = sorted(a, key=id)"],
)  # fmt: skip
def test_a_word_that_is_not_pure_is_found(text: str) -> None:
    assert len(impure_words(Source.of(text))) == 1


@pytest.mark.parametrize(
    "text",
    ["for x in {1, 2}: ...", "y = [x for x in set(a)]", "y = list(frozenset(a))", "y = [*{1, 2}]", "y = {1, 2}.pop()",
     "for x in a.names: ...", "for x in names | other: ...", "y = ','.join(names)", "y = tuple({x for x in a})"],
)  # fmt: skip
def test_a_walk_through_a_set_is_found(text: str) -> None:
    assert len(walks_through_sets(Source.of(text), frozenset({"names"}))) == 1


@pytest.mark.parametrize("text", ["for x in sorted(names): ...", "y = 1 in names", "y = len({1, 2})", "names.add(1)"])
def test_a_set_may_be_asked_counted_and_sorted(text: str) -> None:
    assert walks_through_sets(Source.of(text), frozenset({"names"})) == []


def test_a_set_is_known_by_its_annotation() -> None:
    text = "class A:\n    spent: set[str]\n    def f(self, named: frozenset[int], other: list[int]): ..."
    assert names_annotated_as_set(Source.of(text)) == {"spent", "named"}
