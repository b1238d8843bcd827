"""Trades that two parties agreed outside the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The unit price that follows from total and quantity; ``exact`` is false when it was rounded to two decimals."""

    value: Decimal
    exact: bool
    derived: bool
    ratio: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement: total in CNY as agreed, quantity in tonnes, unit price derived and never the reverse.

    ``side`` is the proposer's. The terms are None only in the answer to a command about an agreement that was not
    durable yet when the command came. The times and the own fee are in reads alone.
    """

    id: str
    status: str
    proposer: str | None
    counterparty: str | None
    side: str | None
    kind: str | None
    family: str | None
    project: str | None
    quantity: int | None
    total: Decimal | None
    unit_price: UnitPrice | None
    proposed_at: datetime | None = None
    changed_at: datetime | None = None
    own_fee: Decimal | None = None
