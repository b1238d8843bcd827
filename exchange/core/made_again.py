"""Sums made again from what has happened, with which the invariants compare those that are kept."""

from __future__ import annotations

from collections import defaultdict

from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import Claim, ClaimStatus
from exchange.core.credits.encumbrance import EVERY_VINTAGE
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.credits.states import NOT_LOCKED
from exchange.core.state import ExchangeState
from exchange.core.values import ParticipantId, ProjectId

Place = tuple[League, League, str]
"""The league that made tonnes, the league in which they count, and the province."""

Debt = tuple[ParticipantId, ProjectId, int]
"""A firm, a project, and a vintage (0: all)."""


def wrongly_booked(state: ExchangeState) -> dict[Place, int]:
    """What the leagues' adjustments of all years lack, or (negative) have too much: made again from claims and from
    what the registry has confirmed.
    """
    due: dict[Place, int] = defaultdict(int)
    for claim in state.claims.claims.values():
        if claim.status is ClaimStatus.FULFILLED and not _stays_at_home(claim):
            for part in claim.units:
                place = (state.credits.league_of(part.lot), claim.details.league, claim.details.province)
                due[place] += sum(serials.tonnes for serials in part.ranges)
    for request in state.requests.by_id.values():
        if request.status is RequestStatus.CONFIRMED and (request.kind is RequestKind.RELEASE or request.returning):
            sign = -1 if request.returning else 1
            due[state.credits.league_of(request.lot), League.NONE, ""] += sign * request.serials.tonnes
    for booked in state.budgets.adjustments.values():
        due[booked.source, booked.used_in, booked.province] -= booked.quantity
    return {place: left for place, left in due.items() if left and place[0] not in (League.NONE, place[1])}


def _stays_at_home(claim: Claim) -> bool:
    """A conversion goes on as quota; what replaces a loss of no league counts nowhere else."""
    return claim.purpose is Purpose.CONVERSION or (claim.reversal > 0 and claim.details.league is League.NONE)


def overcharged(state: ExchangeState) -> dict[Debt, int]:
    """By how many tonnes a firm answers for more of a project and vintage than it has brought in: made again from where
    all tonnes stand. Quota counts where nothing is cancelled for it any more.
    """
    left: dict[Debt, int] = defaultdict(int)
    for shelf in (state.parcels.held, state.parcels.aside, state.parcels.gone):
        for (number, _), parcels in shelf.items():
            lot = state.credits.lots[number]
            issuance = state.credits.issuances[lot.issuance]
            if issuance.converted and state.claims.claims[issuance.converted].status is ClaimStatus.FULFILLED:
                continue
            became = sum(one.hi - one.lo for one in parcels if (one.tag, one.state) not in NOT_LOCKED)
            for vintage in (EVERY_VINTAGE, lot.vintage):
                left[lot.brought_by, issuance.project, vintage] += became
    for reversal in state.encumbrances.reversals.values():
        for vintage in sorted({EVERY_VINTAGE, reversal.vintage}):
            left[reversal.responsible, reversal.project, vintage] -= reversal.quantity
    return {debt: -tonnes for debt, tonnes in left.items() if tonnes < 0}
