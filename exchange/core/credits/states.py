"""Where a unit can stand and how it gets from one place to the next: one table, from which everything else is made.

The core changes units by no other way, the database refuses every other one (its table ``parcel_transitions`` holds the
same rows), docs/UNITS.md shows it, and the tests walk it. DESIGN §5; rules CANCEL, EXPORT, ETS-SOURCE. The proofs that
no tonne is counted twice believe neither of the two: each has the steps written out by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.events.credits import Cause, MarketTag, ParcelState

Standing = tuple[MarketTag, ParcelState]
"""In which market a unit is, and in which state."""

_NATIONAL: Final = MarketTag.NATIONAL
_REGIONAL: Final = MarketTag.REGIONAL


@dataclass(slots=True, frozen=True)
class Transition:
    """One step that is allowed: from where (None: the unit is new here) to where, and what makes it."""

    before: Standing | None
    after: Standing
    cause: Cause


WAITING: Final = (_NATIONAL, ParcelState.ADMITTED)
ASKED: Final = (_NATIONAL, ParcelState.LOCK_REQUESTED)
UNKNOWN: Final = (_NATIONAL, ParcelState.LOCK_UNKNOWN)
SELLABLE: Final = (_REGIONAL, ParcelState.ACTIVE)
LEAVING: Final = (_REGIONAL, ParcelState.PENDING_OUT)
OUT: Final = (_NATIONAL, ParcelState.OUT)
RETURNING: Final = (_NATIONAL, ParcelState.RETURN_REQUESTED)
ENDING: Final = (_REGIONAL, ParcelState.PENDING_CANCEL)
RETIRED: Final = (_REGIONAL, ParcelState.RETIRED)
CANCELLED: Final = (_REGIONAL, ParcelState.CANCELLED)
EXPORTED: Final = (_REGIONAL, ParcelState.EXPORTED)

TRANSITIONS: Final = (
    Transition(None, WAITING, Cause.ADMITTED_FOR_LOCK),
    Transition(None, SELLABLE, Cause.ADMITTED_HERE),
    Transition(WAITING, ASKED, Cause.LOCK_REQUESTED),
    Transition(ASKED, SELLABLE, Cause.LOCK_CONFIRMED),
    Transition(ASKED, WAITING, Cause.LOCK_REFUSED),
    Transition(ASKED, UNKNOWN, Cause.LOCK_UNANSWERED),
    Transition(UNKNOWN, SELLABLE, Cause.LOCK_CONFIRMED),
    Transition(UNKNOWN, WAITING, Cause.LOCK_REFUSED),
    Transition(SELLABLE, ENDING, Cause.USE_PROPOSED),
    Transition(ENDING, SELLABLE, Cause.USE_WITHDRAWN),
    Transition(ENDING, SELLABLE, Cause.USE_REFUSED),
    Transition(ENDING, RETIRED, Cause.RETIRED),
    Transition(ENDING, CANCELLED, Cause.CANCELLED),
    Transition(ENDING, EXPORTED, Cause.EXPORTED),
    Transition(SELLABLE, LEAVING, Cause.RELEASE_PROPOSED),
    Transition(LEAVING, SELLABLE, Cause.RELEASE_WITHDRAWN),
    Transition(LEAVING, SELLABLE, Cause.RELEASE_REFUSED),
    Transition(LEAVING, OUT, Cause.RELEASED),
    Transition(OUT, RETURNING, Cause.RETURN_REQUESTED),
    Transition(RETURNING, SELLABLE, Cause.LOCK_CONFIRMED),
    Transition(RETURNING, OUT, Cause.RETURN_REFUSED),
)
"""Every allowed step."""

ABSORBING: Final = frozenset({ParcelState.RETIRED, ParcelState.CANCELLED, ParcelState.EXPORTED})
"""The states that are left by no one."""

GONE: Final = ABSORBING | {ParcelState.OUT, ParcelState.RETURN_REQUESTED}
"""The states in which a unit is on no firm's account."""

NOT_LOCKED: Final = frozenset({WAITING, ASKED, UNKNOWN})
"""Where the units are that the registry has never locked for this venue."""

_STEPS: Final = {(step.before, step.cause): step.after for step in TRANSITIONS}


def after(before: Standing | None, cause: Cause) -> Standing:
    """Where a unit gets to from ``before`` by ``cause``.

    Raises:
        KeyError: when the table has no such step, which is a bug of whoever asks.
    """
    return _STEPS[before, cause]


def is_step(before: Standing | None, standing: Standing, cause: Cause) -> bool:
    """Whether the table has this step."""
    return _STEPS.get((before, cause)) == standing
