"""Commands that move money in and out of the venue."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.values import Fen, ParticipantId, PersonId


@dataclass(slots=True)
class DepositCash:
    """Credit money that arrived on the settlement bank account; ``bank_reference`` is accepted once for ever."""

    actor: PersonId
    participant: ParticipantId
    amount: Fen
    bank_reference: str


@dataclass(slots=True)
class WithdrawCash:
    """Pay money out; held when proposed by the participant, paid when an operator approves."""

    actor: PersonId
    participant: ParticipantId
    amount: Fen
    bank_account: str
