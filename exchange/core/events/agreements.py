"""What happens to agreed trades."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.agreements import AgreementKind
from exchange.core.commands.instruments import Family
from exchange.core.values import AgreementId, Fen, ParticipantId, PersonId, Side, Tonnes, TransactionId


@dataclass(slots=True)
class AgreementProposed:
    """A trade was proposed to its counterparty."""

    agreement: AgreementId
    proposer: ParticipantId
    counterparty: ParticipantId
    side: Side
    kind: AgreementKind
    family: Family
    project: str
    quantity: Tonnes
    total: Fen


@dataclass(slots=True)
class AgreementAffirmed:
    """Both parties have agreed: a spot agreement waits for the venue, a pre-issuance agreement stands and moves
    nothing.
    """

    agreement: AgreementId
    by: PersonId


@dataclass(slots=True)
class AgreementEnded:
    """An agreement ended without a trade; what it held is released."""

    agreement: AgreementId
    by: PersonId


@dataclass(slots=True)
class AgreementSettled:
    """The venue confirmed and both legs moved in one ledger transaction."""

    agreement: AgreementId
    transaction: TransactionId
    buyer: ParticipantId
    seller: ParticipantId
    quantity: Tonnes
    total: Fen
    buy_fee: Fen
    sell_fee: Fen
