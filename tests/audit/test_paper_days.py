"""The day of a paper about midnight in China: core, PostgreSQL and both proofs draw the same line, to a microsecond."""

from __future__ import annotations

import pytest

from exchange.cli.audit_command import LOG, TABLES, audit_database
from exchange.core.commands.approvals import Approve
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.rejections import RejectReason as R
from exchange.core.values import MICROS_PER_DAY, MICROS_PER_SECOND, Micros, day_of, day_start
from exchange.sequencer.journal import ConstraintBrokenError
from exchange.store.embedded import DatabaseUrls
from tests.double_counting import careless as off
from tests.double_counting.attempts import switched_off
from tests.double_counting.guards import SWITCHES
from tests.double_counting.scene import OTHER, Scene
from tests.double_counting.venue import change_guards, write_history
from tests.support.market import Market

GUARD = "registry_answers_stated_in_time"
DAY, NOON = MICROS_PER_DAY, MICROS_PER_DAY // 2
AT_ONCE = 5 * MICROS_PER_SECOND

POSSIBLE = [(0, AT_ONCE, -1), (-1, AT_ONCE, -2), (-1, AT_ONCE, 0), (NOON, DAY, 1)]
IMPOSSIBLE = [(0, AT_ONCE, -2), (-1, AT_ONCE, -3), (NOON, DAY - 1, 1), (0, AT_ONCE, 1)]
"""When the request was made and its paper entered, from a midnight on, and the day of the paper from the one that
begins there.
"""


def wait_until(market: Market, at: int) -> None:
    """The next command is of just that instant, or of the first possible one after it."""
    market.waited += max(0, at - market.now())


def entered(asked: int, given: int, day: int) -> tuple[Scene, R | None]:
    """Two persons enter such a paper; why the second one cannot."""
    scene = Scene()
    lot = scene.lot(scene.wood, 20, OTHER, project="O1")
    proposal, digest = scene.propose(scene.use(scene.of(lot, 5)))
    midnight = day_start(scene.today()) + 2 * DAY
    wait_until(scene, midnight + asked)
    scene.done(Approve(scene.second, proposal, digest, ""))
    (request,) = scene.open_requests()
    assert request.asked_at == midnight + asked
    paper = AnswerOnPaper(scene.operator, request.request, day_of(Micros(midnight + day * DAY)), "R-9")
    with switched_off((off.OTHER_DAY,)):
        proposal, digest = scene.propose(paper)
    wait_until(scene, midnight + given)
    return scene, scene.give(Approve(scene.second, proposal, digest, "R-9")).reason


@pytest.mark.parametrize(("asked", "given", "day"), POSSIBLE)
async def test_a_possible_day_is_taken_by_all(asked: int, given: int, day: int, database: DatabaseUrls) -> None:
    scene, reason = entered(asked, given, day)
    assert reason is None
    await write_history(scene, database)
    assert not (await audit_database(database.service)).counts


@pytest.mark.parametrize(("asked", "given", "day"), IMPOSSIBLE)
async def test_an_impossible_day_is_refused_by_core_and_database(
    asked: int, given: int, day: int, database: DatabaseUrls
) -> None:
    _, reason = entered(asked, given, day)
    assert reason is R.STATEMENT_OUT_OF_TIME
    with switched_off((off.OTHER_DAY,)):
        scene, _ = entered(asked, given, day)
        with pytest.raises(ConstraintBrokenError, match=GUARD):
            await write_history(scene, database)


@pytest.mark.parametrize(("asked", "given", "day"), IMPOSSIBLE)
async def test_an_impossible_day_is_found_by_both_proofs(
    asked: int, given: int, day: int, database: DatabaseUrls
) -> None:
    await change_guards(database, SWITCHES[GUARD])
    with switched_off((off.OTHER_DAY,)):
        scene, _ = entered(asked, given, day)
        await write_history(scene, database)
    audit = await audit_database(database.service)
    assert {(LOG, "ANSWER-WRONG"), (TABLES, "ANSWER-WRONG")} <= set(audit.counts), audit.counts
