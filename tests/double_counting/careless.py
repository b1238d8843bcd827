"""Guards of the core, each as a switch that takes it out: what stands in its place agrees to everything.

The program is not changed: a test's process puts these into its own copy of a module for the time of one attempt.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from exchange.core.approvals import ProposalStatus
from exchange.core.credits.lots import Lot
from exchange.core.credits.parcels import Change
from exchange.core.credits.states import GONE, Standing, after
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.participants import Posting
from exchange.core.handlers import changing
from exchange.core.handlers.step import Step
from exchange.core.serials import SerialRange
from exchange.core.values import ParticipantId
from tests.double_counting.attempts import Off

HANDLERS: Final = "exchange.core.handlers"
PLENTY: Final = 10**9


def no_objection(*_: Any, **__: Any) -> None:
    """In the place of a function that refuses."""


def nothing_taken(*_: Any, **__: Any) -> bool:
    """In the place of a question whether something is taken, used or spelt otherwise."""
    return False


def yes(*_: Any, **__: Any) -> bool:
    """In the place of a question whether something fits."""
    return True


def plenty(*_: Any, **__: Any) -> int:
    """In the place of the question how much there is."""
    return PLENTY


class OpenForEver:
    """In the place of :class:`exchange.core.approvals.ProposalStatus`: what was approved is open still."""

    OPEN = APPROVED = ProposalStatus.APPROVED


def change_anything(
    step: Step,
    lot: Lot,
    owner: ParticipantId,
    ranges: Iterable[SerialRange],
    before: Standing,
    cause: Cause,
    subject: int,
) -> None:
    """In the place of :func:`exchange.core.handlers.changing.change_units`, which sees where units stand: says what the
    caller believes, and changes whatever is there.
    """
    state = step.state
    standing = after(before, cause)
    returned = before[1] in GONE and standing[1] not in GONE
    change = Change(standing, owner if returned else None, state.session.day if returned else None)
    postings: list[Posting] = []
    ranges = tuple(ranges)
    for serials in ranges:
        pieces, shape = state.parcels.change(lot, serials, change)
        for piece, changed in pieces:
            changing._book_change(lot, piece, changed, postings)
        step.emit(shape)
    transaction = step.book(postings)
    step.emit(UnitsChanged(lot.lot, owner, ranges, *before, *standing, cause, subject))
    if (before[1] in GONE) != (standing[1] in GONE):
        changing._tell_movement(step, transaction, lot, owner, ranges, returned)


# --- where tonnes come from ------------------------------------------------------------------------------------------

SERIALS_FREE: Final = Off("exchange.core.credits.issuance:RangeIndex.overlaps", nothing_taken)
SPELLING: Final = Off("exchange.core.credits.lots:CreditRegister.is_spelt_otherwise", nothing_taken)
WORDING: Final = Off("exchange.core.credits.lots:CreditRegister.is_worded_as_another", nothing_taken)
PAPER: Final = Off("exchange.core.credits.lots:CreditRegister.is_lock_used", nothing_taken)
INSIDE: Final = Off("exchange.core.serials:SerialRange.contains", yes)
GROUND: Final = Off("exchange.core.credits.project:Projects.overlapping", no_objection)
ACTIVITY: Final = Off(f"{HANDLERS}.projects:fits_activity", yes)
VERIFIED: Final = Off(f"{HANDLERS}.projects:_refuse_ground", no_objection)
PERIOD: Final = Off(f"{HANDLERS}.projects:_refuse_period", no_objection)
SOURCE: Final = Off(f"{HANDLERS}.projects:refuse_source", no_objection)
SOURCE_SINCE: Final = Off(f"{HANDLERS}.credits:refuse_source", no_objection)
CONVERSION: Final = Off(f"{HANDLERS}.projects:_refuse_conversion", no_objection)
SOUND: Final = Off(f"{HANDLERS}.credits:refuse_standing_on", no_objection)
WHOSE_QUOTA: Final = Off(f"{HANDLERS}.credits:refuse_owner", no_objection)
PLAYS: Final = (
    Off(f"{HANDLERS}.projects:_plays", nothing_taken),
    Off(f"{HANDLERS}.credits:is_national", nothing_taken),
)
"""No venue has play units but a sandbox, and for all others a lock is asked."""

ROWS_TOGETHER: Final = Off("exchange.core.credits.rows_together:RowsTogether._refuse_beside", no_objection)

# --- what becomes of them --------------------------------------------------------------------------------------------

NAMED: Final = Off(f"{HANDLERS}.choosing:_refuse_named", no_objection)
NAMED_ONCE: Final = Off(f"{HANDLERS}.choosing:_refuse_twice", no_objection)
PURPOSE: Final = Off(f"{HANDLERS}.uses:_refuse_purpose", no_objection)
LOST: Final = Off(f"{HANDLERS}.reversals:_refuse_loss", no_objection)
REPLACED: Final = Off("exchange.core.credits.encumbrance:Reversal.is_replaced", property(nothing_taken))
REPLACING: Final = Off(f"{HANDLERS}.uses:refuse_replacing", no_objection)
DETAILS: Final = Off(f"{HANDLERS}.uses:fits_purpose", yes)
COVERED_BUYER: Final = Off(f"{HANDLERS}.uses:_refuse_covered_buyer", no_objection)
HELD_USE: Final = Off(f"{HANDLERS}.uses:is_encumbered", nothing_taken)
HELD_RELEASE: Final = Off(f"{HANDLERS}.releases:is_encumbered", nothing_taken)
NATIONAL_RELEASE: Final = Off(f"{HANDLERS}.releases:is_national", yes)
NOT_OUT: Final = Off(f"{HANDLERS}.credits:_refuse_not_out", no_objection)
COVERED_SINCE: Final = Off(f"{HANDLERS}.encumbering:_is_of_covered_source", nothing_taken)
FOR_GOOD: Final = Off(f"{HANDLERS}.encumbering:is_for_good", nothing_taken)
CLOSED: Final = Off(f"{HANDLERS}.approvals:ProposalStatus", OpenForEver)
FOUR_EYES: Final = Off(f"{HANDLERS}.approvals:_refuse_approval", no_objection)
ROLES: Final = (
    Off("exchange.api.pipeline:permit", no_objection),
    Off("exchange.core.machine:refuse_actor", no_objection),
    FOUR_EYES,
)
"""Who may give which command: the API asks before the core does."""

KEY_PAIRS: Final = Off(f"{HANDLERS}.keys:_refuse_pair", no_objection)

STANDING: Final = (
    Off(f"{HANDLERS}.changing:change_units", change_anything),
    Off(f"{HANDLERS}.registry:change_units", change_anything),
    Off(f"{HANDLERS}.credits:change_units", change_anything),
)
"""Whoever changes units looks where they stand; this is all places where the function is known."""

INVARIANTS: Final = Off("exchange.core.machine:check_step", no_objection)
COVER: Final = (Off("exchange.core.ledger.balances:Balances.available", plenty), INVARIANTS)
"""Rule COVER, and the check after each command that would see an account below zero."""

# --- the registry ----------------------------------------------------------------------------------------------------

RECEIPT: Final = Off(f"{HANDLERS}.registry:_refuse_receipt", no_objection)
REPETITION: Final = (
    RECEIPT,
    Off(f"{HANDLERS}.registry:_refuse_repetition", no_objection),
    Off("exchange.core.credits.registry_lock:RequestStatus.is_open", property(yes)),
    *STANDING,
    INVARIANTS,
)
OTHER_SERIALS: Final = Off(f"{HANDLERS}.registry:_refuse_other_serials", no_objection)
OTHER_REGISTRY: Final = Off(f"{HANDLERS}.registry:_refuse_other_registry", no_objection)
OTHER_TIME: Final = Off(f"{HANDLERS}.registry:_refuse_other_time", no_objection)
OTHER_DAY: Final = Off(f"{HANDLERS}.registry:_refuse_other_day", no_objection)
OTHER_ACT: Final = Off(f"{HANDLERS}.registry:_refuse_other_act", no_objection)
ANSWERS_ITSELF: Final = Off(f"{HANDLERS}.registry:is_national", nothing_taken)
