"""What the auditor sees: every trade and every order with its parties, the ledger, the lots, and the journal itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from exchange.client.models.trading import Order


@dataclass(frozen=True, slots=True)
class AuditTrade:
    """A trade with both parties, orders and fees; ``value`` is price times quantity in CNY."""

    id: str
    seq: int
    at: datetime
    day: date
    instrument: str
    price: Decimal
    quantity: int
    value: Decimal
    aggressor: str
    buyer: str
    buyer_code: str
    seller: str
    seller_code: str
    buy_order: str
    sell_order: str
    buy_fee: Decimal
    sell_fee: Decimal


@dataclass(frozen=True, slots=True)
class AuditOrder(Order):
    """An order with its participant; ``seq`` is the entry in which it was placed, ``last_seq`` the latest about it."""

    participant: str
    participant_code: str
    seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A journal entry: the leaf's canonical bytes and the head of the chain after it, both in hex."""

    seq: int
    at: datetime
    leaf: str
    head: str


@dataclass(frozen=True, slots=True)
class Movement:
    """Serials of a lot that went from ``source`` to ``target``: participants, or REGISTRY."""

    seq: int
    n: int
    at: datetime
    transaction: str
    source: str
    target: str
    serial_lo: int
    serial_hi: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A ledger posting from the account of ``debit`` to that of ``credit``; ``amount`` in CNY or whole tonnes."""

    seq: int
    n: int
    at: datetime
    transaction: str
    layer: str
    debit: str
    credit: str
    asset: str
    amount: str
