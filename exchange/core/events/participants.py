"""What happens to participants and their money."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.participants import ParticipantRole
from exchange.core.values import Fen, OwnerGroupId, ParticipantId, TransactionId


@dataclass(slots=True)
class ParticipantAdmitted:
    """A firm was admitted."""

    participant: ParticipantId
    code: str
    name_en: str
    name_zh: str
    role: ParticipantRole
    owner_group: str
    group: OwnerGroupId


@dataclass(slots=True)
class CashDeposited:
    """Money came in; the posting is in the :class:`Booked` event of the same command."""

    participant: ParticipantId
    amount: Fen
    bank_reference: str


@dataclass(slots=True)
class CashWithdrawn:
    """Money was paid out after two persons agreed."""

    participant: ParticipantId
    amount: Fen
    bank_account: str


class Layer(IntEnum):
    """What a posting does: POST moves an amount, HOLD reserves it (pending), RELEASE gives a reservation back."""

    POST = 1
    HOLD = 2
    RELEASE = 3


@dataclass(slots=True)
class Posting:
    """One line of the ledger: ``amount`` of ``asset`` from the debited to the credited owner's account.

    An account is an (owner, asset) pair. Owners are participants or the venue's own (see ``ledger/chart.py``); the
    asset is CNY (0, in fen) or a lot (its id, in tonnes). Both sides stand in one row, so it balances by construction.
    """

    layer: Layer
    debit: int
    credit: int
    asset: int
    amount: int


@dataclass(slots=True)
class Booked:
    """One ledger transaction: all of its postings happen or none."""

    transaction: TransactionId
    postings: tuple[Posting, ...]
