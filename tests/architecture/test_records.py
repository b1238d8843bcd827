"""Commands and events stay as they were made: they are hashed and logged; whoever changes one changes history.

Their classes are slotted dataclasses, since frozen ones cost five times as much to make. That nobody changes one is
decided here, from the syntax tree. A name stands for a command or event when

* it is a parameter or variable annotated with a class of `exchange/core/commands` or `exchange/core/events`, or with
  `Command`, `Event` or `Action`;
* it was assigned from a call of such a class, or bound by `case ClassName() as name`;
* or it is `command`, `event` or `action` itself.

Then `name.field = ...`, `name.field += ...`, `del name.field`, `setattr(name, ...)` and calls of changing methods of
a field (`name.field.append(...)`) are findings. An alias under another name without annotation is not seen; strict
typing and the replay tests stand behind this.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.architecture.sources import Finding, Source, functions, listed, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("exchange/core/commands", "exchange/core/events")
UNIONS = {"Command", "Event", "Action"}
ALWAYS = {"command", "event", "action"}
CHANGING_METHODS = {
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard", "update", "setdefault",
    "popitem",
}  # fmt: skip
NOT_RECORDS = {"IntEnum", "IntFlag", "Enum", "StrEnum", "NamedTuple", "Protocol"}


@cache
def record_names() -> frozenset[str]:
    classes = {node.name for s in sources(*PACKAGES) for node in s.tree.body if isinstance(node, ast.ClassDef)}
    return frozenset(classes | UNIONS)


def not_slotted(source: Source) -> list[Finding]:
    found = []
    for node in source.tree.body:
        if (
            isinstance(node, ast.ClassDef)
            and not is_plain_value(node)
            and not any(map(is_slotted, node.decorator_list))
        ):
            found.append(source.finding(node, f"{node.name} is not a @dataclass(slots=True)"))
    return found


def is_plain_value(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in NOT_RECORDS for base in node.bases)


def is_slotted(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Name(id="dataclass"), keywords=keywords):
            return any(k.arg == "slots" and isinstance(k.value, ast.Constant) and k.value.value for k in keywords)
    return False


def changes_a_record(source: Source, classes: frozenset[str]) -> list[Finding]:
    found = {}
    for function in functions(source):
        records = ALWAYS | set(names_of_records(function, classes))
        for node in ast.walk(function):
            changed = changed_name(node)
            if changed in records:
                what = f"{changed} is a command or event, which nobody changes after it was made"
                found[node] = source.finding(node, what)
    return list(found.values())


def names_of_records(function: ast.FunctionDef | ast.AsyncFunctionDef, classes: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as annotation) if mentions(annotation, classes):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if mentions(annotation, classes):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)) if mentions(called, classes):
                yield name
            case ast.MatchAs(pattern=ast.MatchClass(cls=called), name=str(name)) if mentions(called, classes):
                yield name


def mentions(annotation: ast.expr, classes: frozenset[str]) -> bool:
    """`PlaceOrder`, `orders.PlaceOrder`, `PlaceOrder | None`; not `list[PlaceOrder]`, which is a list."""
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in classes
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return mentions(left, classes) or mentions(right, classes)
        case ast.Constant(value=str(text)):
            return text in classes
    return False


def changed_name(node: ast.AST) -> str | None:
    """The name whose field this statement changes, if it changes one."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name)), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=name)), attr=method)):
            return name if method in CHANGING_METHODS else None
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[ast.Name(id=name), *_]):
            return name
        case ast.Call(func=ast.Attribute(attr="__setattr__"), args=[ast.Name(id=name), *_]):
            return name
    return None


def test_commands_and_events_are_slotted_dataclasses() -> None:
    assert listed([finding for source in sources(*PACKAGES) for finding in not_slotted(source)]) == ""


def test_nobody_changes_a_command_or_event() -> None:
    classes = record_names()
    assert listed([f for source in sources("exchange") for f in changes_a_record(source, classes)]) == ""


@pytest.mark.parametrize(
    "body",
    ["command.price = 1", "command.price += 1", "del command.price", "setattr(command, 'price', 1)",
     "command.lots.append(1)", "command.lots[0] = 1", "object.__setattr__(command, 'price', 1)", "order.price = 1",
     "made = Placed(1); made.price = 2"],
)  # fmt: skip
def test_a_change_is_found(body: str) -> None:
    text = f"def f(command, order: commands.Placed | None):\n    {body}"
    assert len(changes_a_record(Source.of(text), frozenset({"Placed"}))) == 1


@pytest.mark.parametrize("body", ["order.price = 1", "book.orders.append(command)", "x = command.price", "f(command)"])
def test_other_things_may_change(body: str) -> None:
    assert changes_a_record(Source.of(f"def f(command, order: Order):\n    {body}"), frozenset({"Placed"})) == []


def test_a_class_without_slots_is_found() -> None:
    assert len(not_slotted(Source.of("@dataclass\nclass Placed:\n    price: int"))) == 1
    assert len(not_slotted(Source.of("class Placed:\n    price: int"))) == 1
    assert not_slotted(Source.of("@dataclass(slots=True)\nclass Placed:\n    price: int")) == []
    assert not_slotted(Source.of("class Side(IntEnum):\n    BUY = 1")) == []
