"""The fourth run: both guards are off. The tonne is counted twice, and the audit says so, from the log and by SQL.

This is what shows that the guards of the runs before are the guards, and that the audit can see what they prevent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.cli.audit_command import LOG, TABLES, audit_database
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Attempt, switched_off
from tests.double_counting.catalogue import CATALOGUE
from tests.double_counting.guards import ALL_OFF
from tests.double_counting.scene import Scene
from tests.double_counting.venue import change_guards, open_venue

REACHABLE = [attempt for attempt in CATALOGUE.values() if attempt.core]


@pytest.mark.parametrize("attempt", REACHABLE, ids=lambda attempt: attempt.name)
async def test_the_audit_finds_it(attempt: Attempt, database: DatabaseUrls, tmp_path: Path) -> None:
    scene = Scene()
    steps = attempt.prepare(scene)
    async with open_venue(scene, database, tmp_path) as venue:
        assert not (await audit_database(database.service)).counts
        await change_guards(database, *ALL_OFF)
        with switched_off(attempt.core):
            assert await venue.drive(steps) is None
    audit = await audit_database(database.service)
    assert {source for source, _ in audit.counts} >= {LOG, TABLES}, audit.counts
