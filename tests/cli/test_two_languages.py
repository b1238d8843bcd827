"""Whatever a command says on the terminal when it cannot go on, it says in English and in Chinese; so does its help."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from exchange.cli import parser
from tests.architecture.sources import Finding, Source, functions, listed, sources

HAN: Final = re.compile(r"[一-鿿]")

ERRORS: Final = frozenset(
    {
        "AlreadyRunningError",
        "ArgumentTypeError",
        "CommandError",
        "EmbeddedServerError",
        "LeaderBusyError",
        "MigrationFailedError",
        "NoDatabaseError",
        "NoSuchRoleError",
    }
)
"""What ends a command, or is told as it is by :func:`exchange.cli.settings.understandable`."""

SENTENCES: Final = ("exchange/store/startup.py", "exchange/config.py")
"""Where texts are gathered in lists, one for each problem of a database or of the settings."""

PASSED_ON: Final = (ast.Call, ast.Starred, ast.Attribute)
"""What an argument may be that has been said in both languages elsewhere, as ``str(error)`` of one of the above."""


def texts(node: ast.AST) -> list[str]:
    """Every text in an expression."""
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def meanings(name: str, source: Source, scope: ast.AST) -> list[ast.expr]:
    """What a name stands for: everything that is assigned to it in a function, or in the file."""
    for tree in (scope, source.tree):
        found = [
            assigned.value
            for assigned in ast.walk(tree)
            if isinstance(assigned, ast.Assign | ast.AnnAssign)
            and assigned.value is not None
            and any(isinstance(part, ast.Name) and part.id == name for part in targets(assigned))
        ]
        if found:
            return found
    return []


def targets(assigned: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """What is assigned to."""
    return assigned.targets if isinstance(assigned, ast.Assign) else [assigned.target]


def is_english_only(argument: ast.expr, source: Source, scope: ast.AST) -> bool:
    """Whether what is said has no Chinese in it."""
    if isinstance(argument, ast.Name):
        return any(is_english_only(meant, source, scope) for meant in meanings(argument.id, source, scope))
    if isinstance(argument, PASSED_ON):
        return False
    said = " ".join(texts(argument))
    return re.search(r"[A-Za-z]", said) is not None and HAN.search(said) is None


def name_of(call: ast.Call) -> str:
    """The name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Every call of these names."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) in names)


def spoken(source: Source) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Each argument of what is said to the terminal, with the function that it is in."""
    for function in functions(source):
        yield from ((function, argument) for call in calls(function, *ERRORS) for argument in call.args)
    for defined in ast.walk(source.tree):
        if isinstance(defined, ast.ClassDef) and defined.name in ERRORS - {"CommandError"}:
            yield from ((defined, argument) for call in calls(defined, "__init__") for argument in call.args)
    if source.path in SENTENCES:
        for function in functions(source):
            yield from ((function, sentence) for sentence in sentences(function))


def sentences(function: ast.AST) -> Iterator[ast.expr]:
    """What a function gives back, yields, appends or raises as a text of several words."""
    for node in ast.walk(function):
        given: list[ast.expr] = []
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            given = node.value.elts if isinstance(node.value, ast.List) else [node.value]
        elif isinstance(node, ast.Call) and name_of(node) in ("append", "ValueError"):
            given = node.args
        yield from (one for one in given if isinstance(one, ast.Constant | ast.JoinedStr) and is_a_sentence(one))


def is_a_sentence(node: ast.expr) -> bool:
    """Whether a text has words enough to be read."""
    return len(re.findall(r"[A-Za-z]+ ", " ".join(texts(node)))) > 2


def english_only(source: Source) -> list[Finding]:
    """What is said in English alone."""
    return sorted(
        {
            source.finding(argument, ast.unparse(argument)[:90])
            for scope, argument in spoken(source)
            if is_english_only(argument, source, scope)
        }
    )


def test_what_ends_a_command_is_said_in_both_languages() -> None:
    assert listed([finding for source in sources("exchange") for finding in english_only(source)]) == ""


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    raise CommandError("it is gone.")',
        'def f():\n    raise CommandError("it is gone. 没有了", "look for it")',
        'def f():\n    why = f"it is {1}."\n    raise CommandError(why)',
        'WHY = "it is gone"\ndef f():\n    raise EmbeddedServerError(WHY)',
        'class LeaderBusyError(Exception):\n    def __init__(self):\n        super().__init__("it is busy")',
    ],
)
def test_a_text_without_chinese_is_found(text: str) -> None:
    assert len(english_only(Source.of(text))) == 1


def test_a_sentence_without_chinese_is_found_where_sentences_are_gathered() -> None:
    text = (
        'def f():\n    return ["this cannot be used at all"]\ndef g(text):\n    raise ValueError("write it as it is")'
    )
    assert len(english_only(Source.of(text, SENTENCES[0]))) == 2


def options() -> Iterator[tuple[str, argparse.Action]]:
    """Each option of each command."""
    (commands,) = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        yield from ((name, action) for action in command._actions if not isinstance(action, argparse._HelpAction))


def test_every_option_is_explained_in_both_languages() -> None:
    missing = [
        f"{name} {action.dest}" for name, action in options() if not (action.help and HAN.search(str(action.help)))
    ]
    assert missing == []
