"""Every handler checks everything first and changes state afterwards; nothing below the line between may fail.

A handler is a public function in `exchange/core/handlers` whose first parameter is a `Step` and that may answer with a
`Refusal`. It contains the line exactly once. Above the line nothing is emitted or booked and no attribute or item is
set; below it nothing is refused or raised. A function that only refuses (`refuse_...`) changes nothing at all. What
called functions do is not followed; the properties and the simulation are there for that.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.architecture.sources import Finding, Source, functions, listed, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = "# -- everything is checked; nothing below may fail --"
ACTING_METHODS = {"emit", "book"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def handlers(source: Source) -> Iterator[Function]:
    for function in source.tree.body:
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and is_handler(function):
            yield function


def is_handler(function: Function) -> bool:
    first = function.args.args[0].annotation if function.args.args else None
    takes_step = isinstance(first, ast.Name) and first.id == "Step"
    may_refuse = function.returns is not None and "Refusal" in ast.unparse(function.returns)
    return takes_step and may_refuse and not function.name.startswith("_")


def broken_halves(source: Source) -> list[Finding]:
    found = []
    lines = source.text.splitlines()
    for function in handlers(source):
        within = range(function.lineno, (function.end_lineno or function.lineno) + 1)
        marks = [number for number in within if lines[number - 1].strip() == LINE]
        if len(marks) != 1:
            found.append(
                source.finding(function, f"{function.name} has the line between its halves {len(marks)} times")
            )
        else:
            found += wrong_half(source, function, marks[0])
    return found


def wrong_half(source: Source, function: Function, mark: int) -> list[Finding]:
    found = []
    for node in ast.walk(function):
        above = getattr(node, "lineno", mark) < mark
        if above and changes_state(node):
            found.append(source.finding(node, f"{function.name} changes state above the line"))
        if not above and fails(node):
            found.append(source.finding(node, f"{function.name} may fail below the line"))
    return found


def changes_state(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="step"), attr=method)):
            return method in ACTING_METHODS
    return False


def fails(node: ast.AST) -> bool:
    match node:
        case ast.Raise():
            return True
        case ast.Call(func=ast.Name(id="Refusal")):
            return True
    return False


def refusers_that_act(source: Source) -> list[Finding]:
    found = []
    for function in functions(source):
        if function.name.lstrip("_").startswith("refuse"):
            found += [
                source.finding(node, f"{function.name} only refuses, and changes state here")
                for node in ast.walk(function)
                if changes_state(node)
            ]
    return found


def test_every_handler_has_two_halves() -> None:
    assert listed([f for source in sources("exchange/core/handlers") for f in broken_halves(source)]) == ""


def test_what_only_refuses_changes_nothing() -> None:
    assert listed([f for source in sources("exchange/core") for f in refusers_that_act(source)]) == ""


HANDLER = """
def deposit(step: Step, command: Deposit) -> Refusal | None:
    {above}
    {line}
    {below}
    return None
"""


@pytest.mark.parametrize(
    ("above", "line", "below", "findings"),
    [
        ("pass", LINE, "step.emit(1)", 0),
        ("cash: int = 1", LINE, "step.state.cash = 1", 0),
        ("if not command: return Refusal(1)", LINE, "pass", 0),
        ("pass", "", "step.emit(1)", 1),
        (LINE, LINE, "step.emit(1)", 1),
        ("step.emit(1)", LINE, "pass", 1),
        ("step.state.cash = 1", LINE, "pass", 1),
        ("step.state.cash[1] = 1", LINE, "pass", 1),
        ("del step.state.cash[1]", LINE, "pass", 1),
        ("pass", LINE, "return Refusal(1)", 1),
        ("pass", LINE, "raise ValueError", 1),
    ],
)
def test_a_handler_without_two_clean_halves_is_found(above: str, line: str, below: str, findings: int) -> None:
    assert len(broken_halves(Source.of(HANDLER.format(above=above, line=line, below=below)))) == findings


def test_a_refusing_function_that_acts_is_found() -> None:
    text = "def _refuse_cash(step: Step) -> Refusal | None:\n    step.state.cash = 1"
    assert len(refusers_that_act(Source.of(text))) == 1
