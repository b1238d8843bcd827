"""Bugs that the core could have about what belongs to what: units to their owner, lots to the freeze that is about
them, adjustments to their use, and requests to lock to their lot; the others are in
:mod:`tests.double_counting.core_bugs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import Purpose, ReleaseUnits
from exchange.core.credits.claims import Claim
from exchange.core.events.uses import BudgetAdjusted, ClaimMade, ReleaseMade
from exchange.core.handlers import approvals
from exchange.core.handlers.asking import ask_registry
from exchange.core.handlers.choosing import Units
from exchange.core.handlers.fulfilment import adjust_budgets
from exchange.core.handlers.releases import reserve_release
from exchange.core.handlers.step import Step
from exchange.core.handlers.uses import make_claim
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, ParticipantId, Side
from tests.double_counting.attempts import Off
from tests.double_counting.careless import HANDLERS, no_objection
from tests.double_counting.core_bugs import bug
from tests.double_counting.scene import QUOTA, Scene

# --- whose units they are --------------------------------------------------------------------------------------------

_OWNER: Final = "parcel_changes_for_their_owner"


def _another(step: Step, owner: ParticipantId) -> ParticipantId:
    return next(firm for firm in step.state.register.participants if firm != owner)


def _claim_for_another(step: Step, participant: ParticipantId, *given: Any) -> Claim:
    claim = make_claim(step, participant, *given)
    (told,) = (event for event in step.events if isinstance(event, ClaimMade))
    told.participant = _another(step, participant)
    return claim


@bug(_OWNER, "CLAIM-WRONG", Off(f"{HANDLERS}.uses:make_claim", _claim_for_another))
def quota_is_used_that_another_firm_has(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


def _release_for_another(step: Step, action: ReleaseUnits) -> None:
    reserve_release(step, action)
    (told,) = (event for event in step.events if isinstance(event, ReleaseMade))
    told.participant = _another(step, told.participant)


_STEPS: Final = approvals.ACTIONS
_RELEASING: Final = Off(
    f"{HANDLERS}.approvals:ACTIONS",
    {**_STEPS, ReleaseUnits: replace(_STEPS[ReleaseUnits], reserve=_release_for_another)},
)


@bug(_OWNER, "CLAIM-WRONG", _RELEASING)
def ccer_are_released_that_another_firm_has(scene: Scene) -> None:
    scene.agree(scene.release(61, 71), scene.second)


# --- what an encumbrance is about ------------------------------------------------------------------------------------


def _comes_in_free(*_: Any) -> int:
    """In the place of :func:`exchange.core.handlers.encumbering.encumber_new_lot`: nothing holds it."""
    return 0


_FREE: Final = Off(f"{HANDLERS}.credits:encumber_new_lot", _comes_in_free)


def _later_lot(scene: Scene) -> LotId:
    """A lot of a frozen project that nobody has told to be frozen."""
    scene.freeze_project()
    return scene.lot(scene.wood, 50, QUOTA)


@bug("parcel_changes_of_free_units", "HELD-MOVED", _FREE)
def a_later_lot_of_a_frozen_project_is_used(scene: Scene) -> None:
    scene.used(scene.of(_later_lot(scene), 10))


@bug("movements_of_free_units", "HELD-MOVED", _FREE)
def a_later_lot_of_a_frozen_project_is_sold(scene: Scene) -> None:
    _later_lot(scene)
    listed = scene.instrument(family=QUOTA)
    scene.done(scene.order(scene.wood, listed, Side.SELL, 10, 3_000))
    scene.done(scene.order(scene.steel, listed, Side.BUY, 10, 3_000))


# --- what counts where -----------------------------------------------------------------------------------------------

_BOOKED: Final = "budget_entries_as_used"


def _adjusting(instead: Callable[..., None]) -> Off:
    """A use that is done makes other adjustments."""
    return Off(f"{HANDLERS}.fulfilment:adjust_budgets", instead)


def _for_another_league(step: Step, units: Units, _: League, province: str, subject: int) -> None:
    adjust_budgets(step, units, League.WUHAI, province, subject)


@bug(_BOOKED, "BUDGET-WRONG", _adjusting(_for_another_league))
def a_use_in_one_league_counts_in_another(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


def _for_another_province(step: Step, units: Units, used_in: League, _: str, subject: int) -> None:
    adjust_budgets(step, units, used_in, "Gansu", subject)


@bug(_BOOKED, "BUDGET-WRONG", _adjusting(_for_another_province))
def a_use_in_one_province_counts_in_another(scene: Scene) -> None:
    scene.used(scene.quota(101, 111), purpose=Purpose.INTER_PROVINCE, league=League.NONE, province="Hebei")


def _in_another_year(step: Step, *given: Any) -> None:
    adjust_budgets(step, *given)
    for event in step.events:
        if isinstance(event, BudgetAdjusted):
            event.year += 1


@bug(_BOOKED, "BUDGET-WRONG", _adjusting(_in_another_year))
def a_use_of_one_year_counts_in_the_next(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


@bug(_BOOKED, "BUDGET-WRONG", _adjusting(no_objection))
def a_use_in_another_league_counts_at_home_too(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


@bug(_BOOKED, "BUDGET-WRONG", Off(f"{HANDLERS}.registry:adjust_budgets", no_objection))
def what_was_released_counts_at_home_too(scene: Scene) -> None:
    scene.sent_out(61, 71)


@bug(_BOOKED, "BUDGET-WRONG", Off(f"{HANDLERS}.uses:adjust_budgets", no_objection))
def a_use_that_was_revoked_counts_still(scene: Scene) -> None:
    scene.revoked(scene.used(scene.quota(101, 111)))


_ALWAYS: Final = property(lambda claim: claim.purpose is not Purpose.CONVERSION)
"""In the place of :attr:`exchange.core.credits.claims.Claim.moves_budgets`: what replaces a loss of no league, too."""


@bug(_BOOKED, "BUDGET-WRONG", Off("exchange.core.credits.claims:Claim.moves_budgets", _ALWAYS))
def what_replaces_a_loss_of_no_league_counts_in_the_nation(scene: Scene) -> None:
    scene.lot(scene.wood, 10, project="FAR")
    scene.agree(scene.replacing(scene.lost(10, "FAR"), scene.serials(1, 11)), scene.second)
    scene.registry_confirms()


@bug(_BOOKED, "BUDGET-WRONG", Off("exchange.core.credits.claims:Claim.moves_budgets", property(no_objection)))
def what_replaces_a_loss_in_another_league_counts_at_home(scene: Scene) -> None:
    scene.new_project("HILLS", league=League.ALXA)
    scene.lot(scene.wood, 10, project="HILLS")
    scene.agree(scene.replacing(scene.lost(10, "HILLS"), scene.serials(1, 11)), scene.second)
    scene.registry_confirms()


# --- what a lock is asked for ----------------------------------------------------------------------------------------


def _lock_more(step: Step, kind: RequestKind, lot: Any, owner: ParticipantId, serials: Any, subject: int) -> None:
    ask_registry(step, kind, lot, owner, serials, subject)
    ask_registry(step, RequestKind.LOCK, lot, owner, SerialRange(51, 61))


@bug("registry_requests_wanted", "ASKED-WRONG", Off(f"{HANDLERS}.uses:ask_registry", _lock_more))
def a_lock_is_asked_for_that_no_lot_waits_for(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))


_NEW: Final = 501
"""The first serial of the lot that waits."""


def _lock_for_another(step: Step, kind: RequestKind, lot: Any, owner: ParticipantId, serials: Any) -> None:
    """The lots that are there already are left as they are."""
    ask_registry(step, kind, lot, owner if serials.lo < _NEW else _another(step, owner), serials)


@bug("registry_requests_wanted", "ASKED-WRONG", Off(f"{HANDLERS}.credits:ask_registry", _lock_for_another))
def a_lock_is_asked_for_in_another_firms_name(scene: Scene) -> None:
    scene.waiting_lot()
