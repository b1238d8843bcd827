"""Commands that end a tonne's life here: its use for one purpose, or its release to the national market."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from exchange.core.commands.instruments import League
from exchange.core.values import (
    ClaimId,
    Day,
    InstrumentId,
    LotId,
    ParticipantId,
    PersonId,
    ReleaseId,
    ReversalId,
    Tonnes,
)

NO_REVERSAL: Final = ReversalId(0)
"""What a use replaces that replaces nothing."""


class Purpose(IntEnum):
    """What a tonne is used for; one tonne has one purpose, for ever.

    CONVERSION cancels a CCER so that reduction quota of the category ECOSYSTEM_SINK can be issued against it: the tonne
    goes on as quota, and it is that quota's use that counts.
    """

    NATIONAL_SURRENDER = 1
    NEW_PROJECT_OFFSET = 2
    EVENT_NEUTRALITY = 3
    VOLUNTARY = 4
    ECO_COMPENSATION = 5
    INTER_PROVINCE = 6
    FORCED = 7
    CONVERSION = 8


class Intensity(IntEnum):
    """How carbon-intensive a new project is (差别化, Regional Plan); NONE where no project is offset."""

    NONE = 0
    LOW = 1
    HIGH = 2


class Neutrality(IntEnum):
    """What is made carbon-neutral (零碳); NONE where nothing is."""

    NONE = 0
    EVENT = 1
    MEETING = 2
    PRODUCT = 3


@dataclass(slots=True)
class Pick:
    """Serials ``[lo, hi)`` of a lot; both 0 for whatever the rule takes of the lot."""

    lot: LotId
    lo: int
    hi: int


@dataclass(slots=True)
class UseDetails:
    """Who uses the units for what. Which fields a purpose needs, and which it must leave empty, is a table of the core.

    ``facility`` and ``year``: the covered facility and compliance year (NATIONAL_SURRENDER), or those that a claim for
    a facility names; ``project`` and ``intensity``: the new project that is offset; ``neutrality``, ``event`` and
    ``event_day``: what is made neutral; ``province``: where units go (INTER_PROVINCE); ``league``: in which league the
    units are used.
    """

    beneficiary_en: str
    beneficiary_zh: str
    beneficiary_code: str
    facility: str
    year: int
    project: str
    intensity: Intensity
    neutrality: Neutrality
    event: str
    event_day: Day
    province: str
    league: League


@dataclass(slots=True)
class UseUnits:
    """Use units of the own account for a purpose; a trader proposes, the venue approves.

    ``picks`` name serials or lots; without any, the rule takes ``quantity`` of what ``instrument`` trades. The serials
    are chosen when it is proposed, so that both persons see which ones. ``reversal``, where it is not 0, is what the
    firm replaces with them: of its own accord (VOLUNTARY), for the benefit of nobody, so with no details.
    """

    actor: PersonId
    participant: ParticipantId
    instrument: InstrumentId
    picks: tuple[Pick, ...]
    quantity: Tonnes
    purpose: Purpose
    details: UseDetails
    reversal: ReversalId = NO_REVERSAL


@dataclass(slots=True)
class ReleaseUnits:
    """Release units of the own account to the national market; a trader proposes, the venue approves.

    They leave after a cool-down, on a later trading day and within its hours (rules RELEASE-COOL-DOWN, RELEASE-FROM and
    RELEASE-UNTIL); until shortly before the firm can call it off (RELEASE-CANCEL).
    """

    actor: PersonId
    participant: ParticipantId
    picks: tuple[Pick, ...]
    national_account: str


@dataclass(slots=True)
class CallOffRelease:
    """Call off a release of the own account while there is time; any trader of the firm can, alone."""

    actor: PersonId
    participant: ParticipantId
    release: ReleaseId


@dataclass(slots=True)
class SetObligation:
    """Record how many tonnes a facility has to surrender nationally for a year; the regulator approves.

    CCER may stand for 5 % of them, rounded down (rule OFFSET-CAP).
    """

    actor: PersonId
    facility: str
    year: int
    due: Tonnes


@dataclass(slots=True)
class SetBudget:
    """Set the plan of the region (league NONE) or of one league; the regulator approves.

    ``first_year`` and ``last_year`` are equal for an annual plan; a plan period has five years, both included.
    """

    actor: PersonId
    league: League
    first_year: int
    last_year: int
    planned: Tonnes


@dataclass(slots=True)
class RevokeClaim:
    """Take a fulfilled claim's effect away, because its units proved wrong; the regulator approves.

    The units stay used: nothing that was cancelled comes back. The certificate says from then on that it is revoked.
    """

    actor: PersonId
    claim: ClaimId
    reason: str
