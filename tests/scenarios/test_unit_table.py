"""The scenarios about units show every step that a unit can take, and every reason to refuse what is asked of units."""

from __future__ import annotations

import pytest

from exchange.core.credits.states import TRANSITIONS
from exchange.core.events import UnitsChanged
from exchange.core.events.credits import UnitsStaged
from exchange.core.rejections import RejectReason
from tests.scenarios.stage import Stage
from tests.scenarios.test_scenarios import SCENARIOS, play

LIFE = (
    *("projects_and_issuances", "locks", "uses", "surrender", "conversion", "releases", "holding_fast", "reversals"),
    *("forced_cancellation", "imports", "budgets", "two_persons", "delivery"),
)
UNITS = range(700, 800)
"""The numbers of the refusals that are about units."""


@pytest.fixture(scope="module")
def played() -> list[Stage]:
    """Every scenario about units, at its end."""
    return [play(scenario) for scenario in SCENARIOS if scenario.path.stem in LIFE]


def test_every_step_of_the_table_is_taken_and_no_other(played: list[Stage]) -> None:
    taken = {
        ((event.tag_before, event.state_before) if event.state_before else None, event.cause)
        for stage in played
        for event in stage.market.told
        if isinstance(event, UnitsChanged)
    }
    assert taken == {(step.before, step.cause) for step in TRANSITIONS}


def test_every_refusal_about_units_is_met(played: list[Stage]) -> None:
    met = set().union(*(stage.reasons for stage in played))
    staged = [event for stage in played for event in stage.market.told if isinstance(event, UnitsStaged)]
    left_out = {RejectReason(row.reason) for event in staged for row in event.refused}
    assert {reason for reason in RejectReason if reason in UNITS} <= met | left_out
