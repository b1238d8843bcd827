"""What the auditor sees: every trade and every order with its parties, and the journal itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AuditTrade:
    """A trade with both parties, orders and fees."""

    id: str
    seq: int
    at: datetime
    instrument: str
    price: Decimal
    quantity: int
    aggressor: str
    buyer: str
    seller: str
    buy_order: str
    sell_order: str
    buy_fee: Decimal
    sell_fee: Decimal


@dataclass(frozen=True, slots=True)
class AuditOrder:
    """An order with its participant and what became of it."""

    id: str
    participant: str
    instrument: str
    side: str
    kind: str
    time_in_force: str
    quantity: int
    cumulative: int
    leaves: int
    status: str
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A journal entry: the leaf's canonical bytes and the head of the chain after it, both in hex."""

    seq: int
    leaf: str
    head: str
