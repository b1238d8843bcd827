"""The ticker says what the committed view says of an instrument's day, and when its change means something."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from exchange.core.values import Price, Side
from exchange.marketdata.ticker import DayFigures, Ticker
from tests.marketdata.test_tape import traded
from tests.marketdata.traffic import MIDDLE, Act, Publication, sessions, venue


@given(sessions)
@settings(max_examples=40)
def test_the_ticker_is_the_views_day(drawn: list[Act]) -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    for act in drawn:
        market.act(act)
    publication.catch_up(market)
    publication.flush()
    for book in market.books:
        row = publication.view.markets.instruments[book]
        quote = publication.data.markets[book].ticker_stream.quote()
        assert (quote.last_price, quote.reference) == (row.last_price, row.reference.reference)
        assert (quote.opening, quote.highest, quote.lowest) == (row.day.opening, row.day.highest, row.day.lowest)
        assert (quote.volume, quote.turnover, quote.trades) == (row.day.volume, row.day.value, row.day.trades)
        bids, asks = market.levels(book, Side.BUY), market.levels(book, Side.SELL)
        assert quote.best_bid == (bids[0] if bids else None)
        assert quote.best_ask == (asks[0] if asks else None)


def test_the_change_is_against_the_reference_and_only_after_a_trade_of_the_day() -> None:
    ticker = Ticker()
    ticker.restore(Price(3_000), Price(2_900), DayFigures())
    assert ticker.quote(None, None).change is None
    ticker.on_traded(traded(1, price=2_950))
    assert ticker.quote(None, None).change == -50
    ticker.on_day()
    assert ticker.quote(None, None).change is None


def test_the_next_reference_counts_when_the_next_day_opens() -> None:
    market, publication = venue(), Publication()
    book, (seller, buyer) = market.books[0], market.firms[1:3]
    market.done(market.order(seller, book, Side.SELL, 5, MIDDLE + 30))
    market.done(market.order(buyer, book, Side.BUY, 5, MIDDLE + 30))
    publication.catch_up(market)
    market.end_day()
    changes = set()
    for entry in market.entries[publication.data.seq :]:
        publication.publish([entry])
        quote = publication.data.markets[book].ticker_stream.quote()
        changes.add((quote.reference, quote.change))
    assert changes == {(MIDDLE, 30), (MIDDLE + 30, None)}


def test_a_turnover_beyond_64_bits_is_kept_whole() -> None:
    ticker = Ticker()
    for number in range(100):
        ticker.on_traded(traded(number, price=100_000_000, quantity=10**9))
    assert ticker.day.turnover == 10**19


@pytest.mark.parametrize(
    ("price", "of"), [(2_950, (2_950, 3_000, 2_950)), (3_050, (3_050, 3_050, 3_000)), (3_000, (3_000, 3_000, 3_000))]
)
def test_highest_and_lowest_of_the_day(price: int, of: tuple[int, int, int]) -> None:
    ticker = Ticker()
    for number, each in enumerate((3_000, price)):
        ticker.on_traded(traded(number, price=each))
    day = ticker.day
    assert (ticker.last_price, day.highest, day.lowest) == of
    assert day.opening == 3_000
