"""What the ledger says: on every account as many tonnes of every lot as its parcels are, and none from nowhere."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.places import AWAY, Places, is_sellable
from exchange.core.events.credits import ParcelState
from exchange.core.events.participants import Booked, Layer
from exchange.core.ledger import chart

_ACCOUNTS: Final = {
    ParcelState.OUT: chart.OUT,
    ParcelState.RETURN_REQUESTED: chart.OUT,
    ParcelState.RETIRED: chart.RETIRED,
    ParcelState.CANCELLED: chart.CANCELLED,
    ParcelState.EXPORTED: chart.EXPORTED,
}
"""On which account of the venue a tonne stands that is on no firm's."""


class TonneLedger:
    """Follows the postings of all lots."""

    def __init__(self, notebook: Notebook, origins: Origins, places: Places) -> None:
        """Nothing is booked yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._places = places
        self._posted: dict[int, dict[int, int]] = {}
        self._pending: dict[int, dict[int, int]] = {}

    def booked(self, event: Booked) -> None:
        """Postings, of which those in money are none of this."""
        for line in event.postings:
            if line.asset == chart.CNY:
                continue
            if line.layer is Layer.POST:
                accounts, amount = self._posted.setdefault(line.asset, defaultdict(int)), line.amount
                accounts[line.credit] += amount
                accounts[line.debit] -= amount
            else:
                amount = line.amount if line.layer is Layer.HOLD else -line.amount
                self._pending.setdefault(line.asset, defaultdict(int))[line.debit] += amount

    def conclude(self) -> None:
        """Every account of every lot against its parcels; what was admitted is what all of them have together."""
        for lot in {*self._posted, *self._places.parcels}:
            standing: dict[int, int] = defaultdict(int)
            aside: dict[int, int] = defaultdict(int)
            for lo, (hi, one) in self._places.parcels.get(lot, {}).items():
                account = _ACCOUNTS[ParcelState(one.state)] if one.state in AWAY else one.owner
                standing[account] += hi - lo
                if account > 0 and not is_sellable(one):
                    aside[account] += hi - lo
            origin = self._origins.lots.get(lot)
            standing[chart.REGISTRY] = -(origin.hi - origin.lo) if origin else 0
            self._compare(lot, standing, aside)

    def _compare(self, lot: int, standing: dict[int, int], aside: dict[int, int]) -> None:
        posted, pending = self._posted.get(lot, {}), self._pending.get(lot, {})
        for account in {*posted, *standing}:
            booked, there = posted.get(account, 0), standing.get(account, 0)
            if booked != there:
                self._tell("LEDGER-DIFFERS", lot=lot, account=account, booked=booked, parcels=there)
            held = pending.get(account, 0)
            if account > 0 and not aside.get(account, 0) <= held <= booked:
                self._tell("LEDGER-DIFFERS", lot=lot, account=account, held=held, aside=aside.get(account, 0))
