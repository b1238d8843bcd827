"""Where several guards of the database are named, each refuses by itself: the core's and all the others are off."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from exchange.sequencer.journal import ConstraintBrokenError
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Attempt, switched_off
from tests.double_counting.catalogue import CATALOGUE
from tests.double_counting.guards import SWITCHES
from tests.double_counting.scene import Scene
from tests.double_counting.venue import StoppedError, change_guards, start_venue, write_history

NAMED: Final = [
    pytest.param(attempt, guard, id=f"{attempt.name}-{guard}")
    for attempt in CATALOGUE.values()
    for guard in attempt.database
    if len(attempt.database) > 1
]


@pytest.mark.parametrize(("attempt", "guard"), NAMED)
async def test_it_refuses_alone(attempt: Attempt, guard: str, database: DatabaseUrls, tmp_path: Path) -> None:
    """One statement may switch off several of them; what is left is what refuses."""
    scene = Scene()
    steps = attempt.prepare(scene)
    await write_history(scene, database)
    others = {SWITCHES[name] for name in attempt.database if SWITCHES[name] != SWITCHES[guard]}
    await change_guards(database, *sorted(others))
    async with start_venue(scene, database, tmp_path) as venue:
        with switched_off(attempt.core), pytest.raises(StoppedError):
            await venue.drive(steps)
        stopped = await venue.sequencer.stopped
        assert isinstance(stopped.error, ConstraintBrokenError), stopped.error
        assert guard in str(stopped.error), stopped.error
