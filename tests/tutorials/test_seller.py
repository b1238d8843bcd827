"""From a forest to money: docs/tutorial-seller.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.reading import Reader
from tests.tutorials.conftest import Read, cleaned_up, left_behind

pytestmark = [pytest.mark.processes, pytest.mark.slow]


@pytest.fixture(scope="module")
def reader(read: Read) -> Iterator[Reader]:
    """The reader after the last line of the page."""
    with read("docs/tutorial-seller.md") as found:
        yield found


def test_a_forest_that_was_planted_too_early_is_refused_with_its_article(reader: Reader) -> None:
    refused, done = reader.told_by(" project.py").splitlines()
    assert refused == "STARTED_TOO_EARLY ELIG-START CCER Measures, article 10"
    assert done.startswith("PROJECT APPROVED prj-")


def test_a_program_that_is_run_again_says_what_is_there_already(reader: Reader) -> None:
    again = reader.run(".venv/bin/python project.py")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[-1].startswith("PROJECT_CODE_TAKEN ")


def test_the_registry_locks_and_the_tonnes_are_regional(reader: Reader) -> None:
    asked, parcel = reader.told_by(" lot.py").splitlines()
    assert asked.startswith("LOCK CONFIRMED CCER-TUTORIAL-2024-000001-006000 CCER-LOCK-")
    assert parcel == "REGIONAL ACTIVE 6000 t"


def test_tonnes_become_money(reader: Reader) -> None:
    assert reader.told_by(" sell.py").splitlines()[1:] == ["sold 2500 t at 70.50 CNY/t"]
    account, held, approved, left, units = reader.told_by(" money.py").splitlines()
    assert account.endswith(" CNY")
    assert held == "100000.00 CNY held"
    assert approved == "APPROVED"
    assert float(left.split()[0]) == float(account.split()[0]) - 100_000
    assert units == "2000 t to sell, 1500 t on offer"


def test_the_same_ground_is_not_counted_again(reader: Reader) -> None:
    assert reader.told_by(" twice.py").splitlines()[-1].startswith("GROUND_TAKEN - ")


def test_nothing_went_wrong_beside(reader: Reader) -> None:
    for name in reader.terminals:
        assert "Traceback" not in reader.said(name)


def test_the_page_tells_how_to_remove_what_it_has_made(reader: Reader) -> None:
    assert cleaned_up("docs/tutorial-seller.md") == left_behind(reader)
