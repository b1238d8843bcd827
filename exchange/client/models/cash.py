"""Money at the venue, in CNY."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that came in; a bank reference is credited once for ever."""

    participant: str
    amount: Decimal
    bank_reference: str
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class VenueAccount:
    """One of the venue's own accounts, BANK, CLEARING or FEES; ``balance`` of BANK is what must lie at the bank."""

    account: str
    balance: Decimal
    debits_posted: Decimal
    credits_posted: Decimal
    debits_held: Decimal
    credits_held: Decimal


@dataclass(frozen=True, slots=True)
class VenueAccounts:
    """The venue's accounts; ``agrees`` says whether BANK is CLEARING, FEES and what ``participants`` own together."""

    items: tuple[VenueAccount, ...]
    participants: Decimal
    agrees: bool
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class Account:
    """A participant's cash: ``balance`` is all of it, ``held`` what open orders and withdrawals reserve."""

    participant: str
    balance: Decimal
    held: Decimal
    available: Decimal
    fees_paid: Decimal
    as_of_seq: int
