"""docs/INVARIANTS.md and the program agree: the same ids, the same statements, guards and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange.core import invariants
from exchange.core.invariants import INVARIANTS
from exchange.store.reconcile import CHECKS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "INVARIANTS.md").read_text(encoding="utf-8")
SECTIONS = dict(zip(*[iter(re.split(r"^### (INV-\d\d)$", PAGE, flags=re.MULTILINE)[1:])] * 2, strict=True))
SQL = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "migrations" / "versions").rglob("*.sql")))
CHECKED_BY_THE_STEPS_OWN_FUNCTIONS = {"INV-14", "INV-15", "INV-40", "INV-43"}
"""What the sweep checks of every account, order and book with the functions that check a single one after a step."""

SOURCE = Path(invariants.__file__).read_text(encoding="utf-8")


def row(section: str, guard: str) -> str:
    """A guard's cell in the table of an invariant; "" where the table does not have it."""
    found = re.search(rf"^\| {guard} \| (.*) \|$", section, flags=re.MULTILINE)
    return found.group(1) if found else ""


def test_the_page_and_the_program_list_the_same_invariants() -> None:
    assert list(SECTIONS) == sorted(SECTIONS)
    assert set(SECTIONS) == set(INVARIANTS)


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_the_page_states_what_the_program_states(invariant: str) -> None:
    assert f"> {INVARIANTS[invariant]}\n" in SECTIONS[invariant]
    assert "**Why.** " in SECTIONS[invariant]


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_what_the_page_names_is_there(invariant: str) -> None:
    section = SECTIONS[invariant]
    for name in re.findall(r"`(\w+)`", row(section, "database")):
        # What a function refuses has its name in quotes.
        assert re.search(rf"((CONSTRAINT|TRIGGER) |'){name}\b", SQL), name
    for name in re.findall(r'"([^"]+)"', row(section, "reconcile")):
        assert name in CHECKS, name
    tests = re.findall(r"`(tests/[^`]+)`", row(section, "tests"))
    assert tests and all((ROOT / name).exists() for name in tests)


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_the_core_checks_an_invariant_where_the_page_says_so(invariant: str) -> None:
    step, sweep = (set(re.findall(r'_hold_true\(.*"(INV-\d\d)"', part)) for part in SOURCE.split("def check_all"))
    assert (row(SECTIONS[invariant], "step") != "") == (invariant in step)
    assert (row(SECTIONS[invariant], "sweep") != "") == (invariant in sweep | CHECKED_BY_THE_STEPS_OWN_FUNCTIONS)
