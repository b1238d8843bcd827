"""Which lot a sale takes first, when the seller names none: that of the oldest vintage, then of the lowest serial."""

from __future__ import annotations

from exchange.core.credits.lots import Lot


def delivery_order(lot: Lot) -> tuple[int, int, int]:
    """The rule's order: oldest vintage, then serial space, then lowest serial."""
    return (lot.vintage, lot.space, lot.serials.lo)
