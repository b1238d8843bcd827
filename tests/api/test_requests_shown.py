"""What is shown of a request to the national registry: a release says to which account the units go."""

from __future__ import annotations

from exchange.api.resources.requests import RequestModel, request_document
from exchange.core.commands.uses import Pick, ReleaseUnits
from tests.certificates.told import ToldMarket
from tests.certificates.venue import services_of


def test_a_release_shows_the_account_to_which_it_goes_and_a_lock_has_none() -> None:
    market = ToldMarket()
    firm = market.firm("WOOD")
    lot = market.lot(firm, 100)
    lo = market.state.credits.lots[lot].serials.lo
    market.agree(ReleaseUnits(market.traders[firm], firm, (Pick(lot, lo, lo + 20),), "CCER-ACC-1"), market.second)
    market.cool_down()
    services = services_of(market)
    shown = [request_document(row, services) for row in services.view.requests.by_id.values()]
    assert [(one["kind"], one["account"]) for one in shown] == [("LOCK", None), ("RELEASE", "CCER-ACC-1")]
    assert all(set(one) == set(RequestModel.model_fields) for one in shown)
