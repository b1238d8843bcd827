"""Making postings. Each is one row with both sides, so a transaction cannot be unbalanced; zero amounts make no row."""

from __future__ import annotations

from typing import Final

from exchange.core.events.participants import Layer, Posting
from exchange.core.ledger.chart import CLEARING

_HOLD: Final = Layer.HOLD
_RELEASE: Final = Layer.RELEASE
_POST: Final = Layer.POST


def hold(owner: int, asset: int, amount: int, out: list[Posting]) -> None:
    """Reserve an amount of an owner's account: pending debit there, pending credit in clearing."""
    if amount:
        out.append(Posting(_HOLD, owner, CLEARING, asset, amount))


def release(owner: int, asset: int, amount: int, out: list[Posting]) -> None:
    """Give a reservation back."""
    if amount:
        out.append(Posting(_RELEASE, owner, CLEARING, asset, amount))


def move(source: int, target: int, asset: int, amount: int, out: list[Posting]) -> None:
    """Move an amount for good from one owner's account to another's."""
    if amount:
        out.append(Posting(_POST, source, target, asset, amount))
