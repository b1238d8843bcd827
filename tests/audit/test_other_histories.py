"""What others have thought of: in every scenario of a trader and in random lives of units the audit finds nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from exchange.audit.double_count import scopes
from exchange.cli.audit_command import audit_database
from exchange.core.commands.governance import AdoptRulebook, Verified
from exchange.core.commands.uses import Intensity, Purpose
from exchange.core.events.governance import RulebookAdopted
from exchange.core.handlers import encumbering, uses
from exchange.store.embedded import DatabaseUrls
from tests.audit.history import History
from tests.double_counting.scene import Scene
from tests.double_counting.venue import write_log
from tests.properties.test_units import MORNING, SMALL_PORTION, UnitMachine
from tests.scenarios.language import Scenario
from tests.scenarios.test_scenarios import SCENARIOS, play
from tests.support.market import Market, rules
from tests.support.statements import signed


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_nothing_is_found_in_a_scenario(scenario: Scenario) -> None:
    notebook = History.of(play(scenario).market).audited()
    assert not notebook.counts, notebook.findings


class AuditedMachine(UnitMachine):
    """Random lives of units, whose events are audited when they are over."""

    def teardown(self) -> None:
        """As the machine does, and then the audit of what was told."""
        super().teardown()
        notebook = History.of(self.twins.market).audited()
        assert not notebook.counts, notebook.findings


def test_nothing_is_found_in_random_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while units are being held fast and let go, which takes many entries here."""
    monkeypatch.setattr(encumbering, "CHUNK", SMALL_PORTION)
    monkeypatch.setattr(MORNING.twin, "held_at_once", SMALL_PORTION)
    monkeypatch.setattr(scopes, "HELD_AT_ONCE", SMALL_PORTION)
    run_state_machine_as_test(AuditedMachine, settings=settings(max_examples=40, stateful_step_count=25))


def test_a_rulebook_that_lost_a_rule_which_nobody_named_is_found() -> None:
    market = Market()
    market.agree(AdoptRulebook(market.operator, "second", rules(fee=300)[1:2]), market.regulator)
    history = History.of(market)
    assert not history.audited().counts
    adopted = [event for entry in history.entries for event in entry if isinstance(event, RulebookAdopted)]
    assert len(adopted) == 2 and adopted[1].rules[0].rule == "BAND-LISTED"
    adopted[1].rules = adopted[1].rules[1:]
    assert history.audited().counts == {"ONE-PERSON": 1}


def test_a_rule_that_was_taken_out_and_stands_there_yet_is_found() -> None:
    """Two persons have agreed that it is kept no longer; nobody else's rule goes with it."""
    market = Market()
    own = tuple(replace(rules()[1], rule=name) for name in ("SURV-1", "SURV-2"))
    market.agree(AdoptRulebook(market.operator, "second", own), market.regulator)
    market.agree(AdoptRulebook(market.operator, "third", (), ("SURV-1",)), market.regulator)
    history = History.of(market)
    assert not history.audited().counts
    adopted = [event for entry in history.entries for event in entry if isinstance(event, RulebookAdopted)][-1]
    whole = adopted.rules
    for forged in ((*whole[:-1], *own), whole[:-1]):
        adopted.rules = forged
        assert history.audited().counts == {"ONE-PERSON": 1}


def test_a_use_for_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tonnes are used for one, and one of them is used alone."""
    monkeypatch.setattr(uses, "_refuse_covering_nothing", lambda quantity, ratio: None)
    scene = Scene()
    read = [replace(one, value=2_000_000, verified=Verified.YES) for one in rules() if one.rule == "DIFF-HIGH"]
    scene.agree(AdoptRulebook(scene.operator, "ratio", tuple(read)), scene.regulator)
    new: dict[str, Any] = {
        "project": "New",
        "facility": "Other",
        "year": 2025,
        "beneficiary_code": "91150200MA0N0MALL8",
    }
    scene.used(scene.quota(101, 103), purpose=Purpose.NEW_PROJECT_OFFSET, intensity=Intensity.HIGH, **new)
    assert not History.of(scene).audited().counts
    scene.used(scene.quota(103, 104), purpose=Purpose.NEW_PROJECT_OFFSET, intensity=Intensity.HIGH, **new)
    assert History.of(scene).audited().counts == {"CLAIM-WRONG": 1}


UNIT_FILES = {"budgets", "conversion", "holding_fast", "imports", "locks", "releases", "reversals", "uses"}
PEOPLE_FILES = {"keys", "two_persons", "who_may_do_what"}
WRITTEN = [scenario for scenario in SCENARIOS if scenario.path.stem in UNIT_FILES | PEOPLE_FILES]


@pytest.mark.parametrize("scenario", WRITTEN, ids=[scenario.name for scenario in WRITTEN])
async def test_nothing_is_found_in_its_tables(scenario: Scenario, database: DatabaseUrls) -> None:
    await write_log(list(signed(play(scenario).market.log)), database)
    audit = await audit_database(database.service)
    assert not audit.counts, audit.findings
