"""Whatever a command says on the terminal when it cannot go on, it says in English and in Chinese; so does its help."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from exchange.cli import main, parser
from exchange.cli.arguments import in_chinese
from exchange.cli.asking import at_the_exchange
from exchange.cli.problem import CANNOT, CommandError
from exchange.client import NoAnswerError
from exchange.client.problem import problem_of
from loadtests import scenarios, soak
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
        "RegistryTokenError",
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


@pytest.mark.parametrize("command", [scenarios.parser(), soak.parser()], ids=["scenarios", "soak"])
def test_the_load_tests_explain_every_option_with_its_default(command: argparse.ArgumentParser) -> None:
    for action in command._actions:
        if not isinstance(action, argparse._HelpAction):
            assert action.help and HAN.search(action.help), action.dest
            assert not action.option_strings or "default" in action.help, action.dest
    text = command.format_help()
    assert ":mod:" not in text and HAN.search(command.description or "")


def test_every_kind_of_day_is_explained() -> None:
    text = scenarios.parser().format_help()
    assert set(scenarios.MEANINGS) == set(scenarios.SCENARIOS)
    for english, chinese in scenarios.MEANINGS.values():
        assert english in text and chinese in text and HAN.search(chinese)


def test_every_option_is_explained_in_both_languages() -> None:
    missing = [
        f"{name} {action.dest}" for name, action in options() if not (action.help and HAN.search(str(action.help)))
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("command", "chinese"),
    [
        (["sevre"], "没有 'sevre'，可选："),
        ([], "缺少必需的参数：<command>"),
        (["bench", "cor"], "没有 'cor'，可选："),
        (["sandbox-join"], "缺少必需的参数：--name"),
        (["keys", "--as"], "--as 之后缺少值"),
        (["keys", "--rotate", "--secret"], "--secret 不能与 --rotate 同时使用"),
        (["keys", "--show=1"], "--show 不带值，不能写 '1'"),
        (["keys", "--nothing"], "没有此参数：--nothing"),
        (["serve", "--port", "x"], "请填写此范围内的整数"),
        (["bench", "--rounds", "0"], "应为不小于 1 的整数"),
        (["registry-simulator", "--fault", "SLOW=300"], "百分比为 0 至 100"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said_in_both_languages(
    command: list[str], chinese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == CANNOT
    told = capsys.readouterr().err
    assert "error: " in told and chinese in told
    assert len(HAN.findall(told.rpartition("error: ")[2])) > 3


def test_an_error_of_the_command_line_that_is_not_known_has_chinese_all_the_same() -> None:
    assert in_chinese("argument --n: invalid int value: 'x'") == "错误：--n 应为整数，不能是 'x'"
    assert HAN.search(in_chinese("something that a later Python says"))
    assert in_chinese("argument --port: 应为端口") == ""


def told(error: CommandError) -> list[str]:
    """The lines on the terminal."""
    lines: list[str] = []
    error.tell(lines.append)
    return lines


def test_a_refusal_stands_on_a_line_of_its_own_in_its_language() -> None:
    refused = problem_of(422, {"code": "TOO_MANY", "title": "太多", "detail": "请明日再试。"})
    assert told(at_the_exchange(refused, "http://x")) == [
        "exchange: the exchange refused. 交易所未接受：\n  422 TOO_MANY: 请明日再试。"
    ]


def test_what_was_read_in_vain_was_not_perhaps_done() -> None:
    """And for a change no option is named that the commands do not have."""
    read, change = NoAnswerError("GET /v1/keys", 8, ""), NoAnswerError("POST /v1/keys", 8, "mine")
    assert not [line for line in told(at_the_exchange(read, "http://x")) if "not known" in line]
    why = NoAnswerError("GET /v1/keys", 8, "", "http://x", "connection refused")
    assert told(at_the_exchange(why, "http://x"))[0].endswith("after 8 tries (last: connection refused). 未收到应答")
    lines = told(at_the_exchange(change, "http://x"))
    assert lines[0] == "exchange: no answer to POST /v1/keys after 8 tries. 未收到应答"
    assert "give the same command again" in lines[-1] and "Idempotency-Key" not in "".join(lines)
