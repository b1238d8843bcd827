"""When the registry has spoken about all units of a claim or a release: what it comes to, and the league's budgets."""

from __future__ import annotations

from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RequestKind
from exchange.core.credits.claims import Claim, Release, ReleaseStatus, covered
from exchange.core.credits.project import YEAR
from exchange.core.credits.registry_lock import Request, RequestStatus
from exchange.core.credits.states import ENDING, LEAVING
from exchange.core.events.credits import Cause
from exchange.core.events.encumbrances import ReversalReplaced
from exchange.core.events.uses import BudgetAdjusted, ClaimEnded, ClaimFulfilled, LotRanges, ReleaseDone
from exchange.core.handlers.changing import change_all
from exchange.core.handlers.choosing import Units, tonnes_of
from exchange.core.handlers.step import Step
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, LotId, ReleaseId, Tonnes


def note_answer(step: Step, request: Request) -> None:
    """An answer about a claim or a release came; with the last one it is over."""
    state = step.state
    if not state.requests.are_answered(request.subject):
        return
    confirmed = _answered(state, request.subject, RequestStatus.CONFIRMED)
    if request.kind is RequestKind.CANCEL:
        _close_claim(step, state.claims.claims[ClaimId(request.subject)], confirmed)
    else:
        _close_release(step, state.claims.releases[ReleaseId(request.subject)], confirmed)


def _answered(state: ExchangeState, subject: int, status: RequestStatus) -> Units:
    """The serials of a claim or release that the registry has confirmed or refused, by lot."""
    by_lot: dict[LotId, list[SerialRange]] = {}
    for number in state.requests.of_subject[subject]:
        request = state.requests.by_id[number]
        if request.status is status:
            by_lot.setdefault(request.lot, []).append(request.serials)
    return tuple(LotRanges(lot, tuple(ranges)) for lot, ranges in sorted(by_lot.items()))


def _close_claim(step: Step, claim: Claim, confirmed: Units) -> None:
    """What the registry refused is free again; a claim of which nothing is left has no effect."""
    refused = _answered(step.state, claim.claim, RequestStatus.REFUSED)
    change_all(step, refused, claim.participant, ENDING, Cause.USE_REFUSED, claim.claim)
    if confirmed:
        fulfil(step, claim, confirmed)
        return
    step.state.claims.end(claim)
    step.emit(ClaimEnded(claim.claim))
    if claim.reversal:
        reversal = step.state.encumbrances.reversals[claim.reversal]
        reversal.pending = Tonnes(reversal.pending - claim.quantity)


def fulfil(step: Step, claim: Claim, units: Units) -> None:
    """The units are gone for good: the claim stands, and the leagues' budgets are adjusted in the same entry."""
    state = step.state
    chosen, quantity = claim.quantity, tonnes_of(units)
    # What the registry refused covers nothing. What is gone is counted by the ratio, not as a share of what all that
    # was chosen would have covered: the part of a tonne that was lost of that would be lost once more.
    covers = covered(quantity, claim.ratio)
    state.claims.fulfil(claim, units, quantity, covers, state.session.day)
    step.emit(ClaimFulfilled(claim.claim, claim.day, units, quantity, covers))
    if claim.moves_budgets:
        adjust_budgets(step, units, claim.details.league, claim.details.province, claim.claim)
    if claim.reversal:
        reversal = state.encumbrances.reversals[claim.reversal]
        reversal.pending = Tonnes(reversal.pending - chosen)
        reversal.replaced = Tonnes(reversal.replaced + quantity)
        step.emit(ReversalReplaced(claim.reversal, claim.claim, quantity, reversal.shortfall))


def _close_release(step: Step, release: Release, confirmed: Units) -> None:
    """What the registry refused is free again."""
    refused = _answered(step.state, release.release, RequestStatus.REFUSED)
    change_all(step, refused, release.participant, LEAVING, Cause.RELEASE_REFUSED, release.release)
    release.status = ReleaseStatus.DONE if confirmed else ReleaseStatus.ENDED
    step.emit(ReleaseDone(release.release, confirmed, tonnes_of(confirmed)))


def adjust_budgets(step: Step, units: Units, used_in: League, province: str, subject: int, sign: int = 1) -> None:
    """Rule LEAGUE-CA: tonnes that count somewhere else from now on, or (``sign`` -1) no longer; by who made them."""
    state = step.state
    tonnes: dict[League, int] = {}
    for part in units:
        source = state.credits.league_of(part.lot)
        tonnes[source] = tonnes.get(source, 0) + sum(serials.tonnes for serials in part.ranges)
    year = state.session.day // YEAR
    for source, quantity in sorted(tonnes.items()):
        # A unit of no league of this region takes nothing off anybody's account.
        if source is League.NONE or source is used_in:
            continue
        state.budgets.adjust(source, used_in, province, year, sign * quantity)
        step.emit(BudgetAdjusted(source, used_in, province, year, sign * quantity, subject))
