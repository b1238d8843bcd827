"""What a forger of the log would write of what a freeze is about."""

from __future__ import annotations

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.events.credits import Cause, IssuanceRecorded, LotAdmitted, MarketTag, ParcelState, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered
from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId, LotId, PersonId, ProjectId
from tests.audit.forged_sources import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _standing(history: History) -> EncumbranceSet:
    """A freeze of serials that nobody has lifted."""
    lifted = {event.encumbrance for _, event in history.every(EncumbranceLifted)}
    frozen = [event for _, event in history.every(EncumbranceSet) if event.kind is EncumbranceKind.FREEZE]
    return next(event for event in frozen if event.encumbrance not in lifted)


def _freeze_of(history: History, lot: LotAdmitted) -> EncumbranceSet:
    """A freeze of a lot's project that holds nothing."""
    project = history.only(IssuanceRecorded, issuance=lot.issuance).project
    scope = (ProjectId(project), 0, LotId(0), 0, 0)
    return EncumbranceSet(EncumbranceId(7), EncumbranceKind.FREEZE, *scope, "order 9", PersonId(1))


@found_by("HELD-MISCOUNTED")
def a_freeze_is_of_one_serial_more_than_it_holds(history: History) -> None:
    _standing(history).serial_hi += 1


@found_by("HELD-MISCOUNTED")
def a_freeze_of_a_project_holds_none_of_its_lots(history: History) -> None:
    history.append(_freeze_of(history, history.only(LotAdmitted)))


@found_by("HELD-MISCOUNTED")
def a_freeze_is_of_one_serial_less_than_it_holds(history: History) -> None:
    _standing(history).serial_hi -= 1


@found_by("HELD-MISCOUNTED")
def a_freeze_of_ccer_holds_the_quota_that_stands_on_them(history: History) -> None:
    """Only a doubt reaches that far."""
    held = {(event.encumbrance, event.lot) for _, event in history.every(UnitsEncumbered)}
    for _, event in history.every(EncumbranceSet):
        if event.lot and any(number == event.encumbrance and lot != event.lot for number, lot in held):
            event.kind, event.by = EncumbranceKind.FREEZE, PersonId(1)


@found_by("HELD-MISCOUNTED")
def a_freeze_holds_all_but_what_came_in_later(history: History) -> None:
    """The last lot of the project that is frozen from before it on."""
    *_, (entry, lot) = history.every(LotAdmitted)
    entry.insert(0, _freeze_of(history, lot))


@found_by("HELD-MOVED")
def what_a_freeze_is_about_and_does_not_hold_is_used(history: History) -> None:
    """It is set in the first entry after its lot came in, and lifted by no entry."""
    used = history.only(UnitsChanged, cause=Cause.USE_PROPOSED)
    entry, lot = history.first(LotAdmitted, lot=used.lot)
    entry.append(_freeze_of(history, lot))


@found_by("HELD-MOVED")
def the_last_serial_of_a_freeze_is_not_held_and_is_used(history: History) -> None:
    frozen = _standing(history)
    frozen.serial_hi += 1
    last = (SerialRange(frozen.serial_hi - 1, frozen.serial_hi),)
    states = (MarketTag.REGIONAL, ParcelState.ACTIVE, MarketTag.REGIONAL, ParcelState.PENDING_CANCEL)
    history.append(UnitsChanged(frozen.lot, history.only(LotAdmitted).owner, last, *states, Cause.USE_PROPOSED, 7))


@found_by("HELD-MOVED")
def a_use_is_approved_that_a_freeze_is_about_and_does_not_hold(history: History) -> None:
    entry, used = history.first(UnitsChanged, cause=Cause.USE_PROPOSED)
    scope = (ProjectId(0), 0, used.lot, used.ranges[0].lo, used.ranges[0].hi)
    entry.append(EncumbranceSet(EncumbranceId(7), EncumbranceKind.FREEZE, *scope, "order 9", PersonId(1)))
