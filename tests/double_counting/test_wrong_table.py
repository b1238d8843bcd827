"""A row of the table of steps is wrong: a time-out unlocks, by the rules of the core.

The table is what core, database and proofs must all know. So each has its own, and neither PostgreSQL nor a proof
believes any table where it says that a national tonne is tradeable: they look for the registry's lock.
"""

from __future__ import annotations

from typing import Final

import pytest

from exchange.cli.audit_command import LOG, TABLES, audit_database
from exchange.core.credits import states
from exchange.core.events.credits import Cause
from exchange.sequencer.journal import ConstraintBrokenError
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Off, switched_off
from tests.double_counting.guards import ALL_OFF
from tests.double_counting.scene import HOUR, Scene
from tests.double_counting.venue import change_guards, write_history

UNLOCKED: Final = {**states._STEPS, (states.ASKED, Cause.LOCK_UNANSWERED): states.SELLABLE}
IN_THE_CORE: Final = Off("exchange.core.credits.states:_STEPS", UNLOCKED)
IN_THE_DATABASE: Final = (
    "ALTER TABLE parcel_transitions DISABLE TRIGGER USER",
    "UPDATE parcel_transitions SET tag = 1, state = 1 WHERE cause = 6",
)


async def write_unlocked(database: DatabaseUrls) -> None:
    """A lock is asked for, the registry is silent, and the core lets the units be sold."""
    scene = Scene()
    scene.waiting_lot()
    with switched_off((IN_THE_CORE,)):
        scene.wait(2 * HOUR)
        scene.finish_jobs()
        scene.offer(100)
        await write_history(scene, database)


async def test_the_database_has_a_table_of_its_own(database: DatabaseUrls) -> None:
    with pytest.raises(ConstraintBrokenError, match="parcel_changes_by_the_table"):
        await write_unlocked(database)


async def test_the_database_believes_its_own_table_no_more(database: DatabaseUrls) -> None:
    """The same row is wrong there: what comes from the national market was locked, whatever the step is called."""
    await change_guards(database, *IN_THE_DATABASE)
    with pytest.raises(ConstraintBrokenError, match="parcel_changes_confirmed_by_the_registry"):
        await write_unlocked(database)


async def test_both_proofs_find_it(database: DatabaseUrls) -> None:
    """And all guards of the database are off, so that it comes in."""
    await change_guards(database, *IN_THE_DATABASE, *ALL_OFF)
    await write_unlocked(database)
    found = set((await audit_database(database.service)).counts)
    assert found >= {(source, check) for source in (LOG, TABLES) for check in ("STEP-FORBIDDEN", "NO-STATEMENT")}
    assert (TABLES, "NOT-LOCKED") in found
