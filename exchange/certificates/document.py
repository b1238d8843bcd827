"""A certificate as one JSON document with one spelling: the form that programs read, and that hashes are taken of.

Its bytes are canonical JSON (RFC 8785: all values are texts, whole numbers, true, false and null, for which that is
sorted keys, no blanks and no escapes but the necessary ones). The same facts are the same bytes on every machine, today
and after the whole log was replayed. What the claim states never changes; the status, since when it is so, the
revocation and the disputes are beside it, so a certificate that is revoked keeps its number.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from exchange.access.ids import Kind, id_text, id_text_or_none
from exchange.certificates.facts import (
    CertificateFacts,
    ConversionFacts,
    Dispute,
    LogEntry,
    ProjectFacts,
    Receipt,
    Revocation,
    UnitFacts,
)
from exchange.certificates.numbers import number_of
from exchange.certificates.public_codes import public_code
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.credits.serial_text import serial_text
from exchange.core.credits.spelling import plain_firm_code
from exchange.core.values import Day, Micros, day_of

Document = dict[str, Any]

FORMAT: Final = "carbon-exchange-certificate/1"
VALID: Final = "VALID"
DISPUTED: Final = "DISPUTED"
REVOKED: Final = "REVOKED"
SINK: Final = "SINK"
REDUCTION: Final = "REDUCTION"
CONVERSIONS: Final = "conversions"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
BESIDE: Final = ("number", "status", "status_since", "revocation", "disputes")
"""Keys that are not part of what is stated: the number is made of that, the others may change."""


def document_of(facts: CertificateFacts) -> Document:
    """The document of a fulfilled claim, with its number."""
    stated = _stated(facts)
    revoked = facts.revocation
    made = {
        **stated,
        "number": number_of(facts.claim, facts.cancelled_on, canonical_bytes(stated)),
        "status": status_of(facts),
        "revocation": None if revoked is None else _revocation(revoked),
        "disputes": [_dispute(one) for one in facts.disputes] if revoked is None else [],
    }
    return {**made, "status_since": since_in(made)}


def since_in(document: Document) -> str:
    """Since when a document's status is what it is: its revocation, else the oldest dispute that stands, else its use.

    A dispute that was settled leaves nothing behind: such a certificate is valid since the use, as it was before.
    """
    revocation = document["revocation"]
    told = document["disputes"] or [document] if revocation is None else [revocation]
    since: str = min(one["log"]["at"] for one in told)
    return since


def status_of(facts: CertificateFacts) -> str:
    """What the certificate counts for now. A revocation is the last word, whatever the registry says besides."""
    if facts.revocation is not None:
        return REVOKED
    return DISPUTED if facts.disputes else VALID


def canonical_bytes(document: Document) -> bytes:
    """The one spelling of a document (RFC 8785)."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(document: Document) -> str:
    """SHA-256 over the canonical bytes, in hex."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def stated_in(document: Document) -> bytes:
    """What the number of a document is made of, as canonical bytes."""
    return canonical_bytes({key: value for key, value in document.items() if key not in BESIDE})


def _stated(facts: CertificateFacts) -> Document:
    details = facts.details
    return {
        "format": FORMAT,
        "kind": kind_of(facts),
        "venue": facts.venue,
        "sandbox": facts.is_sandbox,
        "claim": id_text(Kind.USE, facts.claim),
        "cancelled_on": day_text(facts.cancelled_on),
        "trading_day": day_text(facts.day),
        "purpose": facts.purpose.name,
        "beneficiary": {
            "name_en": details.beneficiary_en,
            "name_zh": details.beneficiary_zh,
            "code": public_code(plain_firm_code(details.beneficiary_code)),
        },
        "used_for": _used_for(facts),
        "quantity": facts.quantity,
        "covers": facts.covers,
        "units": [_unit(unit) for unit in facts.units],
        **_standing_on(facts),
        "log": _entry(facts.fulfilled),
    }


def _standing_on(facts: CertificateFacts) -> Document:
    """What quota of a sink stands on, each conversion once, however many ranges name it in ``issued_against``. A
    certificate without such quota has no word of it, so its bytes are what they always were.
    """
    return {CONVERSIONS: [_conversion(one) for one in facts.conversions]} if facts.conversions else {}


def _conversion(conversion: ConversionFacts) -> Document:
    return {
        "claim": id_text(Kind.USE, conversion.claim),
        "cancelled_on": day_text(conversion.cancelled_on),
        "quantity": sum(unit.serials.tonnes for unit in conversion.units),
        "units": [_unit(unit) for unit in conversion.units],
    }


def conversions_in(document: Document) -> list[Document]:
    """The cancelled CCER that a document names behind its quota."""
    named: list[Document] = document.get(CONVERSIONS, [])
    return named


def kind_of(facts: CertificateFacts) -> str:
    """SINK where every tonne was taken up by an ecosystem; quota of other categories is a reduction, and no sink."""
    sinks = [
        unit.project.family is not Family.REDUCTION_QUOTA
        or unit.project.source_category is SourceCategory.ECOSYSTEM_SINK
        for unit in facts.units
    ]
    return SINK if all(sinks) else REDUCTION


def _used_for(facts: CertificateFacts) -> Document:
    """The details that the purpose has; the others are null, so that every certificate has the same keys."""
    details, facility = facts.details, facts.facility
    return {
        "facility": details.facility or None,
        "facility_name_en": facility.name_en if facility else None,
        "facility_name_zh": facility.name_zh if facility else None,
        "year": details.year or None,
        "offset_project": details.project or None,
        "intensity": details.intensity.name if details.intensity else None,
        "neutrality": details.neutrality.name if details.neutrality else None,
        "event": details.event or None,
        "event_day": day_text(details.event_day) if details.event_day else None,
        "province": details.province or None,
        "league": _league(details.league),
    }


def _unit(unit: UnitFacts) -> Document:
    return {
        "serials": serial_text(unit.serial_text, unit.serials),
        "serial_space": unit.space,
        "serial_first": unit.serials.lo,
        "serial_last": unit.serials.hi - 1,
        "quantity": unit.serials.tonnes,
        "vintage": unit.vintage,
        "monitoring_start": day_text(unit.monitoring_start),
        "monitoring_end": day_text(unit.monitoring_end),
        "issued_against": id_text_or_none(Kind.USE, unit.converted),
        "project": _project(unit.project),
        "receipt": None if unit.receipt is None else _receipt(unit.receipt),
    }


def _project(project: ProjectFacts) -> Document:
    return {
        "code": project.code,
        "name_en": project.name_en,
        "name_zh": project.name_zh,
        "family": project.family.name,
        "mechanism": project.mechanism.name,
        "registry": project.registry,
        "methodology": project.methodology,
        "activity": project.activity.name,
        "league": _league(project.league),
        "source_category": project.source_category.name if project.source_category else None,
        "ccer_generation": project.ccer_generation.name if project.ccer_generation else None,
    }


def _receipt(receipt: Receipt) -> Document:
    """What the registry signed has an instant; a paper bears a day and no hour, and shows no more than that."""
    return {
        "number": receipt.number,
        "reference": receipt.reference,
        "message": receipt.message,
        "stated_at": time_text(receipt.stated_at) if receipt.signature else day_text(day_of(receipt.stated_at)),
        "signature": base64.b64encode(receipt.signature).decode(),
    }


def _revocation(revocation: Revocation) -> Document:
    return {"reason": revocation.reason, "log": _entry(revocation.entry)}


def _dispute(dispute: Dispute) -> Document:
    """What it is about is a request's kind, RECONCILIATION where the registry's list is DIFFERENT from what we have, or
    CONVERSION where the cancellation behind the units was REVOKED.
    """
    return {
        "about": dispute.about,
        "reference": dispute.reference,
        "outcome": dispute.outcome,
        "message": dispute.message,
        "log": _entry(dispute.entry),
    }


def _entry(entry: LogEntry) -> Document:
    return {
        "seq": entry.seq,
        "at": time_text(entry.at),
        "leaf_hash": entry.leaf_hash.hex(),
        "head": entry.head.hex(),
    }


def _league(league: League) -> str | None:
    return league.name if league else None


def day_text(day: Day) -> str:
    """A day in ISO 8601."""
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"


def time_text(at: Micros) -> str:
    """An instant in RFC 3339, UTC, with microseconds."""
    return (_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
