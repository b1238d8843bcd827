"""On whose account of the ledger a parcel's tonnes stand: its owner's, or the venue's that says where they went."""

from __future__ import annotations

from typing import Final

from exchange.core.events.credits import Parcel, ParcelState
from exchange.core.ledger import chart

_GONE: Final = {
    ParcelState.OUT: chart.OUT,
    ParcelState.RETURN_REQUESTED: chart.OUT,
    ParcelState.RETIRED: chart.RETIRED,
    ParcelState.CANCELLED: chart.CANCELLED,
    ParcelState.EXPORTED: chart.EXPORTED,
}


def account_of(parcel: Parcel) -> int:
    """The owner of the account, as :mod:`exchange.core.ledger.chart` has them."""
    return _GONE.get(parcel.state, parcel.owner)
