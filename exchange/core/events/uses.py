"""What happens to units at the end of their life here: claims, releases, budgets."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Purpose, UseDetails
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    Day,
    LotId,
    Micros,
    ParticipantId,
    Ppm,
    ProposalId,
    ReleaseId,
    ReversalId,
    Tonnes,
)


@dataclass(slots=True)
class LotRanges:
    """Serials of one lot."""

    lot: LotId
    ranges: tuple[SerialRange, ...]


@dataclass(slots=True)
class ClaimMade:
    """Units were chosen for a use; they serve nothing else from now on, unless the use is withdrawn or refused.

    ``ratio`` is how many parts per million of a tonne the rulebook asks for one, and ``covers`` what the units stand
    for by it, in tonnes. ``proposal`` is 0 for a forced one. ``reversal`` is what the units replace, 0 where they
    replace nothing.
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
    reversal: ReversalId


@dataclass(slots=True)
class ClaimApproved:
    """A second person approved the use; what the registry has to cancel it was asked to."""

    claim: ClaimId


@dataclass(slots=True)
class ClaimEnded:
    """A use was withdrawn or refused before any unit was gone; the units are free again."""

    claim: ClaimId


@dataclass(slots=True)
class ClaimFulfilled:
    """The units of a use are gone for good; its certificate can be issued.

    ``units`` are what the registry has really cancelled: fewer than were chosen where it has refused some. ``covers``
    is what these stand for by the claim's ratio.
    """

    claim: ClaimId
    day: Day
    units: tuple[LotRanges, ...]
    quantity: Tonnes
    covers: Tonnes


@dataclass(slots=True)
class ClaimRevoked:
    """A fulfilled claim counts no more, because its units proved wrong; its certificate says so."""

    claim: ClaimId
    reason: str


@dataclass(slots=True)
class ReleaseMade:
    """Units were chosen for a release to the national market."""

    release: ReleaseId
    proposal: ProposalId
    participant: ParticipantId
    units: tuple[LotRanges, ...]
    quantity: Tonnes
    national_account: str


@dataclass(slots=True)
class ReleaseApproved:
    """A second person approved it: it can be called off until ``callable_until`` at the least, and is not sent before
    ``leaves_at``, nor before the first trading day that has come by then.
    """

    release: ReleaseId
    callable_until: Micros
    leaves_at: Micros


@dataclass(slots=True)
class ReleaseEnded:
    """It was withdrawn, called off or refused; the units that had not gone are free again."""

    release: ReleaseId


@dataclass(slots=True)
class ReleaseSent:
    """Its time has come, and the registry was asked."""

    release: ReleaseId


@dataclass(slots=True)
class ReleaseDone:
    """The registry has spoken about all of it: ``units`` are in the national market, the others are free again."""

    release: ReleaseId
    units: tuple[LotRanges, ...]
    quantity: Tonnes


@dataclass(slots=True)
class ObligationSet:
    """How much a facility has to surrender nationally for a year."""

    facility: str
    year: int
    due: Tonnes


@dataclass(slots=True)
class BudgetSet:
    """The plan of the region (NONE) or of a league for a year or a period of years."""

    league: League
    first_year: int
    last_year: int
    planned: Tonnes


@dataclass(slots=True)
class BudgetAdjusted:
    """The corresponding adjustment: ``quantity`` goes off the source's account and onto the other's.

    ``used_in`` is the league that uses, or NONE where the tonnes go out of the region: to the national market, or to
    ``province``. ``subject`` is the claim or release behind it. A negative quantity takes an earlier one back.
    """

    source: League
    used_in: League
    province: str
    year: int
    quantity: int
    subject: int
