"""The facts of certificates as the committed view has them, and certificates as they are given out.

What has to be made is drawn for by its size; what was made is kept (:mod:`exchange.api.shelf`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from exchange.api.ports import History, Services
from exchange.api.shelf import Shown
from exchange.certificates.document import Document, canonical_bytes, document_of
from exchange.certificates.facts import (
    CertificateFacts,
    ConversionFacts,
    Dispute,
    FacilityNames,
    LogEntry,
    Receipt,
    Revocation,
    UnitFacts,
    contradicted,
    is_certified,
    log_entry,
    reconciled,
    revoked_behind,
)
from exchange.certificates.numbers import LONGEST, as_written, claim_of, readings
from exchange.certificates.page import TYPED, Links, page_of
from exchange.certificates.pdf import is_available
from exchange.certificates.qr import qr_svg
from exchange.certificates.register import project_facts
from exchange.certificates.sheet import sheet_of
from exchange.core.credits.claims import ClaimStatus
from exchange.core.events.uses import LotRanges
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, LotId, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.view.unit_rows import Contradiction, EncumbranceRow, RequestRow, UseRow

PREFIX: Final = f"{TYPED}/"
RANGES_A_WEIGHT: Final = 10
"""So many ranges of serials draw 1 from the rate limit, beside what the request draws."""

Draw = Callable[[int], None]
"""Takes a weight from the rate limit of whoever asks."""


async def numbered(services: Services, text: str, origin: str, draw: Draw) -> Shown | None:
    """The certificate with a number, however it is typed; None where there is none.

    Raises:
        ConnectionError: when the log cannot be asked now.
    """
    for number in readings(as_written(text)) if len(text) <= LONGEST else ():
        claim = claim_of(number)
        shown = None if claim is None else await of_claim(services, claim, origin, draw)
        if shown is not None and shown.document["number"] == number:
            return shown
    return None


async def of_claim(services: Services, claim: ClaimId, origin: str, draw: Draw) -> Shown | None:
    """The certificate of a claim, at a venue with this origin; None where it has none (yet).

    Raises:
        ConnectionError: when the log cannot be asked now.
    """
    row = services.view.uses.by_id.get(claim)
    if row is None:
        return None
    place = (claim, _as_of(services.view, row), origin)
    shown = services.shelf.find(place)
    if shown is None:
        draw(_ranges_of(services.view, row) // RANGES_A_WEIGHT)
        document = await certificate_of(services, claim)
        if document is None:
            return None
        shown = _shown(document, origin)
        services.shelf.keep(place, shown)
    return shown


def _ranges_of(view: CommittedView, row: UseRow) -> int:
    """How many ranges of serials a certificate has to name, those of the cancelled CCER behind it among them."""
    return sum(len(part.ranges) for use in (row, *_behind(view, row)) for part in use.units)


def _behind(view: CommittedView, row: UseRow) -> list[UseRow]:
    """The conversions that a use's units were issued against, in the order in which they were proposed."""
    issuances = (view.units.issuances[view.units.lots[part.lot].issuance] for part in row.units)
    return [view.uses.by_id[claim] for claim in sorted({issuance.converted for issuance in issuances} - {0})]


def _as_of(view: CommittedView, row: UseRow) -> tuple[Seq, ...]:
    """The entries that make a certificate say what it says now."""
    return (row.last_seq, *(seq for seq, _ in standing_disputes(view, row)))


Disputing = Callable[[LogEntry], Dispute]
"""A dispute, as soon as its entry is read."""


def standing_disputes(view: CommittedView, row: UseRow) -> list[tuple[Seq, Disputing]]:
    """What is said against a use's units, or against the CCER that they were issued against, and nobody has decided
    yet: each with the number of its entry, oldest first. A use that came to nothing has no units.
    """
    if row.status is ClaimStatus.ENDED:
        return []
    behind = _behind(view, row)
    units = [part for use in (row, *behind) for part in use.units]
    found = [(said.seq, _contradicting(request, said)) for request, said in _contradicted(view, units)]
    found += [(held.seq, partial(reconciled, held.terms)) for held in _reconciled(view, units)]
    revoked = (use for use in behind if use.status is ClaimStatus.REVOKED)
    found += [(use.last_seq, partial(revoked_behind, use.terms.claim, use.reason)) for use in revoked]
    return sorted(found, key=lambda one: one[0])


def _contradicted(view: CommittedView, units: list[LotRanges]) -> Iterator[tuple[RequestRow, Contradiction]]:
    """What the registry says now of any of these serials that it has said otherwise, each once."""
    for lot, ranges in _by_lot(units):
        for request in view.requests.contradicted.get(lot, ()):
            if any(request.terms.serials.overlaps(serials) for serials in ranges):
                yield from ((request, said) for said in request.contradictions if _stands(view, said))


def _reconciled(view: CommittedView, units: list[LotRanges]) -> Iterator[EncumbranceRow]:
    """What stands because a reconciliation has found that the registry's lists of these serials are not what we have;
    what holds them because it contradicts itself is told as that.
    """
    for lot, ranges in _by_lot(units):
        for number, row in view.encumbrances.reconciled.get(lot, {}).items():
            about = SerialRange(row.terms.serial_lo, row.terms.serial_hi)
            if number not in view.requests.by_encumbrance and any(about.overlaps(serials) for serials in ranges):
                yield row


def _by_lot(units: list[LotRanges]) -> Iterator[tuple[LotId, list[SerialRange]]]:
    for lot in {part.lot for part in units}:
        yield lot, [serials for part in units if part.lot == lot for serials in part.ranges]


def _stands(view: CommittedView, said: Contradiction) -> bool:
    return not view.encumbrances.by_id[said.encumbrance].lifted_at


def _contradicting(request: RequestRow, said: Contradiction) -> Disputing:
    return partial(contradicted, request.terms.reference, request.terms.kind, said.outcome, said.message)


def _shown(document: Document, origin: str) -> Shown:
    data = canonical_bytes(document)
    digest = hashlib.sha256(data).hexdigest()
    links = links_of(origin, document["number"])
    page = page_of(sheet_of(document, digest), links, qr_svg(links.address))
    return Shown(document, data, digest, links, page)


async def certificate_of(services: Services, claim: ClaimId) -> Document | None:
    """The certificate of a claim, as of now; None where it has none (yet).

    Raises:
        ConnectionError: when the log cannot be asked now.
    """
    row = services.view.uses.by_id.get(claim)
    if row is None or not is_certified(row.terms) or not row.fulfilled_seq:
        return None
    # The row may change while the log is asked, so what is said of the claim is taken from it first.
    is_revoked, reason, last = row.status is ClaimStatus.REVOKED, row.reason, row.last_seq
    revocation = Revocation(reason, await _entry(services.history, last)) if is_revoked else None
    disputes = [] if is_revoked else standing_disputes(services.view, row)
    fulfilled = await _entry(services.history, row.fulfilled_seq)
    told = [dispute(await _entry(services.history, seq)) for seq, dispute in disputes]
    return document_of(_facts(services.view, row, fulfilled, revocation, tuple(told)))


def links_of(origin: str, number: str) -> Links:
    """Where a certificate is found at a venue with this origin."""
    path = f"{PREFIX}{number}"
    return Links(f"{origin}{path}", f"{path}.json", f"{path}.pdf" if is_available() else None)


async def _entry(history: History, seq: Seq) -> LogEntry:
    (line,) = await history.journal(Seq(seq - 1), 1)
    assert line.seq == seq, "an entry of the log is missing"
    return log_entry(line.seq, line.at, line.leaf, line.head)


def _facts(
    view: CommittedView,
    row: UseRow,
    fulfilled: LogEntry,
    revocation: Revocation | None,
    disputes: tuple[Dispute, ...],
) -> CertificateFacts:
    return CertificateFacts(
        venue=view.governance.venue,
        is_sandbox=view.governance.is_sandbox,
        claim=row.terms.claim,
        purpose=row.terms.purpose,
        details=row.terms.details,
        facility=FacilityNames(row.facility_en, row.facility_zh) if row.facility_zh else None,
        day=row.day,
        quantity=row.quantity,
        covers=row.covers,
        units=_units(view, row),
        fulfilled=fulfilled,
        revocation=revocation,
        disputes=disputes,
        conversions=tuple(ConversionFacts(one.terms.claim, _units(view, one)) for one in _behind(view, row)),
    )


Receipts = dict[tuple[LotId, int, int], Receipt]
"""By lot and range."""


def _receipts(view: CommittedView, claim: ClaimId) -> Receipts:
    return {
        (row.terms.lot, row.terms.serials.lo, row.terms.serials.hi): Receipt(
            row.terms.reference, row.receipt, row.message, row.stated_at, row.signature
        )
        for row in view.requests.by_subject.get(claim, ())
    }


def _units(view: CommittedView, row: UseRow) -> tuple[UnitFacts, ...]:
    receipts = _receipts(view, row.terms.claim)
    return tuple(_unit(view, part.lot, serials, receipts) for part in row.units for serials in part.ranges)


def _unit(view: CommittedView, lot: LotId, serials: SerialRange, receipts: Receipts) -> UnitFacts:
    issuance = view.units.issuances[view.units.lots[lot].issuance]
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
        project=project_facts(view.projects.by_id[issuance.project].terms),
        receipt=receipts.get((lot, serials.lo, serials.hi)),
    )
