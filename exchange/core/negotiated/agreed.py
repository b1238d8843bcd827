"""Agreed trades: proposed by one party, affirmed by the other, confirmed by the venue, settled gross (BLOCK-FLOW).

The total is what the parties agreed and what is stored; the unit price is derived and may not lie on any tick. A
pre-issuance agreement (期货式) ends its life here as AGREED: it moves nothing before its units are issued, is never
netted or margined, and is not a futures contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.agreements import AgreementKind
from exchange.core.commands.instruments import Family
from exchange.core.orders import LotHold
from exchange.core.values import AgreementId, Fen, ParticipantId, Ppm, Side, Tonnes


class AgreementStatus(IntEnum):
    """PROPOSED, AGREED when both parties affirmed, then SETTLED or ENDED."""

    PROPOSED = 1
    AGREED = 2
    SETTLED = 3
    ENDED = 4


@dataclass(slots=True)
class Agreement:
    """One agreed trade; each side's hold is placed when that side consents and is 0 for pre-issuance agreements."""

    agreement: AgreementId
    proposer: ParticipantId
    counterparty: ParticipantId
    side: Side
    kind: AgreementKind
    family: Family
    project: str
    quantity: Tonnes
    total: Fen
    fee_rate: Ppm
    status: AgreementStatus
    cash_held: Fen
    lots_held: list[LotHold]

    @property
    def buyer(self) -> ParticipantId:
        """Who pays."""
        return self.proposer if self.side is Side.BUY else self.counterparty

    @property
    def seller(self) -> ParticipantId:
        """Who delivers."""
        return self.counterparty if self.side is Side.BUY else self.proposer

    @property
    def open(self) -> bool:
        """Whether it can still be affirmed, settled or ended."""
        return self.status in (AgreementStatus.PROPOSED, AgreementStatus.AGREED)


def agreed_family(kind: AgreementKind, family: Family) -> bool:
    """Which families may be agreed: spot those that have no book, pre-issuance the CCER that is still to be issued.

    Blocks (大宗) of units that have a book follow rules of their own and are not agreed trades.
    """
    if kind is AgreementKind.SPOT:
        return family is Family.OTHER_SINK
    return family is Family.FORESTRY_CCER
