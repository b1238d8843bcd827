"""Agreed trades: proposed, affirmed by the counterparty, confirmed by the venue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from exchange.client.connection import Connection
from exchange.client.models import Agreement
from exchange.client.resources.paging import every
from exchange.client.wire import Money, decode, in_path, money_text


class Agreements:
    """Trades that two parties agreed; the total is agreed, the unit price follows from it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def propose(
        self,
        *,
        counterparty: str,
        side: str,
        kind: str,
        family: str,
        quantity: int,
        total: Money,
        project: str = "",
        lots: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Agreement:
        """Propose a trade; ``side`` is the proposer's, ``kind`` SPOT or PRE_ISSUANCE, ``total`` in CNY."""
        body: dict[str, object] = {
            "counterparty": counterparty,
            "side": side,
            "kind": kind,
            "family": family,
            "project": project,
            "quantity": quantity,
            "total": money_text(total),
            "lots": None if lots is None else list(lots),
        }
        return decode(Agreement, await self._connection.change("POST", "/v1/agreements", body, idempotency_key))

    async def affirm(
        self,
        agreement: str,
        quantity: int,
        total: Money,
        lots: Sequence[str] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Agreement:
        """Affirm as the counterparty: quantity and total are entered again and must be the same."""
        body: dict[str, object] = {
            "quantity": quantity,
            "total": money_text(total),
            "lots": None if lots is None else list(lots),
        }
        path = f"/v1/agreements/{in_path(agreement)}/affirm"
        return decode(Agreement, await self._connection.change("POST", path, body, idempotency_key))

    async def decline(self, agreement: str, *, idempotency_key: str | None = None) -> Agreement:
        """End an agreement before both have affirmed."""
        path = f"/v1/agreements/{in_path(agreement)}/decline"
        return decode(Agreement, await self._connection.change("POST", path, {}, idempotency_key))

    async def confirm(self, agreement: str, accept: bool = True, *, idempotency_key: str | None = None) -> Agreement:
        """Confirm and settle an affirmed spot agreement, or refuse it (operator)."""
        path = f"/v1/agreements/{in_path(agreement)}/confirm"
        return decode(Agreement, await self._connection.change("POST", path, {"accept": accept}, idempotency_key))

    async def get(self, agreement: str) -> Agreement:
        """One agreement."""
        return decode(Agreement, await self._connection.read(f"/v1/agreements/{in_path(agreement)}"))

    def every(self, status: str | None = None) -> AsyncIterator[Agreement]:
        """All agreements that the key may see, or those in one status."""
        return every(self._connection, "/v1/agreements", Agreement, {"status": status})
