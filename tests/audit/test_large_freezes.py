"""Freezes of so many parcels that one entry cannot hold them all: both audits wait for the rest, and no longer.

A scope of less than 500 parcels must be held in the entry that sets it, a greater one when anything moves again. So the
forgeries of small freezes say nothing of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from exchange.audit.double_count.scopes import HELD_AT_ONCE
from exchange.cli.audit_command import TABLES, audit_database
from exchange.core.commands.encumbrances import ContinueEncumbering, Encumber, EncumbranceKind
from exchange.core.commands.uses import Pick
from exchange.core.events.credits import Cause, MarketTag, ParcelsReshaped, ParcelState, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceSet, UnitsEncumbered
from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.audit.history import History
from tests.double_counting.scene import NO_LOT, NO_PROJECT, QUOTA, Scene
from tests.double_counting.venue import write_history, write_log
from tests.support.database import unguarded

USED_AT_ONCE: Final = 50


class Scattered(Scene):
    """A lot of which every second serial was used up is frozen, which takes two entries; then something else moves."""

    def __init__(self, of_lot: bool) -> None:
        """501 parcels are left, each a serial by itself; they are frozen as the lot, or as a project's year."""
        super().__init__()
        self.lot_id = self.lot(self.wood, 2 * HELD_AT_ONCE + 1, QUOTA, vintage=2022)
        self.first = self.state.credits.lots[self.lot_id].serials.lo
        odd = range(self.first + 1, self.first + 2 * HELD_AT_ONCE, 2)
        for begin in range(0, HELD_AT_ONCE, USED_AT_ONCE):
            self.used(*(Pick(self.lot_id, lo, lo + 1) for lo in odd[begin : begin + USED_AT_ONCE]))
        project = self.state.credits.issuances[self.state.credits.lots[self.lot_id].issuance].project
        scope = (NO_PROJECT, 0, self.lot_id, 0, 0) if of_lot else (project, 2022, NO_LOT, 0, 0)
        made = self.done(Encumber(self.regulator, EncumbranceKind.FREEZE, *scope, "order 8"))
        self.number, self.set_in = EncumbranceId(made.created), len(self.log)
        self.finish_jobs()
        self.used(self.quota(101, 102))


@pytest.fixture(scope="module", params=["a lot", "a project's year"])
def scene(request: pytest.FixtureRequest) -> Scattered:
    """A large freeze, and something that moved after it."""
    return Scattered(of_lot=request.param == "a lot")


@pytest.fixture(scope="module")
def history(scene: Scattered) -> History:
    """Its events."""
    return History.of(scene)


def until(history: History, entries: int) -> History:
    """The same, as it was after so many entries."""
    return History(history.copy().entries[:entries], history.given[:entries])


def test_a_large_freeze_is_set_in_two_entries_and_nothing_is_found_after_either(
    scene: Scattered, history: History
) -> None:
    assert isinstance(scene.log[scene.set_in].command, ContinueEncumbering)
    held = [len(event.ranges) for _, event in history.every(UnitsEncumbered)]
    assert held == [HELD_AT_ONCE, 1]
    for entries in (scene.set_in, scene.set_in + 1, len(history.entries)):
        assert not until(history, entries).audited().counts


# --- the log ----------------------------------------------------------------------------------------------------------


def leave_out(history: History, place: int) -> SerialRange:
    """What would be written if one parcel had been passed over: the first (``place`` 0) or the last (-1) of all."""
    entry, event = list(history.every(UnitsEncumbered))[place]
    left = event.ranges[place]
    event.ranges = tuple(one for one in event.ranges if one != left)
    reshaped = next(one for one in entry if isinstance(one, ParcelsReshaped))
    reshaped.closed = tuple(one for one in reshaped.closed if one != left)
    reshaped.opened = tuple(one for one in reshaped.opened if one.lo != left.lo)
    return left


def problems(history: History, check: str) -> list[object]:
    """What the audit says of a check."""
    return [dict(one.facts).get("problem") for one in history.audited().findings if one.check == check]


@pytest.mark.parametrize("place", [0, -1], ids=["of the first entry", "of the last"])
def test_a_parcel_that_is_left_out_is_found_once_anything_has_moved(
    place: int, scene: Scattered, history: History
) -> None:
    forged = history.copy()
    leave_out(forged, place)
    assert problems(forged, "HELD-MISCOUNTED") == ["not held by it"]
    assert not problems(until(forged, scene.set_in), "HELD-MISCOUNTED"), "it may still be held by the next entry"


def test_a_parcel_that_is_left_out_is_found_when_it_is_used(scene: Scattered, history: History) -> None:
    forged = history.copy()
    left = leave_out(forged, -1)
    states = (MarketTag.REGIONAL, ParcelState.ACTIVE, MarketTag.REGIONAL, ParcelState.RETIRED)
    forged.append(UnitsChanged(scene.lot_id, scene.wood, (left,), *states, Cause.RETIRED, 7))
    assert "HELD-MOVED" in forged.audited().counts


def hold_elsewhere(history: History, scene: Scattered) -> None:
    """A parcel of another lot, which says so."""
    (free,) = scene.state.parcels.held[scene.saved, scene.wood]
    serials = (SerialRange(free.lo, free.hi),)
    history.append(
        UnitsEncumbered(scene.number, scene.saved, serials),
        ParcelsReshaped(scene.saved, serials, (replace(free, encumbered=1),)),
    )


def say_less(history: History, scene: Scattered) -> None:
    """It is about all but the last serial of its lot, or about the year before."""
    said = history.only(EncumbranceSet, encumbrance=scene.number)
    if said.lot:
        said.serial_hi -= 1
    else:
        said.vintage -= 1


@pytest.mark.parametrize("forge", [hold_elsewhere, say_less])
def test_one_parcel_too_many_is_found(
    forge: Callable[[History, Scattered], None], scene: Scattered, history: History
) -> None:
    forged = history.copy()
    forge(forged, scene)
    assert set(problems(forged, "HELD-MISCOUNTED")) == {"is not about these"}


# --- the tables -------------------------------------------------------------------------------------------------------

_LARGE: Final = "(SELECT encumbrance_id FROM encumbrances WHERE reference = 'order 8')"
_ITS_LOT: Final = "(SELECT lot_id FROM encumbered_ranges GROUP BY lot_id ORDER BY count(*) DESC LIMIT 1)"
_OTHER: Final = f"(SELECT ctid FROM parcels WHERE state = 1 AND encumbered = 0 AND lot_id <> {_ITS_LOT} LIMIT 1)"


def left_out(which: str) -> tuple[str, ...]:
    """Statements by which the first or the last parcel is not held, and does not say that it is."""
    place = f"lot_id = {_ITS_LOT} AND lo = (SELECT {which}(lo) FROM encumbered_ranges)"
    return f"UPDATE parcels SET encumbered = 0 WHERE {place}", f"DELETE FROM encumbered_ranges WHERE {place}"


FORGED_TABLES: Final[dict[str, tuple[str, ...]]] = {
    "the first parcel is left out": left_out("min"),
    "the last parcel is left out": left_out("max"),
    "a parcel of another lot is held too": (
        (
            f"INSERT INTO encumbered_ranges (lot_id, encumbrance_id, lo, hi, seq) SELECT lot_id, {_LARGE}, lo, hi,"
            f" (SELECT max(seq) FROM encumbered_ranges) FROM parcels WHERE ctid = {_OTHER}"
        ),
        f"UPDATE parcels SET encumbered = 1 WHERE ctid = {_OTHER}",
    ),
    "it is about the year before": ("UPDATE encumbrances SET vintage = vintage - 1 WHERE reference = 'order 8'",),
}


@pytest.fixture(scope="module")
def frozen_year() -> Scattered:
    """The one of a project's year: writing it takes seconds."""
    return Scattered(of_lot=False)


@pytest.mark.parametrize("name", FORGED_TABLES)
async def test_tables_of_a_large_freeze_that_were_changed_are_found_out(
    name: str, postgres: EmbeddedServer, database: DatabaseUrls, frozen_year: Scattered
) -> None:
    await write_history(frozen_year, database)
    assert not (await audit_database(database.service)).counts
    async with unguarded(postgres, database) as connection:
        for statement in FORGED_TABLES[name]:
            assert await connection.execute(statement) in ("UPDATE 1", "DELETE 1", "INSERT 0 1"), statement
    audit = await audit_database(database.service)
    assert (TABLES, "HELD-MISCOUNTED") in audit.counts


async def test_the_tables_of_a_large_freeze_that_is_still_being_set_are_right(
    database: DatabaseUrls, frozen_year: Scattered
) -> None:
    await write_log(frozen_year.log[: frozen_year.set_in], database)
    assert not (await audit_database(database.service)).counts
