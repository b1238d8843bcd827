"""When a command is wrong in several ways, the refusal with the smallest number is given; tried for every pair.

Every refusal of the core is caused here at least once.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from exchange.core.commands import Command
from exchange.core.commands.governance import RotateKey
from exchange.core.image import encode_state
from exchange.core.machine import Outcome
from exchange.core.rejections import RejectReason
from tests.core import wrong_governance, wrong_holding, wrong_orders, wrong_units, wrong_uses
from tests.core.units_world import UNITS_WORLD, UnitsWorld
from tests.core.violations import WITHOUT_A_KEY, WORLD, World, Wrong, changed


def keyless(command: Command) -> tuple[Wrong, ...]:
    """What can be wrong with the key in use; one that is good for something is good for being rotated."""
    if isinstance(command, RotateKey):
        return WITHOUT_A_KEY[:1]
    return WITHOUT_A_KEY if command.actor else ()


OF_UNITS = (wrong_units, wrong_uses, wrong_holding)
TABLES = (wrong_orders, wrong_governance, *OF_UNITS)
TABLE = {
    name: (command, (*wrongs, *keyless(command)))
    for tables in TABLES
    for name, (command, wrongs) in tables.TABLE.items()
}
EDGES = wrong_orders.EDGES | wrong_governance.EDGES | wrong_units.EDGES | wrong_uses.EDGES | wrong_holding.EDGES
ALWAYS_WRONG = wrong_governance.ALWAYS_WRONG | wrong_units.ALWAYS_WRONG | wrong_holding.ALWAYS_WRONG
CASES = [(name, command, wrongs) for name, (command, wrongs) in TABLE.items()]
NAMES = list(TABLE)
NAMES_OF_UNITS = {name for tables in OF_UNITS for name in tables.TABLE}
NAMES_OF_UNITS |= wrong_units.ALWAYS_WRONG.keys() | wrong_holding.ALWAYS_WRONG.keys()
ELSEWHERE = {
    RejectReason.TOO_MANY_RANGES,
    RejectReason.LINE_TAKEN,
    RejectReason.WAITS_ALREADY,
    RejectReason.OWNER_NOT_OF_CONVERSION,
    RejectReason.CONVERSION_MIXED,
}
"""Caused in tests/core/test_scattered.py, which needs a large market, in tests/core/test_import_lines.py (rows of a
portion are refused with them, and no command is) and in tests/core/test_conversions.py, where quota of a sink is.
"""
SEQUENCERS_OWN = {RejectReason.KEY_SPENT, RejectReason.KEY_REUSED, RejectReason.COMMAND_QUARANTINED}


@pytest.fixture(autouse=True)
def one_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    """One order takes no more than one other in this world, or it would need a thousand orders."""
    monkeypatch.setattr("exchange.core.handlers.orders.MAX_FILLS", 1)


def world_of(name: str) -> World | UnitsWorld:
    """The world in which the commands of a table are asked."""
    return UNITS_WORLD if name in NAMES_OF_UNITS else WORLD


def give(name: str, command: Command, *wrongs: Wrong) -> Outcome:
    """Give the command with all these wrongs in a fresh copy of its world."""
    market = world_of(name).copy()
    for stage in dict.fromkeys(stage for one in wrongs for stage in one.stages):
        stage(market)
    before = encode_state(market.state)
    outcome = market.give(changed(command, *wrongs))
    if outcome.reason is not None:
        assert encode_state(market.state)[16:] == before[16:]
    return outcome


@pytest.mark.parametrize(("name", "command", "wrongs"), CASES, ids=NAMES)
def test_the_command_is_right_when_nothing_is_wrong_with_it(name: str, command: Command, wrongs: object) -> None:
    assert give(name, command).reason is None


@pytest.mark.parametrize("name", EDGES)
def test_what_is_just_inside_a_limit_is_done(name: str) -> None:
    for changes in EDGES[name]:
        assert give(name, TABLE[name][0], Wrong(RejectReason.INVALID_FIELD, changes)).reason is None, changes


@pytest.mark.parametrize(("name", "command", "wrongs"), CASES, ids=NAMES)
def test_each_wrong_is_refused_alone(name: str, command: Command, wrongs: tuple[Wrong, ...]) -> None:
    for one in wrongs:
        assert give(name, command, one).reason is one.reason, one


@pytest.mark.parametrize(("name", "command", "wrongs"), CASES, ids=NAMES)
def test_of_two_wrongs_the_smaller_number_is_given(name: str, command: Command, wrongs: tuple[Wrong, ...]) -> None:
    for one, other in combinations(wrongs, 2):
        if one.fits(other):
            assert give(name, command, one, other).reason is min(one.reason, other.reason), (one, other)


@pytest.mark.parametrize("name", ALWAYS_WRONG)
def test_what_is_always_wrong(name: str) -> None:
    command, reason, wrongs = ALWAYS_WRONG[name]
    assert give(name, command).reason is reason
    for one in wrongs:
        assert give(name, command, one).reason is min(one.reason, reason), one


def test_no_two_tables_share_a_name() -> None:
    names = [name for tables in TABLES for name in tables.TABLE]
    assert len(names) == len(set(names) | set(EDGES)) == len(TABLE)


def test_every_refusal_of_the_core_is_caused() -> None:
    caused = {one.reason for _, wrongs in TABLE.values() for one in wrongs}
    caused |= {reason for _, reason, _ in ALWAYS_WRONG.values()}
    assert set(RejectReason) - caused == SEQUENCERS_OWN | ELSEWHERE
