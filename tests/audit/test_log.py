"""The proof from the log alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.audit.double_count.findings import CHECKS
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.instruments import League
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.events.credits import ParcelState, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceSet, ReversalReplaced, ReversalWithdrawn
from exchange.core.events.registry import RegistryContradicted
from exchange.core.values import EncumbranceId
from tests.audit.forged_files import FORGERIES
from tests.audit.forged_losses import stands_in, used_for_a_plant
from tests.audit.forged_persons import replaced
from tests.audit.history import History, full_scene
from tests.double_counting.attempts import CATALOGUE
from tests.double_counting.catalogue import PARTS
from tests.double_counting.scene import Scene

LOG_ALONE = {
    "LOG-BROKEN", "END-DIFFERS", "TABLE-PLACES", "TABLE-CLAIMS", "TABLE-BUDGETS", "TABLE-FACILITIES",
    "TABLE-RECEIPTS", "TABLE-REQUESTS", "TABLE-PEOPLE", "TABLE-RULES", "TABLE-DAYS", "TABLE-HELD", "TABLE-UNREADABLE",
    "LEADER-WRONG",
}  # fmt: skip
"""Checks that need entries or tables, which a list of events has not."""


@pytest.fixture(scope="module")
def history() -> History:
    """Everything that can happen."""
    return History.of(full_scene())


def test_nothing_is_found_where_nothing_is_wrong(history: History) -> None:
    notebook = history.copy().audited()
    assert not notebook.counts, notebook.findings


def test_the_history_has_every_state(history: History) -> None:
    """Else it would not be known that a state is audited at all."""
    assert {event.state for _, event in history.every(UnitsChanged)} == set(ParcelState)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_log_is_found_out(name: str, history: History) -> None:
    check, forge = FORGERIES[name]
    forged = history.copy()
    forge(forged)
    assert check in forged.audited().counts


def test_a_loss_is_withdrawn_before_it_is_replaced_and_by_two(history: History) -> None:
    """Otherwise whoever owes tonnes would be let off."""
    forged = history.copy()
    forged.append(ReversalWithdrawn(forged.only(ReversalReplaced).reversal, "a mistake"))
    assert {"REPLACED-WRONG", "ONE-PERSON"} <= set(forged.audited().counts)


def test_a_contradiction_is_owed_a_suspension_of_its_own(history: History) -> None:
    """What a reconciliation asks for in the same entry does not take its place, and is not one too many."""
    forged = history.copy()
    entry, _ = forged.first(RegistryContradicted)
    (held,) = (event for event in entry if isinstance(event, EncumbranceSet))
    found = replace(held, encumbrance=EncumbranceId(held.encumbrance + 1), reference=f"{RECONCILIATION}MISSING_THERE")
    found.serial_hi = found.serial_lo  # Of no serials at all, so that it has nothing to hold.
    entry.append(found)
    assert not forged.audited().counts
    held.serial_hi -= 1
    told = [dict(one.facts)["problem"] for one in forged.audited().findings if one.check == "HELD-MISCOUNTED"]
    assert told == ["without any doubt", "is not about these", "in doubt and not suspended"]


def test_a_key_that_two_persons_gave_is_as_good_as_a_first_one(history: History) -> None:
    """If one of them was the regulator: the registry is not the operators'."""
    given, taken = history.copy(), history.copy()
    replaced(given, PersonRole.REGULATOR)
    replaced(taken, PersonRole.OPERATOR)
    assert (dict(given.audited().counts), dict(taken.audited().counts)) == ({}, {"ROLE-WRONG": 1})


@pytest.mark.parametrize("league", [League.HOHHOT, League.NONE])
def test_a_facility_serves_the_league_in_which_it_stands(league: League, history: History) -> None:
    """Or any, where nobody has said in which it stands."""
    forged = history.copy()
    used_for_a_plant(forged)
    forged.entries[0].append(stands_in(league))
    assert "LEAGUE-WRONG" not in forged.audited().counts


def test_every_check_has_a_forgery() -> None:
    assert {check for check, _ in FORGERIES.values()} == set(CHECKS) - LOG_ALONE


@pytest.mark.parametrize("name", CATALOGUE)
def test_nothing_is_found_before_an_attempt(name: str) -> None:
    assert PARTS
    scene = Scene()
    CATALOGUE[name].prepare(scene)
    assert not History.of(scene).audited().counts
