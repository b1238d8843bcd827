"""The registry refuses some of what it was asked for: nobody can have those serials before all of it is settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.cli.audit_command import audit_database
from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.uses import ReleaseUnits
from exchange.core.invariants import check_all
from exchange.core.rejections import RejectReason as R
from exchange.core.values import ReleaseId
from exchange.store.embedded import DatabaseUrls
from tests.audit.history import History
from tests.double_counting.attempts import agreeing, drive_service
from tests.double_counting.scene import Scene
from tests.double_counting.venue import open_venue, write_history


def half_refused_use(scene: Scene) -> None:
    """A use of two ranges, of which the registry has refused the first and said nothing of the second."""
    scene.used(scene.serials(1, 11), scene.serials(21, 31))
    scene.refuses(scene.open_requests()[0])


def half_refused_release(scene: Scene, other: int = 21) -> ReleaseId:
    """The same of a release."""
    picks = (scene.serials(1, 11), scene.serials(other, other + 10))
    number = ReleaseId(scene.agree(ReleaseUnits(scene.trader, scene.wood, picks, "N-1"), scene.second))
    scene.cool_down()
    scene.refuses(scene.open_requests()[0])
    return number


async def test_a_use_that_is_half_refused_keeps_its_serials_until_it_is_settled(
    database: DatabaseUrls, tmp_path: Path
) -> None:
    scene = Scene()
    half_refused_use(scene)
    async with open_venue(scene, database, tmp_path) as venue:
        again = agreeing(scene.use(scene.serials(1, 11)), scene.second)
        assert await drive_service(again, venue.give) is R.UNITS_NOT_THERE
        assert (await venue.give(scene.answer(scene.open_requests()[0]))).reason is None
        again = agreeing(scene.use(scene.serials(1, 11)), scene.second)
        assert await drive_service(again, venue.give) is None


async def test_a_release_that_is_half_refused_keeps_its_serials_until_it_is_settled(
    database: DatabaseUrls, tmp_path: Path
) -> None:
    scene = Scene()
    half_refused_release(scene)
    check_all(scene.state)
    async with open_venue(scene, database, tmp_path) as venue:
        again = agreeing(scene.release(1, 11), scene.second)
        assert await drive_service(again, venue.give) is R.UNITS_NOT_THERE
        assert (await venue.give(scene.answer(scene.open_requests()[0]))).reason is None
        again = agreeing(scene.release(1, 11), scene.second)
        assert await drive_service(again, venue.give) is None


def half_confirmed_release(scene: Scene) -> None:
    """A release of two ranges, of which the registry has let the first go and said nothing of the second."""
    picks = (scene.serials(1, 11), scene.serials(21, 31))
    scene.agree(ReleaseUnits(scene.trader, scene.wood, picks, "N-1"), scene.second)
    scene.cool_down()
    scene.done(scene.answer(scene.open_requests()[0]))


@pytest.mark.parametrize("steps", range(4))
async def test_what_came_back_of_a_release_that_is_half_done_may_be_released_again(
    database: DatabaseUrls, steps: int
) -> None:
    """The database takes it, and both proofs agree, whichever step was the last."""
    scene = Scene()
    half_confirmed_release(scene)
    if steps >= 1:
        back = ReturnUnits(scene.operator, scene.forest, scene.wood, 1, 11, "back")
        scene.agree(back, scene.second, "back")
    if steps >= 2:
        scene.done(scene.answer(scene.open_requests()[-1]))
        scene.agree(scene.release(3, 8), scene.second)
    if steps >= 3:
        scene.done(scene.answer(scene.open_requests()[0]))
    await write_history(scene, database)
    assert not (await audit_database(database.service)).counts


def test_the_audit_understands_it() -> None:
    scene = Scene()
    half_refused_use(scene)
    scene.registry_confirms()
    half_refused_release(scene, other=41)
    scene.registry_confirms()
    assert not History.of(scene).audited().counts
