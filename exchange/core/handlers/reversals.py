"""Stored carbon that was lost again (fire, pests, felling): who is responsible replaces it, of his own accord or not.

The buyers of units keep them: what they bought was real when they bought it. As many other tonnes of whoever is
responsible are cancelled; where there are not enough, the shortfall stays on record (rule
REVERSAL).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal, WithdrawReversal
from exchange.core.commands.instruments import Family
from exchange.core.commands.uses import Purpose
from exchange.core.credits.allocation import delivery_order
from exchange.core.credits.encumbrance import EVERY_VINTAGE, Reversal
from exchange.core.credits.lots import Lot
from exchange.core.credits.states import SELLABLE
from exchange.core.events.credits import Cause
from exchange.core.events.encumbrances import ReversalReported, ReversalWithdrawn
from exchange.core.events.uses import LotRanges
from exchange.core.handlers.changing import change_all
from exchange.core.handlers.choosing import Units
from exchange.core.handlers.encumbering import refuse_while_encumbering
from exchange.core.handlers.giving_way import give_way, in_the_way
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.projects import VINTAGES
from exchange.core.handlers.replacing import replacement_details
from exchange.core.handlers.scattered import MAX_RANGES
from exchange.core.handlers.step import Step
from exchange.core.handlers.uncovering import Uncovering
from exchange.core.handlers.uses import approve_claim, make_claim
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_QUANTITY, LotId, ReversalId, Tonnes

MOST_ENDED: Final = 500
"""How many sells and agreements one order of the regulator ends."""


def refuse_reversal(state: ExchangeState, action: ReportReversal) -> Refusal | None:
    """Whether the firm brought in as many such tonnes for which it does not answer yet: who only bought them keeps
    them, and who turned them into quota has made none.
    """
    if action.responsible not in state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    if action.project not in state.credits.projects.projects:
        return Refusal(RejectReason.PROJECT_NOT_FOUND)
    if not is_text(action.cause) or not (action.vintage == EVERY_VINTAGE or action.vintage in VINTAGES):
        return Refusal(RejectReason.INVALID_FIELD)
    if not 1 <= action.quantity <= MAX_QUANTITY:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 1), ("highest", MAX_QUANTITY)))
    return _refuse_loss(state, action)


def _refuse_loss(state: ExchangeState, action: ReportReversal) -> Refusal | None:
    """What the firm never brought in, or owes already, it cannot owe; neither of the vintage nor of all together. What
    all firms brought in was issued, so no more is lost than that either.
    """
    brought = state.brought_in(action.project, action.responsible)
    if not brought or action.vintage not in (EVERY_VINTAGE, *brought):
        return Refusal(RejectReason.NOTHING_BROUGHT_IN)
    left = state.encumbrances.left_to_lose(action.project, action.responsible, brought)
    highest = min(left[EVERY_VINTAGE], left[action.vintage])
    return None if action.quantity <= highest else Refusal(RejectReason.REVERSAL_EXCEEDED, (("highest", highest),))


def report_reversal(step: Step, action: ReportReversal) -> None:
    """Enter what has to be replaced. Holding units fast meanwhile is an encumbrance, which one person can set."""
    reversal = Reversal(
        ReversalId(step.new_id()),
        action.project,
        action.vintage,
        action.responsible,
        action.quantity,
        Tonnes(0),
        Tonnes(0),
        action.cause,
    )
    step.state.encumbrances.reversals[reversal.reversal] = reversal
    step.created = reversal.reversal
    step.emit(
        ReversalReported(
            reversal.reversal,
            reversal.project,
            reversal.vintage,
            reversal.responsible,
            reversal.quantity,
            reversal.cause,
        )
    )


def refuse_withdrawal(state: ExchangeState, action: WithdrawReversal) -> Refusal | None:
    """Whether nothing replaces it, nor is about to: what is gone was owed. What was revoked replaces nothing."""
    reversal = state.encumbrances.reversals.get(action.reversal)
    if reversal is None:
        return Refusal(RejectReason.REVERSAL_NOT_FOUND)
    if reversal.is_replaced:
        return Refusal(RejectReason.REVERSAL_REPLACED)
    return None if is_text(action.reason) else Refusal(RejectReason.INVALID_FIELD)


def withdraw_reversal(step: Step, action: WithdrawReversal) -> None:
    """It was a mistake: nothing is owed, the tonnes count as there again, and what was proposed to replace it cannot be
    approved any more.
    """
    del step.state.encumbrances.reversals[action.reversal]
    step.emit(ReversalWithdrawn(action.reversal, action.reason))


def refuse_forcing(state: ExchangeState, action: ForceCancellation) -> Refusal | None:
    """Whether something is still owed and anything is there to cancel."""
    reversal = state.encumbrances.reversals.get(action.reversal)
    if reversal is None:
        return Refusal(RejectReason.REVERSAL_NOT_FOUND)
    if state.encumbrances.working:
        return refuse_while_encumbering(state)
    if reversal.owed <= 0:
        return Refusal(RejectReason.NOTHING_TO_REPLACE)
    there = _is_anything_there(state, reversal)
    return None if there else Refusal(RejectReason.NOTHING_TO_REPLACE, (("needed", reversal.owed),))


def _is_anything_there(state: ExchangeState, reversal: Reversal) -> bool:
    """Whether the firm has anything to cancel, or has set it aside for itself."""
    aside = in_the_way(state, reversal.responsible, _family_lost(state, reversal))
    return next(_replacements(state, reversal), None) is not None or next(aside, None) is not None


def _family_lost(state: ExchangeState, reversal: Reversal) -> Family:
    return state.credits.projects.projects[reversal.project].terms.family


def _replacements(state: ExchangeState, reversal: Reversal) -> Iterator[tuple[Lot, SerialRange]]:
    """The serials of the firm that can be cancelled in place of what was lost: of the same family and held by nothing,
    oldest vintage and lowest serial first. That they are offered for sale does not keep them.
    """
    owner, family = reversal.responsible, _family_lost(state, reversal)
    baskets = state.parcels.lots_of.get(owner, {})
    lots = [lot for basket, lots in baskets.items() if basket[0] == family for lot in lots]
    for lot in sorted(lots, key=delivery_order):
        yield from ((lot, serials) for serials in state.parcels.sellable(lot.lot, owner, lot.serials))


def force_cancellation(step: Step, action: ForceCancellation) -> None:
    """Cancel as much as is owed, or all that is there; one claim with the purpose FORCED.

    Sells that need the tonnes end first. Where all that can be sold is not enough, what the firm has set aside for
    itself ends too. Where those are more than one entry may end, or the tonnes too scattered, the regulator's next
    order goes on.
    """
    state = step.state
    reversal = state.encumbrances.reversals[action.reversal]
    _free_what_is_aside(step, reversal)
    units = _freed(step, reversal, _chosen(state, reversal))
    details = replacement_details(state, reversal)
    claim = make_claim(step, reversal.responsible, Purpose.FORCED, details, units, reversal.reversal)
    change_all(step, units, reversal.responsible, SELLABLE, Cause.USE_PROPOSED, claim.claim)
    approve_claim(step, claim)


def _free_what_is_aside(step: Step, reversal: Reversal) -> None:
    """End uses and releases of the firm, as far as all that it could sell is less than it owes."""
    there = list(islice(_replacements(step.state, reversal), MAX_RANGES))
    missing = reversal.owed - sum(serials.tonnes for _, serials in there)
    family = _family_lost(step.state, reversal)
    give_way(step, reversal.responsible, family, missing, MAX_RANGES - len(there))


def _chosen(state: ExchangeState, reversal: Reversal) -> dict[LotId, list[SerialRange]]:
    """The serials by lot, in the order in which they are to go; no more ranges than one entry may move."""
    missing = int(reversal.owed)
    chosen: dict[LotId, list[SerialRange]] = {}
    for lot, serials in islice(_replacements(state, reversal), MAX_RANGES):
        taken = min(missing, serials.tonnes)
        chosen.setdefault(lot.lot, []).append(SerialRange(serials.lo, serials.lo + taken))
        missing -= taken
        if not missing:
            break
    return chosen


def _freed(step: Step, reversal: Reversal, chosen: dict[LotId, list[SerialRange]]) -> Units:
    """What of them nothing needs any more, after sells and agreements were ended: of the last lot perhaps a part."""
    state, owner = step.state, reversal.responsible
    uncovering = Uncovering(step, MOST_ENDED)
    units: list[LotRanges] = []
    for number, ranges in chosen.items():
        wanted = sum(serials.tonnes for serials in ranges)
        is_all = uncovering.frees(state.credits.lots[number], owner, wanted)
        free = wanted if is_all else state.balances.available(owner, number)
        if free > 0:
            units.append(LotRanges(number, tuple(_first(ranges, free))))
        if not is_all:
            break
    return tuple(units)


def _first(ranges: list[SerialRange], tonnes: int) -> Iterator[SerialRange]:
    """So many tonnes of these ranges, the first ones."""
    for serials in ranges:
        taken = min(tonnes, serials.tonnes)
        if taken:
            yield SerialRange(serials.lo, serials.lo + taken)
        tonnes -= taken
