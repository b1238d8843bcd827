"""The auditor's view: every trade, every order, the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator

from exchange.client.connection import Connection, Query
from exchange.client.models import AuditOrder, AuditTrade, JournalEntry
from exchange.client.resources.paging import every, items_of
from exchange.client.wire import decode


class Audit:
    """Reads for auditor, regulator and operator. Filters: from, to (times), instrument, participant."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def trades(self, **filters: str | int | None) -> AsyncIterator[AuditTrade]:
        """Every trade that the filters leave."""
        return every(self._connection, "/v1/audit/trades", AuditTrade, filters)

    def orders(self, **filters: str | int | None) -> AsyncIterator[AuditOrder]:
        """Every order that the filters leave."""
        return every(self._connection, "/v1/audit/orders", AuditOrder, filters)

    def trades_csv(self, query: Query | None = None) -> AsyncIterator[str]:
        """The trades as CSV, line by line."""
        return self._connection.text("/v1/audit/trades", query)

    def orders_csv(self, query: Query | None = None) -> AsyncIterator[str]:
        """The orders as CSV, line by line."""
        return self._connection.text("/v1/audit/orders", query)

    async def journal(self, after_seq: int = 0, limit: int = 100) -> list[JournalEntry]:
        """Journal entries after ``after_seq``."""
        page = await self._connection.read("/v1/audit/journal", {"after_seq": after_seq, "limit": limit})
        return [decode(JournalEntry, item) for item in items_of(page)]
