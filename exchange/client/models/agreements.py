"""Trades that two parties agreed outside the book."""

from __future__ import annotations

from dataclasses import dataclass
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
    """An agreement: total in CNY as agreed, quantity in tonnes, unit price derived and never the reverse."""

    id: str
    proposer: str
    counterparty: str
    side: str
    kind: str
    family: str
    project: str
    quantity: int
    total: Decimal
    unit_price: UnitPrice
    status: str
