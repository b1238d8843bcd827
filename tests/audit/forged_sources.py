"""What a forger of the log would write of units whose plant was found to be covered afterwards; beside all the others.

The plant is covered, then it is not, then it is again: so the first suspension was lifted, and the last one stands.
"""

from __future__ import annotations

from dataclasses import replace

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.events.credits import Cause, FacilitySet, LotAdmitted, ParcelsMoved, UnitsChanged
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered
from exchange.core.serials import SerialRange
from exchange.core.values import NOBODY, EncumbranceId, LotId, ParticipantId, TransactionId
from tests.audit.forged_requests import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _suspension(history: History) -> EncumbranceSet:
    """The one that stands."""
    return [event for _, event in history.every(EncumbranceSet) if event.by == NOBODY and event.project][-1]


def _lot(history: History) -> LotAdmitted:
    """The lot that it holds."""
    return history.only(
        LotAdmitted, lot=history.only(UnitsEncumbered, encumbrance=_suspension(history).encumbrance).lot
    )


@found_by("SOURCE-COVERED")
def a_lot_of_a_covered_plant_comes_in(history: History) -> None:
    lot = _lot(history)
    serials = SerialRange(lot.serials.hi, lot.serials.hi + 1)
    history.append(replace(lot, lot=LotId(lot.lot + 1), lock_reference="another", serials=serials))


@found_by("SOURCE-COVERED")
def what_a_covered_plant_has_yielded_is_not_held(history: History) -> None:
    history.drop(EncumbranceSet, encumbrance=_suspension(history).encumbrance)


@found_by("SOURCE-COVERED")
def what_a_covered_plant_has_yielded_is_let_go(history: History) -> None:
    history.append(EncumbranceLifted(_suspension(history).encumbrance))


@found_by("SOURCE-COVERED")
def a_plant_was_covered_before_its_quota_was_let_go(history: History) -> None:
    """The correction by which it might be let go is missing."""
    history.drop(FacilitySet, terms=[event for _, event in history.every(FacilitySet)][-2].terms)


@found_by("SOURCE-COVERED")
def quota_of_a_covered_plant_is_sold(history: History) -> None:
    lot = _lot(history)
    history.append(ParcelsMoved(TransactionId(7), lot.lot, lot.owner, ParticipantId(lot.owner + 1), (lot.serials,)))


@found_by("SOURCE-COVERED")
def quota_of_a_covered_plant_is_chosen(history: History) -> None:
    lot, chosen = _lot(history), history.only(UnitsChanged, cause=Cause.USE_PROPOSED)
    history.append(replace(chosen, lot=lot.lot, owner=lot.owner, ranges=(lot.serials,)))


@found_by("HELD-MISCOUNTED")
def the_program_holds_what_no_covered_plant_has_yielded(history: History) -> None:
    made = _suspension(history)
    history.append(replace(made, encumbrance=EncumbranceId(made.encumbrance + 1), vintage=made.vintage + 1))


@found_by("HELD-MISCOUNTED")
def the_program_freezes_what_a_covered_plant_has_yielded(history: History) -> None:
    made = _suspension(history)
    history.append(replace(made, encumbrance=EncumbranceId(made.encumbrance + 1), kind=EncumbranceKind.FREEZE))
