"""Balances: four running totals an account, debit and credit by posted and pending, never one number.

A participant's account is credit-normal: what it owns is credits less debits posted, what is available also less the
pending debits (holds). Nothing is ever subtracted from a posted total; the ledger only grows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from exchange.core.canonical import Wide
from exchange.core.events.participants import Layer, Posting
from exchange.core.ledger.chart import BANK, CNY, Account


@dataclass(slots=True)
class Balance:
    """The four totals of one account, in the asset's unit."""

    debits_posted: Wide = Wide(0)
    credits_posted: Wide = Wide(0)
    debits_pending: Wide = Wide(0)
    credits_pending: Wide = Wide(0)

    @property
    def posted(self) -> int:
        """What the owner has, held or not."""
        return self.credits_posted - self.debits_posted

    @property
    def available(self) -> int:
        """What the owner can use now (INV-14: never below zero for a participant)."""
        return self.credits_posted - self.debits_posted - self.debits_pending


@dataclass(slots=True)
class Balances:
    """All accounts; one that nothing was ever posted to is not there."""

    accounts: dict[Account, Balance] = field(default_factory=dict)

    def of(self, owner: int, asset: int) -> Balance:
        """The account, made when it is first needed."""
        key = (owner, asset)
        balance = self.accounts.get(key)
        if balance is None:
            balance = self.accounts[key] = Balance()
        return balance

    def available(self, owner: int, asset: int) -> int:
        """What the owner can use of an asset now."""
        balance = self.accounts.get((owner, asset))
        return 0 if balance is None else balance.available

    def posted(self, owner: int, asset: int) -> int:
        """What the owner has of an asset, held or not."""
        balance = self.accounts.get((owner, asset))
        return 0 if balance is None else balance.posted

    def venue_cash(self) -> int:
        """All money that the venue holds for others and itself, in fen: what the bank must show."""
        return -self.posted(BANK, CNY)

    def apply(self, postings: Iterable[Posting]) -> None:
        """Book the postings of one transaction."""
        for posting in postings:
            debit, credit = self.of(posting.debit, posting.asset), self.of(posting.credit, posting.asset)
            amount = posting.amount
            if posting.layer is Layer.POST:
                debit.debits_posted = Wide(debit.debits_posted + amount)
                credit.credits_posted = Wide(credit.credits_posted + amount)
            else:
                signed = amount if posting.layer is Layer.HOLD else -amount
                debit.debits_pending = Wide(debit.debits_pending + signed)
                credit.credits_pending = Wide(credit.credits_pending + signed)
