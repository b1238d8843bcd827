"""The table of allowed steps: what it must say, and that the core has units go every one of them and no other."""

from __future__ import annotations

from itertools import product

import pytest

from exchange.core.credits.states import (
    ABSORBING,
    GONE,
    SELLABLE,
    TRANSITIONS,
    Standing,
    after,
    is_step,
)
from exchange.core.events.credits import Cause, MarketTag, ParcelState, UnitsChanged
from tests.core.unit_story import told

STANDINGS = {step.after for step in TRANSITIONS}
STEPS = {(step.before, step.cause): step.after for step in TRANSITIONS}


def test_every_state_and_every_cause_is_in_the_table_once() -> None:
    assert {state for _, state in STANDINGS} == set(ParcelState)
    assert {cause for _, cause in STEPS} == set(Cause)
    assert len(STEPS) == len(TRANSITIONS)


def test_every_state_is_in_one_market() -> None:
    assert len(STANDINGS) == len({state for _, state in STANDINGS})


def test_nothing_leaves_an_absorbing_state_and_everything_else_goes_on() -> None:
    left = {step.before[1] for step in TRANSITIONS if step.before is not None}
    assert left == set(ParcelState) - ABSORBING
    assert ABSORBING < GONE


def reachable(start: Standing) -> set[Standing]:
    """Where a unit can get to from somewhere."""
    found: set[Standing] = set()
    at = [start]
    while at:
        here = at.pop()
        beyond = {step.after for step in TRANSITIONS if step.before == here} - found
        found |= beyond
        at += beyond
    return found


def test_everything_that_is_not_used_up_can_come_to_be_sold() -> None:
    for standing in STANDINGS:
        assert (SELLABLE in reachable(standing)) == (standing[1] not in ABSORBING), standing


def test_the_national_market_is_left_by_a_confirmed_lock_alone() -> None:
    for step in TRANSITIONS:
        if step.before is not None and step.before[0] is MarketTag.NATIONAL and step.after[0] is MarketTag.REGIONAL:
            assert step.cause is Cause.LOCK_CONFIRMED and step.after == SELLABLE
        if step.before == SELLABLE:
            assert step.cause in (Cause.USE_PROPOSED, Cause.RELEASE_PROPOSED)


@pytest.mark.parametrize(("before", "cause"), list(product([None, *sorted(STANDINGS)], Cause)))
def test_a_step_that_is_not_in_the_table_cannot_be_made(before: Standing | None, cause: Cause) -> None:
    if (before, cause) in STEPS:
        assert after(before, cause) == STEPS[before, cause]
        assert [one for one in STANDINGS if is_step(before, one, cause)] == [STEPS[before, cause]]
        return
    assert not any(is_step(before, one, cause) for one in STANDINGS)
    with pytest.raises(KeyError):
        after(before, cause)


def test_units_have_gone_every_step_of_the_table_and_no_other() -> None:
    gone = set()
    for event in told().told:
        if isinstance(event, UnitsChanged):
            before = (MarketTag(event.tag_before), ParcelState(event.state_before)) if event.state_before else None
            gone.add((before, (event.tag, event.state), event.cause))
    assert gone == {(step.before, step.after, step.cause) for step in TRANSITIONS}
