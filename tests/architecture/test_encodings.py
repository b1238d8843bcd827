"""Texts are read and written as UTF-8, whatever the machine is set to: a server in China may well be set to GBK."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import Finding, Source, listed, sources

OF_TEXT = {"read_text", "write_text"}
MODE = 1
"""Which argument of ``open`` says how."""


def unsaid(source: Source) -> list[Finding]:
    """Calls that read or write text and leave it to the machine how."""
    calls = [node for node in source.walk() if isinstance(node, ast.Call) and is_of_text(node)]
    return [source.finding(call, "no encoding is said") for call in calls if not says_encoding(call)]


def is_of_text(call: ast.Call) -> bool:
    """A method of a path, or ``open`` without a ``b`` in its mode."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in OF_TEXT
    if not isinstance(call.func, ast.Name) or call.func.id != "open":
        return False
    mode = call.args[MODE] if len(call.args) > MODE else None
    return not (isinstance(mode, ast.Constant) and "b" in str(mode.value))


def says_encoding(call: ast.Call) -> bool:
    """By name, as all of this project's do."""
    return any(keyword.arg == "encoding" for keyword in call.keywords)


def test_every_text_says_its_encoding() -> None:
    program = sources("exchange", "migrations", "loadtests")
    assert listed([finding for source in program for finding in unsaid(source)]) == ""


@pytest.mark.parametrize("line", ["path.read_text()", "path.write_text('x')", "open(path)", "open(path, 'w')"])
def test_what_does_not_say_it_is_found(line: str) -> None:
    assert unsaid(Source.of(line))


@pytest.mark.parametrize("line", ["path.read_text(encoding='utf-8')", "open(path, 'rb')", "store.open(path)"])
def test_what_says_it_or_is_no_text_is_not(line: str) -> None:
    assert not unsaid(Source.of(line))
