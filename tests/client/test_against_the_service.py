"""The client against a real service on which the demo's market was played: every read of every resource fits."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest

from exchange.cli.demo.cast import Stage, open_stage
from exchange.cli.demo.story import tell
from exchange.cli.terminal import Screen
from exchange.client import Filter, Selection
from tests.support.service import a_service_and_its_registry

pytestmark = [pytest.mark.processes, pytest.mark.slow]

T = TypeVar("T")


async def listed(items: AsyncIterator[T]) -> list[T]:
    return [item async for item in items]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for the connections of the whole file."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def stage(loop: asyncio.Runner) -> Iterator[Stage]:
    """The stage after the play."""
    with a_service_and_its_registry() as (service, registry):
        clients = AsyncExitStack()

        async def play() -> Stage:
            await registry.start()
            opened = await open_stage(service, registry, await service.start(), clients)
            await tell(opened, Screen(io.StringIO()))
            return opened

        try:
            yield loop.run(play())
        finally:
            loop.run(clients.aclose())


def test_a_firm_reads_its_own_things(stage: Stage, loop: asyncio.Runner) -> None:
    async def read() -> None:
        client = stage.desk("BAOGANG").client
        trades = await listed(client.trades.every(page_size=2))
        assert sum(trade.quantity for trade in trades) == 41_000
        assert {trade.counterparty for trade in trades} == {"SENGONG", "HLBE-FOREST", "HN-YIMIN"}
        orders = await listed(client.orders.every("all", page_size=2))
        assert len(orders) == len({order.id for order in orders}) == 7
        filled = await client.orders.get(orders[-1].id)
        assert filled.cumulative + filled.leaves <= filled.quantity
        (agreement,) = await listed(client.agreements.every())
        assert (agreement.status, agreement.own_fee) == ("SETTLED", Decimal("0.00"))
        assert [participant.code async for participant in client.participants.every()] == ["BAOGANG"]
        assert [key.label async for key in client.keys.own()] == ["first key"]
        me = await client.people.me()
        assert [person.id async for person in client.people.every()] == [me.id]
        assert (me.role, me.expires_at) == ("TRADER", None)
        holdings = await listed(client.units.holdings(page_size=1))
        uses = await listed(client.uses.every())
        used = sum(use.quantity for use in uses if use.status == "FULFILLED")
        assert sum(parcel.quantity for holding in holdings for parcel in holding.parcels) + used == 541_000
        lots = await listed(client.units.lots())
        used_lots = {part.lot for use in uses for part in use.units}
        assert {lot.id for lot in lots} == {holding.lot for holding in holdings} | used_lots
        assert (await client.units.lot(lots[0].id)) == lots[0]
        assert {issuance.id async for issuance in client.units.issuances()} == {lot.issuance for lot in lots}

    loop.run(read())


def test_a_firm_follows_its_units_to_their_end(stage: Stage, loop: asyncio.Runner) -> None:
    async def read() -> None:
        client = stage.desk("BAOGANG").client
        uses = [each async for each in client.uses.every("fulfilled")]
        use = max(uses, key=lambda each: len(each.receipts))
        assert await client.uses.get(use.id) == use
        assert (await client.uses.certificate(use.id)).status == "VALID"
        requests = await listed(client.requests.every("confirmed"))
        assert {request.receipt for request in requests} >= set(use.receipts)
        assert [await client.requests.get(request.id) for request in requests] == requests
        parcels = [each async for each in client.units.parcels(use.units[0].lot)]
        assert {parcel.state for parcel in parcels} & {"CANCELLED", "RETIRED"}
        project = (await client.units.lot(use.units[0].lot)).project
        assert (await client.projects.get(project)).issued > 0
        assert len(await client.units.transitions()) > 15

    loop.run(read())


def test_the_regulator_sees_that_the_leagues_accounts_agree(stage: Stage, loop: asyncio.Runner) -> None:
    async def read() -> None:
        budgets = stage.staff.regulator.budgets
        day = (await stage.public.venue.status()).trading_day
        assert day is not None
        report = await budgets.league_report(day.year)
        assert report.agrees and sum(line.used_at_home for line in report.items) >= 0
        assert len([line async for line in budgets.league_report_csv(day.year)]) == 1 + len(report.items)
        assert await listed(budgets.every()) is not None
        assert await listed(stage.staff.regulator.encumbrances.reversals()) is not None
        lot = (await anext(stage.staff.auditor.units.lots())).id
        assert await listed(stage.staff.auditor.audit.holders(lot))
        assert await listed(stage.staff.auditor.audit.tenures(Selection(lot=lot)))
        assert await listed(stage.staff.auditor.audit.steps(lot))

    loop.run(read())


def test_the_feed_has_no_gaps_however_it_is_cut(stage: Stage, loop: asyncio.Runner) -> None:
    async def read(limit: int) -> list[tuple[int, int, str]]:
        seen: list[tuple[int, int, str]] = []
        after = 0
        while True:
            events, following = await stage.desk("SENGONG").client.feed.after(after, limit)
            seen += [(event.seq, event.n, event.type) for event in events]
            after = following
            if not events:
                return seen

    whole = loop.run(read(100))
    assert len(whole) > 50
    assert {"OrderAccepted", "Traded", "AgreementSettled", "CashWithdrawn"} <= {name for _, _, name in whole}
    assert whole == sorted(whole, key=lambda event: event[:2])
    assert loop.run(read(3)) == whole


def test_the_auditor_reads_everything(stage: Stage, loop: asyncio.Runner) -> None:
    async def read() -> None:
        audit = stage.staff.auditor.audit
        trades = await listed(audit.trades())
        assert [trade.origin for trade in trades].count("BOOK") == 7
        assert all(trade.price is None or trade.value == trade.price * trade.quantity for trade in trades)
        agreed = await listed(audit.trades(origin="AGREED"))
        assert [(trade.value, trade.derived_price) for trade in agreed] == [
            (Decimal("15000000.00"), Decimal("30.00")),
            (Decimal("7500000.00"), Decimal("62.50")),
        ]
        book = stage.instruments["QUOTA-ES-2024-HLBE"]
        assert len(await listed(audit.trades(Filter(instrument=book)))) == 3
        assert len(await listed(audit.trades(Filter(since=trades[0].at.isoformat().replace("+00:00", "Z"))))) >= 1
        orders = await listed(audit.orders(Filter(participant=stage.desk("SENGONG").id)))
        assert {order.participant_code for order in orders} == {"SENGONG"}
        lines = await listed(audit.trades_csv())
        assert len(lines) == 1 + len(trades)
        agreements = await listed(audit.agreements())
        assert sorted(agreement.status for agreement in agreements) == ["AGREED", "SETTLED", "SETTLED"]
        assert len(await listed(audit.agreements_csv())) == 1 + len(agreements)
        assert [refusal.code async for refusal in audit.refusals()] == [
            refusal.code async for refusal in audit.refusals(Filter())
        ]
        assert {read.person_name async for read in audit.reads()} >= {"Auditor"}
        accounts = await stage.staff.auditor.accounts.all()
        assert accounts.agrees and [account.account for account in accounts.items] == ["BANK", "CLEARING", "FEES"]
        moved = await listed(audit.movements(stage.lots["sink-sengong/SENGONG"]))
        assert [(move.source, move.target) for move in moved] == [
            ("REGISTRY", stage.desk("SENGONG").id),
            (stage.desk("SENGONG").id, stage.desk("BAOGANG").id),
        ]
        postings = await listed(audit.ledger(stage.desk("TUQUAN").id))
        assert postings == []  # the pre-issuance agreement moved nothing
        entries = await audit.journal(after_seq=0, limit=5)
        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        assert len(await listed(stage.staff.auditor.proposals.every("APPROVED"))) >= 11

    loop.run(read())


def test_anybody_reads_the_public_market(stage: Stage, loop: asyncio.Runner) -> None:
    async def read() -> None:
        status = await stage.public.venue.status()
        assert status.trading_day is not None and status.trading_day > date(2026, 1, 1)
        assert "BAOGANG" in {member.code async for member in stage.public.members.every()}
        instruments = await listed(stage.public.instruments.every())
        assert [instrument.symbol for instrument in instruments] == list(stage.instruments)
        assert all(instrument.simulated for instrument in instruments)
        tape = await listed(stage.public.instruments.tape(instruments[0].id, page_size=2))
        assert [trade.quantity for trade in tape] in ([2_000, 5_000, 5_000, 20_000], [20_000, 5_000, 5_000, 2_000])
        rules = (await stage.public.venue.rulebook()).rules
        assert {"BAND-LISTED", "FEE"} <= {rule.id for rule in rules}

    loop.run(read())
