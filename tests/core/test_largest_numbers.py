"""The largest trades that the limits allow, all day long: nothing outgrows the fields that it is written to."""

from __future__ import annotations

from exchange.core.codec import decode_events, encode_events
from exchange.core.commands.instruments import EndOfDay
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import check_all
from exchange.core.ledger.chart import FEES
from exchange.core.values import MAX_PRICE, MAX_QUANTITY, MAX_TOTAL, MAX_VENUE_CASH, Day, Side
from tests.support.market import Market

TRADES = 100
"""So many that their sum is beyond 64 bits."""


def test_a_day_of_the_largest_trades() -> None:
    assert TRADES * MAX_TOTAL > 2**63
    market = Market(sweep=False)
    firms = [market.firm("one"), market.firm("two")]
    lot, instrument = market.lot(firms[0], MAX_QUANTITY), market.instrument(MAX_PRICE)
    market.deposit(firms[1], MAX_VENUE_CASH)
    for number in range(TRADES):
        seller, buyer = firms[number % 2], firms[1 - number % 2]
        market.done(market.order(seller, instrument, Side.SELL, MAX_QUANTITY, MAX_PRICE))
        events = market.done(market.order(buyer, instrument, Side.BUY, MAX_QUANTITY, MAX_PRICE)).events
        assert decode_events(encode_events(events)) == events
    image = encode_state(market.state)
    assert encode_state(decode_state(image)) == image
    check_all(market.state)
    market.done(EndOfDay(market.operator, Day(20260922)))
    market.finish_jobs()
    assert market.state.listing.instruments[instrument].reference == MAX_PRICE
    assert market.cash(firms[1]) == (MAX_VENUE_CASH, MAX_VENUE_CASH)
    assert market.tonnes(firms[0], lot) == (MAX_QUANTITY, MAX_QUANTITY)


def test_the_largest_fees() -> None:
    market = Market(fee=1_000_000, sweep=False)
    seller, buyer = market.firm("seller"), market.firm("buyer")
    market.lot(seller, MAX_QUANTITY)
    instrument = market.instrument(MAX_PRICE // 2)
    market.deposit(buyer, MAX_VENUE_CASH)
    market.done(market.order(seller, instrument, Side.SELL, MAX_QUANTITY, MAX_PRICE // 2))
    market.done(market.order(buyer, instrument, Side.BUY, MAX_QUANTITY, MAX_PRICE // 2))
    assert market.cash(seller) == market.cash(buyer) == (0, 0)
    assert market.state.balances.posted(FEES, 0) == MAX_VENUE_CASH
    assert encode_state(decode_state(encode_state(market.state))) == encode_state(market.state)
