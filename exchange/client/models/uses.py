"""Uses and releases of units, and what the national registry is asked about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from exchange.client.models.units import UnitRange


@dataclass(frozen=True, slots=True)
class Use:
    """A use of units: which serials serve whom, for what. ``covers`` is what they stand for, in tonnes; ``ended_as``
    is None unless it ENDED.
    """

    id: str
    status: str
    ended_as: str | None
    participant: str
    proposal: str | None
    purpose: str
    units: tuple[UnitRange, ...]
    quantity: int
    covers: int
    beneficiary_en: str
    beneficiary_zh: str
    beneficiary_code: str
    facility: str
    year: int | None
    offset_project: str
    intensity: str
    neutrality: str
    event: str
    event_day: date | None
    province: str
    league: str
    reversal: str | None
    converted: int
    requests: tuple[str, ...]
    receipts: tuple[str, ...]
    disputed: bool
    proposed_at: datetime
    changed_at: datetime
    fulfilled_on: date | None
    cancelled_on: date | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ProposedUse:
    """A use that was proposed: the serials that were set aside, and the hash that the venue approves."""

    id: str
    proposal: str
    action_hash: str
    status: str
    purpose: str
    units: tuple[UnitRange, ...]
    quantity: int
    covers: int


@dataclass(frozen=True, slots=True)
class Release:
    """A release to the national market; the two times are None before it is approved, ``ended_as`` unless it ENDED."""

    id: str
    status: str
    ended_as: str | None
    participant: str
    proposal: str
    units: tuple[UnitRange, ...]
    quantity: int
    national_account: str
    proposed_at: datetime
    changed_at: datetime
    callable_until: datetime | None
    leaves_at: datetime | None
    requests: tuple[str, ...]
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedRelease:
    """A release that was proposed: the serials that were set aside, and the hash that the venue approves."""

    id: str
    proposal: str
    action_hash: str
    status: str
    units: tuple[UnitRange, ...]
    quantity: int


@dataclass(frozen=True, slots=True)
class CalledOffRelease:
    """A release that was called off."""

    id: str
    status: str


@dataclass(frozen=True, slots=True)
class RegistryRequest:
    """What the national registry was asked about one range, and what it has said; while it is open, how often it was
    tried since the exchange began and what was wrong with the last answer. ``account`` is where a release goes.
    """

    id: str
    kind: str
    status: str
    lot: str
    serial_lo: int
    serial_hi: int
    serial_text: str | None
    quantity: int
    owner: str
    account: str | None
    reference: str
    subject: str | None
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    stated_at: datetime | None
    receipt: str | None
    message: str | None
    contradicted: bool
    attempts: int | None
    last_problem: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the certificate of a use is found; ``sha256`` is that of its JSON, ``pdf`` None where there is none."""

    use: str
    number: str
    status: str
    status_since: datetime
    page: str
    json_file: str
    pdf: str | None
    sha256: str
