"""Small enough to read: functions of at most 70 lines, files of at most 500, and names that say something."""

from __future__ import annotations

import statistics
from pathlib import PurePath

import pytest

from tests.architecture.sources import Finding, Source, functions, listed, sources

MOST_LINES_OF_A_FUNCTION = 70
MOST_LINES_OF_A_FILE = 500
MEDIAN_LINES_OF_A_FUNCTION = 10
NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "misc", "base", "stuff"}


def too_long(source: Source) -> list[Finding]:
    found = []
    length = len(source.text.splitlines())
    if length > MOST_LINES_OF_A_FILE:
        found.append(Finding(source.path, length, f"{length} lines; a file has at most {MOST_LINES_OF_A_FILE}"))
    for function in functions(source):
        lines = lines_of(function.lineno, function.end_lineno)
        if lines > MOST_LINES_OF_A_FUNCTION:
            what = f"{function.name} has {lines} lines; a function has at most {MOST_LINES_OF_A_FUNCTION}"
            found.append(source.finding(function, what))
    return found


def lines_of(first: int, last: int | None) -> int:
    return (last or first) - first + 1


def says_nothing(source: Source) -> list[Finding]:
    names = {part.removesuffix(".py") for part in PurePath(source.path).parts}
    return [Finding(source.path, 1, f"the name {name!r} says nothing") for name in names & NAMES_THAT_SAY_NOTHING]


def test_functions_and_files_are_small() -> None:
    assert listed([finding for source in sources() for finding in too_long(source)]) == ""


def test_half_of_the_functions_have_ten_lines_or_fewer() -> None:
    lengths = [lines_of(f.lineno, f.end_lineno) for source in sources("exchange") for f in functions(source)]
    assert statistics.median(lengths or [0]) <= MEDIAN_LINES_OF_A_FUNCTION


def test_every_file_has_a_name_that_says_what_is_in_it() -> None:
    assert listed([finding for source in sources() for finding in says_nothing(source)]) == ""


@pytest.mark.parametrize(("lines", "findings"), [(70, 0), (71, 1)])
def test_a_function_just_above_the_limit_is_found(lines: int, findings: int) -> None:
    text = "def long():\n" + "    pass\n" * (lines - 1)
    assert len(too_long(Source.of(text))) == findings


@pytest.mark.parametrize(("lines", "findings"), [(500, 0), (501, 1)])
def test_a_file_just_above_the_limit_is_found(lines: int, findings: int) -> None:
    assert len(too_long(Source.of("x = 1\n" * lines))) == findings


@pytest.mark.parametrize("path", ["exchange/utils.py", "exchange/core/common/prices.py"])
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert len(says_nothing(Source.of("", path))) == 1
