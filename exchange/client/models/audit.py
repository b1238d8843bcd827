"""What the auditor sees: every trade and every order with its parties, the ledger, the lots, and the journal itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from exchange.client.models.trading import Order


@dataclass(frozen=True, slots=True)
class AuditTrade:
    """A settled trade with both parties, orders and fees; ``value`` is what was paid, in CNY.

    ``origin`` is BOOK or AGREED. An agreed trade has no price, no orders and no instrument: its total was agreed, and
    ``derived_price`` follows from it (``derived_price_exact`` is false when it was rounded).
    """

    id: str
    origin: str
    seq: int
    at: datetime
    day: date
    instrument: str | None
    symbol: str | None
    family: str
    project: str
    quantity: int
    price: Decimal | None
    value: Decimal
    derived_price: Decimal | None
    derived_price_exact: bool | None
    aggressor: str | None
    buyer: str
    buyer_code: str
    seller: str
    seller_code: str
    buy_order: str | None
    sell_order: str | None
    buy_fee: Decimal
    sell_fee: Decimal


@dataclass(frozen=True, slots=True)
class AuditAgreement:
    """An agreement in whatever state; ``seq`` is the entry in which it was proposed, ``last_seq`` the latest about it.

    ``side`` is the proposer's. Fees, and the ledger transaction, are there when it is settled.
    """

    id: str
    status: str
    seq: int
    proposed_at: datetime
    last_seq: int
    changed_at: datetime
    kind: str
    family: str
    project: str
    quantity: int
    total: Decimal
    derived_price: Decimal
    derived_price_exact: bool
    side: str
    proposer: str
    proposer_code: str
    counterparty: str
    counterparty_code: str
    buyer: str
    buyer_code: str
    seller: str
    seller_code: str
    affirmed_by: str | None
    ended_by: str | None
    transaction: str | None
    buy_fee: Decimal | None
    sell_fee: Decimal | None


@dataclass(frozen=True, slots=True)
class AuditRefusal:
    """A command that was sequenced and refused; ``participant`` is None for staff, ``person`` too for the program
    itself, ``rule`` "" for none.
    """

    seq: int
    at: datetime
    participant: str | None
    participant_code: str | None
    person: str | None
    person_name: str | None
    role: str | None
    key: str | None
    command: str
    code: str
    rule: str


@dataclass(frozen=True, slots=True)
class AuditRead:
    """A read of others' data by one of the staff; ``rows`` and ``complete`` are None for a download without an end."""

    id: int
    at: datetime
    person: str
    person_name: str
    role: str | None
    key: str
    operation: str
    asked: str
    form: str
    rows: int | None
    complete: bool | None
    seq: int


@dataclass(frozen=True, slots=True)
class AuditOrder(Order):
    """An order with its participant; ``seq`` is the entry in which it was placed, ``last_seq`` the latest about it."""

    symbol: str
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
    """Serials of a lot that went from ``source`` to ``target``: participants, REGISTRY for what came
    in, GONE for what was used or released.
    """

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
