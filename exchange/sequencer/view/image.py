"""The view as bytes, so that a start needs a snapshot and the tail of the journal, not the whole journal.

An image is canonical: two views of the same entries have the same image, however each of them was built. What can be
derived (books, indexes, the rules by version) is not in it and is made again when it is read. Of orders there is only
what the state's image does not tell (:mod:`exchange.sequencer.view.order_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from exchange.core.canonical import CanonicalError, RecordCodec
from exchange.core.codec import ACTIONS
from exchange.core.commands.approvals import Action
from exchange.core.credits.budgets import Adjustment, Budget
from exchange.core.events.credits import FacilitySet, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.governance import PersonRegistered, RulebookAdopted, SnapshotAttested
from exchange.core.events.markets import JobStarted
from exchange.core.events.participants import ParticipantAdmitted
from exchange.core.events.uses import ObligationSet
from exchange.core.sessions import Phase
from exchange.core.values import Day, Micros, Seq
from exchange.sequencer.view.rows import (
    AgreementRow,
    BalanceRow,
    DayRow,
    FeesRow,
    InstrumentRow,
    KeyRow,
    ParcelRow,
    ProposalRow,
)
from exchange.sequencer.view.unit_rows import (
    EncumbranceRow,
    ReleaseRow,
    RequestRow,
    ReturnRow,
    ReversalRow,
    StagedImport,
    UseRow,
)

IMAGE_VERSION: Final = 8
"""Goes up whenever a row changes; an image of another version is refused, and the view is built from the journal."""


@dataclass(slots=True)
class ViewImage:
    """Everything that the view cannot derive, each list in the order of its ids. ``attested`` has at most one."""

    version: int
    seq: Seq
    at: Micros
    head: bytes
    venue: str
    is_sandbox: bool
    day: Day
    phase: Phase
    halted: bool
    halt_reason: str
    days: list[DayRow]
    rulebooks: list[RulebookAdopted]
    attested: list[SnapshotAttested]
    proposals: list[ProposalRow]
    persons: list[PersonRegistered]
    participants: list[ParticipantAdmitted]
    keys: list[KeyRow]
    instruments: list[InstrumentRow]
    jobs: list[JobStarted]
    orders: bytes
    projects: list[ProjectRegistered]
    facilities: list[FacilitySet]
    issuances: list[IssuanceRecorded]
    lots: list[LotAdmitted]
    parcels: list[ParcelRow]
    balances: list[BalanceRow]
    fees: list[FeesRow]
    agreements: list[AgreementRow]
    requests: list[RequestRow]
    uses: list[UseRow]
    releases: list[ReleaseRow]
    returns: list[ReturnRow]
    obligations: list[ObligationSet]
    budgets: list[Budget]
    adjustments: list[Adjustment]
    encumbrances: list[EncumbranceRow]
    reversals: list[ReversalRow]
    imports: list[StagedImport]


_IMAGE: Final = RecordCodec(ViewImage, {Action: ACTIONS.codec})


def encode_image(image: ViewImage) -> bytes:
    """The canonical bytes of an image."""
    return _IMAGE.encode(image)


def version_of(data: bytes) -> int:
    """The version that an image says it has."""
    return int.from_bytes(data[:8], "big")


def decode_image(data: bytes) -> ViewImage:
    """The image that these bytes are; raises :class:`CanonicalError` otherwise, or if its version is another."""
    if version_of(data) != IMAGE_VERSION:
        raise CanonicalError("a view image of another version")
    return cast(ViewImage, _IMAGE.decode(data))
