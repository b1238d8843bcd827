"""A use names the day of cancellation that its certificate has, whatever happens afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange.api.resources.uses import use_document
from exchange.api.wire import day_text
from exchange.core.commands.approvals import Approve
from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Pick, Purpose, UseUnits
from exchange.core.values import ClaimId, InstrumentId, ReversalId, Tonnes, day_of
from tests.certificates.test_register import Wood
from tests.certificates.told import ToldMarket, details, quota_market
from tests.certificates.venue import view_of

DAYS = 2 * 86_400


def days_of(market: ToldMarket, claim: ClaimId) -> tuple[str | None, str | None]:
    """The day of cancellation as the use has it, and the trading day."""
    view = view_of(market)
    shown = use_document(view.uses.by_id[claim], view)
    return shown["cancelled_on"], shown["fulfilled_on"]


def of_ccer() -> tuple[ToldMarket, ClaimId]:
    """Two ranges: the registry cancels one after two days, and refuses the other one two days later."""
    wood = Wood()
    market = wood.market
    claim = ClaimId(market.agree(wood.picked((0, 5), (10, 20)), market.second))
    first, second = [one for one in market.state.requests.by_id.values() if one.subject == claim]
    market.wait(DAYS)
    market.done(market.answer(first))
    assert days_of(market, claim) == (None, None)
    market.wait(DAYS)
    market.done(market.answer(second, RegistryOutcome.REFUSED))
    return market, claim


def of_quota() -> tuple[ToldMarket, ClaimId]:
    """Approved two days after it was proposed."""
    market, _ = quota_market()
    (firm,), (lot,) = market.traders, market.state.credits.lots
    lo = market.state.credits.lots[lot].serials.lo + 50
    picks, trader = (Pick(lot, lo, lo + 5),), market.traders[firm]
    proposal, action_hash = market.propose(
        UseUnits(trader, firm, InstrumentId(0), picks, Tonnes(5), Purpose.VOLUNTARY, details())
    )
    market.wait(DAYS)
    return market, ClaimId(market.done(Approve(market.second, proposal, action_hash, "")).created)


@pytest.mark.parametrize("make", [of_ccer, of_quota])
def test_the_day_of_cancellation_is_that_of_the_certificate(make: Callable[[], tuple[ToldMarket, ClaimId]]) -> None:
    market, claim = make()
    for _ in range(2):
        stated = market.certificate(claim)
        assert days_of(market, claim) == (stated["cancelled_on"], stated["trading_day"])
        market.wait(DAYS)
        if stated["status"] == "VALID":
            market.revoke(claim)


def test_a_forced_cancellation_of_quota_has_the_day_of_its_approval() -> None:
    """It has no certificate, and was proposed by nobody."""
    market, _ = quota_market()
    (firm,), (lot,) = market.traders, market.state.credits.lots
    issuance = market.state.credits.issuances[market.state.credits.lots[lot].issuance]
    lost = ReportReversal(market.operator, issuance.project, issuance.vintage, firm, Tonnes(7), "fire")
    reversal = ReversalId(market.agree(lost, market.second))
    market.wait(DAYS)
    proposal, action_hash = market.propose(ForceCancellation(market.operator, reversal))
    market.wait(DAYS)
    claim = ClaimId(market.done(Approve(market.regulator, proposal, action_hash, "")).created)
    approved = day_of(market.state.at)
    market.wait(DAYS)
    assert days_of(market, claim) == (day_text(approved), day_text(market.state.session.day))
