"""The list of bugs stays usable: each can still be put in, is a bug of the program, and says what it would do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.__main__ import main
from tests.mutants.catalogue import ROOT, CatalogueError, Mutant, read
from tests.mutants.remembered import recall, remember

MUTANTS = read()


def test_there_are_enough_bugs_and_each_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) >= 30
    assert len(set(names)) == len(names)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_bug_can_be_put_in_and_is_still_python(mutant: Mutant) -> None:
    assert mutant.file.startswith("exchange/core/") != bool(mutant.tests)
    assert all((ROOT / name).is_file() for name in mutant.tests)
    assert len(mutant.seen.split()) >= 4
    ast.parse(mutant.spoil((ROOT / mutant.file).read_text(encoding="utf-8")))


@pytest.mark.parametrize("text", ["nothing of it", "x = 1\nx = 1\n"])
def test_a_bug_whose_place_is_not_found_exactly_once_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError):
        Mutant("m", "f", "x = 1", "x = 2", "").spoil(text)


def test_what_noticed_a_bug_is_remembered_beside_what_was_known(tmp_path: Path) -> None:
    path = tmp_path / "noticed_by.json"
    assert recall(path) == {}
    remember({"gone": "t.py::a", "old": "t.py::b", "silent": "", "hung": "no end"}, {"old", "silent", "hung"}, path)
    remember({"new": "t.py::c"}, {"old", "new"}, path)
    assert recall(path) == {"old": "t.py::b", "new": "t.py::c"}


def test_only_bugs_of_the_list_are_remembered() -> None:
    assert set(recall()) <= {mutant.name for mutant in MUTANTS}


def test_a_word_of_no_bug_is_told_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no such bug"]) == 2
    assert "no such bug" in capsys.readouterr().out
    assert main(["--help"]) == 0
    assert "./dev mutants" in capsys.readouterr().out
