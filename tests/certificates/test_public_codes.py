"""Codes of organisations are shown, identity numbers of persons never."""

from __future__ import annotations

import pytest

from exchange.certificates.public_codes import is_of_organisation, is_of_person, public_code
from tests.certificates.told import ORGANISATION, PERSON


@pytest.mark.parametrize("code", [ORGANISATION, "91150200701464975E", "91110000100017643K"])
def test_an_organisation_is_shown(code: str) -> None:
    assert public_code(code) == code


@pytest.mark.parametrize(
    "code",
    [
        PERSON,
        "11010519491231002X",  # the standard's own example
        "11010519491231002x",
        "",
        "STEEL",
        ORGANISATION[:-1] + "3",
        ORGANISATION.lower(),
        ORGANISATION + " ",
        "91150000MA0MXT4I12",
        "９１１５００００MA0MXT4K12",
    ],
)
def test_a_person_and_whatever_may_be_one_is_withheld(code: str) -> None:
    assert public_code(code) is None


def test_each_wrong_check_character_is_seen() -> None:
    wrong = [ORGANISATION[:-1] + sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if sign != ORGANISATION[-1]]
    assert not any(is_of_organisation(code) for code in wrong)
    assert not any(is_of_person(PERSON[:-1] + sign) for sign in "0123456789X" if sign != PERSON[-1])


def test_a_number_that_could_be_both_is_a_persons() -> None:
    """About one identity number in 31 looks like a code of an organisation."""
    both = [
        code
        for code in (f"15010219900307{n:04}" for n in range(10_000))
        if is_of_person(code) and is_of_organisation(code)
    ]
    assert len(both) > 5
    assert all(public_code(code) is None for code in both)
