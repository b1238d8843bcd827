"""Using units for one purpose: chosen when proposed, gone when a second person and the registry have said so.

Quota ends here, at once. A CCER's use is pending until the national registry has cancelled it (注销, M28), since a mark
in our own books is no cancellation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exchange.core.approvals import Proposal
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import CcerGeneration, ProjectTerms
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import NO_REVERSAL, Intensity, Purpose, RevokeClaim, UseDetails, UseUnits
from exchange.core.credits.claims import NEEDS, Claim, ClaimStatus, covered, fits_purpose, offset_cap, surrender_key
from exchange.core.credits.states import ENDING, SELLABLE
from exchange.core.events.credits import Cause
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ClaimMade, ClaimRevoked
from exchange.core.handlers.asking import ask_registry
from exchange.core.handlers.changing import change_all
from exchange.core.handlers.choosing import Units, choose_units, lots_meant, refuse_unknown, tonnes_of
from exchange.core.handlers.conversions import refuse_converting
from exchange.core.handlers.encumbering import refuse_while_encumbering, suspend_units
from exchange.core.handlers.fulfilment import adjust_budgets, fulfil
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.replacing import (
    count_pending,
    owe_again,
    refuse_replacement_details,
    refuse_replacing,
    replacement_details,
)
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.rulebook import (
    ETS_BUYER_RULE,
    MILLION,
    OFFSET_CAP_RULE,
    OLD_CCER_RULE,
    RATIO_HIGH_RULE,
    RATIO_LOW_RULE,
)
from exchange.core.state import ExchangeState
from exchange.core.values import (
    MAX_TEXT,
    ClaimId,
    LotId,
    ParticipantId,
    Ppm,
    ProposalId,
    ReversalId,
    Tonnes,
    is_day,
)

_RATIOS: Final = {Intensity.HIGH: RATIO_HIGH_RULE, Intensity.LOW: RATIO_LOW_RULE}


# --- proposing -------------------------------------------------------------------------------------------------------


def refuse_use(state: ExchangeState, action: UseUnits) -> Refusal | None:
    """Whether the units are there, of a kind that can serve this purpose, and the law lets them."""
    chosen = (state, action.participant, action.instrument, action.picks)
    refusal = refuse_unknown(*chosen)
    if refusal is not None:
        return refusal
    units = choose_units(*chosen, action.quantity)
    return first_of(
        refuse_while_encumbering(state),
        refuse_replacement_details(action) if action.reversal else _refuse_details(action),
        units if isinstance(units, Refusal) else None,
        _refuse_purpose(state, action, lots_meant(*chosen)),
        _refuse_conversion(state, action, () if isinstance(units, Refusal) else units),
        _refuse_covering_nothing(action.quantity, ratio_for(state, action.details)),
    )


def _refuse_details(action: UseUnits) -> Refusal | None:
    if action.purpose not in NEEDS or not _are_details(action.details):
        return Refusal(RejectReason.INVALID_FIELD)
    return None if fits_purpose(action.purpose, action.details) else Refusal(RejectReason.PURPOSE_DETAILS)


def _are_details(details: UseDetails) -> bool:
    named = is_text(details.beneficiary_en) and is_text(details.beneficiary_zh)
    texts = (details.beneficiary_code, details.facility, details.project, details.event, details.province)
    days = details.event_day == 0 or is_day(details.event_day)
    return named and all(len(text) <= MAX_TEXT for text in texts) and 0 <= details.year <= 9_999 and days


def _refuse_purpose(state: ExchangeState, action: UseUnits, lots: Iterable[LotId]) -> Refusal | None:
    """What the law says of such units for this purpose."""
    terms = [state.credits.terms_of(lot) for lot in lots]
    families = {one.family for one in terms}
    if action.reversal:
        by_law = refuse_replacing(state, action, families)
    elif action.purpose is Purpose.NATIONAL_SURRENDER:
        by_law = first_of(_refuse_old(state, terms), _refuse_surrender(state, action))
    else:
        by_law = first_of(_refuse_covered_buyer(state, action.details, terms), _refuse_facility(state, action.details))
    return first_of(_refuse_family(action.purpose, families), _refuse_mixed(families), by_law)


def _refuse_conversion(state: ExchangeState, action: UseUnits, units: Units) -> Refusal | None:
    """Rule SINK-QUOTA: what is cancelled for quota can become quota."""
    is_one = action.purpose is Purpose.CONVERSION
    return refuse_converting(state, action.participant, units) if is_one else None


def _refuse_covering_nothing(quantity: Tonnes, ratio: Ppm) -> Refusal | None:
    """Rule DIFF: units that stand for no whole tonne would be gone, and nobody would have anything of it."""
    if covered(quantity, ratio) > 0:
        return None
    return Refusal(RejectReason.COVERS_NOTHING, (("lowest", -(-ratio // MILLION)),))


def _refuse_family(purpose: Purpose, families: set[Family]) -> Refusal | None:
    needs = NEEDS.get(purpose)
    fits = needs is None or families <= set(needs.families)
    return None if fits else Refusal(RejectReason.FAMILY_CANNOT_SERVE)


def _refuse_mixed(families: set[Family]) -> Refusal | None:
    """A use is booked as one, when all of it is done; quota would be gone before, until a registry answers."""
    mixed = Family.REDUCTION_QUOTA in families and len(families) > 1
    return Refusal(RejectReason.MIXED_UNITS) if mixed else None


def family_of(state: ExchangeState, lot: LotId) -> Family:
    """Which family a lot's units are of."""
    return state.credits.terms_of(lot).family


def _refuse_old(state: ExchangeState, terms: list[ProjectTerms]) -> Refusal | None:
    """Rule OLD-CCER: the day from which the old ones cannot be surrendered is the value of the rule."""
    if state.session.day < state.rulebook.number(OLD_CCER_RULE):
        return None
    old = any(one.ccer_generation is CcerGeneration.OLD for one in terms)
    return Refusal(RejectReason.OLD_CCER) if old else None


def _refuse_surrender(state: ExchangeState, action: UseUnits) -> Refusal | None:
    """Rule OFFSET-CAP: at most 5 % of what the facility has to surrender for the year, rounded down (办法 29).

    Only for the firm that runs it: anybody else would use its share up. Who surrenders may be another firm, such as its
    group's trader, so only what the venue has approved is taken of the share, and it is asked again at the approval.
    """
    if not state.credits.projects.covers(action.details.facility, action.details.year):
        return Refusal(RejectReason.FACILITY_NOT_COVERED)
    not_theirs = _refuse_facility(state, action.details)
    if not_theirs is not None:
        return not_theirs
    key = surrender_key(action.details)
    due = state.claims.due.get(key)
    if due is None:
        return Refusal(RejectReason.OBLIGATION_NOT_SET)
    left = offset_cap(due, state.rulebook.number(OFFSET_CAP_RULE)) - state.claims.surrendered.get(key, 0)
    return None if action.quantity <= left else Refusal(RejectReason.OFFSET_CAP, (("highest", max(left, 0)),))


def _refuse_facility(state: ExchangeState, details: UseDetails) -> Refusal | None:
    """A facility that is known is used for by the firm that runs it, and in the league in which it stands."""
    facility = state.credits.projects.facility(details.facility)
    if facility is None:
        return None
    if state.credits.projects.is_of_another(details.facility, details.beneficiary_code):
        return Refusal(RejectReason.FACILITY_NOT_THE_FIRMS)
    elsewhere = League.NONE not in (details.league, facility.league) and details.league is not facility.league
    return Refusal(RejectReason.FACILITY_IN_ANOTHER_LEAGUE) if elsewhere else None


def _refuse_covered_buyer(state: ExchangeState, details: UseDetails, terms: list[ProjectTerms]) -> Refusal | None:
    """Rule ETS-BUYER: a covered facility answers for its year in the national market, and would pay for it twice.

    A name that nobody knows may be a covered facility's second one. So a firm that runs a covered facility names one
    that is entered as its own and as not covered then.
    """
    quota = any(one.family is Family.REDUCTION_QUOTA for one in terms)
    if not details.facility or not quota or state.rulebook.number(ETS_BUYER_RULE):
        return None
    known, year = state.credits.projects, details.year
    if known.covers(details.facility, year):
        return Refusal(RejectReason.BUYER_COVERED)
    hidden = known.facility(details.facility) is None and known.has_covered(details.beneficiary_code, year)
    return Refusal(RejectReason.FACILITY_NOT_THE_FIRMS) if hidden else None


def reserve_use(step: Step, action: UseUnits) -> None:
    """Choose the serials and set them aside for this claim alone."""
    state, details = step.state, action.details
    units = choose_units(state, action.participant, action.instrument, action.picks, action.quantity)
    assert not isinstance(units, Refusal), "it was checked"
    if action.reversal:
        details = replacement_details(state, state.encumbrances.reversals[action.reversal])
    claim = make_claim(step, action.participant, action.purpose, details, units, action.reversal)
    change_all(step, units, action.participant, SELLABLE, Cause.USE_PROPOSED, claim.claim)


def make_claim(
    step: Step,
    participant: ParticipantId,
    purpose: Purpose,
    details: UseDetails,
    units: Units,
    reversal: ReversalId = NO_REVERSAL,
) -> Claim:
    """Enter a claim for these very serials; the proposal behind a forced one has not chosen them, so it has none."""
    state = step.state
    quantity, ratio = tonnes_of(units), ratio_for(state, details)
    claim = Claim(
        ClaimId(step.new_id()),
        step.proposal if purpose is not Purpose.FORCED else ProposalId(0),
        participant,
        purpose,
        details,
        units,
        quantity,
        ratio,
        covered(quantity, ratio),
        ClaimStatus.PROPOSED,
        state.session.day,
        Tonnes(0),
        reversal,
    )
    state.claims.add(claim)
    step.emit(
        ClaimMade(
            claim.claim,
            claim.proposal,
            participant,
            purpose,
            details,
            units,
            claim.quantity,
            claim.ratio,
            claim.covers,
            claim.reversal,
        )
    )
    return claim


def ratio_for(state: ExchangeState, details: UseDetails) -> Ppm:
    """How much is used for one tonne: rule DIFF asks for more where a new project is carbon-intensive (差别化)."""
    rule = _RATIOS.get(details.intensity)
    return Ppm(MILLION if rule is None else state.rulebook.number(rule))


# --- deciding --------------------------------------------------------------------------------------------------------


def refuse_claim(state: ExchangeState, proposal: Proposal) -> Refusal | None:
    """Whether what was chosen can still go: nothing holds it fast, and the law has not changed meanwhile."""
    claim = state.claims.proposed[proposal.proposal]
    assert isinstance(proposal.action, UseUnits)
    held = is_encumbered(state, claim.units, claim.participant)
    return first_of(
        refuse_while_encumbering(state),
        Refusal(RejectReason.UNITS_ENCUMBERED) if held else None,
        _refuse_purpose(state, proposal.action, [part.lot for part in claim.units]),
        _refuse_conversion(state, proposal.action, claim.units),
    )


def is_encumbered(state: ExchangeState, units: Units, owner: ParticipantId) -> bool:
    """Whether something holds any of these serials fast, which are set aside on their owner's account."""
    return any(
        parcel.encumbered
        for part in units
        for serials in part.ranges
        for parcel, _ in state.parcels.live(part.lot, serials, owner)
    )


def approve_use(step: Step, action: UseUnits) -> None:
    """Let the units go."""
    approve_claim(step, step.state.claims.proposed.pop(step.proposal))


def approve_claim(step: Step, claim: Claim) -> None:
    """Quota ends now; for everything else its registry is asked, and the claim waits for the receipts.

    A claim has no quota beside other units, so all of it ends in the entry in which the last of it does.
    """
    state = step.state
    state.claims.approve(claim)
    step.emit(ClaimApproved(claim.claim))
    step.created = claim.claim
    count_pending(state, claim)
    if family_of(state, claim.units[0].lot) is Family.REDUCTION_QUOTA:
        cause = Cause.EXPORTED if claim.purpose is Purpose.INTER_PROVINCE else Cause.RETIRED
        change_all(step, claim.units, claim.participant, ENDING, cause, claim.claim)
        fulfil(step, claim, claim.units)
        return
    for part in claim.units:
        lot = state.credits.lots[part.lot]
        for serials in part.ranges:
            ask_registry(step, RequestKind.CANCEL, lot, claim.participant, serials, claim.claim)


def withdraw_use(step: Step, action: UseUnits) -> None:
    """The proposal was rejected."""
    withdraw_claim(step, step.state.claims.proposed[step.proposal])


def withdraw_claim(step: Step, claim: Claim) -> None:
    """What was merely proposed is over: the units are free again."""
    del step.state.claims.proposed[claim.proposal]
    change_all(step, claim.units, claim.participant, ENDING, Cause.USE_WITHDRAWN, claim.claim)
    step.state.claims.end(claim)
    step.emit(ClaimEnded(claim.claim))


# --- afterwards ------------------------------------------------------------------------------------------------------


def refuse_revoking(state: ExchangeState, action: RevokeClaim) -> Refusal | None:
    """Only what has an effect can lose it. Quota that stands on it is held fast with it, which no other such work may
    cross.
    """
    claim = state.claims.claims.get(action.claim)
    if claim is None:
        return Refusal(RejectReason.CLAIM_NOT_FOUND)
    return first_of(
        None if is_text(action.reason) else Refusal(RejectReason.INVALID_FIELD),
        refuse_while_encumbering(state) if claim.converted else None,
        None if claim.status is ClaimStatus.FULFILLED else Refusal(RejectReason.CLAIM_CLOSED),
    )


def revoke_claim(step: Step, action: RevokeClaim) -> None:
    """The certificate is revoked; the units stay used. What the claim took of a facility's share is free again, and the
    leagues' budgets are as they were: nobody can count what was not used. Quota that was issued against it is held fast
    for good, and a loss that it had replaced is owed again.
    """
    claim = step.state.claims.claims[action.claim]
    step.state.claims.revoke(claim)
    step.emit(ClaimRevoked(claim.claim, action.reason))
    if claim.moves_budgets:
        adjust_budgets(step, claim.units, claim.details.league, claim.details.province, claim.claim, sign=-1)
    if claim.claim in step.state.credits.of_conversion:
        _hold_converted(step, claim, action.reason)
    if claim.reversal:
        owe_again(step, claim)
    step.created = claim.claim


def _hold_converted(step: Step, claim: Claim, reason: str) -> None:
    """Where the registry's contradiction holds the quota already, that is enough; one doubt reaches all of it."""
    state = step.state
    if not state.encumbrances.are_in_doubt(claim.units):
        first = claim.units[0]
        suspend_units(step, state.credits.lots[first.lot], first.ranges[0], reason)
