"""Bugs of the core around the registry: the database refuses what they do, and both proofs find it without it."""

from __future__ import annotations

import pytest

from exchange.cli.audit_command import LOG, TABLES, audit_database
from exchange.sequencer.journal import ConstraintBrokenError
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import switched_off
from tests.double_counting.catalogue import BUGS
from tests.double_counting.guards import ALL_OFF
from tests.double_counting.scene import Scene
from tests.double_counting.venue import change_guards, write_history


@pytest.mark.parametrize("name", BUGS)
async def test_the_database_refuses_it(name: str, database: DatabaseUrls) -> None:
    bug, scene = BUGS[name], Scene()
    with switched_off(bug.core):
        bug.happen(scene)
        with pytest.raises(ConstraintBrokenError, match=bug.guard):
            await write_history(scene, database)


@pytest.mark.parametrize("name", BUGS)
async def test_both_proofs_find_it(name: str, database: DatabaseUrls) -> None:
    bug, scene = BUGS[name], Scene()
    await change_guards(database, *ALL_OFF)
    with switched_off(bug.core):
        bug.happen(scene)
        await write_history(scene, database)
    audit = await audit_database(database.service)
    assert {source for source, check in audit.counts if check == bug.check} == {LOG, TABLES}, audit.counts
