"""The registry refuses some of what it was asked for: nobody can have those serials before all of it is settled."""

from __future__ import annotations

from pathlib import Path

from exchange.core.commands.uses import ReleaseUnits
from exchange.core.invariants import check_all
from exchange.core.rejections import RejectReason as R
from exchange.core.values import ReleaseId
from exchange.store.embedded import DatabaseUrls
from tests.audit.history import History
from tests.double_counting.attempts import agreeing, drive_service
from tests.double_counting.scene import Scene
from tests.double_counting.venue import open_venue


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


def test_the_audit_understands_it() -> None:
    scene = Scene()
    half_refused_use(scene)
    scene.registry_confirms()
    half_refused_release(scene, other=41)
    scene.registry_confirms()
    assert not History.of(scene).audited().counts
