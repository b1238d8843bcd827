"""Carbon budgets, duties to surrender, and the report that reconciles them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from exchange.client.connection import Connection, Query
from exchange.client.models import Budget, LeagueReport, Obligation, OffsetCap
from exchange.client.resources.paging import every
from exchange.client.wire import decode


class Budgets:
    """Plans of the region and its leagues. Setting one is a proposal of type BUDGET."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self) -> AsyncIterator[Budget]:
        """The plans (staff)."""
        return every(self._connection, "/v1/budgets", Budget)

    def obligations(self) -> AsyncIterator[Obligation]:
        """What covered facilities have to surrender (staff)."""
        return every(self._connection, "/v1/obligations", Obligation)

    async def offset_cap(self, facility: str, year: int, due: int | None = None) -> OffsetCap:
        """How much CCER may stand for what a facility has to surrender; ``due`` tries another figure."""
        query: Query = {"facility": facility, "year": year, "due": due}
        return decode(OffsetCap, await self._connection.read("/v1/offset-cap", query))

    async def league_report(self, first_year: int, last_year: int | None = None) -> LeagueReport:
        """The accounts of the region and its leagues over a year, or over a plan period of five (staff)."""
        query = {"first_year": first_year, "last_year": last_year}
        return decode(LeagueReport, await self._connection.read("/v1/reports/leagues", query))

    def league_report_csv(self, first_year: int, last_year: int | None = None) -> AsyncIterator[str]:
        """The same as CSV, line by line."""
        return self._connection.text("/v1/reports/leagues", {"first_year": first_year, "last_year": last_year})
