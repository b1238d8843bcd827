"""Queries about units: who holds and held them, what became of them, and what the leagues count."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.core.commands.instruments import League
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, EncumbranceId, LotId, ParticipantId, RequestId
from exchange.store.queries.budgets import Adjusted, LeagueYear, Plan, current_plans, league_report, list_adjustments
from exchange.store.queries.credits import (
    HeldParcel,
    Movement,
    Step,
    holders_ever,
    holders_of_lot,
    movements_of_lot,
    steps_of_serials,
)
from exchange.store.queries.cursors import Page, check_limit
from exchange.store.queries.encumbrances import (
    EncumbranceRow,
    HeldRange,
    ReversalRow,
    list_encumbrances,
    list_reversals,
    ranges_of_encumbrance,
)
from exchange.store.queries.pool import QueryPool
from exchange.store.queries.registry import Answer, AskedRequest, RequestFilter, answers_to, list_requests
from exchange.store.queries.tenures import Tenure, tenures
from exchange.store.queries.uses import (
    ClaimFilter,
    ClaimRow,
    ReleaseRow,
    claims_of_serials,
    list_claims,
    list_releases,
)


class UnitHistory(QueryPool):
    """What is known of units, now and before; errors and limits as in :class:`PostgresHistory`."""

    async def holders(self, lot: LotId) -> list[HeldParcel]:
        """Who holds which serials of a lot."""
        async with self._connection() as connection:
            return await holders_of_lot(connection, lot)

    async def movements(self, lot: LotId, limit: int, cursor: str | None = None) -> Page[Movement]:
        """One page of a lot's movements."""
        async with self._connection() as connection:
            return await movements_of_lot(connection, lot, limit, cursor)

    async def holders_ever(
        self, lot: LotId, serials: SerialRange, limit: int, cursor: str | None = None
    ) -> Page[Movement]:
        """Everybody who ever held one of these serials."""
        async with self._connection() as connection:
            return await holders_ever(connection, lot, serials, limit, cursor)

    async def tenures(self, wanted: Mapping[LotId, SerialRange], limit: int, cursor: str | None = None) -> Page[Tenure]:
        """Who ever held serials of some lots, from when until when, and how they went."""
        async with self._connection() as connection:
            return await tenures(connection, wanted, check_limit(limit), cursor)

    async def steps(self, lot: LotId, serials: SerialRange, limit: int, cursor: str | None = None) -> Page[Step]:
        """One page of the steps that any of these serials took."""
        async with self._connection() as connection:
            return await steps_of_serials(connection, lot, serials, limit, cursor)

    async def requests(self, wanted: RequestFilter, limit: int, cursor: str | None = None) -> Page[AskedRequest]:
        """One page of what the registry was asked."""
        async with self._connection() as connection:
            return await list_requests(connection, wanted, limit, cursor)

    async def answers(self, request: RequestId) -> list[Answer]:
        """Everything that the registry said of a request."""
        async with self._connection() as connection:
            return await answers_to(connection, request)

    async def claims(self, wanted: ClaimFilter, limit: int, cursor: str | None = None) -> Page[ClaimRow]:
        """One page of claims."""
        async with self._connection() as connection:
            return await list_claims(connection, wanted, limit, cursor)

    async def claims_of(self, lot: LotId, serials: SerialRange) -> list[ClaimId]:
        """Every claim that was ever made for one of these serials."""
        async with self._connection() as connection:
            return await claims_of_serials(connection, lot, serials.lo, serials.hi)

    async def releases(
        self, participant: ParticipantId | None, limit: int, cursor: str | None = None
    ) -> Page[ReleaseRow]:
        """One page of releases, of a firm or of all."""
        async with self._connection() as connection:
            return await list_releases(connection, participant, limit, cursor)

    async def encumbrances(
        self, limit: int, cursor: str | None = None, *, standing_only: bool = False
    ) -> Page[EncumbranceRow]:
        """One page of encumbrances."""
        async with self._connection() as connection:
            return await list_encumbrances(connection, standing_only, limit, cursor)

    async def encumbered(self, encumbrance: EncumbranceId) -> list[HeldRange]:
        """The serials that an encumbrance holds or held."""
        async with self._connection() as connection:
            return await ranges_of_encumbrance(connection, encumbrance)

    async def reversals(self) -> list[ReversalRow]:
        """All reversals."""
        async with self._connection() as connection:
            return await list_reversals(connection)

    async def plans(self) -> list[Plan]:
        """The plans of the region and its leagues that stand."""
        async with self._connection() as connection:
            return await current_plans(connection)

    async def adjustments(self, source: League | None, limit: int, cursor: str | None = None) -> Page[Adjusted]:
        """One page of corresponding adjustments, of one league or of all."""
        async with self._connection() as connection:
            return await list_adjustments(connection, source, limit, cursor)

    async def league_report(self, year: int) -> list[LeagueYear]:
        """The year of each of the twelve leagues."""
        async with self._connection() as connection:
            return await league_report(connection, year)
