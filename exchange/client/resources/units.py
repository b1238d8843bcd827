"""Issuances, lots and holdings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Final

from exchange.client.connection import Connection, Query
from exchange.client.models import AskedLock, Holding, Issuance, Lot, LotParcel, Transition
from exchange.client.resources.paging import every, items_of
from exchange.client.wire import decode, in_path


@dataclass(frozen=True, slots=True)
class Selection:
    """Units that are all of this: of a project, of a vintage, of a lot, with serials ``[serial_lo, serial_hi)`` of that
    lot or of a serial space over all its lots.
    """

    project: str | None = None
    vintage: int | None = None
    lot: str | None = None
    space: str | None = None
    serial_lo: int | None = None
    serial_hi: int | None = None

    def query(self) -> Query:
        """The selection as the API takes it."""
        return asdict(self)


ALL_UNITS: Final = Selection()


class Units:
    """What was issued, what is admitted here, and where each serial of it stands."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holdings(self, page_size: int = 100) -> AsyncIterator[Holding]:
        """The own holdings, lot by lot with their serials, oldest lot first; ``page_size`` come with each request."""
        return every(self._connection, "/v1/holdings", Holding, {"limit": page_size})

    def issuances(self) -> AsyncIterator[Issuance]:
        """Issuances: all for staff, those of held lots for a trader."""
        return every(self._connection, "/v1/issuances", Issuance)

    def lots(self) -> AsyncIterator[Lot]:
        """Lots: all for staff, those of which it holds something or held the last of it for a trader."""
        return every(self._connection, "/v1/lots", Lot)

    async def lot(self, lot: str) -> Lot:
        """One lot."""
        return decode(Lot, await self._connection.read(f"/v1/lots/{in_path(lot)}"))

    def parcels(self, lot: str) -> AsyncIterator[LotParcel]:
        """Where the serials of a lot stand: all of them for staff, the own ones for a trader."""
        return every(self._connection, f"/v1/lots/{in_path(lot)}/parcels", LotParcel)

    async def transitions(self) -> list[Transition]:
        """Every step that units can take."""
        return [decode(Transition, item) for item in items_of(await self._connection.read("/v1/transitions"))]

    async def ask_lock(self, lot: str, *, idempotency_key: str | None = None) -> AskedLock:
        """Ask the national registry again to lock what it has refused to lock (operator)."""
        path = f"/v1/lots/{in_path(lot)}/lock"
        return decode(AskedLock, await self._connection.change("POST", path, None, idempotency_key))
