"""What replaces stored carbon that was lost again: a use that names the reversal, or the regulator's order.

Either way it is a claim of whoever is responsible, of units of the same family, and no claim to a benefit: it serves
the project whose tonnes are replaced, so the two have the same details, which the core writes and nobody gives.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.instruments import Family, League
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, UseDetails, UseUnits
from exchange.core.credits.claims import Claim
from exchange.core.credits.encumbrance import Reversal
from exchange.core.events.encumbrances import ReversalOwedAgain
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import Day, Tonnes

NO_DETAILS: Final = UseDetails(
    "", "", "", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.NONE
)  # fmt: skip
"""What a use that names a reversal says of itself: nothing, since the reversal says it all."""


def refuse_replacement_details(action: UseUnits) -> Refusal | None:
    """A firm replaces of its own accord (VOLUNTARY), and names nobody who would have the benefit."""
    fits = action.purpose is Purpose.VOLUNTARY and action.details == NO_DETAILS
    return None if fits else Refusal(RejectReason.PURPOSE_DETAILS)


def refuse_replacing(state: ExchangeState, action: UseUnits, families: set[Family]) -> Refusal | None:
    """Whether the firm is the one that owes, the units are of the family that was lost, and no more than is owed.

    Asked again when the venue approves, since the regulator may have forced a cancellation meanwhile. A foreign
    reversal does not exist for a firm.
    """
    reversal = state.encumbrances.reversals.get(action.reversal)
    if reversal is None or reversal.responsible != action.participant:
        return Refusal(RejectReason.REVERSAL_NOT_FOUND)
    if reversal.owed <= 0:
        return Refusal(RejectReason.NOTHING_TO_REPLACE)
    if action.quantity > reversal.owed:
        return Refusal(RejectReason.MORE_THAN_OWED, (("highest", reversal.owed),))
    lost = state.credits.projects.projects[reversal.project].terms.family
    return None if families <= {lost} else Refusal(RejectReason.FAMILY_CANNOT_SERVE)


def replacement_details(state: ExchangeState, reversal: Reversal) -> UseDetails:
    """A replacement serves nobody: the beneficiary is the project whose tonnes are replaced."""
    terms = state.credits.projects.projects[reversal.project].terms
    return UseDetails(
        terms.name_en,
        terms.name_zh,
        terms.code,
        "",
        0,
        "",
        Intensity.NONE,
        Neutrality.NONE,
        "",
        Day(0),
        "",
        terms.league,
    )


def count_pending(state: ExchangeState, claim: Claim) -> None:
    """Its tonnes are on their way out, so they are not asked for again. Only an approved claim counts: what a firm has
    merely proposed keeps nobody from ordering the cancellation.
    """
    if claim.reversal:
        reversal = state.encumbrances.reversals[claim.reversal]
        reversal.pending = Tonnes(reversal.pending + claim.quantity)


def owe_again(step: Step, claim: Claim) -> None:
    """What it had replaced is owed once more, since the claim was revoked; its units replace nothing any more, and can
    do nothing else.
    """
    reversal = step.state.encumbrances.reversals[claim.reversal]
    reversal.replaced = Tonnes(reversal.replaced - claim.quantity)
    step.emit(ReversalOwedAgain(reversal.reversal, claim.claim, claim.quantity, reversal.shortfall))
