"""Guard 2 and what feeds it: places in whatever spelling, periods, and a file of units against itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import CommitImport, ImportRow, StageUnits
from exchange.core.commands.projects import Activity, RegisterProject
from exchange.core.credits.project import Path, Period, Project, Projects, parcel_met, path_of
from exchange.core.credits.rows_together import MAX_PLACES, MAX_ROWS
from exchange.core.events import Rejected
from exchange.core.events.credits import UnitsStaged
from exchange.core.handlers.imports import MAX_PORTION, rows_hash
from exchange.core.image import decode_state, encode_state
from exchange.core.machine import Outcome
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Day, ImportId, ProjectId, Tonnes
from tests.core.units_world import UNITS_WORLD
from tests.support.calls import calls_of
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
    ["INM/KYH/012", "inm/kyh/012", " INM / KYH /012", "ＩＮＭ／KYH/０１２", "INM//KYH/012/", "INM./KYH。/012",
     "INM/K-Y-H/12", "inm/（KYH）/#12", "INM/-/KYH/（·）/012/#", "INM\\KYH\\012", "ＩＮＭ＼KYH/＃＼012"],
)  # fmt: skip
def test_one_place_has_one_path_in_every_spelling(spelling: str) -> None:
    assert path_of(spelling) == ("inm", "kyh", "12")


def is_around(one: Path, other: Path) -> bool:
    """Whether one place is the other, or in it, or the other way round."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


DOINGS = [Activity.GRASSLAND, Activity.WETLAND, Activity.METHANE, Activity.ENERGY_SAVING, Activity.OTHER]


def are_alike(one: Activity, other: Activity) -> bool:
    """Whether two activities may make the same tonnes."""
    return one is other or Activity.OTHER in (one, other) or {one, other} == {Activity.GRASSLAND, Activity.WETLAND}


ANY_TERMS = U.market.project_terms("any")


def entered(known: Projects, activity: Activity, path: Path) -> Project:
    """A new project that does this at one place."""
    number = ProjectId(len(known.projects) + 1)
    project = Project(number, replace(ANY_TERMS, code=f"P{number}", activity=activity, site_parcels=("/".join(path),)))
    known.add(project)
    return project


def take(known: Projects, project: Project, start: Day, end: Day) -> Period:
    """A monitoring period of a project, begun."""
    return known.period_of(project, start, end, Tonnes(1))


@pytest.mark.parametrize("one", Activity)
def test_every_activity_is_alone_or_on_land_and_other_is_everything(one: Activity) -> None:
    known = Projects()
    take(known, entered(known, one, ("a",)), Day(20230101), Day(20231231))
    others = {other: entered(known, other, ("a", "b")) for other in Activity}
    met = {other for other, project in others.items() if known.overlapping(project, Day(20230601), Day(20230601))}
    land = set(list(Activity)[:5])
    if one is Activity.OTHER:
        assert met == set(Activity)
    else:
        assert met == (land if one in land else {one}) | {Activity.OTHER}


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(DOINGS), PLACES, PERIODS, st.booleans()), max_size=25))
def test_ground_is_taken_once_for_each_activity_and_day(
    steps: list[tuple[Activity, Path, tuple[Day, Day], bool]],
) -> None:
    """Whoever came first, and whether a project is new or has had periods before."""
    known = Projects()
    taken: list[tuple[Activity, Path, set[int], ProjectId]] = []
    for activity, path, (start, end), is_known in steps:
        days = set(range(start, end + 1))
        same = (activity, ("/".join(path),))
        before = [p for p in known.projects.values() if (p.terms.activity, p.terms.site_parcels) == same]
        project = before[0] if is_known and before else entered(known, activity, path)
        clash = {
            owner
            for act, place, used, owner in taken
            if are_alike(act, activity) and is_around(place, path) and used & days
        }
        found = known.overlapping(project, start, end)
        if (project.project, start, end) in known.periods:
            assert found is None
        else:
            assert (found in clash) if clash else found is None
        if not clash:
            take(known, project, start, end)
            taken.append((activity, path, days, project.project))


def test_two_proposals_for_the_same_ground_and_time_cannot_both_be_approved(market: Market) -> None:
    here = replace(U.issuance(U.new, 8_001, 8_011, 2024), space="Other registry")
    there = replace(U.issuance(U.above, 8_001, 8_011, 2024), space="Third registry")
    one, one_hash = market.propose(here)
    other, other_hash = market.propose(there)
    market.done(Approve(market.second, one, one_hash, ""))
    outcome = market.give(Approve(market.second, other, other_hash, ""))
    assert (outcome.reason, facts_of(outcome)) == (R.GROUND_TAKEN, taken_in_2024(U.new, 20240101))


@pytest.mark.parametrize(
    ("ours", "theirs", "which"),
    [
        (("A/1",), ("B/1", "A/2", "A/1"), 3),
        (("A",), ("B/1", "A/2", "A/1"), 2),
        (("C", "A/1/7"), ("B/1", "A/1"), 2),
        (("Ａ／１",), ("a/1/",), 1),
    ],
)
def test_the_site_parcel_that_is_met_is_the_first_of_theirs(
    ours: tuple[str, ...], theirs: tuple[str, ...], which: int
) -> None:
    known = Projects()
    terms = entered(known, Activity.AFFORESTATION, ("x",)).terms
    assert parcel_met(replace(terms, site_parcels=ours), replace(terms, site_parcels=theirs)) == which


def taken_in_2024(project: ProjectId, start: int) -> dict[str, int]:
    """The facts of ground that a project has taken until the end of 2024, by its first site parcel."""
    return {"project": project, "parcel": 1, "period_start": start, "period_end": 20241231}


def facts_of(outcome: Outcome) -> dict[str, int]:
    """The facts that are told with a refusal."""
    (told,) = outcome.events
    assert isinstance(told, Rejected)
    return dict(zip(told.fact_names, told.fact_values, strict=True))


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


def test_two_rows_with_one_line_are_two_rows(market: Market) -> None:
    good, bad = U.row(2, 4_001, 4_002), replace(U.row(2, 4_002, 4_003), project="nobody's")
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (bad, good))).created)
    assert market.state.imports.by_id[staged].rows == [good]


def judged(market: Market, staged: ImportId, *rows: ImportRow) -> list[tuple[int, R]]:
    """The lines and reasons of the rows that were left out when these came in."""
    event = market.done(StageUnits(market.operator, staged, rows)).events[0]
    assert isinstance(event, UnitsStaged)
    return [(row.line, R(row.reason)) for row in event.refused]


def of_2024(line: int, lo: int, hi: int, **given: object) -> ImportRow:
    """A row of the new project for 2024, which has no issuance yet."""
    days = {"monitoring_start": 20240101, "monitoring_end": 20241231, "applied_on": 20250601}
    return replace(U.row(line, lo, hi), **(days | given))  # type: ignore[arg-type]


def test_rows_of_two_projects_on_one_ground_contradict_each_other(market: Market) -> None:
    other = of_2024(3, 4_002, 4_003, project="u2", lock_reference="other")
    assert judged(market, ImportId(0), of_2024(2, 4_001, 4_002), other) == [(3, R.GROUND_TAKEN)]


def test_another_project_of_ours_brings_in_nothing_of_what_came_in_under_the_first(market: Market) -> None:
    """A registry's number that two files translate to two projects: serials know no project, and the ground is one."""
    first = of_2024(2, 4_001, 4_002)
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (first,))).created)
    market.agree(CommitImport(market.operator, staged, rows_hash([first])), market.second)
    again = of_2024(2, 4_001, 4_002, project="u2", lock_reference="other")
    of_its_own = replace(again, line=3, serial_lo=4_002, serial_hi=4_003)
    assert judged(market, ImportId(0), again, of_its_own) == [(2, R.SERIALS_OVERLAP), (3, R.GROUND_TAKEN)]


def test_the_rows_of_a_known_period_need_no_ground_of_their_own(market: Market) -> None:
    """The ground is theirs: what another row took of it before is refused where it stands."""
    half = of_2024(2, 4_001, 4_002, monitoring_end=20240630)
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (half,))).created)
    market.agree(replace(U.issuance(U.new, 8_001, 8_011, 2024)), market.second)
    assert judged(market, staged, of_2024(3, 4_002, 4_003)) == []
    assert refused_at_commit(market, staged) == (R.GROUND_TAKEN, {"line": 2, **taken_in_2024(U.new, 20240101)})


def refused_at_commit(market: Market, staged: ImportId) -> tuple[R | None, dict[str, int]]:
    """Why an import is not proposed, and the facts that are told with it."""
    action = CommitImport(market.operator, staged, rows_hash(market.state.imports.by_id[staged].rows))
    outcome = market.give(Propose(market.operator, action))
    return outcome.reason, facts_of(outcome)


def test_what_was_issued_since_leaves_less_for_the_rows_together(market: Market) -> None:
    """Each row of 400 alone would still fit into the 600 that are left, and both do not."""
    staged = ImportId(0)
    for line, lo in ((2, 4_001), (3, 4_401)):
        row = of_2024(line, lo, lo + 400)
        staged = ImportId(market.done(StageUnits(market.operator, staged, (row,))).created)
    market.agree(U.issuance(U.new, 8_001, 8_401, 2024), market.second)
    assert refused_at_commit(market, staged) == (R.VERIFIED_EXCEEDED, {"line": 3, "highest": 200})
    assert judged(market, staged, of_2024(4, 5_001, 5_002)) == [(4, R.VERIFIED_EXCEEDED)]


def test_rows_that_got_past_the_first_look_do_not_get_past_the_second(market: Market) -> None:
    """As if an earlier row had been forgotten when a later one came."""
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (of_2024(2, 4_001, 4_003),))).created)
    market.state.imports.by_id[staged].rows.append(of_2024(3, 4_002, 4_004, lock_reference="other"))
    assert refused_at_commit(market, staged) == (R.SERIALS_OVERLAP, {"line": 3, "other_line": 2})


# -- what a file costs --


def wide(market: Market, code: str, parcels: int) -> str:
    """A project with so many site parcels of eight levels on ground of its own."""
    sites = tuple(f"{code}/1/2/3/4/5/6/{n}" for n in range(parcels))
    terms = replace(market.state.credits.projects.projects[U.new].terms, code=code, site_parcels=sites)
    market.agree(RegisterProject(market.operator, terms), market.second)
    return code


def of_a_day(line: int, project: str) -> ImportRow:
    """A row whose monitoring period is a day of its own."""
    day = 20240000 + 100 * (1 + line // 28) + 1 + line % 28
    own = {"monitoring_start": day, "monitoring_end": day, "project": project, "lock_reference": f"paper {line}"}
    return of_2024(line + 1, 40_000 + line, 40_001 + line, **own)


def test_a_row_costs_the_same_whether_its_project_has_one_site_parcel_or_a_hundred(market: Market) -> None:
    one, many = wide(market, "one", 1), wide(market, "many", 100)

    def stage(project: str) -> Callable[[], object]:
        rows = tuple(of_a_day(line, project) for line in range(15))
        return lambda: market.done(StageUnits(market.operator, ImportId(0), rows))

    assert calls_of(stage(many)) < 1.05 * calls_of(stage(one))


def test_a_portion_costs_what_is_in_it_however_many_rows_wait(market: Market) -> None:
    project = wide(market, "one", 1)
    portions = [tuple(of_a_day(line, project) for line in range(at, at + 20)) for at in range(0, 120, 20)]
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), portions[0])).created)
    later = [StageUnits(market.operator, staged, rows) for rows in portions[1:]]
    costs = [calls_of(partial(market.done, portion)) for portion in later]
    assert max(costs) < 1.05 * min(costs)


def test_what_a_serial_says_costs_little_beside_its_row(market: Market) -> None:
    """A registry's serials have a hundred letters, and what they say is asked of each row a dozen times."""
    project = wide(market, "one", 1)

    def cost(template: str, first: int) -> int:
        rows = tuple(replace(of_a_day(line, project), serial_text=template) for line in range(first, first + 20))
        return calls_of(partial(market.done, StageUnits(market.operator, ImportId(0), rows)))

    before, behind = "4711-0002-", "-CCER-CER-CN-15-0001-01012023-31122023-0042-Hulunbuir-" * 2
    cost("", 0)
    assert cost(f"{before}{{lo}} to {{hi}}{behind}AF", 20) < 2 * cost("", 40)


def test_an_import_has_no_more_rows_than_one_entry_can_bring_in(market: Market) -> None:
    rows = [of_2024(n + 2, 40_000 + n, 40_001 + n, lock_reference=f"paper {n}", verified=10**9) for n in range(501)]
    staged = ImportId(0)
    for at in range(0, MAX_ROWS, MAX_PORTION):
        portion = StageUnits(market.operator, staged, tuple(rows[at : at + MAX_PORTION]))
        staged = ImportId(market.done(portion).created)
    assert len(market.state.imports.by_id[staged].rows) == MAX_ROWS == 500
    waits = [(row.line, R.WAITS_ALREADY) for row in rows[-3:-1]]
    assert judged(market, staged, *rows[-3:]) == [*waits, (rows[-1].line, R.TOO_MANY_ROWS)]
    assert len(market.state.imports.by_id[staged].rows) == MAX_ROWS


def test_rows_that_wait_are_the_same_after_a_snapshot(market: Market) -> None:
    """The account of what they take is in no image: what contradicts it is found all the same."""
    project = wide(market, "one", 1)
    first = tuple(of_a_day(line, project) for line in range(3))
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), first)).created)
    restored = decode_state(encode_state(market.state))
    later = (replace(of_a_day(9, project), serial_lo=40_002), of_a_day(10, project))
    expected = judged(market, staged, *later)
    assert expected == [(10, R.SERIALS_OVERLAP)]
    market.state = restored
    assert judged(market, staged, *later) == expected


def test_an_import_takes_no_more_ground_than_one_entry_can(market: Market) -> None:
    project, small = wide(market, "many", 100), wide(market, "one", 1)
    rows = tuple(of_a_day(line, project) for line in range(MAX_PLACES // 100 + 1))
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), rows[:-1])).created)
    again = replace(rows[0], line=99, serial_lo=50_000, serial_hi=50_001, lock_reference="another paper")
    assert judged(market, staged, rows[-1], again) == [(rows[-1].line, R.TOO_MANY_ROWS)]
    assert judged(market, staged, of_a_day(30, small)) == [(31, R.TOO_MANY_ROWS)]
    waiting = market.state.imports.by_id[staged].rows
    assert len(waiting) == MAX_PLACES // 100 + 1
    waiting.append(rows[-1])
    assert refused_at_commit(market, staged) == (
        R.TOO_MANY_ROWS,
        {"line": rows[-1].line, "highest": MAX_PLACES // 100 + 1},
    )
