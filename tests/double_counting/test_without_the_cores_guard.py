"""The second run: the core's guard is switched off; the database refuses, and the service stops without an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from exchange.sequencer.journal import ConstraintBrokenError
from exchange.sequencer.sequencer import StopCause
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Attempt, done, drive, drive_service, switched_off
from tests.double_counting.catalogue import CATALOGUE
from tests.double_counting.over_http import NotToldError, open_door
from tests.double_counting.scene import Scene
from tests.double_counting.venue import changed, told_of

SERVICE_UNAVAILABLE: Final = 503

GUARDED = [attempt for attempt in CATALOGUE.values() if attempt.database]
EVERY = pytest.mark.parametrize("attempt", GUARDED, ids=lambda attempt: attempt.name)


@EVERY
def test_nothing_else_of_the_core_stands_in_the_way(attempt: Attempt) -> None:
    """Otherwise the database would not be asked, and the run below would prove nothing of it."""
    scene = Scene()
    steps = attempt.prepare(scene)
    with switched_off(attempt.core):
        assert drive(steps, lambda command: done(scene.give(command))) is None


@EVERY
async def test_the_database_refuses_and_the_service_stops(
    attempt: Attempt, database: DatabaseUrls, tmp_path: Path
) -> None:
    """Whoever asked is told to ask again, and not that anything was done."""
    scene = Scene()
    steps = attempt.prepare(scene)
    async with open_door(scene, database, tmp_path) as door:
        books = await door.venue.books()
        with switched_off(attempt.core), pytest.raises(NotToldError):
            await drive_service(steps, door.give)
        assert door.answers[-1].status_code == SERVICE_UNAVAILABLE, door.answers[-1].text
        stopped = await door.venue.sequencer.stopped
        assert stopped.cause is StopCause.BUG
        assert isinstance(stopped.error, ConstraintBrokenError), stopped.error
        assert any(guard in str(stopped.error) for guard in attempt.database), stopped.error
        # An attempt of two persons got as far as its proposal: there it holds nothing yet, and nor do rows that wait.
        may = {*told_of(attempt), "proposals", "import_rows", "quarantine"}
        assert changed(books, await door.venue.books()) <= may
