"""The catalogue itself: large enough, told in both languages, and shown in the documents as it is."""

from __future__ import annotations

import re

import pytest

from tests.double_counting.__main__ import PAGES, filled
from tests.double_counting.catalogue import CATALOGUE
from tests.double_counting.chinese import CASES

FORTY = 40
THE_CORE_ALONE = {"an-answer-to-what-was-never-asked"}
"""What the database cannot see: an answer to no request is written nowhere."""
NAMED = re.compile(r"`([a-z]+(?:-[a-z]+){2,})`")


def test_there_are_forty_and_more_and_all_but_one_have_a_guard_in_the_database_too() -> None:
    assert sum(bool(attempt.database) for attempt in CATALOGUE.values()) >= FORTY
    assert {attempt.name for attempt in CATALOGUE.values() if not attempt.database} == THE_CORE_ALONE


def test_every_attempt_tells_its_case_and_where_it_is_from() -> None:
    for attempt in CATALOGUE.values():
        assert attempt.case.endswith("."), attempt.name
        assert "\n\n" not in attempt.case, attempt.name
        assert attempt.source, attempt.name
        assert attempt.core or not attempt.database, attempt.name


def test_every_case_is_told_in_chinese_too() -> None:
    assert set(CASES) == set(CATALOGUE)
    assert all(case.endswith("。") for case in CASES.values())


@pytest.mark.parametrize("language", PAGES)
def test_the_documents_show_the_catalogue(language: str) -> None:
    """``python -m tests.double_counting`` brings them up to date."""
    page = PAGES[language].read_text(encoding="utf-8")
    assert filled(page, language) == page


@pytest.mark.parametrize("language", PAGES)
def test_what_the_documents_name_besides_is_in_the_catalogue(language: str) -> None:
    named = NAMED.findall(PAGES[language].read_text(encoding="utf-8"))
    assert named
    assert set(named) <= set(CATALOGUE)
