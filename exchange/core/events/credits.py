"""What happens to projects, issuances, lots and parcels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.credits import ImportRow
from exchange.core.commands.projects import FacilityTerms, ProjectTerms
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    Day,
    ImportId,
    IssuanceId,
    LotId,
    ParticipantId,
    PersonId,
    ProjectId,
    SpaceId,
    Tonnes,
    TransactionId,
)


class MarketTag(IntEnum):
    """Which market a unit is in; what is tagged NATIONAL cannot be sold here."""

    REGIONAL = 1
    NATIONAL = 2


class ParcelState(IntEnum):
    """Where a parcel stands in its life; the steps between them are in :mod:`exchange.core.credits.states`."""

    ACTIVE = 1
    ADMITTED = 2
    LOCK_REQUESTED = 3
    LOCK_UNKNOWN = 4
    PENDING_OUT = 5
    OUT = 6
    RETURN_REQUESTED = 7
    PENDING_CANCEL = 8
    RETIRED = 9
    CANCELLED = 10
    EXPORTED = 11


class Cause(IntEnum):
    """What makes units change from one state to another."""

    ADMITTED_FOR_LOCK = 1
    ADMITTED_HERE = 2
    LOCK_REQUESTED = 3
    LOCK_CONFIRMED = 4
    LOCK_REFUSED = 5
    LOCK_UNANSWERED = 6
    USE_PROPOSED = 7
    USE_WITHDRAWN = 8
    USE_REFUSED = 9
    RETIRED = 10
    CANCELLED = 11
    EXPORTED = 12
    RELEASE_PROPOSED = 13
    RELEASE_WITHDRAWN = 14
    RELEASE_REFUSED = 15
    RELEASED = 16
    RETURN_REQUESTED = 17
    RETURN_REFUSED = 18


@dataclass(slots=True)
class Parcel:
    """Serials ``[lo, hi)`` of a lot that one owner holds since one day under one tag and state.

    ``encumbered`` counts the encumbrances on it; only what has none, is ACTIVE and REGIONAL can be sold. Where the
    units are gone (OUT, RETIRED, CANCELLED, EXPORTED), ``owner`` is who had them last.
    """

    lo: int
    hi: int
    owner: ParticipantId
    acquired: Day
    tag: MarketTag
    state: ParcelState
    encumbered: int


@dataclass(slots=True)
class ProjectRegistered:
    """A project was recorded after two persons agreed."""

    project: ProjectId
    terms: ProjectTerms


@dataclass(slots=True)
class FacilitySet:
    """A facility of the national market was entered, or what is known of it was changed."""

    terms: FacilityTerms


@dataclass(slots=True)
class IssuanceRecorded:
    """An issuance was recorded after two persons agreed. What it shares with its project stands there."""

    issuance: IssuanceId
    project: ProjectId
    monitoring_start: Day
    monitoring_end: Day
    verified: Tonnes
    applied_on: Day
    vintage: int
    space: SpaceId
    space_name: str
    serial_text: str
    serials: SerialRange
    converted: ClaimId


@dataclass(slots=True)
class LotAdmitted:
    """A serial block was admitted to this venue; it is an asset of the ledger from here on."""

    lot: LotId
    issuance: IssuanceId
    space: SpaceId
    serials: SerialRange
    owner: ParticipantId
    lock_reference: str


@dataclass(slots=True)
class ParcelsMoved:
    """Serials of a lot went from one owner to another in a ledger transaction (0: brought in from the registry)."""

    transaction: TransactionId
    lot: LotId
    source: ParticipantId
    target: ParticipantId
    ranges: tuple[SerialRange, ...]


@dataclass(slots=True)
class ParcelsReshaped:
    """Which parcels of a lot ceased and which began: splits, merges and changes of owner, all serials accounted for."""

    lot: LotId
    closed: tuple[SerialRange, ...]
    opened: tuple[Parcel, ...]


@dataclass(slots=True)
class UnitsChanged:
    """Serials of a lot went from one state to another. ``subject`` is the id of what made them: request, claim, release
    or lot, as ``cause`` says. New units come from tag and state 0.
    """

    lot: LotId
    owner: ParticipantId
    ranges: tuple[SerialRange, ...]
    tag_before: int
    state_before: int
    tag: MarketTag
    state: ParcelState
    cause: Cause
    subject: int


@dataclass(slots=True)
class RowRefused:
    """A row that was left out: its line in the file, the number of the refusal, and its facts as in
    :class:`~exchange.core.events.governance.Rejected`.
    """

    line: int
    reason: int
    fact_names: tuple[str, ...]
    fact_values: tuple[int, ...]


@dataclass(slots=True)
class UnitsStaged:
    """The good rows of a portion of a file were put aside, the others left out, each with its reason.

    ``total`` is how many rows the import has by now.
    """

    staged: ImportId
    by: PersonId
    rows: tuple[ImportRow, ...]
    refused: tuple[RowRefused, ...]
    total: int


@dataclass(slots=True)
class ImportCommitted:
    """All rows of an import were issued and admitted."""

    staged: ImportId
    issuances: tuple[IssuanceId, ...]
    lots: tuple[LotId, ...]
