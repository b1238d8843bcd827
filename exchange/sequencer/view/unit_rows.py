"""The rows of the committed view about the life of units, each around the event that began it.

As all rows they have a canonical form (:mod:`exchange.sequencer.view.image`).
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.credits import ImportRow
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.credits.claims import ClaimStatus, ReleaseStatus
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.encumbrances import EncumbranceSet, ReversalReported
from exchange.core.events.registry import RegistryAsked
from exchange.core.events.uses import ClaimMade, LotRanges, ReleaseMade
from exchange.core.values import Day, EncumbranceId, ImportId, IssuanceId, LotId, Micros, PersonId, Seq, Tonnes


@dataclass(slots=True)
class Contradiction:
    """What the registry said of a request after it had said something else: the number of that statement, the entry
    that took it in, and what holds the units since. As long as that stands, the contradiction does.
    """

    outcome: RegistryOutcome
    message: str
    seq: Seq
    encumbrance: EncumbranceId


@dataclass(slots=True)
class RequestRow:
    """A request to the registry; what it has said of it is empty until it has. ``contradictions`` are what it said
    otherwise afterwards.
    """

    terms: RegistryAsked
    status: RequestStatus
    seq: Seq
    at: Micros
    receipt: str
    message: str
    stated_at: Micros
    signature: bytes
    answered_at: Micros
    answered_seq: Seq
    contradictions: list[Contradiction]

    @property
    def contradicted(self) -> bool:
        """Whether the registry has ever said something else afterwards."""
        return bool(self.contradictions)


@dataclass(slots=True)
class UseRow:
    """A use of units. ``units``, ``quantity`` and ``covers`` are what was chosen, and what is really gone once it is
    fulfilled; ``day`` is the day of that and ``fulfilled_seq`` its entry, both 0 before it. ``converted`` is how much
    was issued again as quota. The facility's names are those of when the use was proposed, empty where none are known.
    """

    terms: ClaimMade
    facility_en: str
    facility_zh: str
    status: ClaimStatus
    seq: Seq
    at: Micros
    last_seq: Seq
    last_at: Micros
    day: Day
    fulfilled_seq: Seq
    units: tuple[LotRanges, ...]
    quantity: Tonnes
    covers: Tonnes
    converted: Tonnes
    reason: str


@dataclass(slots=True)
class ReleaseRow:
    """A release to the national market. ``units`` are those that were chosen until it is done, then those that left;
    the two times are 0 before it is approved.
    """

    terms: ReleaseMade
    status: ReleaseStatus
    seq: Seq
    at: Micros
    last_seq: Seq
    last_at: Micros
    callable_until: Micros
    leaves_at: Micros
    units: tuple[LotRanges, ...]
    quantity: Tonnes


@dataclass(slots=True)
class ReturnRow:
    """Tonnes of a lot that have come back from the national market, and the entry in which they did."""

    lot: LotId
    quantity: int
    seq: Seq
    at: Micros


@dataclass(slots=True)
class EncumbranceRow:
    """An encumbrance, and the units that it holds or held; ``lifted_at`` is 0 while it stands.

    ``freed`` are those that it let go while it is being lifted, which can take many entries.
    """

    terms: EncumbranceSet
    seq: Seq
    at: Micros
    lifted_at: Micros
    units: list[LotRanges]
    freed: list[LotRanges]
    quantity: int


@dataclass(slots=True)
class ReversalRow:
    """Stored carbon that was lost again, and how much of it was replaced.

    ``withdrawn_at`` is 0 unless it was a mistake; then ``reason`` says why.
    """

    terms: ReversalReported
    seq: Seq
    at: Micros
    replaced: Tonnes
    withdrawn_at: Micros = Micros(0)
    reason: str = ""

    @property
    def shortfall(self) -> int:
        """What is still owed."""
        return 0 if self.withdrawn_at else self.terms.quantity - self.replaced


@dataclass(slots=True)
class StagedImport:
    """A file of units: the rows that wait, or were issued and admitted."""

    staged: ImportId
    by: PersonId
    seq: Seq
    at: Micros
    rows: list[ImportRow]
    issuances: tuple[IssuanceId, ...]
    lots: tuple[LotId, ...]
    committed_at: Micros
