"""Commands of agreed trades: negotiated between two parties, affirmed by both, settled on the venue's confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.instruments import Family
from exchange.core.values import AgreementId, Fen, LotId, ParticipantId, PersonId, Side, Tonnes


class AgreementKind(IntEnum):
    """SPOT delivers existing lots; PRE_ISSUANCE (期货式) stands as an agreement and moves nothing before issuance."""

    SPOT = 1
    PRE_ISSUANCE = 2


@dataclass(slots=True)
class ProposeAgreement:
    """Propose a trade to ``counterparty``. The total is what was agreed; the unit price is derived from it, never the
    reverse (1,000,000.00 CNY over 18,000 t has no unit price on the tick).
    """

    actor: PersonId
    participant: ParticipantId
    counterparty: ParticipantId
    side: Side
    kind: AgreementKind
    family: Family
    project: str
    quantity: Tonnes
    total: Fen
    lots: tuple[LotId, ...]


@dataclass(slots=True)
class AffirmAgreement:
    """Affirm a proposal as its counterparty; ``quantity`` and ``total`` must be the proposal's, entered again."""

    actor: PersonId
    participant: ParticipantId
    agreement: AgreementId
    quantity: Tonnes
    total: Fen
    lots: tuple[LotId, ...]


@dataclass(slots=True)
class DeclineAgreement:
    """End an agreement that is not settled: by either party before both have affirmed."""

    actor: PersonId
    participant: ParticipantId
    agreement: AgreementId


@dataclass(slots=True)
class ConfirmAgreement:
    """Confirm an affirmed spot agreement as the venue and settle it, or refuse it and release what it held (T14)."""

    actor: PersonId
    agreement: AgreementId
    accept: bool
