"""Plays every scenario of this folder on the real core, sweeping all invariants after each command."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from exchange.core.approvals import ProposalStatus
from exchange.core.codec import decode_command, encode_command
from exchange.core.image import decode_state, encode_state
from exchange.core.machine import apply
from exchange.core.state import ExchangeState
from exchange.core.values import Seq
from tests.oracle.follower import Follower
from tests.scenarios import trading_verbs, unit_verbs, venue_verbs
from tests.scenarios.language import Scenario, ScenarioError, read
from tests.scenarios.stage import Stage

FOLDER = Path(__file__).parent
SCENARIOS = [scenario for path in sorted(FOLDER.glob("*.txt")) for scenario in read(path)]
VERBS = trading_verbs.VERBS | venue_verbs.VERBS | unit_verbs.VERBS


def play(scenario: Scenario) -> Stage:
    """Play a scenario to its end; a line that comes out otherwise is shown with its place in the file."""
    stage = Stage(VERBS)
    for line in scenario.lines:
        try:
            stage.play(line)
        except (AssertionError, ScenarioError, KeyError) as problem:
            raise AssertionError(f"{scenario.path.name}:{line.number}: {line.text}\n{problem}") from problem
    return stage


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_scenario(scenario: Scenario) -> None:
    stage = play(scenario)
    counts_fit(stage.market.state)
    replay_equals(stage)
    follower = Follower()
    follower.follow(stage.market.told)
    follower.compare(stage.market.state)


def counts_fit(state: ExchangeState) -> None:
    """What is counted along the way is what counting anew gives; the limits on persons and firms rest on it."""
    register = state.register
    keys = Counter(key.person for key in register.keys.values() if not (key.revoked or key.replaced_by))
    proposals = Counter(one.proposer for one in state.proposals.values() if one.status is ProposalStatus.OPEN)
    for person in register.persons.values():
        assert (person.keys, person.open_proposals) == (keys[person.person], proposals[person.person])
    traders = Counter(person.participant for person in register.persons.values())
    agreements = Counter(one.proposer for one in state.agreements.values() if one.open)
    for firm in register.participants.values():
        counted = (traders[firm.participant], agreements[firm.participant])
        assert (firm.traders, firm.open_agreements) == counted


def replay_equals(stage: Stage) -> None:
    """What was played is played again from the bytes of its commands, and once from an image, with the same end."""
    state = ExchangeState()
    for number, (command, key, at) in enumerate(stage.market.log, 1):
        apply(state, decode_command(encode_command(command)), key, Seq(number), at)
    image = encode_state(stage.market.state)
    assert encode_state(state) == image
    assert encode_state(decode_state(image)) == image


def test_there_are_enough_scenarios_and_each_has_a_name_of_its_own() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
