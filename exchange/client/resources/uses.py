"""Uses of units, releases to the national market, and what the national registry is asked about them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from exchange.client.connection import Connection
from exchange.client.models import (
    CalledOffRelease,
    Certificate,
    ProposedRelease,
    ProposedUse,
    RegistryRequest,
    Release,
    Use,
)
from exchange.client.resources.paging import every
from exchange.client.resources.units import ALL_UNITS, Selection
from exchange.client.wire import decode, in_path


@dataclass(frozen=True, slots=True)
class Pick:
    """Serials ``[serial_lo, serial_hi)`` of a lot, or without them whatever the rule takes of it."""

    lot: str
    serial_lo: int | None = None
    serial_hi: int | None = None

    def body(self) -> dict[str, object]:
        """The pick as the API takes it."""
        body = {"lot": self.lot, "serial_lo": self.serial_lo, "serial_hi": self.serial_hi}
        return {name: value for name, value in body.items() if value is not None}


class Uses:
    """One tonne serves one purpose, once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def propose(
        self,
        purpose: str,
        details: Mapping[str, object],
        *,
        picks: Sequence[Pick] = (),
        instrument: str | None = None,
        quantity: int | None = None,
        idempotency_key: str | None = None,
    ) -> ProposedUse:
        """Propose to use units of the own account; the request is signed, and the venue approves.

        ``details`` say for whom and what: ``beneficiary_en`` and ``beneficiary_zh`` always, and what the purpose needs
        besides. Name serials or lots in ``picks``, or an ``instrument`` of whose units the rule takes ``quantity``.
        """
        body: dict[str, object] = {
            "purpose": purpose,
            "picks": [pick.body() for pick in picks],
            "instrument": instrument,
            "quantity": quantity,
            **details,
        }
        return decode(ProposedUse, await self._connection.change("POST", "/v1/uses", body, idempotency_key))

    async def replace(
        self,
        reversal: str,
        *,
        picks: Sequence[Pick] = (),
        instrument: str | None = None,
        quantity: int | None = None,
        idempotency_key: str | None = None,
    ) -> ProposedUse:
        """Propose to cancel units of the own account in place of what was lost, of one's own accord.

        Signed and approved as every use; of no more tonnes than are owed, and for nobody's benefit.
        """
        return await self.propose(
            "VOLUNTARY",
            {"reversal": reversal},
            picks=picks,
            instrument=instrument,
            quantity=quantity,
            idempotency_key=idempotency_key,
        )

    def every(
        self, status: str | None = None, purpose: str | None = None, units: Selection = ALL_UNITS
    ) -> AsyncIterator[Use]:
        """Uses of all units or certain ones: of all firms for staff, the own ones for a trader."""
        return every(self._connection, "/v1/uses", Use, {"status": status, "purpose": purpose, **units.query()})

    async def get(self, use: str) -> Use:
        """One use."""
        return decode(Use, await self._connection.read(f"/v1/uses/{in_path(use)}"))

    async def certificate(self, use: str) -> Certificate:
        """Where the certificate of a fulfilled use is found."""
        return decode(Certificate, await self._connection.read(f"/v1/uses/{in_path(use)}/certificate"))


class Releases:
    """Units on their way to the national market."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def propose(
        self, picks: Sequence[Pick], national_account: str, *, idempotency_key: str | None = None
    ) -> ProposedRelease:
        """Propose to release serials of the own account; the request is signed, and the venue approves."""
        body: dict[str, object] = {"picks": [pick.body() for pick in picks], "national_account": national_account}
        return decode(ProposedRelease, await self._connection.change("POST", "/v1/releases", body, idempotency_key))

    async def call_off(self, release: str, *, idempotency_key: str | None = None) -> CalledOffRelease:
        """Call a release off while there is time; any person of the firm can, alone."""
        path = f"/v1/releases/{in_path(release)}/call-off"
        return decode(CalledOffRelease, await self._connection.change("POST", path, None, idempotency_key))

    def every(self, status: str | None = None) -> AsyncIterator[Release]:
        """Releases: all for staff, the own ones for a trader."""
        return every(self._connection, "/v1/releases", Release, {"status": status})

    async def get(self, release: str) -> Release:
        """One release."""
        return decode(Release, await self._connection.read(f"/v1/releases/{in_path(release)}"))


class RegistryRequests:
    """What the national registry was asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self, status: str | None = None, lot: str | None = None) -> AsyncIterator[RegistryRequest]:
        """Requests: all for staff, those about the own units for a trader; of one lot, or of all."""
        return every(self._connection, "/v1/registry/requests", RegistryRequest, {"status": status, "lot": lot})

    async def get(self, request: str) -> RegistryRequest:
        """One request."""
        return decode(RegistryRequest, await self._connection.read(f"/v1/registry/requests/{in_path(request)}"))
