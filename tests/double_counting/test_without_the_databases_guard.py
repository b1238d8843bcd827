"""The third run: the database's guard is switched off, and the core refuses all the same."""

from __future__ import annotations

from pathlib import Path

from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Attempt
from tests.double_counting.catalogue import BUGS, CATALOGUE
from tests.double_counting.guards import SWITCHES
from tests.double_counting.scene import Scene
from tests.double_counting.test_as_it_is import without_the_place_in_the_log
from tests.double_counting.test_without_the_cores_guard import EVERY
from tests.double_counting.venue import change_guards, changed, start_venue, told_of, write_history


@EVERY
async def test_the_core_refuses_alone(attempt: Attempt, database: DatabaseUrls, tmp_path: Path) -> None:
    scene = Scene()
    steps = attempt.prepare(scene)
    await write_history(scene, database)
    # One statement may switch several off; a guard that is not there under its name is an error here.
    await change_guards(database, *dict.fromkeys(SWITCHES[name] for name in attempt.database))
    async with start_venue(scene, database, tmp_path) as venue:
        books = await venue.books()
        before = without_the_place_in_the_log(venue.sequencer.state)
        assert await venue.drive(steps) is attempt.code
        assert changed(books, await venue.books()) <= told_of(attempt)
        assert without_the_place_in_the_log(venue.sequencer.state) == before


def test_every_guard_is_named_by_an_attempt_or_by_a_bug_of_the_core() -> None:
    named = {name for attempt in CATALOGUE.values() for name in attempt.database}
    assert named <= set(SWITCHES) <= named | {bug.guard for bug in BUGS.values()}
