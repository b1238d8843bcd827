"""What holds units fast, and stored carbon that was lost again."""

from __future__ import annotations

from collections.abc import AsyncIterator

from exchange.client.connection import Connection
from exchange.client.models import Encumbrance, NewEncumbrance, Reversal, UnitRange
from exchange.client.resources.paging import every
from exchange.client.wire import decode, in_path


class Encumbrances:
    """Set by one person, lifted by two (a proposal of type LIFT)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(
        self,
        kind: str,
        reference: str,
        *,
        project: str | None = None,
        vintage: int | None = None,
        lot: str | None = None,
        serial_lo: int | None = None,
        serial_hi: int | None = None,
        idempotency_key: str | None = None,
    ) -> NewEncumbrance:
        """Hold units fast at once: of a project, all vintages or one, or of a lot, all of it or serials (staff).

        ``kind`` is FREEZE, JUDICIAL, PLEDGE or SUSPENSION; ``reference`` names the paper.
        """
        body: dict[str, object] = {
            "kind": kind,
            "reference": reference,
            "project": project,
            "vintage": vintage,
            "lot": lot,
            "serial_lo": serial_lo,
            "serial_hi": serial_hi,
        }
        path = "/v1/encumbrances"
        return decode(NewEncumbrance, await self._connection.change("POST", path, body, idempotency_key))

    def every(self) -> AsyncIterator[Encumbrance]:
        """All for staff, for a trader those that hold own units now."""
        return every(self._connection, "/v1/encumbrances", Encumbrance)

    async def get(self, encumbrance: str) -> Encumbrance:
        """One encumbrance."""
        return decode(Encumbrance, await self._connection.read(f"/v1/encumbrances/{in_path(encumbrance)}"))

    def units(self, encumbrance: str) -> AsyncIterator[UnitRange]:
        """The ranges that it holds or held (staff)."""
        return every(self._connection, f"/v1/encumbrances/{in_path(encumbrance)}/units", UnitRange)

    def reversals(self) -> AsyncIterator[Reversal]:
        """Stored carbon that was lost again: all of it for staff, what the own firm has to replace for a trader."""
        return every(self._connection, "/v1/reversals", Reversal)

    async def reversal(self, reversal: str) -> Reversal:
        """One reversal."""
        return decode(Reversal, await self._connection.read(f"/v1/reversals/{in_path(reversal)}"))
