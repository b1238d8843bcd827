"""Balances: four running totals an account, debit and credit by posted and pending, never one number.

A participant's account is credit-normal: what it owns is credits less debits posted, what is available also less the
pending debits (holds). Nothing is ever subtracted from a posted total; the ledger only grows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from exchange.core.events.participants import Layer, Posting
from exchange.core.ledger.chart import BANK, CNY, Account

Owners = defaultdict[int, "Balance"]
"""The accounts in one asset, by owner; one that is asked for with [] is there from then on."""

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


def _no_owners() -> Owners:
    return defaultdict(Balance)


@dataclass(slots=True)
class Balances:
    """All accounts, by asset and then by owner; one that nothing was ever posted to is not there.

    Both sides of a posting are in one asset. To find them by number in its accounts takes half the time that two pairs
    of numbers would take, which are made, hashed and compared each time.
    """

    accounts: defaultdict[int, Owners] = field(default_factory=lambda: defaultdict(_no_owners))

    def of(self, owner: int, asset: int) -> Balance:
        """The account, made when it is first needed."""
        return self.accounts[asset][owner]

    def get(self, owner: int, asset: int) -> Balance | None:
        """The account, if anything was ever posted to it."""
        owners = self.accounts.get(asset)
        return None if owners is None else owners.get(owner)

    def rows(self) -> list[tuple[Account, Balance]]:
        """Every account by its owner and asset, in this order."""
        table = {(owner, asset): one for asset, owners in self.accounts.items() for owner, one in owners.items()}
        return [(account, table[account]) for account in sorted(table)]

    def available(self, owner: int, asset: int) -> int:
        """What the owner can use of an asset now."""
        # get and Balance.available would be two calls more, and every order asks.
        owners = self.accounts.get(asset)
        balance = None if owners is None else owners.get(owner)
        return 0 if balance is None else balance.credits_posted - balance.debits_posted - balance.debits_pending

    def posted(self, owner: int, asset: int) -> int:
        """What the owner has of an asset, held or not."""
        balance = self.get(owner, asset)
        return 0 if balance is None else balance.posted

    def held(self, owner: int, asset: int) -> int:
        """What the owner has of an asset and cannot use now."""
        return self.posted(owner, asset) - self.available(owner, asset)

    def venue_cash(self) -> int:
        """All money that the venue holds for others and itself, in fen: what the bank must show."""
        return -self.posted(BANK, CNY)

    def apply(self, postings: Iterable[Posting]) -> None:
        """Book the postings of one transaction."""
        accounts = self.accounts
        for posting in postings:
            owners, amount, layer = accounts[posting.asset], posting.amount, posting.layer
            debit, credit = owners[posting.debit], owners[posting.credit]
            if layer is _POST:
                debit.debits_posted += amount
                credit.credits_posted += amount
            elif layer is _HOLD:
                debit.debits_pending += amount
                credit.credits_pending += amount
            else:
                debit.debits_pending -= amount
                credit.credits_pending -= amount
