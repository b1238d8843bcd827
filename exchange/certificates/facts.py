"""What the log says of one fulfilled use: everything that a certificate is made of, and nothing else.

Two parts of the program find these facts: the service in its committed view, and
:mod:`exchange.certificates.register` in the events of a journal. The same claim gives the same facts in both.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.commands.uses import Purpose, UseDetails
from exchange.core.events.encumbrances import EncumbranceSet
from exchange.core.events.uses import ClaimMade
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, Day, IssuanceId, LotId, Micros, Seq, Tonnes, day_of

RECONCILED: Final = "RECONCILIATION"
"""What a dispute is about where the registry's lists are not what we have."""

CONVERTED: Final = "CONVERSION"
"""What a dispute is about where the cancellation behind the units was revoked."""

_DIFFERENT: Final = "DIFFERENT"
_REVOKED: Final = "REVOKED"
_UNCERTIFIED: Final = (Purpose.FORCED, Purpose.CONVERSION)
_LEAF_PREFIX: Final = b"\x00"


def is_certified(made: ClaimMade) -> bool:
    """Whether somebody has the benefit of a claim, so that there is a certificate of it once it is fulfilled.

    What replaces a loss, by order or not, benefits nobody. What is converted into quota goes on as quota: a second
    certificate for the same tonne would be its second claim.
    """
    return made.purpose not in _UNCERTIFIED and not made.reversal


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the log. ``leaf_hash`` is the hash of its leaf in a Merkle tree (RFC 6962, 2.1), ``head`` the head of
    the chain after it; 32 bytes each.
    """

    seq: Seq
    at: Micros
    leaf_hash: bytes
    head: bytes


def log_entry(seq: Seq, at: Micros, leaf_bytes: bytes, head: bytes) -> LogEntry:
    """The entry with this leaf."""
    return LogEntry(seq, at, hashlib.sha256(_LEAF_PREFIX + leaf_bytes).digest(), head)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The national registry's word that a range is cancelled (注销). ``reference`` is our request, ``number`` the
    registry's receipt, ``message`` its number of the statement and ``signature`` what it signed that with: 64 bytes,
    or none where the receipt came on paper and two persons read it; then
    ``stated_at`` is when the day that the paper bears began in China.
    """

    reference: str
    number: str
    message: str
    stated_at: Micros
    signature: bytes


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """The project that the units come from, as two persons recorded it."""

    code: str
    name_en: str
    name_zh: str
    family: Family
    mechanism: Mechanism
    registry: str
    methodology: str
    activity: Activity
    league: League
    source_category: SourceCategory
    ccer_generation: CcerGeneration


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """One range of serials that was used up. ``serial_text`` is the template of the registry's own writing;
    ``converted`` the cancelled CCER claim that a quota of an ecosystem sink was issued against, or 0. ``receipt`` is
    missing where this venue's log is itself the register in which the units end.
    """

    lot: LotId
    serials: SerialRange
    issuance: IssuanceId
    space: str
    serial_text: str
    vintage: int
    monitoring_start: Day
    monitoring_end: Day
    converted: ClaimId
    project: ProjectFacts
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class ConversionFacts:
    """CCER that were cancelled so that quota of an ecosystem sink could be issued against them. ``units`` are all that
    the claim cancelled: quota is issued against so many of its tonnes, not against these or those serials, so other
    certificates may name the same.
    """

    claim: ClaimId
    units: tuple[UnitFacts, ...]

    @property
    def cancelled_on(self) -> Day:
        """The calendar day in China on which the last of them was cancelled. Only a registry cancels CCER, so each
        range has its receipt.
        """
        return max(day_of(one.receipt.stated_at) for one in self.units if one.receipt is not None)


@dataclass(frozen=True, slots=True)
class FacilityNames:
    """What the facility that a use names was called when the use was proposed."""

    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """The claim counts no more."""

    reason: str
    entry: LogEntry


@dataclass(frozen=True, slots=True)
class Dispute:
    """Something is said against these units, in the words of the certificate's JSON. It stands until the regulator and
    another person let go what is held fast since; only a revocation stands for good.
    """

    reference: str
    about: str
    outcome: str
    message: str
    entry: LogEntry


def contradicted(
    reference: str, about: RequestKind, outcome: RegistryOutcome, message: str, entry: LogEntry
) -> Dispute:
    """The registry has contradicted itself about some of their serials: of our request ``reference`` it has stated
    ``outcome`` after it had stated something else, in the statement with the number ``message``.
    """
    return Dispute(reference, about.name, outcome.name, message, entry)


def reconciled(held: EncumbranceSet, entry: LogEntry) -> Dispute:
    """A reconciliation with the registry has found that it does not say of some of their serials what we have."""
    return Dispute(id_text(Kind.ENCUMBRANCE, held.encumbrance), RECONCILED, _DIFFERENT, held.reference, entry)


def revoked_behind(claim: ClaimId, reason: str, entry: LogEntry) -> Dispute:
    """The cancellation was revoked that they were issued against: ``claim``, for this reason."""
    return Dispute(id_text(Kind.USE, claim), CONVERTED, _REVOKED, reason, entry)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A fulfilled claim. ``covers`` is what the units stand for after the rulebook's ratio; ``fulfilled`` the entry
    with which the last unit was gone, and ``day`` the trading day to which it belongs. ``facility`` is missing where
    the use names none, or one of which this venue knows no more than its code. ``disputes`` are those that stand,
    oldest first: about the serials of its units, and about the cancelled CCER that they were issued against.
    ``conversions`` are these CCER, each claim once, in the order in which the claims were made.
    """

    venue: str
    is_sandbox: bool
    claim: ClaimId
    purpose: Purpose
    details: UseDetails
    facility: FacilityNames | None
    day: Day
    quantity: Tonnes
    covers: Tonnes
    units: tuple[UnitFacts, ...]
    fulfilled: LogEntry
    revocation: Revocation | None
    disputes: tuple[Dispute, ...] = ()
    conversions: tuple[ConversionFacts, ...] = ()

    @property
    def cancelled_on(self) -> Day:
        """The calendar day in China on which the last unit was cancelled (注销日): by the registry's own word, or by
        this log where that is the register. A receipt of a Saturday belongs to the trading day that begins on Monday;
        what it says it says on Saturday.
        """
        return max(day_of(self.fulfilled.at if one.receipt is None else one.receipt.stated_at) for one in self.units)
