"""Issuances, lots and holdings."""

from __future__ import annotations

from collections.abc import AsyncIterator

from exchange.client.connection import Connection
from exchange.client.models import Holding, Issuance, Lot
from exchange.client.resources.paging import every
from exchange.client.wire import decode, in_path


class Units:
    """What was issued, what is admitted here, and what the own participant holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holdings(self, page_size: int = 100) -> AsyncIterator[Holding]:
        """The own holdings, lot by lot with their serials, oldest lot first; ``page_size`` come with each request."""
        return every(self._connection, "/v1/holdings", Holding, {"limit": page_size})

    def issuances(self) -> AsyncIterator[Issuance]:
        """Issuances: all for staff, those of held lots for a trader."""
        return every(self._connection, "/v1/issuances", Issuance)

    def lots(self) -> AsyncIterator[Lot]:
        """Lots: all for staff, those it holds for a trader."""
        return every(self._connection, "/v1/lots", Lot)

    async def lot(self, lot: str) -> Lot:
        """One lot."""
        return decode(Lot, await self._connection.read(f"/v1/lots/{in_path(lot)}"))
