"""The facts of certificates as the events of a journal tell them, entry by entry: no database, no state of the core.

Whoever has an exported journal can find with this what the log says of a claim, and hold a certificate to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from exchange.certificates.facts import (
    CertificateFacts,
    ConversionFacts,
    Dispute,
    FacilityNames,
    LogEntry,
    ProjectFacts,
    Receipt,
    Revocation,
    UnitFacts,
    contradicted,
    is_certified,
    reconciled,
    revoked_behind,
)
from exchange.core.commands.projects import FacilityTerms, ProjectTerms
from exchange.core.commands.registry import RequestKind
from exchange.core.credits.encumbrance import is_reconciled
from exchange.core.credits.spelling import folded_number
from exchange.core.events import Event
from exchange.core.events.credits import FacilitySet, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet
from exchange.core.events.governance import VenueOpened
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted
from exchange.core.events.uses import ClaimFulfilled, ClaimMade, ClaimRevoked
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, EncumbranceId, IssuanceId, LotId, ProjectId, RequestId


def project_facts(terms: ProjectTerms) -> ProjectFacts:
    """What a certificate tells of a project."""
    return ProjectFacts(
        code=terms.code,
        name_en=terms.name_en,
        name_zh=terms.name_zh,
        family=terms.family,
        mechanism=terms.mechanism,
        registry=terms.registry,
        methodology=terms.methodology,
        activity=terms.activity,
        league=terms.league,
        source_category=terms.source_category,
        ccer_generation=terms.ccer_generation,
    )


@dataclass(slots=True)
class _Use:
    """A claim with the names of its facility, the entry that fulfilled it, and the one that revoked it, if there are
    such.
    """

    made: ClaimMade
    facility: FacilityNames | None
    fulfilled: tuple[ClaimFulfilled, LogEntry] | None = None
    revocation: Revocation | None = None


_Place = tuple[LotId, SerialRange]
"""Serials of a lot."""


@dataclass(slots=True)
class CertificateRegister:
    """What was told of claims so far, and of everything that their certificates state."""

    venue: str = ""
    is_sandbox: bool = False
    _projects: dict[ProjectId, ProjectFacts] = field(default_factory=dict)
    _facilities: dict[str, FacilityTerms] = field(default_factory=dict)
    _issuances: dict[IssuanceId, IssuanceRecorded] = field(default_factory=dict)
    _lots: dict[LotId, IssuanceId] = field(default_factory=dict)
    _asked: dict[RequestId, RegistryAsked] = field(default_factory=dict)
    _receipts: dict[tuple[LotId, int, int], Receipt] = field(default_factory=dict)
    _contradicted: tuple[_Place, Dispute] | None = None
    _disputes: dict[EncumbranceId, tuple[_Place, Dispute]] = field(default_factory=dict)
    _uses: dict[ClaimId, _Use] = field(default_factory=dict)

    def tell(self, entry: LogEntry, events: Iterable[Event]) -> None:
        """Take in the events of the next entry."""
        for event in events:
            handle = _HANDLERS.get(type(event))
            if handle is not None:
                handle(self, event, entry)

    def certificates(self) -> Iterator[CertificateFacts]:
        """The facts of every certificate that there is, in the order in which the claims were made."""
        for claim in self._uses:
            facts = self.facts_of(claim)
            if facts is not None:
                yield facts

    def facts_of(self, claim: ClaimId) -> CertificateFacts | None:
        """The facts of a claim's certificate; None where there is no such claim, or it has no certificate."""
        use = self._uses.get(claim)
        if use is None or use.fulfilled is None or not is_certified(use.made):
            return None
        fulfilled, entry = use.fulfilled
        return CertificateFacts(
            venue=self.venue,
            is_sandbox=self.is_sandbox,
            claim=claim,
            purpose=use.made.purpose,
            details=use.made.details,
            facility=use.facility,
            day=fulfilled.day,
            quantity=fulfilled.quantity,
            covers=fulfilled.covers,
            units=self._units(fulfilled),
            fulfilled=entry,
            revocation=use.revocation,
            disputes=tuple(sorted(self._disputes_of(fulfilled), key=lambda dispute: dispute.entry.seq)),
            conversions=tuple(
                ConversionFacts(behind.made.claim, self._units(cancelled))
                for behind, cancelled in self._behind(fulfilled)
            ),
        )

    def _behind(self, fulfilled: ClaimFulfilled) -> Iterator[tuple[_Use, ClaimFulfilled]]:
        """The conversions that these units were issued against. Nothing is issued against one that is not fulfilled."""
        for claim in sorted({self._issuances[self._lots[part.lot]].converted for part in fulfilled.units} - {0}):
            behind = self._uses[claim]
            if behind.fulfilled is not None:
                yield behind, behind.fulfilled[0]

    def _disputes_of(self, fulfilled: ClaimFulfilled) -> Iterator[Dispute]:
        """What is said against these units, or against the CCER that they were issued against."""
        units = list(fulfilled.units)
        for behind, cancelled in self._behind(fulfilled):
            units += cancelled.units
            if behind.revocation is not None:
                yield revoked_behind(behind.made.claim, behind.revocation.reason, behind.revocation.entry)
        for (lot, serials), dispute in self._disputes.values():
            if any(lot == part.lot and serials.overlaps(one) for part in units for one in part.ranges):
                yield dispute

    def _units(self, fulfilled: ClaimFulfilled) -> tuple[UnitFacts, ...]:
        return tuple(self._unit(part.lot, serials) for part in fulfilled.units for serials in part.ranges)

    def _unit(self, lot: LotId, serials: SerialRange) -> UnitFacts:
        issuance = self._issuances[self._lots[lot]]
        return UnitFacts(
            lot=lot,
            serials=serials,
            issuance=issuance.issuance,
            space=issuance.space_name,
            serial_text=issuance.serial_text,
            vintage=issuance.vintage,
            monitoring_start=issuance.monitoring_start,
            monitoring_end=issuance.monitoring_end,
            converted=issuance.converted,
            project=self._projects[issuance.project],
            receipt=self._receipts.get((lot, serials.lo, serials.hi)),
        )

    # --- what is told ------------------------------------------------------------------------------------------------

    def _on_opened(self, event: VenueOpened, _entry: LogEntry) -> None:
        self.venue = event.venue
        self.is_sandbox = event.sandbox_cash > 0 or event.sandbox_tonnes > 0

    def _on_project(self, event: ProjectRegistered, _entry: LogEntry) -> None:
        self._projects[event.project] = project_facts(event.terms)

    def _on_facility(self, event: FacilitySet, _entry: LogEntry) -> None:
        self._facilities[folded_number(event.terms.code)] = event.terms

    def _on_issuance(self, event: IssuanceRecorded, _entry: LogEntry) -> None:
        self._issuances[event.issuance] = event

    def _on_lot(self, event: LotAdmitted, _entry: LogEntry) -> None:
        self._lots[event.lot] = event.issuance

    def _on_asked(self, event: RegistryAsked, _entry: LogEntry) -> None:
        self._asked[event.request] = event

    def _on_answered(self, event: RegistryAnswered, _entry: LogEntry) -> None:
        """Only a range that was cancelled stands on a certificate, and that happens once, after every refusal: so the
        last answer about a lot and range is its receipt.
        """
        asked = self._asked[event.request]
        if asked.kind is not RequestKind.CANCEL:
            return
        self._receipts[asked.lot, asked.serials.lo, asked.serials.hi] = Receipt(
            reference=asked.reference,
            number=event.receipt,
            message=event.message,
            stated_at=event.stated_at,
            signature=event.signature,
        )

    def _on_contradicted(self, event: RegistryContradicted, entry: LogEntry) -> None:
        """The registry says something else of these serials; what holds them fast is told next in the same entry."""
        asked = self._asked[event.request]
        dispute = contradicted(asked.reference, asked.kind, event.outcome, event.message, entry)
        self._contradicted = (asked.lot, asked.serials), dispute

    def _on_held(self, event: EncumbranceSet, entry: LogEntry) -> None:
        """As long as this stands, the dispute that it was set for does."""
        if self._contradicted is not None:
            self._disputes[event.encumbrance] = self._contradicted
            self._contradicted = None
        elif is_reconciled(event):
            place = event.lot, SerialRange(event.serial_lo, event.serial_hi)
            self._disputes[event.encumbrance] = place, reconciled(event, entry)

    def _on_lifted(self, event: EncumbranceLifted, _entry: LogEntry) -> None:
        """Two persons have found it good; if they found the use wrong, it is revoked."""
        self._disputes.pop(event.encumbrance, None)

    def _on_made(self, event: ClaimMade, _entry: LogEntry) -> None:
        known = self._facilities.get(folded_number(event.details.facility))
        self._uses[event.claim] = _Use(event, FacilityNames(known.name_en, known.name_zh) if known else None)

    def _on_fulfilled(self, event: ClaimFulfilled, entry: LogEntry) -> None:
        self._uses[event.claim].fulfilled = (event, entry)

    def _on_revoked(self, event: ClaimRevoked, entry: LogEntry) -> None:
        self._uses[event.claim].revocation = Revocation(event.reason, entry)


_HANDLERS: dict[type, Callable[[CertificateRegister, Any, LogEntry], None]] = {
    VenueOpened: CertificateRegister._on_opened,
    ProjectRegistered: CertificateRegister._on_project,
    FacilitySet: CertificateRegister._on_facility,
    IssuanceRecorded: CertificateRegister._on_issuance,
    LotAdmitted: CertificateRegister._on_lot,
    RegistryAsked: CertificateRegister._on_asked,
    RegistryAnswered: CertificateRegister._on_answered,
    RegistryContradicted: CertificateRegister._on_contradicted,
    EncumbranceSet: CertificateRegister._on_held,
    EncumbranceLifted: CertificateRegister._on_lifted,
    ClaimMade: CertificateRegister._on_made,
    ClaimFulfilled: CertificateRegister._on_fulfilled,
    ClaimRevoked: CertificateRegister._on_revoked,
}
