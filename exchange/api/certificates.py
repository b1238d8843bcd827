"""The facts of certificates as the committed view has them, and the addresses at which certificates are found."""

from __future__ import annotations

from exchange.api.ports import History, Services
from exchange.certificates.document import Document, document_of
from exchange.certificates.facts import CERTIFIED, CertificateFacts, LogEntry, Receipt, Revocation, UnitFacts, log_entry
from exchange.certificates.numbers import LONGEST, as_written, claim_of
from exchange.certificates.page import Links
from exchange.certificates.pdf import is_available
from exchange.certificates.register import project_facts
from exchange.core.credits.claims import ClaimStatus
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, LotId, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.view.unit_rows import UseRow

PREFIX = "/certificates/"


async def certificate_of(services: Services, claim: ClaimId) -> Document | None:
    """The certificate of a claim, as of now; None where it has none (yet).

    Raises:
        ConnectionError: when the log cannot be asked now.
    """
    row = services.view.uses.by_id.get(claim)
    if row is None or row.terms.purpose not in CERTIFIED or not row.fulfilled_seq:
        return None
    # The row may change while the log is asked, so what is said of the claim is taken from it first.
    is_revoked, reason, last = row.status is ClaimStatus.REVOKED, row.reason, row.last_seq
    revocation = Revocation(reason, await _entry(services.history, last)) if is_revoked else None
    fulfilled = await _entry(services.history, row.fulfilled_seq)
    return document_of(_facts(services.view, row, fulfilled, revocation))


async def certificate_numbered(services: Services, text: str) -> Document | None:
    """The certificate with a number, however it is typed; None where there is none.

    Raises:
        ConnectionError: when the log cannot be asked now.
    """
    number = as_written(text)
    claim = claim_of(number) if len(text) <= LONGEST else None
    document = None if claim is None else await certificate_of(services, claim)
    return document if document is not None and document["number"] == number else None


def links_of(origin: str, number: str) -> Links:
    """Where a certificate is found at a venue with this origin."""
    path = f"{PREFIX}{number}"
    return Links(f"{origin}{path}", f"{path}.json", f"{path}.pdf" if is_available() else None)


async def _entry(history: History, seq: Seq) -> LogEntry:
    (line,) = await history.journal(Seq(seq - 1), 1)
    assert line.seq == seq, "an entry of the log is missing"
    return log_entry(line.seq, line.at, line.leaf, line.head)


def _facts(view: CommittedView, row: UseRow, fulfilled: LogEntry, revocation: Revocation | None) -> CertificateFacts:
    receipts = _receipts(view, row.terms.claim)
    units = ((part.lot, serials) for part in row.units for serials in part.ranges)
    return CertificateFacts(
        venue=view.governance.venue,
        is_sandbox=view.governance.is_sandbox,
        claim=row.terms.claim,
        purpose=row.terms.purpose,
        details=row.terms.details,
        day=row.day,
        quantity=row.quantity,
        covers=row.covers,
        units=tuple(_unit(view, lot, serials, receipts) for lot, serials in units),
        fulfilled=fulfilled,
        revocation=revocation,
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
