"""Balances: four running totals an account, debit and credit by posted and pending, never one number.

A participant's account is credit-normal: what it owns is credits less debits posted, what is available also less the
pending debits (holds). Nothing is ever subtracted from a posted total; the ledger only grows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from exchange.core.events.participants import Layer, Posting
from exchange.core.ledger.chart import BANK, CNY, Account

_HOLD: Final = Layer.HOLD
_POST: Final = Layer.POST


@dataclass(slots=True)
class Balance:
    """The four totals of one account, in the asset's unit."""

    debits_posted: int = 0
    credits_posted: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

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
        # Balance.available would be a call more, and every order asks.
        return 0 if balance is None else balance.credits_posted - balance.debits_posted - balance.debits_pending

    def posted(self, owner: int, asset: int) -> int:
        """What the owner has of an asset, held or not."""
        balance = self.accounts.get((owner, asset))
        return 0 if balance is None else balance.posted

    def venue_cash(self) -> int:
        """All money that the venue holds for others and itself, in fen: what the bank must show."""
        return -self.posted(BANK, CNY)

    def apply(self, postings: Iterable[Posting]) -> None:
        """Book the postings of one transaction."""
        accounts = self.accounts
        for posting in postings:
            asset, amount, layer = posting.asset, posting.amount, posting.layer
            try:
                debit, credit = accounts[posting.debit, asset], accounts[posting.credit, asset]
            except KeyError:  # the first posting of one of the two
                debit, credit = self.of(posting.debit, asset), self.of(posting.credit, asset)
            if layer is _POST:
                debit.debits_posted += amount
                credit.credits_posted += amount
            elif layer is _HOLD:
                debit.debits_pending += amount
                credit.credits_pending += amount
            else:
                debit.debits_pending -= amount
                credit.credits_pending -= amount
