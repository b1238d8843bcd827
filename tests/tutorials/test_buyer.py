"""From money to a certificate: docs/tutorial-buyer.md."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.reading import Reader
from tests.tutorials.conftest import Read, cleaned_up, left_behind

pytestmark = [pytest.mark.processes, pytest.mark.slow]


@pytest.fixture(scope="module")
def reader(read: Read) -> Iterator[Reader]:
    """The reader after the last line of the page."""
    with read("docs/tutorial-buyer.md") as found:
        yield found


def test_there_is_something_to_buy_and_it_is_bought(reader: Reader) -> None:
    said = reader.told_by(" buy.py")
    assert said.startswith("10000000.00 CNY\nbought 3000 t of TUTORIAL-FOREST-2024 at 70.50\n")
    assert "3000 t FORESTRY_CCER 2024" in said
    assert "2000 t REDUCTION_QUOTA 2025" in said


def test_the_calculator_rounds_down(reader: Reader) -> None:
    said = reader.told_by(" cap.py").splitlines()[-2:]
    assert said == ["due 50019 cap 2500 claimed 0 left 2500", "due 100000 cap 5000 claimed 0 left 5000"]


def test_a_surrender_waits_for_the_receipt(reader: Reader) -> None:
    refused, proposed, done = reader.told_by(" surrender.py").splitlines()
    assert refused == "OFFSET_CAP {'highest': 2500} OFFSET-CAP"
    assert "PROPOSED ['CCER-TUTORIAL-2024-000001-002000']" in proposed
    assert re.fullmatch(r"FULFILLED 2000 t .*CCER-CANCEL-\d{8}-\d{6}.*", done)


def test_quota_ends_at_once_and_not_for_a_covered_plant(reader: Reader) -> None:
    done, covered, hidden = reader.told_by(" offset.py").splitlines()
    assert done == "FULFILLED 1500 t cover 1500 t"
    assert covered.startswith("PLANT-1 BUYER_COVERED ETS-BUYER ")
    assert hidden == "LINE-3 FACILITY_NOT_THE_FIRMS USE-FACILITY this venue's own rule"


def test_each_use_has_a_certificate_that_its_page_confirms(reader: Reader) -> None:
    lines = reader.told_by(" certificate.py").splitlines()
    assert sorted(line.split()[0] for line in lines) == ["NATIONAL_SURRENDER", "NEW_PROJECT_OFFSET"]
    for line in lines:
        _, status, number, address = line.split()
        page = httpx.get(address, trust_env=False)
        assert (status, page.status_code) == ("VALID", 200)
        assert number in page.text


def test_the_certificate_is_what_the_journal_says(reader: Reader) -> None:
    assert "the number fits the contents" in reader.told_by("verify-certificate")


def test_a_used_tonne_is_used(reader: Reader) -> None:
    assert reader.told_by(" twice.py") == "UNITS_NOT_THERE - Units not there\n"


def test_the_leagues_and_the_registry_agree(reader: Reader) -> None:
    said = reader.told_by(" leagues.py").splitlines()
    assert said[0] == "agrees: True"
    assert sorted(said[1:]) == ["BAOTOU -1500", "HINGGAN -2000", "HOHHOT 1500", "NONE -2000"]
    assert reader.told_by("registry-reconcile")


def test_nothing_went_wrong_beside(reader: Reader) -> None:
    for name in reader.terminals:
        assert "Traceback" not in reader.said(name)


def test_the_page_tells_how_to_remove_what_it_has_made(reader: Reader) -> None:
    assert cleaned_up("docs/tutorial-buyer.md") == left_behind(reader)
