"""Quota of an ecosystem sink stands on CCER that were cancelled for it, and falls with them.

Five questions: which CCER can be converted, whether quota may be issued or come in against a claim now, for whom,
which lots did, and whether what holds them fast can ever be lifted. A claim is in doubt while the registry contradicts
itself or us about any of its serials; when it is revoked, nothing stands behind the quota any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import Claim, ClaimStatus
from exchange.core.credits.encumbrance import Encumbrance
from exchange.core.events.uses import LotRanges
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, LotId, ParticipantId


def refuse_standing_on(state: ExchangeState, number: ClaimId) -> Refusal | None:
    """Whether quota can stand on a claim: CCER that the registry has cancelled for it, beyond doubt."""
    claim = state.claims.claims.get(number)
    if claim is None or claim.purpose is not Purpose.CONVERSION or claim.status is not ClaimStatus.FULFILLED:
        return Refusal(RejectReason.CONVERSION_INVALID)
    return Refusal(RejectReason.CONVERSION_INVALID) if state.encumbrances.are_in_doubt(claim.units) else None


def refuse_converting(state: ExchangeState, firm: ParticipantId, units: Iterable[LotRanges]) -> Refusal | None:
    """Whether quota can be issued for these CCER, and the firm may bring it in: they would else be gone for nothing.

    Nobody else can bring it in, and it is of the one league and year of its CCER.
    """
    if not state.register.participants[firm].may_sell:
        return Refusal(RejectReason.ROLE_CANNOT_SELL)
    made = origins_of(state, units)
    of_a_league = all(league is not League.NONE for league, _ in made)
    return None if len(made) <= 1 and of_a_league else Refusal(RejectReason.CONVERSION_MIXED)


def origins_of(state: ExchangeState, units: Iterable[LotRanges]) -> set[tuple[League, int]]:
    """The leagues and years in which these tonnes were reduced."""
    return {(state.credits.league_of(part.lot), state.credits.lots[part.lot].vintage) for part in units}


def refuse_owner(state: ExchangeState, number: ClaimId, owner: ParticipantId) -> Refusal | None:
    """The quota is the firm's whose CCER were cancelled for it, and comes in for no other."""
    is_theirs = state.claims.claims[number].participant == owner
    return None if is_theirs else Refusal(RejectReason.OWNER_NOT_OF_CONVERSION)


def lots_against(state: ExchangeState, doubt: Encumbrance) -> list[LotId]:
    """The lots that were issued against the cancellation of what is in doubt, by id."""
    return sorted(lot for claim in _converted(state, doubt) for lot in state.credits.of_conversion[claim.claim])


def is_for_good(state: ExchangeState, made: Encumbrance) -> bool:
    """Whether it holds quota whose claim was revoked: that is never let go."""
    return made.is_doubt and any(claim.status is ClaimStatus.REVOKED for claim in _converted(state, made))


def _converted(state: ExchangeState, doubt: Encumbrance) -> Iterator[Claim]:
    """The claims on which lots stand and that have cancelled some of these serials."""
    for number in state.credits.of_conversion:
        claim = state.claims.claims[number]
        if any(part.lot == doubt.lot and doubt.meets(part.ranges) for part in claim.units):
            yield claim
