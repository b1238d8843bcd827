"""Guard 2 and what feeds it: places in whatever spelling, periods, and a file of units against itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import StageUnits
from exchange.core.commands.projects import Activity
from exchange.core.credits.project import Ground, Path, path_of
from exchange.core.events import Rejected
from exchange.core.handlers.imports import rows_hash
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Day, ImportId, ProjectId
from tests.core.units_world import UNITS_WORLD
from tests.support.market import Market

U = UNITS_WORLD
PLACES = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map(tuple)
PERIODS = st.tuples(st.integers(1, 9), st.integers(0, 4)).map(lambda p: (Day(20230100 + p[0]), Day(20230100 + sum(p))))


@pytest.fixture
def market() -> Market:
    """The world once more."""
    return U.copy()


@pytest.mark.parametrize(
    "spelling",
    ["INM/KYH/012", "inm/kyh/012", " INM / KYH /012", "ＩＮＭ／KYH/０１２", "INM//KYH/012/", "INM./KYH。/012"],
)
def test_one_place_has_one_path_in_every_spelling(spelling: str) -> None:
    assert path_of(spelling) == ("inm", "kyh", "012")


def is_around(one: Path, other: Path) -> bool:
    """Whether one place is the other, or in it, or the other way round."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from([Activity.GRASSLAND, Activity.WETLAND]), PLACES, PERIODS), max_size=25))
def test_ground_is_taken_once_for_each_activity_and_day(steps: list[tuple[Activity, Path, tuple[Day, Day]]]) -> None:
    ground = Ground()
    taken: list[tuple[Activity, Path, set[int], ProjectId]] = []
    for number, (activity, path, (start, end)) in enumerate(steps, 1):
        days = set(range(start, end + 1))
        clash = {
            project for act, place, used, project in taken if act is activity and is_around(place, path) and used & days
        }
        found = ground.taken_by(activity, path, start, end)
        assert (found in clash) if clash else found is None
        if not clash:
            ground.take(ProjectId(number), activity, path, start, end)
            taken.append((activity, path, days, ProjectId(number)))


def test_two_proposals_for_the_same_ground_and_time_cannot_both_be_approved(market: Market) -> None:
    here = replace(U.issuance(U.new, 8_001, 8_011, 2024), space="Other registry")
    there = replace(U.issuance(U.above, 8_001, 8_011, 2024), space="Third registry")
    one, one_hash = market.propose(here)
    other, other_hash = market.propose(there)
    market.done(Approve(market.second, one, one_hash, ""))
    assert market.give(Approve(market.second, other, other_hash, "")).reason is R.GROUND_TAKEN


def test_a_period_is_issued_in_portions_up_to_what_was_verified(market: Market) -> None:
    market.agree(replace(U.issuance(U.new, 8_001, 8_601, 2024)), market.second)
    more = U.issuance(U.new, 8_601, 9_002, 2024)
    assert market.give(Propose(more.actor, more)).reason is R.VERIFIED_EXCEEDED
    market.agree(replace(more, serial_hi=9_001), market.second)
    last = replace(more, serial_lo=9_001, serial_hi=9_002)
    assert market.give(Propose(last.actor, last)).reason is R.VERIFIED_EXCEEDED


def test_neighbouring_periods_are_two(market: Market) -> None:
    first = replace(U.issuance(U.new, 8_001, 8_011, 2024), monitoring_end=Day(20240630))
    second = replace(U.issuance(U.new, 8_011, 8_021, 2024), monitoring_start=Day(20240701))
    market.agree(first, market.second)
    market.agree(second, market.second)
    both = replace(U.issuance(U.new, 8_021, 8_031, 2024), monitoring_start=Day(20240630), monitoring_end=Day(20240630))
    assert market.give(Propose(both.actor, both)).reason is R.GROUND_TAKEN


# -- files of units --


def test_an_import_is_all_or_nothing_and_its_rows_are_forgotten_then(market: Market) -> None:
    lots, rows = len(market.state.credits.lots), market.state.imports.by_id[U.staged].rows
    assert len(rows) == 2
    market.agree(U.commit(U.staged), market.second)
    assert len(market.state.credits.lots) == lots + 2
    assert market.state.imports.by_id[U.staged].rows == []


def test_rows_that_come_after_the_proposal_are_not_approved_with_it(market: Market) -> None:
    proposal, action_hash = market.propose(U.commit(U.staged))
    market.done(StageUnits(market.operator, U.staged, (U.row(4, 4_001, 4_002),)))
    assert market.give(Approve(market.second, proposal, action_hash, "")).reason is R.HASH_MISMATCH


def test_an_import_of_nothing_is_not_committed(market: Market) -> None:
    bad = replace(U.row(2, 4_001, 4_002), project="nobody's")
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (bad,))).created)
    market_commit = replace(U.commit(U.staged), staged=staged, rows_hash=b"")
    assert market.give(Propose(market.operator, market_commit)).reason is R.HASH_MISMATCH


def test_two_rows_with_one_line_are_judged_each_by_itself(market: Market) -> None:
    good, bad = U.row(2, 4_001, 4_002), replace(U.row(2, 4_002, 4_003), project="nobody's")
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (bad, good))).created)
    assert market.state.imports.by_id[staged].rows == [good]


def test_rows_of_two_projects_on_one_ground_contradict_each_other(market: Market) -> None:
    later = replace(U.row(2, 4_001, 4_002), monitoring_start=20240101, monitoring_end=20241231, applied_on=20250601)
    other = replace(later, line=3, serial_lo=4_002, serial_hi=4_003, project="u2", lock_reference="other")
    rows = (later, other)
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), rows)).created)
    commit = replace(U.commit(U.staged), staged=staged)
    commit.rows_hash = rows_hash(list(rows))
    outcome = market.give(Propose(market.operator, commit))
    assert outcome.reason is R.GROUND_TAKEN
    (told,) = outcome.events
    assert isinstance(told, Rejected) and (told.fact_names, told.fact_values) == (("line",), (3,))
