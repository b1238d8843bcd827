"""Which lots a sale takes: those the seller names, in that order, or oldest vintage first, then lowest serial."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.core.credits.lots import CreditRegister
from exchange.core.orders import LotHold
from exchange.core.values import LotId, Tonnes


def in_delivery_order(register: CreditRegister, lots: Iterable[LotId]) -> list[LotId]:
    """The rule's order: oldest vintage, then serial space, then lowest serial."""

    def key(lot_id: LotId) -> tuple[int, int, int]:
        lot = register.lots[lot_id]
        return (lot.vintage, lot.space, lot.serials.lo)

    return sorted(lots, key=key)


def allocate(available: Iterable[tuple[LotId, int]], quantity: Tonnes) -> list[LotHold] | None:
    """Take what each lot has available in turn until the quantity is covered; None when all of it does not suffice."""
    holds: list[LotHold] = []
    missing = int(quantity)
    for lot, there in available:
        amount = min(there, missing)
        if amount > 0:
            holds.append(LotHold(lot, Tonnes(amount)))
            missing -= amount
        if not missing:
            return holds
    return None
