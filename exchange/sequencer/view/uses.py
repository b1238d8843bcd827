"""Uses and releases of units as committed, each found by the firm that has them; what facilities have to surrender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange.core.commands.projects import FacilityTerms
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import ClaimStatus, ReleaseStatus, surrender_key
from exchange.core.credits.spelling import folded_number
from exchange.core.events.credits import Cause, IssuanceRecorded, ParcelState, UnitsChanged
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ObligationSet,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)
from exchange.core.values import ClaimId, Day, LotId, Micros, ParticipantId, ReleaseId, ReversalId, Seq, Tonnes
from exchange.sequencer.view.unit_rows import ReleaseRow, ReturnRow, UseRow

FacilityYear = tuple[str, int]
"""A facility's folded code, and a compliance year."""

TAKING = (ClaimStatus.PENDING, ClaimStatus.FULFILLED)
"""A surrender takes of its facility's share from its approval on, until it has come to nothing or is revoked."""


@dataclass(slots=True)
class Uses:
    """Every use ever proposed, by id, by firm, by the lots that its units are of and by the reversal that it replaces;
    every duty to surrender, and how much CCER is claimed for it by what was approved.
    """

    by_id: dict[ClaimId, UseRow] = field(default_factory=dict)
    by_firm: dict[ParticipantId, dict[ClaimId, UseRow]] = field(default_factory=dict)
    by_lot: dict[LotId, dict[ClaimId, UseRow]] = field(default_factory=dict)
    by_reversal: dict[ReversalId, list[UseRow]] = field(default_factory=dict)
    obligations: dict[FacilityYear, ObligationSet] = field(default_factory=dict)
    surrendered: dict[FacilityYear, int] = field(default_factory=dict)

    def of(self, firm: ParticipantId) -> Iterator[UseRow]:
        """The uses of a firm, oldest first."""
        return iter(self.by_firm.get(firm, {}).values())

    def has_order_of(self, seq: Seq) -> bool:
        """Whether an entry is that of an order to cancel units, which is of one firm. Losses are few."""
        return any(
            use.seq == seq and use.terms.purpose is Purpose.FORCED for uses in self.by_reversal.values() for use in uses
        )

    def add(self, row: UseRow) -> None:
        """Enter a use."""
        self.by_id[row.terms.claim] = row
        self.by_firm.setdefault(row.terms.participant, {})[row.terms.claim] = row
        for part in row.terms.units:
            self.by_lot.setdefault(part.lot, {})[row.terms.claim] = row
        if row.terms.reversal:
            self.by_reversal.setdefault(row.terms.reversal, []).append(row)
        if row.status in TAKING:
            self._surrender(row, row.quantity)

    def _surrender(self, row: UseRow, quantity: int) -> None:
        """Count a surrender for its facility and year; a negative quantity takes it back."""
        if row.terms.purpose is Purpose.NATIONAL_SURRENDER:
            key = surrender_key(row.terms.details)
            self.surrendered[key] = self.surrendered.get(key, 0) + quantity

    def on_made(self, event: ClaimMade, seq: Seq, at: Micros, facility: FacilityTerms | None) -> None:
        """Units were chosen for a use; ``facility`` is what is known now of the one that it names."""
        row = UseRow(
            terms=event,
            facility_en=facility.name_en if facility else "",
            facility_zh=facility.name_zh if facility else "",
            status=ClaimStatus.PROPOSED,
            seq=seq,
            at=at,
            last_seq=seq,
            last_at=at,
            day=Day(0),
            fulfilled_seq=Seq(0),
            units=event.units,
            quantity=event.quantity,
            covers=event.covers,
            converted=Tonnes(0),
            reason="",
        )
        self.add(row)

    def _move(self, claim: ClaimId, status: ClaimStatus, seq: Seq, at: Micros) -> UseRow:
        row = self.by_id[claim]
        row.status, row.last_seq, row.last_at = status, seq, at
        return row

    def on_approved(self, event: ClaimApproved, seq: Seq, at: Micros) -> None:
        """A second person approved it."""
        row = self._move(event.claim, ClaimStatus.PENDING, seq, at)
        self._surrender(row, row.quantity)

    def on_ended(self, event: ClaimEnded, seq: Seq, at: Micros) -> None:
        """It is over without effect."""
        row = self.by_id[event.claim]
        if row.status in TAKING:
            self._surrender(row, -row.quantity)
        self._move(event.claim, ClaimStatus.ENDED, seq, at)

    def on_fulfilled(self, event: ClaimFulfilled, seq: Seq, at: Micros) -> None:
        """Its units are gone; what the registry has refused of them is free again."""
        row = self._move(event.claim, ClaimStatus.FULFILLED, seq, at)
        self._surrender(row, event.quantity - row.quantity)
        row.units, row.quantity, row.covers, row.day = event.units, event.quantity, event.covers, event.day
        row.fulfilled_seq = seq

    def on_revoked(self, event: ClaimRevoked, seq: Seq, at: Micros) -> None:
        """It counts no more."""
        row = self._move(event.claim, ClaimStatus.REVOKED, seq, at)
        row.reason = event.reason
        self._surrender(row, -row.quantity)

    def on_issuance(self, event: IssuanceRecorded, _seq: Seq, _at: Micros) -> None:
        """Quota was issued against a cancelled CCER."""
        row = self.by_id.get(event.converted)
        if row is not None:
            row.converted = Tonnes(row.converted + event.serials.tonnes)

    def on_obligation(self, event: ObligationSet, _seq: Seq, _at: Micros) -> None:
        """How much a facility has to surrender for a year."""
        self.obligations[folded_number(event.facility), event.year] = event


@dataclass(slots=True)
class Releases:
    """Every release ever proposed, by id and by firm, and what has come back."""

    by_id: dict[ReleaseId, ReleaseRow] = field(default_factory=dict)
    by_firm: dict[ParticipantId, dict[ReleaseId, ReleaseRow]] = field(default_factory=dict)
    returns: list[ReturnRow] = field(default_factory=list)

    def of(self, firm: ParticipantId) -> Iterator[ReleaseRow]:
        """The releases of a firm, oldest first."""
        return iter(self.by_firm.get(firm, {}).values())

    def add(self, row: ReleaseRow) -> None:
        """Enter a release."""
        self.by_id[row.terms.release] = row
        self.by_firm.setdefault(row.terms.participant, {})[row.terms.release] = row

    def on_made(self, event: ReleaseMade, seq: Seq, at: Micros) -> None:
        """Units were chosen for a release."""
        never = Micros(0)
        chosen = (event.units, event.quantity)
        self.add(ReleaseRow(event, ReleaseStatus.PROPOSED, seq, at, seq, at, never, never, *chosen))

    def _move(self, release: ReleaseId, status: ReleaseStatus, seq: Seq, at: Micros) -> ReleaseRow:
        row = self.by_id[release]
        row.status, row.last_seq, row.last_at = status, seq, at
        return row

    def on_approved(self, event: ReleaseApproved, seq: Seq, at: Micros) -> None:
        """It cools down."""
        row = self._move(event.release, ReleaseStatus.COOLING, seq, at)
        row.callable_until, row.leaves_at = event.callable_until, event.leaves_at

    def on_ended(self, event: ReleaseEnded, seq: Seq, at: Micros) -> None:
        """It was withdrawn, called off, or what it was about is held fast."""
        self._move(event.release, ReleaseStatus.ENDED, seq, at)

    def on_sent(self, event: ReleaseSent, seq: Seq, at: Micros) -> None:
        """The registry was asked."""
        self._move(event.release, ReleaseStatus.SENT, seq, at)

    def on_done(self, event: ReleaseDone, seq: Seq, at: Micros) -> None:
        """The registry has spoken about all of it."""
        row = self._move(event.release, ReleaseStatus.DONE if event.units else ReleaseStatus.ENDED, seq, at)
        row.units, row.quantity = event.units, event.quantity

    def on_changed(self, event: UnitsChanged, seq: Seq, at: Micros) -> None:
        """Units have changed their state; here it matters when they come back from the national market."""
        if event.cause is Cause.LOCK_CONFIRMED and event.state_before == ParcelState.RETURN_REQUESTED:
            self.returns.append(ReturnRow(event.lot, sum(serials.tonnes for serials in event.ranges), seq, at))
