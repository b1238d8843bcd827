"""Claims: for which one purpose units are used, by whom; guard (4): one tonne has one claim, for ever.

What each purpose asks for is a table here. A claim is made when a use is proposed, with the very serials, and is over
when the use is withdrawn or refused before any unit was gone; one that is fulfilled stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from exchange.core.commands.instruments import Family, League
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, UseDetails
from exchange.core.credits.project import YEAR
from exchange.core.credits.provinces import is_province
from exchange.core.credits.spelling import folded_number, is_firm_code, is_name
from exchange.core.events.uses import LotRanges
from exchange.core.rulebook import MILLION
from exchange.core.values import ClaimId, Day, Micros, ParticipantId, Ppm, ProposalId, ReleaseId, ReversalId, Tonnes

EVENT_YEARS: Final = range(2019, 2101)
"""When an event can be: the national guide to carbon-neutral events is of 2019, and a slip of the pen is no event."""

CCER, QUOTA, OTHER = Family.FORESTRY_CCER, Family.REDUCTION_QUOTA, Family.OTHER_SINK


class ClaimStatus(IntEnum):
    """PROPOSED and PENDING can still end without effect; FULFILLED cannot, but can be REVOKED afterwards."""

    PROPOSED = 1
    PENDING = 2
    FULFILLED = 3
    ENDED = 4
    REVOKED = 5

    @property
    def is_open(self) -> bool:
        """Whether its units are still to go."""
        return self in (ClaimStatus.PROPOSED, ClaimStatus.PENDING)


@dataclass(slots=True)
class Claim:
    """One use of units. ``covers`` is what they stand for by ``ratio``, the rulebook's when it was proposed;
    ``converted`` how many of its tonnes were issued again as ecosystem-sink quota (purpose CONVERSION); ``reversal``
    what it replaces.
    """

    claim: ClaimId
    proposal: ProposalId
    participant: ParticipantId
    purpose: Purpose
    details: UseDetails
    units: tuple[LotRanges, ...]
    quantity: Tonnes
    ratio: Ppm
    covers: Tonnes
    status: ClaimStatus
    day: Day
    converted: Tonnes
    reversal: ReversalId

    @property
    def moves_budgets(self) -> bool:
        """Whether its tonnes count elsewhere than at home once they are used. What is converted is not used yet. What
        replaces a loss of no league of the region serves none of those that rule LEAGUE-CA knows: no other league, not
        the national market, no other province.
        """
        is_of_no_league = bool(self.reversal) and self.details.league is League.NONE
        return self.purpose is not Purpose.CONVERSION and not is_of_no_league


class ReleaseStatus(IntEnum):
    """PROPOSED, COOLING until it leaves, SENT to the registry; then DONE, or ENDED when none of it or not all left."""

    PROPOSED = 1
    COOLING = 2
    SENT = 3
    DONE = 4
    ENDED = 5


@dataclass(slots=True)
class Release:
    """Units on their way to the national market; can be called off until ``callable_until``."""

    release: ReleaseId
    proposal: ProposalId
    participant: ParticipantId
    units: tuple[LotRanges, ...]
    quantity: Tonnes
    national_account: str
    callable_until: Micros
    status: ReleaseStatus


@dataclass(slots=True, frozen=True)
class PurposeNeeds:
    """Which units serve a purpose, and which details it needs; every other detail must be left empty.

    ``facility``: a facility and a year, with the credit code of the firm that runs it; ``project``: a new project;
    ``league``: in which league of the region it is used.
    """

    families: tuple[Family, ...]
    facility: bool = False
    project: bool = False
    neutrality: bool = False
    province: bool = False
    league: bool = True


NEEDS: Final[dict[Purpose, PurposeNeeds]] = {
    Purpose.NATIONAL_SURRENDER: PurposeNeeds((CCER,), facility=True, league=False),
    Purpose.NEW_PROJECT_OFFSET: PurposeNeeds((CCER, QUOTA), facility=True, project=True),
    Purpose.EVENT_NEUTRALITY: PurposeNeeds((CCER, QUOTA, OTHER), neutrality=True),
    Purpose.VOLUNTARY: PurposeNeeds((CCER, QUOTA, OTHER)),
    Purpose.ECO_COMPENSATION: PurposeNeeds((CCER, QUOTA, OTHER)),
    Purpose.INTER_PROVINCE: PurposeNeeds((CCER, QUOTA), province=True, league=False),
    Purpose.CONVERSION: PurposeNeeds((CCER,), league=False),
}
"""FORCED is missing because nobody can ask for it: the regulator's order makes it. A use that names a reversal is
VOLUNTARY and gives no details at all.
"""


def fits_purpose(purpose: Purpose, details: UseDetails) -> bool:
    """Whether the details are those that a purpose needs and no others; a beneficiary's code may always be there, and
    is then a unified social credit code: a slip of the pen would stand on the certificate.

    A province is one of China's others: what is used at home is in a league. An event lies in :data:`EVENT_YEARS`.
    """
    needs = NEEDS[purpose]
    return (
        _all_or_none(needs.facility, bool(details.facility), details.year > 0)
        and (not needs.facility or is_name(details.facility))
        and _fits_code(details.beneficiary_code, needs)
        and _all_or_none(needs.project, bool(details.project), details.intensity is not Intensity.NONE)
        and _all_or_none(
            needs.neutrality, bool(details.event), details.event_day > 0, details.neutrality is not Neutrality.NONE
        )
        and (not needs.neutrality or details.event_day // YEAR in EVENT_YEARS)
        and (is_province(details.province) if needs.province else not details.province)
        and _all_or_none(needs.league, details.league is not League.NONE)
    )


def _fits_code(code: str, needs: PurposeNeeds) -> bool:
    return is_firm_code(code) if code or needs.facility else True


def _all_or_none(needed: bool, *given: bool) -> bool:
    """Whether all of these are given where they are needed, and none where they are not."""
    return all(given) if needed else not any(given)


@dataclass(slots=True)
class Claims:
    """All claims and releases ever made, by id and by the proposal that makes them; what facilities have to surrender,
    and how much CCER is claimed for that by what was approved. Were it by what is proposed, any firm could keep another
    from its share by naming its facility.
    """

    claims: dict[ClaimId, Claim] = field(default_factory=dict)
    releases: dict[ReleaseId, Release] = field(default_factory=dict)
    proposed: dict[ProposalId, Claim] = field(default_factory=dict)
    leaving: dict[ProposalId, Release] = field(default_factory=dict)
    due: dict[tuple[str, int], Tonnes] = field(default_factory=dict)
    surrendered: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, claim: Claim) -> None:
        """Enter a claim, with what it takes of a facility's share where it is approved and has an effect."""
        self.claims[claim.claim] = claim
        if claim.status is ClaimStatus.PROPOSED and claim.proposal:
            self.proposed[claim.proposal] = claim
        if claim.status in (ClaimStatus.PENDING, ClaimStatus.FULFILLED):
            self._count(claim, claim.quantity)

    def _count(self, claim: Claim, tonnes: int) -> None:
        """Add to what is taken of a facility's share, where a claim is a national surrender."""
        if claim.purpose is not Purpose.NATIONAL_SURRENDER:
            return
        key = surrender_key(claim.details)
        total = self.surrendered.pop(key, 0) + tonnes
        if total:
            self.surrendered[key] = total

    def approve(self, claim: Claim) -> None:
        """A second person has agreed: from now on a surrender takes of its facility's share."""
        claim.status = ClaimStatus.PENDING
        self._count(claim, claim.quantity)

    def end(self, claim: Claim) -> None:
        """A claim is over without effect; what it took of a facility's share, once approved, is free again."""
        if claim.status is ClaimStatus.PENDING:
            self._count(claim, -claim.quantity)
        claim.status = ClaimStatus.ENDED

    def fulfil(self, claim: Claim, units: tuple[LotRanges, ...], quantity: Tonnes, covers: Tonnes, day: Day) -> None:
        """A claim's units are gone; what the registry refused of a surrender is free again in the facility's share."""
        self._count(claim, quantity - claim.quantity)
        claim.units, claim.quantity, claim.covers, claim.day = units, quantity, covers, day
        claim.status = ClaimStatus.FULFILLED

    def revoke(self, claim: Claim) -> None:
        """A claim has no effect any more; its units stay used."""
        claim.status = ClaimStatus.REVOKED
        self._count(claim, -claim.quantity)

    def add_release(self, release: Release) -> None:
        """Enter a release."""
        self.releases[release.release] = release
        if release.status is ReleaseStatus.PROPOSED:
            self.leaving[release.proposal] = release


def covered(quantity: Tonnes, ratio: Ppm) -> Tonnes:
    """What units stand for, where ``ratio`` parts per million of a tonne are used for one; what is left of a tonne is
    lost. Always asked of all tonnes that count: who divides what was divided before loses a part twice.

    >>> covered(Tonnes(11), Ppm(1_100_000)), covered(Tonnes(30), Ppm(1_100_000))
    (10, 27)
    """
    return Tonnes(quantity * MILLION // ratio)


def offset_cap(due: int, basis_points: int) -> int:
    """How many tonnes of CCER may stand for ``due`` tonnes that a facility has to surrender, rounded down (办法 29).

    >>> offset_cap(1_000_019, 500)
    50000
    """
    return due * basis_points // 10_000


def surrender_key(details: UseDetails) -> tuple[str, int]:
    """Under what a facility's surrender of a year is counted: the facility's folded code and the year."""
    return folded_number(details.facility), details.year
