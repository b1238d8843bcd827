"""Files of units."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from exchange.client.connection import Connection
from exchange.client.models import ImportRow, UnitImport, UploadedUnits
from exchange.client.resources.paging import every
from exchange.client.wire import decode, in_path


class Imports:
    """Files of units: uploaded by one operator, committed by two (a proposal of type IMPORT)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def upload(
        self,
        content: bytes | str,
        form: str,
        *,
        staged: str | None = None,
        owner: str | None = None,
        lock_reference: str | None = None,
        applied_on: str | None = None,
        verified: int | None = None,
        projects: Mapping[str, str] | None = None,
        template: str | None = None,
        space: str | None = None,
        columns: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> UploadedUnits:
        """Bring in a file of the form VERRA, GOLD_STANDARD, CAR or ACR, or MAPPED with ``columns`` by their meaning.

        ``owner``, ``lock_reference`` and ``applied_on`` are for rows that do not say it themselves, ``verified`` is for
        those of one period, in tonnes; ``projects`` translates the registry's numbers to codes of ours. A repeat under
        the same key takes nothing twice. With ``staged`` it is the whole file of that import once more, with mended
        rows on their lines.
        """
        query: dict[str, str | int | None] = {
            "form": form,
            "staged": staged,
            "owner": owner,
            "lock_reference": lock_reference,
            "applied_on": applied_on,
            "verified": verified,
            "projects": ",".join(f"{number}={code}" for number, code in projects.items()) if projects else None,
            "template": template,
            "space": space,
            **{f"column_{name}": column for name, column in (columns or {}).items()},
        }
        data = content.encode() if isinstance(content, str) else content
        given = {name: value for name, value in query.items() if value is not None}
        return decode(UploadedUnits, await self._connection.upload("/v1/imports", data, idempotency_key, given))

    def every(self) -> AsyncIterator[UnitImport]:
        """All imports (staff)."""
        return every(self._connection, "/v1/imports", UnitImport)

    async def get(self, staged: str) -> UnitImport:
        """One import."""
        return decode(UnitImport, await self._connection.read(f"/v1/imports/{in_path(staged)}"))

    def rows(self, staged: str) -> AsyncIterator[ImportRow]:
        """The rows of an import, as they were read."""
        return every(self._connection, f"/v1/imports/{in_path(staged)}/rows", ImportRow)
