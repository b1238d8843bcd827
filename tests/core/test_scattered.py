"""A delivery moves a bounded number of serial ranges, however scattered a holding has become."""

from __future__ import annotations

import pytest

from exchange.core.commands.agreements import AffirmAgreement, AgreementKind, ConfirmAgreement, ProposeAgreement
from exchange.core.commands.instruments import Family
from exchange.core.commands.orders import PlaceOrder, TimeInForce
from exchange.core.events.credits import ParcelsMoved
from exchange.core.handlers import scattered
from exchange.core.rejections import RejectReason
from exchange.core.values import AgreementId, Fen, InstrumentId, ParticipantId, Side, Tonnes
from tests.support.market import Market

MOST = 6


@pytest.fixture(autouse=True)
def _few_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scattered, "MAX_RANGES", MOST)


class Scattered:
    """Two firms have bought single tonnes of one lot in turn, ten each; so each holds ten ranges."""

    def __init__(self, family: Family = Family.FORESTRY_CCER) -> None:
        self.market = market = Market()
        self.seller = market.firm("seller", cash=10**9)
        self.one, self.other = market.firm("one", cash=10**9), market.firm("other", cash=10**9)
        self.lot = market.lot(self.seller, 1_000, family)
        if family is Family.FORESTRY_CCER:
            self.instrument = market.instrument()
        for number in range(20):
            self.sell(self.seller, (self.one, self.other)[number % 2], 1)

    def sell(self, seller: ParticipantId, buyer: ParticipantId, quantity: int) -> RejectReason | None:
        """Rest an offer and take it; or agree, where there is no book."""
        if not hasattr(self, "instrument"):
            return self.agree(seller, buyer, quantity)
        self.market.done(self.order(seller, Side.SELL, quantity))
        return self.market.give(self.order(buyer, Side.BUY, quantity, TimeInForce.IOC)).reason

    def order(self, firm: ParticipantId, side: Side, quantity: int, lasts: TimeInForce = TimeInForce.GTC) -> PlaceOrder:
        """An order at the one price."""
        return self.market.order(firm, InstrumentId(self.instrument), side, quantity, 3_000, lasts)

    def agree(self, seller: ParticipantId, buyer: ParticipantId, quantity: int) -> RejectReason | None:
        """An agreed trade, confirmed or not."""
        market, size, total = self.market, Tonnes(quantity), Fen(quantity * 100)
        kind, family = AgreementKind.SPOT, Family.OTHER_SINK
        traders = market.traders
        offer = ProposeAgreement(traders[seller], seller, buyer, Side.SELL, kind, family, "P1", size, total, ())
        agreement = AgreementId(market.done(offer).created)
        market.done(AffirmAgreement(traders[buyer], buyer, agreement, size, total, ()))
        return market.give(ConfirmAgreement(market.operator, agreement, accept=True)).reason


@pytest.mark.parametrize("aggressor", [Side.BUY, Side.SELL])
def test_an_order_that_would_deliver_too_many_ranges_is_refused_whoever_comes_in(aggressor: Side) -> None:
    for quantity, reason in ((MOST + 1, RejectReason.TOO_MANY_RANGES), (MOST, None)):
        market = Scattered()
        seller, buyer = market.one, market.other
        first, second = (seller, buyer) if aggressor is Side.BUY else (buyer, seller)
        market.market.done(market.order(first, aggressor.opposite, quantity))
        assert market.market.give(market.order(second, aggressor, quantity)).reason is reason


def test_the_ranges_of_all_who_deliver_count_together() -> None:
    market = Scattered()
    market.market.done(market.order(market.one, Side.SELL, 4))
    market.market.done(market.order(market.other, Side.SELL, 4))
    buyer = market.market.firm("buyer", cash=10**9)
    assert market.market.give(market.order(buyer, Side.BUY, 7)).reason is RejectReason.TOO_MANY_RANGES
    assert market.market.give(market.order(buyer, Side.BUY, 6)).reason is None


def test_two_offers_of_one_firm_deliver_one_after_the_other() -> None:
    market = Scattered()
    for _ in range(2):
        market.market.done(market.order(market.one, Side.SELL, 4))
    outcome = market.market.give(market.order(market.other, Side.BUY, 8))
    assert outcome.reason is RejectReason.TOO_MANY_RANGES
    outcome = market.market.give(market.order(market.other, Side.BUY, MOST))
    moved = sum(len(event.ranges) for event in outcome.events if isinstance(event, ParcelsMoved))
    assert moved == MOST


def test_a_second_offer_goes_on_where_the_first_one_cut_a_parcel() -> None:
    market = Scattered()
    firm = market.market.firm("firm", cash=10**9)
    market.sell(market.seller, firm, 5)
    for number in range(16):
        market.sell(market.seller, (market.other, firm)[number % 2], 1)
    for quantity in (3, 8):
        market.market.done(market.order(firm, Side.SELL, quantity))
    buyer = market.market.firm("buyer", cash=10**9)
    assert market.market.give(market.order(buyer, Side.BUY, 11)).reason is RejectReason.TOO_MANY_RANGES


def test_an_amended_order_is_asked_too() -> None:
    market = Scattered()
    offered = market.market.next_order_id()
    market.market.done(market.market.order(market.one, market.instrument, Side.SELL, 7, 3_100))
    market.market.done(market.order(market.other, Side.BUY, 7))
    assert market.market.amend(market.one, offered, price=3_000).reason is RejectReason.TOO_MANY_RANGES
    assert market.market.amend(market.one, offered, price=3_050).reason is None


def test_a_large_quantity_in_few_ranges_is_fine() -> None:
    market = Scattered()
    assert market.sell(market.seller, market.one, 900) is None


def test_an_agreed_trade_is_not_confirmed_but_can_be_refused_and_made_smaller() -> None:
    market = Scattered(Family.OTHER_SINK)
    assert market.agree(market.one, market.other, MOST + 1) is RejectReason.TOO_MANY_RANGES
    (stuck,) = [agreement for agreement in market.market.state.agreements.values() if agreement.open]
    market.market.done(ConfirmAgreement(market.market.operator, stuck.agreement, accept=False))
    assert market.agree(market.one, market.other, MOST) is None
