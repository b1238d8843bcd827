"""Queries about units, held to a plain reading of the journal and of the core's state after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest

from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import ClaimStatus, ReleaseStatus
from exchange.core.events.credits import ParcelsMoved, UnitsChanged
from exchange.core.events.registry import RegistryAnswered, RegistryContradicted
from exchange.core.events.uses import BudgetAdjusted
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import LotId, ParticipantId
from exchange.sequencer.journal import Entry
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.journal import PostgresJournal
from exchange.store.queries import BadCursorError, ClaimFilter, Page, PostgresHistory, RequestFilter
from exchange.store.tables import RangeStatus
from tests.store.streams import log_of, open_trading
from tests.store.unit_life import live_through
from tests.support.database import fresh_database
from tests.support.entries import batch_of

Row = TypeVar("Row")


@dataclass
class Life:
    """A history of units, its journal, and the state that the core came to."""

    history: PostgresHistory
    entries: list[Entry]
    state: ExchangeState
    wood: ParticipantId
    lot: LotId

    def serials(self, first: int, behind: int) -> SerialRange:
        """Serials of the lot, counted from its first one on."""
        lo = self.state.credits.lots[self.lot].serials.lo
        return SerialRange(lo + first, lo + behind)


@dataclass
class _Lived:
    entries: list[Entry]
    state: ExchangeState
    wood: ParticipantId
    lot: LotId


@pytest.fixture(scope="module")
def lived() -> _Lived:
    """A day of units, lived once."""
    trading = open_trading()
    wood, steel, _ = trading.firms
    lot = live_through(trading.market, wood, steel)
    return _Lived(log_of(trading.market).entries, trading.market.state, wood, lot)


@pytest.fixture(scope="module")
def database(postgres: EmbeddedServer, lived: _Lived) -> Iterator[DatabaseUrls]:
    """One database for all: queries change nothing."""

    async def fill(urls: DatabaseUrls) -> None:
        journal = PostgresJournal(urls.service)
        await journal.lead()
        await journal.append(batch_of(lived.entries))
        await journal.close()

    with fresh_database(postgres) as urls:
        asyncio.run(fill(urls))
        yield urls


@pytest.fixture
async def life(database: DatabaseUrls, lived: _Lived) -> AsyncIterator[Life]:
    """Queries of that day."""
    async with PostgresHistory.open(database.service) as history:
        yield Life(history, lived.entries, lived.state, lived.wood, lived.lot)


async def all_of(page: Callable[[int, str | None], Awaitable[Page[Row]]], limit: int = 3) -> list[Row]:
    """The rows of all pages."""
    rows: list[Row] = []
    cursor: str | None = None
    while True:
        found = await page(limit, cursor)
        assert len(found.rows) <= limit
        rows += found.rows
        cursor = found.next_cursor
        if cursor is None:
            return rows


async def test_the_parcels_of_a_lot_are_those_of_the_core(life: Life) -> None:
    for lot in life.state.credits.lots.values():
        held = await life.history.holders(lot.lot)
        pieces = [parcel for parcel, _ in life.state.parcels.pieces(lot.lot, lot.serials)]
        assert [(one.lo, one.hi, one.owner, one.tag, one.state, one.encumbered) for one in held] == [
            (one.lo, one.hi, one.owner, one.tag, one.state, one.encumbered) for one in pieces
        ]


@pytest.mark.parametrize(("first", "behind"), [(0, 1_000), (105, 115), (119, 121), (0, 1), (900, 901)])
async def test_everybody_who_ever_held_a_serial(life: Life, first: int, behind: int) -> None:
    wanted = life.serials(first, behind)
    found = await all_of(lambda limit, cursor: life.history.holders_ever(life.lot, wanted, limit, cursor))
    assert [(one.seq, one.source, one.target, one.lo, one.hi) for one in found] == [
        (entry.leaf.seq, event.source, event.target, max(part.lo, wanted.lo), min(part.hi, wanted.hi))
        for entry in life.entries
        for event in entry.events
        if isinstance(event, ParcelsMoved) and event.lot == life.lot
        for part in event.ranges
        if part.overlaps(wanted)
    ]


async def test_what_came_back_had_two_holders(life: Life) -> None:
    found = (await life.history.holders_ever(life.lot, life.serials(110, 120), 10)).rows
    assert [bool(one.target) for one in found] == [True, False, True]
    assert found[0].target == life.wood != found[2].target


@pytest.mark.parametrize(("first", "behind"), [(0, 1_000), (105, 115), (0, 10)])
async def test_the_steps_of_serials(life: Life, first: int, behind: int) -> None:
    wanted = life.serials(first, behind)
    found = await all_of(lambda limit, cursor: life.history.steps(life.lot, wanted, limit, cursor))
    assert [(one.seq, one.lo, one.hi, one.state_before, one.state, one.cause, one.subject) for one in found] == [
        (entry.leaf.seq, part.lo, part.hi, event.state_before, event.state, event.cause, event.subject)
        for entry in life.entries
        for event in entry.events
        if isinstance(event, UnitsChanged) and event.lot == life.lot
        for part in event.ranges
        if part.overlaps(wanted)
    ]


async def test_requests_are_those_of_the_core(life: Life) -> None:
    found = await all_of(lambda limit, cursor: life.history.requests(RequestFilter(), limit, cursor))
    assert [(one.request, one.kind, one.lot, one.lo, one.hi, one.subject, one.status) for one in found] == [
        (one.request, one.kind, one.lot, one.serials.lo, one.serials.hi, one.subject, one.status)
        for one in sorted(life.state.requests.by_id.values(), key=lambda one: one.request)
    ]
    waiting = await all_of(lambda limit, cursor: life.history.requests(RequestFilter(open_only=True), limit, cursor))
    assert {one.request for one in waiting} == {
        one.request for one in life.state.requests.by_id.values() if one.status.is_open
    }


async def test_requests_of_a_lot_or_firm_alone(life: Life) -> None:
    of_lot = await all_of(lambda limit, cursor: life.history.requests(RequestFilter(lot=life.lot), limit, cursor))
    assert {one.lot for one in of_lot} == {life.lot}
    owner = of_lot[0].owner
    of_owner = await all_of(lambda limit, cursor: life.history.requests(RequestFilter(owner=owner), limit, cursor))
    assert {one.owner for one in of_owner} == {owner}


async def test_everything_that_the_registry_said_of_a_request(life: Life) -> None:
    said = [event for entry in life.entries for event in entry.events if isinstance(event, RegistryContradicted)]
    (denied,) = said
    first, second = await life.history.answers(denied.request)
    (answered,) = [
        event
        for entry in life.entries
        for event in entry.events
        if isinstance(event, RegistryAnswered) and event.request == denied.request
    ]
    assert (first.outcome, first.receipt, first.signature, first.contradicts) == (
        answered.outcome,
        answered.receipt,
        answered.signature,
        False,
    )
    assert (second.outcome, second.message, second.contradicts) == (denied.outcome, denied.message, True)


async def test_claims_are_those_of_the_core(life: Life) -> None:
    found = await all_of(lambda limit, cursor: life.history.claims(ClaimFilter(), limit, cursor))
    known = sorted(life.state.claims.claims.values(), key=lambda one: one.claim)
    assert [(one.claim, one.purpose, one.details, one.quantity, one.status) for one in found] == [
        (one.claim, one.purpose, one.details, one.quantity, one.status) for one in known
    ]
    assert [(one.ratio, one.covers) for one in found] == [(one.ratio, one.covers) for one in known]
    assert {one.status for one in found} >= {ClaimStatus.FULFILLED, ClaimStatus.ENDED, ClaimStatus.REVOKED}


async def test_the_serials_of_a_claim_are_gone_or_free(life: Life) -> None:
    found = await all_of(lambda limit, cursor: life.history.claims(ClaimFilter(), limit, cursor))
    for claim in found:
        gone = sum(part.hi - part.lo for part in claim.ranges if part.status is RangeStatus.GONE)
        assert sum(part.hi - part.lo for part in claim.ranges) == claim.chosen
        if claim.status in (ClaimStatus.FULFILLED, ClaimStatus.REVOKED):
            assert gone == claim.quantity
        else:
            assert gone == 0
    both = {RangeStatus.FREED, RangeStatus.GONE}
    partly = [claim for claim in found if {part.status for part in claim.ranges} == both]
    assert [(claim.chosen, claim.quantity) for claim in partly] == [(20, 10)]


async def test_claims_by_purpose_and_status(life: Life) -> None:
    forced = (await life.history.claims(ClaimFilter(purpose=Purpose.FORCED), 100)).rows
    assert forced and all(claim.reversal for claim in forced)
    ended = (await life.history.claims(ClaimFilter(status=ClaimStatus.ENDED), 100)).rows
    assert ended and {claim.status for claim in ended} == {ClaimStatus.ENDED}


async def test_every_claim_on_some_serials(life: Life) -> None:
    wanted = life.serials(0, 10)
    expected = {
        claim.claim
        for claim in (await life.history.claims(ClaimFilter(), 1_000)).rows
        if any(part.lot == life.lot and part.lo < wanted.hi and part.hi > wanted.lo for part in claim.ranges)
    }
    found = await life.history.claims_of(life.lot, wanted)
    assert len(found) == 2 and set(found) == expected


async def test_releases_are_those_of_the_core(life: Life) -> None:
    found = await all_of(lambda limit, cursor: life.history.releases(None, limit, cursor), limit=1)
    assert [(one.release, one.status, one.quantity) for one in found] == [
        (one.release, one.status, one.quantity)
        for one in sorted(life.state.claims.releases.values(), key=lambda one: one.release)
    ]
    assert [one.status for one in found] == [ReleaseStatus.DONE, ReleaseStatus.ENDED, ReleaseStatus.PROPOSED]
    assert found[0].gone == sum(part.hi - part.lo for part in found[0].ranges if part.status is RangeStatus.GONE)
    assert (await life.history.releases(ParticipantId(1), 10)).rows == []


async def test_encumbrances_are_those_of_the_core(life: Life) -> None:
    found = await all_of(life.history.encumbrances, limit=2)
    made = life.state.encumbrances.by_id
    assert [(one.encumbrance, one.kind, one.lifted_seq is None) for one in found] == [
        (number, made[number].kind, number in life.state.encumbrances.standing) for number in sorted(made)
    ]
    standing = (await life.history.encumbrances(100, standing_only=True)).rows
    assert [one.encumbrance for one in standing] == sorted(life.state.encumbrances.standing)


async def test_the_serials_that_an_encumbrance_holds(life: Life) -> None:
    pledge = next(one for one in (await life.history.encumbrances(100)).rows if one.reference == "loan 1")
    held = await life.history.encumbered(pledge.encumbrance)
    assert [(one.lot, one.lo, one.hi) for one in held] == [(life.lot, pledge.lo, pledge.hi)]


async def test_reversals_are_those_of_the_core(life: Life) -> None:
    mistake, found = await life.history.reversals()
    assert mistake.withdrawn_at is not None and mistake.shortfall == 0
    (made,) = life.state.encumbrances.reversals.values()
    assert (found.reversal, found.replaced, found.shortfall) == (made.reversal, made.replaced, made.shortfall)
    assert found.replaced > 0


async def test_of_plans_the_last_one_stands(life: Life) -> None:
    plans = {(one.league, one.first_year, one.last_year): one.planned for one in await life.history.plans()}
    assert plans == {key: plan.planned for key, plan in life.state.budgets.plans.items()}
    assert plans[League.BAOTOU, 2026, 2026] == 500


async def test_adjustments_are_told_one_by_one(life: Life) -> None:
    found = await all_of(lambda limit, cursor: life.history.adjustments(None, limit, cursor), limit=1)
    assert [(one.source, one.used_in, one.quantity, one.subject) for one in found] == [
        (event.source, event.used_in, event.quantity, event.subject)
        for entry in life.entries
        for event in entry.events
        if isinstance(event, BudgetAdjusted)
    ]
    assert (await life.history.adjustments(League.ALXA, 10)).rows == []


async def test_the_report_of_the_leagues_adds_up_to_the_tonne(life: Life) -> None:
    report = {row.league: row for row in await life.history.league_report(2026)}
    assert list(report) == [league for league in League if league is not League.NONE]
    baotou, hohhot = report[League.BAOTOU], report[League.HOHHOT]
    # 40 t more were used in Hohhot and revoked; 70 t of another project were cancelled by force.
    assert (baotou.planned, baotou.used, baotou.at_home) == (500, 90, 0)
    assert (baotou.to_leagues, hohhot.received, baotou.to_national, baotou.outside) == (20, 20, 0, 70)
    for row in report.values():
        assert row.used == row.at_home + row.outside + row.booked
    assert sum(row.to_leagues for row in report.values()) == sum(row.received for row in report.values())


async def test_a_cursor_of_another_list_is_refused(life: Life) -> None:
    page = await life.history.claims(ClaimFilter(), 1)
    assert page.next_cursor is not None
    with pytest.raises(BadCursorError):
        await life.history.requests(RequestFilter(), 1, page.next_cursor)
