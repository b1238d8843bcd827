"""What a firm has set aside for itself ends by the regulator's order to cancel units, when all else is not enough.

Otherwise a firm would keep its units from the order by proposing to use or to release them, and have that approved
afterwards. What the registry was asked for stays: by now it may be done there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from exchange.core.approvals import ProposalStatus, close_proposal
from exchange.core.commands.instruments import Family
from exchange.core.credits.claims import Claim, Release
from exchange.core.events.governance import ProposalRejected
from exchange.core.handlers.releases import end_release
from exchange.core.handlers.step import Step
from exchange.core.handlers.uses import withdraw_claim
from exchange.core.state import ExchangeState
from exchange.core.timers import TimerKind
from exchange.core.values import NOBODY, ParticipantId, PersonId, ProposalId, ReleaseId

BY_ORDER: Final = "FORCED_CANCELLATION"
"""Why a proposal ended that nobody has rejected."""

Waiting = Claim | Release


def give_way(step: Step, owner: ParticipantId, family: Family, missing: int, most_ranges: int) -> None:
    """End what the firm has set aside, one after the other, until so many tonnes more of a family can be taken.

    What would give back more ranges than ``most_ranges`` in all waits for the regulator's next order.
    """
    left = most_ranges
    for waiting, tonnes in list(in_the_way(step.state, owner, family)):
        left -= sum(len(part.ranges) for part in waiting.units)
        if missing <= 0 or left < 0:
            return
        _end(step, waiting)
        missing -= tonnes


def in_the_way(state: ExchangeState, owner: ParticipantId, family: Family) -> Iterator[tuple[Waiting, int]]:
    """What can end, in this order, and how many tonnes that would free: what is merely proposed, newest first, and then
    approved releases that have not left, newest first. What is all held fast would free nothing.
    """
    claims = state.claims
    proposed: dict[ProposalId, Waiting] = {**claims.proposed, **claims.leaving}
    cooling = [claims.releases[ReleaseId(number)] for _, number in state.timers.queues[TimerKind.RELEASE]]
    for waiting in (*_newest_first(proposed.values()), *_newest_first(cooling)):
        if waiting.participant == owner and (tonnes := _would_free(state, waiting, family)):
            yield waiting, tonnes


def _newest_first(waiting: Iterable[Waiting]) -> list[Waiting]:
    return sorted(waiting, key=lambda one: one.proposal, reverse=True)


def _would_free(state: ExchangeState, waiting: Waiting, family: Family) -> int:
    """How many tonnes of a family could be taken if it ended."""
    return sum(
        part.tonnes
        for units in waiting.units
        if state.credits.terms_of(units.lot).family is family
        for serials in units.ranges
        for parcel, part in state.parcels.live(units.lot, serials, waiting.participant)
        if not parcel.encumbered
    )


def _end(step: Step, waiting: Waiting) -> None:
    """The order's act and no person's; the entry tells who has approved the order."""
    state = step.state
    proposal = state.proposals[waiting.proposal]
    if proposal.status is ProposalStatus.OPEN:
        close_proposal(state.register, proposal, ProposalStatus.REJECTED)
        step.emit(ProposalRejected(proposal.proposal, PersonId(NOBODY), BY_ORDER))
    if isinstance(waiting, Claim):
        withdraw_claim(step, waiting)
    else:
        end_release(step, waiting)
