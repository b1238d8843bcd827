"""docs/UNITS.md and its Chinese page show the states and steps that the core allows, all of them and no others."""

from __future__ import annotations

import pytest

from exchange.core.credits.states import TRANSITIONS
from exchange.core.events.credits import Cause, ParcelState
from tests.docs.pages import page
from tests.docs.unit_table import CAUSE_TEXTS, PATHS, STATE_TEXTS, states, steps, with_tables


@pytest.mark.parametrize("language", PATHS)
def test_the_tables_are_those_of_the_core(language: str) -> None:
    text = page(PATHS[language]).text
    assert with_tables(text, language) == text, "run: python -m tests.docs.unit_table"


@pytest.mark.parametrize("language", PATHS)
def test_every_state_and_every_step_has_a_row(language: str) -> None:
    assert states(language).count("\n") == len(ParcelState) + 1
    assert steps(language).count("\n") == len(TRANSITIONS) + 1


def test_every_state_and_every_cause_is_told() -> None:
    assert set(STATE_TEXTS) == set(ParcelState)
    assert set(CAUSE_TEXTS) == set(Cause)


def test_an_old_table_is_seen() -> None:
    old = "a\n<!-- states: begin -->\nx\n<!-- states: end -->\nb\n<!-- steps: begin -->\ny\n<!-- steps: end -->\nc\n"
    new = with_tables(old, "en")
    assert new != old
    assert new.startswith("a\n") and "\nb\n" in new and new.endswith("\nc\n")
